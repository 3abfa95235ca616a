"""Where a fault shows: its own lines, or those of whoever uses what is made when the module is loaded.

Whatever stands outside of functions runs once, for the first test that loads the module: that says
nothing of which tests it matters to.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def lines_of(source: str, first: int, last: int) -> set[int]:
    """The lines of functions in which a fault from one line to another shows; none for another file's."""
    module = ast.parse(source)
    for node in ast.walk(module):
        if isinstance(node, _Function) and _body(node)[0] <= first <= _body(node)[1]:
            return set(range(first, last + 1))
    (statement,) = [one for one in module.body if one.lineno <= first <= (one.end_lineno or one.lineno)]
    concerned, names = [statement], set(_named(statement))
    while more := [one for one in module.body if one not in concerned and names & set(_used(one))]:
        concerned += more
        names |= {name for one in more if not isinstance(one, _Function) for name in _named(one)}
    functions = [node for one in concerned for node in ast.walk(one) if isinstance(node, _Function)]
    own = {node for node in ast.walk(statement) if isinstance(node, _Function)}
    return {
        line
        for function in functions
        if function in own or names & set(_used(function))
        for line in range(_body(function)[0], _body(function)[1] + 1)
    }


def _body(function: _Function) -> tuple[int, int]:
    return function.body[0].lineno, function.end_lineno or function.lineno


def _named(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement of a module gives."""
    if isinstance(statement, _Function | ast.ClassDef):
        yield statement.name
    elif isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        yield from (name for target in targets for name in _used(target))


def _used(node: ast.AST) -> Iterator[str]:
    return (one.id for one in ast.walk(node) if isinstance(one, ast.Name))
