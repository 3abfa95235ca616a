"""Promise 9: nothing leaks out of scope: for every actor, source and target of a tree of four levels.

Every name, tag, user, series, address and number of an organization holds a word of its own, so
that whatever comes from it can be told wherever it turns up.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from numctl.cli.table import COMMANDS
from tests.conftest import FULL, Ending, Numctl, Promised

PARENTS = {"Papa": None, "Kilo": "Papa", "Lima": "Papa", "Mike": "Kilo", "Nova": "Kilo", "Oscar": "Mike"}
WORDS = tuple(PARENTS)


def path(word: str) -> str:
    parent = PARENTS[word]
    return f"{path(parent)}/Org{word}" if parent else f"Org{word}"


def above(word: str) -> set[str]:
    parent = PARENTS[word]
    return {parent, *above(parent)} if parent else set()


def scope(word: str) -> set[str]:
    """An organization and all below it."""
    return {other for other in WORDS if other == word or word in above(other)}


def first(word: str) -> int:
    """Each has a hundred numbers; no other number begins as they do."""
    return 1600_000_000 + 1_111_100 * (WORDS.index(word) + 1)


@pytest.fixture
def tree(store: Path, tmp_path: Path, numctl: Numctl) -> Path:
    """Each organization with numbers in every status, in a series that is its own."""
    assert numctl("init", "--name", "OrgPapa", "--email", "papa@example.org").code == 0
    for word in WORDS[1:]:
        line = [
            "org",
            "add",
            f"Org{word}",
            "--parent",
            path(PARENTS[word] or ""),
            "--email",
            f"{word}@example.org",
        ]
        assert numctl(*line, "--threshold", "1", "--message", f"made{word}").code == 0
    for word in WORDS:
        n = first(word)
        acting = ["--as", path(word), "--message", f"note{word}"]
        numctl(
            "add", f"{n}+100", "--series", f"Series{word}", "--org", path(word), "--message", f"note{word}"
        )
        numctl("reserve", f"{n}+10", "--tag", f"tag{word}", *acting)
        numctl("assign", f"{n + 10}+10", "--user", f"user{word}", *acting)
        numctl("register", f"{n + 10}+5", *acting)
        numctl("release", f"{n + 10}", "--reserve", f"ex{word}", "--forward-to", str(n + 99), *acting)
        assert numctl("request", "--quantity", "7", "--note", f"more{word}", *acting).code == 0
    usage = tmp_path / "usage.csv"
    header = (
        "date,number,voice_incoming_seconds,voice_outgoing_seconds,messages_sent,messages_received,data_bytes"
    )
    today = json.loads(numctl("history", "-o", "json").out)[0]["at"][:10]
    usage.write_text("\n".join([header, *(f"{today},{first(word) + 12},60,60,1,1,1" for word in WORDS)]))
    assert numctl("usage", "import", usage).code == 0
    return store


def leaks(actor: str, ended: Ending, typed: str = "") -> list[str]:
    """Whatever of an answer the actor may not know. What they typed themselves is no news to them."""
    said = f"{ended.out}\n{ended.err}"
    known = scope(actor)
    found = []
    for word in set(WORDS) - known:
        told = re.sub(f"Org{word}", "", said) if word in above(actor) else said  # in the path of one's own
        number = str(first(word))[:7]
        found += [word for trace in (word, word.lower(), number) if trace in told and trace not in typed]
    return [f"{actor}: {typed}: {set(found)} in {ended}"] * bool(found)


READINGS = """
label --list
search --label site
search --sort label.site
changes
changes --after 3 -o jsonl
search --all
search --ranges
search 1
search tag
search --matching 16*
search --sort organization
search --user user
search --tag ex
search --count
utilization
utilization --tree
utilization --tree --by series
utilization --forecast
report utilization
report consumption --by org
report consumption --by number
report consumption --by day --preamble
report blocks --size 10
report disconnects
report nruf
report dashboard --out {page}
user list
history
threshold show
threshold check
mail list
org list
org tree
series list
request --list
undo --dry-run
diff {list}
history --verify
""".strip().splitlines()
NAMED = {  # what can be said of one organization
    "organization": [
        "org show {org}",
        "history --org {org}",
        "search --org {org}",
        "utilization {org}",
        "threshold show {org}",
    ],
    "series": [
        "search --series {series}",
        "history --series {series}",
        "allocate --series {series} --quantity 1 --to {own} --dry-run",
    ],
    "number": ["show {number}", "history {number}", "search {number}"],
    "user": ["search --user {user}", "register {user} --dry-run", "release {user} --dry-run"],
}
CHANGES = """
move {number} --to {target}
reserve {free} --tag x --org {target}
reserve {free} --tag x
allocate --series {series} --quantity 5 --to {target}
withdraw --series {series} --quantity 5 --from {org}
assign {free} --user x
register {assigned}
release {assigned}
unreserve {number}
retag {number} --tag x
age {free} --until +3d
free {number} --message x
label {number} site=x
label {free} --remove site
forward {forwarded} --to 3999
forward {free} --to {number}
release {assigned} --reserve x --forward-to {free}
org move {org} --to {target}
org rename {org} x
org remove {org}
org add x --parent {target}
org set {org} --threshold 5
threshold set 5 --org {org}
user rename {user} x
user forget {user} --yes
batch {changes}
series rename {series} x
series set {series} --aging 3
series remove {series}
org set {org} --aging 3 --basis below
series move {free} --to {series}
remove {free} --reason x
add {free} --series x
add 4000 --series x --org {org}
reserve --series {series} --quantity 1 --tag x
""".strip().splitlines()
COMPLETED = """
move 1 --to
search --org
search --series
search --tag
release
utilization
allocate --to
retag 1 --tag
user forget
search --user
org show
series rename
""".strip().splitlines()  # what comes next is asked for


OF_SOURCE = ("org", "number", "free", "assigned", "forwarded", "user", "changes")


def places(source: str, target: str, folder: Path) -> dict[str, str]:
    """What stands for the names in a line."""
    n = first(source)
    changes, listed = folder / "changes.jsonl", folder / "list.csv"
    lines = [{"action": "move", "numbers": [str(n + 50)], "to": path(target)}]
    lines += [{"action": "reserve", "numbers": [str(n + 20)], "tag": "x"}]
    changes.write_text("\n".join(map(json.dumps, lines)))
    listed.write_text("number\n" + "".join(f"{first(word)}\n" for word in WORDS))
    names = {
        "org": path(source),
        "target": path(target),
        "series": f"Series{source}",
        "user": f"user{source}",
    }
    numbers = {"number": n, "free": n + 50, "assigned": n + 16, "forwarded": n + 10}
    files = {"changes": str(changes), "list": str(listed), "page": str(folder / "page.html")}
    return names | files | {name: str(number) for name, number in numbers.items()}


def chosen(count: int) -> Iterator[tuple[str, str, str]]:
    """Actors below the root with every source and target: all, or some of them in turn."""
    every = list(product(WORDS[1:], WORDS, WORDS))
    return iter(every if FULL else every[:: len(every) // count])


def test_no_list_tells_of_outside(tree: Path, tmp_path: Path, numctl: Numctl, promised: Promised) -> None:
    with promised(9) as promise:
        for actor in WORDS[1:]:
            names = places(actor, actor, tmp_path)
            for line in READINGS:
                typed = line.format(**names)
                for format in ("json", "table") if FULL else ("json",):
                    acting = ["--as", path(actor), "-o", format]
                    ended = numctl(*typed.split(), *acting, env={"COLUMNS": "400"})  # no name is broken
                    known = typed if "diff" not in line else " ".join(str(first(word)) for word in WORDS)
                    wrong = leaks(actor, ended, known) + [f"{ended}"] * (ended.code == 20)
                    promise.tried(*wrong)
            page = Ending(0, (tmp_path / "page.html").read_text(), "")
            promise.tried(*leaks(actor, page))


def test_no_answer_tells_of_outside(tree: Path, tmp_path: Path, numctl: Numctl, promised: Promised) -> None:
    with promised(9) as promise:
        for actor, source in product(WORDS[1:], WORDS):
            names = {**places(source, source, tmp_path), "own": path(actor)}
            for what, lines in NAMED.items():
                for line in lines:
                    typed = line.format(**names)
                    ended = numctl(*typed.split(), "--as", path(actor))
                    wrong = leaks(actor, ended, typed)
                    if source not in scope(actor) and not line.startswith("search"):
                        expected = 4 if what == "organization" and source in above(actor) else 5
                        wrong += [f"{actor}: {typed}: {ended}"] * (ended.code not in (expected, 4, 5))
                    promise.tried(*wrong)


def test_no_change_reaches_outside(tree: Path, tmp_path: Path, numctl: Numctl, promised: Promised) -> None:
    with promised(9) as promise:
        for actor, source, target in chosen(18):
            names = places(source, target, tmp_path)
            for line in CHANGES:
                typed = line.format(**names)
                ended = numctl(*typed.split(), "--as", path(actor), "--dry-run")
                written = Path(names["changes"]).read_text() if "changes" in line else ""
                wrong = leaks(actor, ended, typed + written)
                concerned = {
                    "{org}",
                    "{number}",
                    "{free}",
                    "{assigned}",
                    "{forwarded}",
                    "{user}",
                    "{changes}",
                }
                names_source = any(name in line for name in concerned)
                names_target = "{target}" in line or "{changes}" in line
                outside = (names_source and source not in scope(actor)) or (
                    names_target and target not in scope(actor)
                )
                if ended.code == 0 and outside and "--to {number}" not in line:
                    wrong.append(f"{actor}: {typed}: done: {ended}")
                if ended.code == 20:
                    wrong.append(f"{actor}: {typed}: {ended}")
                promise.tried(*wrong)


def test_no_completion_tells_of_outside(tree: Path, numctl: Numctl, promised: Promised) -> None:
    with promised(9) as promise:
        offered = 0
        for actor, line in product(WORDS[1:], COMPLETED):
            for beginning in ("", "Org", "Series", "tag", "user", "Papa"):
                env = {"_NUMCTL_COMPLETE": "fish", "NUMCTL_AS": path(actor)}
                ended = numctl(*line.split(), beginning, env=env)
                offered += bool(ended.out)
                promise.tried(*leaks(actor, ended))
        assert offered


def test_no_operation_of_outside_is_shown_or_undone(tree: Path, numctl: Numctl, promised: Promised) -> None:
    operations = [
        row["operation"] for row in json.loads(numctl("history", "-o", "json", "--limit", "99").out)
    ]
    with promised(9) as promise:
        for actor, operation in product(WORDS[1:], operations):
            for line in (["history", "--operation", str(operation)], ["undo", str(operation), "--dry-run"]):
                promise.tried(*leaks(actor, numctl(*line, "--as", path(actor), "-o", "json")))


def test_every_command_is_among_them() -> None:
    lines = [*READINGS, *CHANGES, *(line for lines in NAMED.values() for line in lines)]
    tried = {line.split()[0] for line in lines} | {" ".join(line.split()[:2]) for line in lines}
    whole_store = {
        "init",
        "demo",
        "backup",
        "copy",
        "check",
        "import",
        "sync",
        "profiles",
        "usage import",
        "series add",
    }
    elsewhere = {"mail send", "mail test", "gate", "key add"}  # tests/mail, tests/gate
    elsewhere |= {"role add", "role list", "role remove"}  # tests/server
    assert {entry.name for entry in COMMANDS} - tried - whole_store <= elsewhere
