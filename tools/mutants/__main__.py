"""``python -m tools.mutants``: draw faults, try each, and tell which the tests don't notice."""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from tools.mutants.faults import Fault, all_faults, sample
from tools.mutants.reach import CORE, Reach
from tools.mutants.trial import Place

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build" / "mutants"
HARMLESS = Path(__file__).with_name("harmless.toml")
# What reaches the core; the tests of the prompt run processes, which take long and say little of it.
TESTS = (
    "tests/core",
    "tests/commands",
    "tests/property",
    "tests/mail",
    "tests/output",
    "tests/faults",
    "tests/trust",
    "tests/test_cli.py",
    "tests/test_docs.py",
    "tests/test_effort.py",
    "tests/test_formats.py",
    "tests/test_output.py",
    "tests/test_plans.py",
    "tests/test_rule_book.py",
)
REACHED = 0.9  # the share to be noticed


def main() -> int:
    """Draw, try and tell; 1 where fewer than nine of ten were noticed."""
    asked = _arguments()
    folder = BUILD / "reach"
    if asked.map or not (folder / "seconds.json").exists():
        _map(folder)
    faults = [*all_faults(ROOT, CORE)]
    drawn = sample(faults, asked.seed, asked.count)
    print(f"{len(drawn)} of {len(faults)} faults, seed {asked.seed}", flush=True)
    harmless = _harmless(drawn)
    told = _tried([fault for fault in drawn if fault not in harmless], Reach(folder), asked.jobs)
    left = [fault for fault, notice in told if not notice]
    for fault in sorted(left):
        print(f"\n{fault.file}:{fault.line} {fault.function}\n- {fault.before}\n+ {fault.after}")
    share = 1 - len(left) / max(len(told), 1)
    print(
        f"\nNoticed: {len(told) - len(left)} of {len(told)}, {share:.1%}"
        f" ({len(harmless)} more change nothing: {HARMLESS.relative_to(ROOT)})."
    )
    return 0 if share >= REACHED else 1


def _harmless(faults: list[Fault]) -> set[Fault]:
    """Those that are named as harmless, by their key and, where several have it, by their line."""
    known = {
        (*one["key"], one.get("line")) for one in tomllib.loads(HARMLESS.read_text()).get("harmless", [])
    }
    return {fault for fault in faults if {(*fault.key, None), (*fault.key, _line(fault))} & known}


def _line(fault: Fault) -> str:
    return (ROOT / fault.file).read_text().splitlines()[fault.line - 1].strip()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.mutants", description=__doc__)
    parser.add_argument("--count", type=int, default=300, help="how many faults (300)")
    parser.add_argument("--seed", type=int, default=1, help="which ones (1)")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time (2)")
    parser.add_argument("--map", action="store_true", help="find out anew which tests reach which lines")
    return parser.parse_args()


def _map(folder: Path) -> None:
    print("Running the tests once, to see what each of them reaches.", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    line = [sys.executable, "-m", "pytest", "-q", "-p", "tools.mutants.reach", "--reach", str(folder), *TESTS]
    subprocess.run(line, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own tests


def _tried(faults: list[Fault], reach: Reach, jobs: int) -> list[tuple[Fault, str]]:
    """Each fault with what noticed it; what was noticed before, in the same file, is not tried again."""
    places: SimpleQueue[Place] = SimpleQueue()
    for job in range(jobs):
        places.put(Place(ROOT, BUILD / f"place-{job}"))
    results = BUILD / "noticed.json"
    noticed: dict[str, str] = json.loads(results.read_text()) if results.exists() else {}

    def attempt(fault: Fault) -> tuple[Fault, str]:
        name = _name(fault)
        if name not in noticed:
            place = places.get()
            notice = place.notices(fault, reach)
            places.put(place)
            print("." if notice else "!", end="", flush=True)
            if not notice:
                return fault, ""
            noticed[name] = notice
            results.write_text(json.dumps(noticed, indent=1))
        return fault, noticed[name]

    with ThreadPoolExecutor(jobs) as pool:
        return [*pool.map(attempt, faults)]


def _name(fault: Fault) -> str:
    content = (ROOT / fault.file).read_bytes()
    return hashlib.sha256(repr((*fault.key, fault.start)).encode() + content).hexdigest()[:32]


if __name__ == "__main__":
    sys.exit(main())
