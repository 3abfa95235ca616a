"""Promise 14: bulk is all or nothing, wherever the bad line stands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import FULL, Promised
from tests.faults import auditing
from tests.faults.conftest import Fresh
from tests.faults.launcher import Launcher
from tests.faults.sample import FIRST

LINES = 10_000 if FULL else 1_000
USAGE = "date,number,voice_incoming_seconds,voice_outgoing_seconds,messages_sent,messages_received,data_bytes"
Line = Callable[[int], str]


def import_line(n: int) -> str:
    return f"{1700000000 + n},"


def batch_line(n: int) -> str:
    return f'{{"action": "retag", "numbers": ["{1600000000 + n}"], "tag": "tag {n}"}}'


def usage_line(n: int) -> str:
    return f"2026-01-06,{1600000000 + n},1,2,3,4,5"


# Each way of doing much at once: the command, the file's first line, a good line, a bad one.
WAYS: dict[str, tuple[str, str, Line, str]] = {
    "import": ("import FILE --series new", "number,reserved_tag", import_line, "17x,"),
    "import, one that is there": (
        "import FILE --series new",
        "number,reserved_tag",
        import_line,
        f"{FIRST},",
    ),
    "batch": ("batch FILE", "", batch_line, '{"action": "retag", "numbers": ["3999"], "tag": "x"}'),
    "batch, a wrong status": ("batch FILE", "", batch_line, f'{{"action": "retag", "numbers": ["{FIRST}"]}}'),
    "usage import": ("usage import FILE", USAGE, usage_line, "2026-01-06,3999,1,2,3,4,5"),
    "add": ("add --series new --from-file FILE", "", lambda n: str(1700000000 + n), "17x"),
    "retag": ("retag --tag x --from-file FILE", "", lambda n: str(1600000000 + n), str(FIRST)),
}


@pytest.mark.parametrize("way", WAYS)
def test_one_bad_line_keeps_all_from_being_done(
    way: str, launcher: Launcher, fresh: Fresh, tmp_path: Path, promised: Promised
) -> None:
    command, header, good, bad = WAYS[way]
    store = fresh()
    made = [launcher.run("--db", store, "add", f"1600000000+{LINES}", "--series", "bulk")]
    made += [launcher.run("--db", store, "reserve", f"1600000000+{LINES}", "--tag", "bulk")]
    assert [ended.code for ended in made] == [0, 0], made
    before = auditing.picture(store)
    with promised(14) as promise:
        for place in (0, LINES // 2, LINES - 1):
            lines = [bad if n == place else good(n) for n in range(LINES)]
            file = tmp_path / f"lines{place}"
            file.write_text("\n".join([header, *lines] if header else lines) + "\n")
            ended = launcher.run("--db", store, *command.replace("FILE", str(file)).split())
            said = ended.code in (2, 5, 6) and "Traceback" not in ended.err and not ended.out
            promise.tried(
                *[f"{way}, bad at {place}: {ended}"] * (not said),
                *[f"{way}, bad at {place}: changed"] * (auditing.picture(store) != before),
            )
        file.write_text("\n".join([header, *map(good, range(LINES))] if header else map(good, range(LINES))))
        ended = launcher.run("--db", store, *command.replace("FILE", str(file)).split())
        promise.tried(*[f"{way}, all good: {ended}"] * (ended.code != 0), *auditing.faults(store))
