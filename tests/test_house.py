"""How the code is laid out: which way imports go, what is loaded when, and how long files are."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

import numctl
from numctl.cli.table import COMMANDS

pytestmark = pytest.mark.pure


PACKAGE = Path(numctl.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
BESIDE = sorted(path for name in ("benchmarks", "tools") for path in (PACKAGE.parent / name).rglob("*.py"))
LONGEST = 300
LONGEST_FUNCTION = 40

# Loaded inside the function that uses them, where it is used: each is tens of milliseconds, or some.
HEAVY = {
    *("rich", "tabulate", "sqlite_utils", "smtplib", "email", "phonenumbers", "pydantic", "pygal"),
    *("csv", "hashlib", "decimal", "zoneinfo", "tomllib", "http", "ssl", "socket", "asyncio"),
    "urllib.request",
}
OUTSIDE_THE_CORE = {"typer", "rich", "socket", "smtplib", "ssl", "http", "urllib.request"}

FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "manager", "base", "common", "misc"}

# The rooms of the house, from the ground up: each imports from itself and from those before it alone.
ROOMS = (
    *("core.errors", "core.text", "core.values", "core.dates", "core.numbers", "core.rules", "core.store"),
    *(
        "core.catalog",
        "core.changes",
        "core.queries",
        "core.past",
        "core.notifications",
        "core.actions",
        "core.undo",
    ),
    *("core.files", "core.lists"),
    *("core.batch", "core.usage", "core.check", "core.demo", "core.reports"),
    *(
        "settings",
        "clock",
        "actor",
        "input",
        "output",
        "gate",
        "session",
        "list_reading",
        "mail",
        "monitoring",
        "dashboard",
    ),
    *("commands", "cli", "__main__"),
)
PURE = ("core.errors", "core.text", "core.values", "core.dates", "core.numbers", "core.rules")
MOST_IN_A_FOLDER = 16  # modules; commands are as many as they are
MOST_BESIDE_ROOMS = 8
HOLDS_SQL = "core"
SQL = re.compile(r"^\s*(SELECT .* FROM|INSERT (OR \w+ )?INTO|UPDATE \w+ SET|DELETE FROM|WITH .* AS)\b", re.S)


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module: str) -> str | None:
    """The room that a module stands in; None for ``numctl`` itself and the core's folder."""
    inside = module.removeprefix("numctl").removeprefix(".")
    return next((room for room in ROOMS if f"{inside}.".startswith(f"{room}.")), None)


def imports(tree: ast.AST, *, at_load: bool = False) -> Iterator[str]:
    """Every module that is imported, those for types too; or only those loaded with the module itself."""
    for node in ast.iter_child_nodes(tree):
        if at_load and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if at_load and isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (
                f"{node.module}.{alias.name}" if is_module(f"{node.module}.{alias.name}") else node.module
                for alias in node.names
            )
        else:
            yield from imports(node, at_load=at_load)


def among(packages: set[str], modules: Iterable[str]) -> set[str]:
    """Those of the modules that are one of the packages, or inside of one."""
    return {found for found in modules if any(f"{found}.".startswith(f"{name}.") for name in packages)}


def is_module(name: str) -> bool:
    path = PACKAGE.parent.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def of_all(modules: list[Path]) -> Callable[[Callable[[Path], None]], Callable[[], None]]:
    """Make a check of a module one test of all these, which names each that is wrong, with what is."""

    def decorate(check: Callable[[Path], None]) -> Callable[[], None]:
        def test() -> None:
            wrong = []
            for path in modules:
                try:
                    check(path)
                except AssertionError as error:
                    wrong.append(f"{name_of(path)}: {error}")
            assert not wrong, "\n".join(wrong)

        test.__name__ = check.__name__
        return test

    return decorate


@cache
def own_imports(path: Path) -> set[str]:
    """The modules of the package that one imports, wherever in it and for whatever."""
    found = {name for name in imports(tree_of(path)) if name.split(".")[0] == "numctl"}
    return found - {name_of(path), "numctl"}  # numctl/__init__.py holds the version alone


@of_all(MODULES)
def test_a_module_imports_from_its_room_and_those_below(module: Path) -> None:
    name = name_of(module)
    room = room_of(name)
    if room is None:
        assert name in ("numctl", "numctl.core")
        return
    above = ROOMS[ROOMS.index(room) + 1 :]
    wrong = {found for found in own_imports(module) if room_of(found) in above}
    assert not wrong, f"{name} ({room}) imports {sorted(wrong)}"


def test_no_imports_go_in_a_circle() -> None:
    leads_to = {name_of(path): own_imports(path) for path in MODULES}
    while leads_to:
        at_the_ground = {name for name, needed in leads_to.items() if not needed & leads_to.keys()}
        assert at_the_ground, f"a circle is among {sorted(leads_to)}"
        for name in at_the_ground:
            del leads_to[name]


def test_folders_are_small() -> None:
    folders = {path.parent for path in MODULES} - {PACKAGE / "commands"}
    for folder in folders:
        modules = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
        most = MOST_BESIDE_ROOMS if folder == PACKAGE else MOST_IN_A_FOLDER
        assert len(modules) <= most, f"{folder.name} has {len(modules)} modules"


