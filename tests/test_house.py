"""How the code is laid out: which way imports go, what is loaded when, and how long files are."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

import numctl
from numctl.cli.program import COMMANDS, Entry

PACKAGE = Path(numctl.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
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

# Each layer with those it may import from; the house, from the street to the cellar.
LAYERS = {
    "start": {"start", "sides", "core", "commands"},
    "commands": {"sides", "core"},
    "sides": {"sides", "core"},
    "core": {"core"},
}
START = {"numctl", "numctl.__main__"}
PURE = {"errors", "text", "numbers", "rules"}
ANY_VERSION = {"numctl"}  # numctl/__init__.py holds the version alone


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def layer_of(module: str) -> str:
    if module in START or module.startswith("numctl.cli"):
        return "start"
    second = module.split(".")[1]
    return second if second in ("commands", "core") else "sides"


def imports(tree: ast.AST, *, at_load: bool = False) -> Iterator[str]:
    """Every module that is imported, or only those loaded with the module itself."""
    for node in ast.iter_child_nodes(tree):
        if at_load and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
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


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.fixture(params=MODULES, ids=name_of)
def module(request: pytest.FixtureRequest) -> Path:
    path = request.param
    assert isinstance(path, Path)
    return path


def test_imports_go_one_way(module: Path) -> None:
    name = name_of(module)
    allowed = LAYERS[layer_of(name)]
    own = {found for found in imports(tree_of(module)) if found.split(".")[0] == "numctl"}
    wrong = {found for found in own - ANY_VERSION if layer_of(found) not in allowed}
    assert not wrong, f"{name} ({layer_of(name)}) imports {sorted(wrong)}"


def test_pure_modules_of_the_core_know_no_store(module: Path) -> None:
    name = name_of(module)
    if layer_of(name) != "core" or name.split(".")[2:3] not in [[room] for room in PURE]:
        return
    found = set(imports(tree_of(module)))
    assert "sqlite3" not in found
    own = {one.split(".")[2] for one in found if one.startswith("numctl.core.")}
    assert own <= PURE


def test_core_knows_no_program_around_it(module: Path) -> None:
    if layer_of(name_of(module)) != "core":
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


def test_heavy_modules_are_loaded_where_they_are_used(module: Path) -> None:
    assert not among(HEAVY, imports(tree_of(module), at_load=True))


def test_files_and_functions_are_short(module: Path) -> None:
    tree = tree_of(module)
    assert len(module.read_text(encoding="utf-8").splitlines()) <= LONGEST
    long = [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
        and not declares_options(node)
    ]
    assert not long


def declares_options(node: ast.FunctionDef) -> bool:
    """Whether all it is made of is a signature and its docstring."""
    return len(node.body) == 1 and ast.get_docstring(node) is not None


def test_names_are_the_domain_s(module: Path) -> None:
    assert not set(name_of(module).split(".")) & FORBIDDEN_NAMES


def test_annotations_are_not_evaluated_at_load(module: Path) -> None:
    source = module.read_text(encoding="utf-8")
    says_all = len(tree_of(module).body) <= 1  # nothing but what the folder holds
    assert says_all or "from __future__ import annotations" in source


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
    own = {"numctl.cli", "numctl.cli.program"}
    assert not {found for found in loaded if found.startswith(("typer", "numctl."))} - own


@pytest.mark.parametrize("line", ["--version", "--help", "org", "nubmer", "search --bogus"])
def test_start_loads_nothing_heavy(line: str) -> None:
    code = (
        "from numctl.cli.program import main\nimport io\nsys.stdout = io.StringIO()\n"
        f"main({line.split()!r})\n"
    )
    more = loaded_by(code + "sys.stdout = sys.__stdout__") - loaded_by("import typer")
    assert not among(HEAVY, more)


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_command_loads_only_its_own_file(entry: Entry) -> None:
    loaded = loaded_by(f"import {entry.module}")
    commands = {found for found in loaded if found.startswith("numctl.commands.")}
    own = {entry.module, entry.module.rpartition(".")[0]} | {"numctl.commands"}
    assert commands <= own
    assert not among(HEAVY, loaded - loaded_by("import typer"))
