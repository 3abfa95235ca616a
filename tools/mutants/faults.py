"""Faults as people make them: a comparison off by one, a condition or a call forgotten, a wrong constant."""

from __future__ import annotations

import ast
import copy
import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tools.mutants import statements

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}


class Fault(NamedTuple):
    """One fault: where it is (the file relative to the project), what stands there, and what instead.

    ``start`` and ``end`` are offsets of the text that is replaced, in bytes.
    """

    file: str
    function: str
    line: int
    last_line: int
    start: int
    end: int
    before: str
    after: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What it is known by, wherever in the file it stands."""
        return self.file, self.function, " ".join(self.before.split()), " ".join(self.after.split())

    def applied(self, source: bytes) -> bytes:
        """The file with the fault."""
        return source[: self.start] + self.after.encode() + source[self.end :]


def faults_of(root: Path, path: Path) -> list[Fault]:
    """All faults that can be put into a module."""
    source = path.read_bytes()
    found = _Finder(str(path.relative_to(root)), source)
    found.visit(ast.parse(source))
    return found.faults


class _Finder(ast.NodeVisitor):
    def __init__(self, file: str, source: bytes) -> None:
        self.faults: list[Fault] = []
        self._file, self._source = file, source
        self._lines = [0]
        for line in source.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))
        self._within: list[str] = []

    def _put(self, node: ast.expr | ast.stmt, after: str | ast.expr) -> None:
        start = self._lines[node.lineno - 1] + node.col_offset
        end = self._lines[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
        text = after if isinstance(after, str) else f"({ast.unparse(after)})"
        before = self._source[start:end].decode()
        name = ".".join(self._within)
        last = node.end_lineno or node.lineno
        self.faults.append(Fault(self._file, name, node.lineno, last, start, end, before, text))

    # Where one is

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._within.append(node.name)
        for default in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
            self.visit(default)
        for statement in node.body:
            self.visit(statement)
        self._within.pop()

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._within.append(node.name)
        for statement in node.body:
            self.visit(statement)
        self._within.pop()

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_Assert(self, node: ast.Assert) -> None:
        """Not looked into: it says what can't be otherwise."""

    def visit_Raise(self, node: ast.Raise) -> None:
        """Not looked into: words are read by people."""

    # What may be wrong

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Constant):  # a docstring
            return
        if isinstance(node.value, ast.Call):
            self._put(node, "pass")
        self.generic_visit(node)

    def visit_If(self, node: ast.If) -> None:
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return
        self._put(node.test, "True")
        self._put(node.test, "False")
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._put(node, node.body)
        self._put(node, node.orelse)
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        for at, operator in enumerate(node.ops):
            other = copy.deepcopy(node)
            other.ops[at] = COMPARISONS[type(operator)]()
            self._put(node, other)
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        other = copy.deepcopy(node)
        other.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        self._put(node, other)
        for at in range(len(node.values)):
            kept = [value for place, value in enumerate(node.values) if place != at]
            self._put(node, kept[0] if len(kept) == 1 else ast.BoolOp(node.op, kept))
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not | ast.USub):
            self._put(node, node.operand)
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if isinstance(node.op, ast.Add | ast.Sub):
            other = copy.deepcopy(node)
            other.op = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
            self._put(node, other)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for condition in node.ifs:
            self._put(condition, "True")
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        for keyword in node.keywords:
            if keyword.arg is not None:
                kept = [other for other in node.keywords if other is not keyword]
                self._put(node, ast.Call(node.func, node.args, kept))
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self._put(node, str(not node.value))
        elif isinstance(node.value, int):
            self._put(node, f"({node.value + 1})")
        elif isinstance(node.value, str):
            for text in statements.wrong(node.value):
                self._put(node, repr(text))

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        text = ast.unparse(node)
        for other in statements.wrong(text):
            if _reads(other):
                self._put(node, other)
        for value in node.values:
            if isinstance(value, ast.FormattedValue):
                self.visit(value.value)


def _reads(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def all_faults(root: Path, package: str) -> Iterator[Fault]:
    """The faults of every module of a package, in a fixed order."""
    for path in sorted((root / package).rglob("*.py")):
        yield from faults_of(root, path)


def sample(faults: list[Fault], seed: int, count: int) -> list[Fault]:
    """So many of the faults, drawn by seed.

    Each has a lot of its own, by what it is, so that a change of the core changes the draw where it was
    made and nowhere else.
    """
    before: Counter[tuple[str, ...]] = Counter()
    lots: list[tuple[bytes, Fault]] = []
    for fault in faults:
        lot = repr((seed, *fault.key, before[fault.key]))
        before[fault.key] += 1
        lots.append((hashlib.sha256(lot.encode()).digest(), fault))
    return [fault for _, fault in sorted(lots)[:count]]