def test_every_room_is_there() -> None:
    there = {room_of(name_of(path)) for path in MODULES}
    assert there - {None} == set(ROOMS)


@of_all(MODULES)
def test_the_store_s_room_alone_knows_sqlite(module: Path) -> None:
    name = name_of(module)
    if room_of(name) == "core.store":
        return
    assert "sqlite3" not in set(imports(tree_of(module)))


@of_all(MODULES)
def test_no_statement_stands_outside_the_core(module: Path) -> None:
    if (room_of(name_of(module)) or HOLDS_SQL).split(".")[0] == HOLDS_SQL:
        return
    texts = (node.value for node in ast.walk(tree_of(module)) if isinstance(node, ast.Constant))
    assert not [text for text in texts if isinstance(text, str) and SQL.match(text)]


@of_all(MODULES)
def test_pure_rooms_know_no_store(module: Path) -> None:
    if room_of(name_of(module)) in PURE:
        assert {room_of(found) for found in own_imports(module)} <= {*PURE, None}


@of_all(MODULES)
def test_core_knows_no_program_around_it(module: Path) -> None:
    if not (room_of(name_of(module)) or "").startswith("core."):
        return
    tree = tree_of(module)
    assert not among(OUTSIDE_THE_CORE, imports(tree))
    called = {
        node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and hasattr(node.func, "id")
    }
    assert not called & {"print", "input"}
    source = ast.unparse(tree)
    for clock in ("datetime.now(", "date.today(", "time.time(", "os.environ", "os.getenv("):
        assert clock not in source


@of_all(MODULES)
def test_heavy_modules_are_loaded_where_they_are_used(module: Path) -> None:
    assert not among(HEAVY, imports(tree_of(module), at_load=True))


@of_all([*MODULES, *BESIDE])
def test_files_and_functions_are_short(module: Path) -> None:
    tree = tree_of(module)
    assert len(module.read_text(encoding="utf-8").splitlines()) <= LONGEST
    long = [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and (node.end_lineno or 0) - node.lineno - lines_said(node) >= LONGEST_FUNCTION
        and not declares_options(node)
    ]
    assert not long


def lines_said(node: ast.FunctionDef) -> int:
    """How many lines its docstring has: what it says of itself is no length."""
    said = node.body[0]
    return (said.end_lineno or 0) - said.lineno + 1 if ast.get_docstring(node) is not None else 0


def declares_options(node: ast.FunctionDef) -> bool:
    """Whether all it is made of is a signature and its docstring."""
    return len(node.body) == 1 and ast.get_docstring(node) is not None


@of_all(MODULES)
def test_names_are_the_domain_s(module: Path) -> None:
    assert not set(name_of(module).split(".")) & FORBIDDEN_NAMES


@of_all(MODULES)
def test_annotations_are_not_evaluated_at_load(module: Path) -> None:
    source = module.read_text(encoding="utf-8")
    says_all = len(tree_of(module).body) <= 1  # nothing but what the folder holds
    assert says_all or "from __future__ import annotations" in source


@of_all(MODULES)
def test_modules_say_what_they_are(module: Path) -> None:
    tree = tree_of(module)
    assert not tree.body or ast.get_docstring(tree)


@cache
def loaded_by(code: str) -> set[str]:
    """The modules that are loaded after running ``code`` in a new interpreter."""
    script = f"import sys\n{code}\nprint('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_table_loads_nothing() -> None:
    loaded = loaded_by("import numctl.cli.program")
    own = {"numctl.cli", "numctl.cli.program", "numctl.cli.table"}
    assert not {found for found in loaded if found.startswith(("typer", "numctl."))} - own


@pytest.mark.parametrize("line", ["--version", "--help", "org", "nubmer", "search --bogus"])
def test_start_loads_nothing_heavy(line: str) -> None:
    code = (
        "from numctl.cli.program import main\nimport io\nsys.stdout = io.StringIO()\n"
        f"main({line.split()!r})\n"
    )
    more = loaded_by(code + "sys.stdout = sys.__stdout__") - loaded_by("import typer")
    assert not among(HEAVY, more)


def loaded_by_each(modules: Iterable[str]) -> list[set[str]]:
    """The modules that are loaded after importing each of these, where Typer alone was loaded."""
    script = (
        f"import os, sys, typer\nfor module in {[*modules]!r}:\n"
        "    if os.fork() == 0:\n"
        "        __import__(module)\n"
        "        print(*sys.modules, flush=True)\n"
        "        os._exit(0)\n"
        "    assert os.wait()[1] == 0, module\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return [set(line.split()) for line in done.stdout.splitlines()]


def test_commands_load_only_their_own_files() -> None:
    for entry, loaded in zip(COMMANDS, loaded_by_each(entry.module for entry in COMMANDS), strict=True):
        commands = {found for found in loaded if found.startswith("numctl.commands.")}
        own = {entry.module, entry.module.rpartition(".")[0]} | {"numctl.commands"}
        assert entry.module in commands <= own
        assert not among(HEAVY, loaded - loaded_by("import typer")), entry.name
