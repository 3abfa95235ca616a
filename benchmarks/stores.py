"""Where the measured stores are, made when first asked for and kept for the next run."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from benchmarks.measuring import ROOT, Bench
from benchmarks.report import progress

REGISTER_VARIABLE = "NUMCTL_BENCH_REGISTER"
_USUAL_PLACE = ROOT.parent / "shared" / "data" / "arcep-majnum.csv"
RECIPES = ("inventories", "rows", "picking", "subscribers")
NO_REGISTER = f"no register of France; name its file in {REGISTER_VARIABLE}"


def forget(bench: Bench, *, always: bool) -> None:
    """Remove what was made by an earlier form of the schema or of the inventories, or everything."""
    recipes = [
        ROOT / "numctl/core/store/schema.py",
        *(ROOT / "benchmarks" / f"{name}.py" for name in RECIPES),
    ]
    recipe = hashlib.sha256(b"".join(path.read_bytes() for path in recipes)).hexdigest()
    stamp = bench.folder / "recipe.sha256"
    if always or not stamp.exists() or stamp.read_text() != recipe:
        for pattern in ("*.db*", "*.csv", "*-picked-*.txt", "*.new*"):
            for path in bench.folder.glob(pattern):
                path.unlink()
    stamp.write_text(recipe)


def store(bench: Bench, name: str, *arguments: str | Path) -> Path:
    """The store of ``inventories`` of that name. Only read it: it is kept."""
    path = bench.folder / f"{'-'.join([name, *(a for a in arguments if isinstance(a, str))])}.db"
    return _made(bench, path, "inventories", name, path, *arguments)


def rows(bench: Bench, name: str) -> Path:
    """The same inventory with a row per number."""
    path = bench.folder / f"{name}-rows.db"
    return _made(bench, path, "rows", "make", path, store(bench, name))


def _made(bench: Bench, path: Path, program: str, *arguments: str | Path) -> Path:
    if not path.exists():
        progress(f"  making {path.name} ...")
        draft = path.with_suffix(".new")
        changed = [draft if argument == path else argument for argument in arguments]
        bench.run(bench.program(program, *changed))
        draft.rename(path)
    return path


def copied(path: Path) -> Path:
    """A copy that may be changed."""
    scratch = path.with_name(f"scratch-{path.name}")
    copy(path, scratch)
    return scratch


def copy(path: Path, to: Path) -> None:
    """Copy a store, in the place of one that a killed run may have left with its journal."""
    to.with_name(f"{to.name}-journal").unlink(missing_ok=True)
    shutil.copyfile(path, to)


def register() -> Path | None:
    """The regulator's file, or None where there is none."""
    named = os.environ.get(REGISTER_VARIABLE)
    path = Path(named) if named else _USUAL_PLACE
    return path if path.exists() else None


def france(bench: Bench, name: str = "register") -> Path | None:
    """The store of France's register (``tenfold``: each number with a digit more), or None."""
    source = register()
    return store(bench, name, source) if source else None


def csv_of(bench: Bench, name: str) -> Path:
    """The inventory as a CSV file, a line for each number."""
    path = bench.folder / f"{name}.csv"
    if not path.exists():
        progress(f"  writing {path.name} ...")
        bench.run(bench.numctl(store(bench, name), "search", "--all", "-o", "csv"), path)
    return path


def picked(bench: Bench, name: str, *, available: int, turns: int) -> list[Path]:
    """Files of available numbers at random places, one a line: so many for each turn, none twice."""
    paths = [bench.folder / f"{name}-picked-{at}.txt" for at in range(turns)]
    if not all(path.exists() for path in paths):
        bench.run(bench.program("picking", store(bench, name), str(available), *paths))
    return paths
