"""How often a command goes to the server and back: what decides over a slow line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests import on_server
from tests.conftest import Numctl
from tests.server import chosen, mixed
from tests.server.line import Line

MOST = 12  # for what is done every day
MOST_OF_A_BATCH = 200  # of ten thousand lines
MOST_OF_AN_UNDO = 40  # of an import that made hundreds of organizations
MOST_OF_A_MONTH = 7  # told from the past
MOST_OF_THE_DEMO = 650  # a hundred operations
EVERY_DAY = """
search --limit 5
search 8980 --limit 5
search --count
search --org Sales --status available
utilization --tree
utilization Sales
report utilization
org list
org tree
org show Sales
series list
user list
mail list
threshold check
reserve 14188981190 --tag x
retag 14188981190 --tag y
unreserve 14188981190
assign 14188981190 --user Zoe
register 14188981190
release 14188981190 --cool 5
free 14188981190 --message because
age 14188981190 --until +6w
move 14188981191 --to Sales
label 14188981190 site=Paris
allocate --series 1418 --quantity 5 --to Sales
withdraw --from Sales --series 1418 --quantity 5
reserve --series 1418 --quantity 5 --tag fair
assign --series 1418 --user Ann
add 14188990000+10 --series 1418
remove 14188990001 --reason ported
org add North --parent Sales
org set North --threshold 70
org rename North South
org move South --to Support
org remove South
series add 1999
series set 1999 --aging 5
reserve --series 1418 --quantity 3 --tag fair --as Sales
search --as Sales --limit 5
show 14188981190
show 14188980100 --as Sales
history
history --as Sales
history 14188981190
changes
reserve 14188981200 --tag x
undo
assign 14188981200 --user Zoe
undo
label 14188981200 site=Paris
undo
org add North --parent Sales
undo
add 14188991000+10 --series 1418
undo
report consumption
report nruf
report blocks --size 1000
report disconnects
import {list}
diff {other}
sync {other} --add --force
undo
""".strip().splitlines()
LIST = """
number,series,organization,status,tag,user
14188995000,1418,Acme/Sales,available,,
14188995001,1418,Acme/Sales,reserved,fair,
14188995002,1418,Acme/Sales,in-use,,Zoe Zed
14188995010,1418,Acme/Sales,assigned,,Ann Zed
"""
OTHER = """
number,series,organization,status,tag,user
14188995000,1418,Acme/Support,available,,
14188995001,1418,Acme/Sales,reserved,other,
14188995002,1418,Acme/Sales,in-use,,Zoe Zed
14188995010,1418,Acme/Sales,in-use,,Ann Other
14188995011,1418,Acme/Lab,available,,
"""


def test_what_is_done_every_day_goes_there_and_back_a_few_times(
    numctl: Numctl,
    address: str,
    line: Line,
    server: on_server.Server,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("NUMCTL_DB", address.replace(str(server.folder), str(line.folder)))
    before = line.trips
    assert numctl("demo").code == 0
    assert line.trips - before <= MOST_OF_THE_DEMO
    lists = {"list": LIST, "other": OTHER}
    for name, text in lists.items():
        (tmp_path / name).write_text(text.lstrip())
    taken: dict[str, int] = {}
    for command in EVERY_DAY:
        before = line.trips
        ending = numctl(*command.format(**{name: tmp_path / name for name in lists}).split())
        assert ending.code == (1 if command == "threshold check" else 0), ending.err
        taken[command] = max(line.trips - before, taken.get(command, 0))
    assert {command: trips for command, trips in taken.items() if trips > MOST} == {}
    assert min(taken.values()) > 2  # it counts


def test_a_batch_of_ten_thousand_lines_does(
    numctl: Numctl, address: str, line: Line, server: on_server.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    _company(numctl, address, line, server, monkeypatch, mixed.MANY)
    before = line.trips
    ending = numctl("batch", "-", "-o", "json", input="".join(mixed.Mixed().lines(10_000)))
    assert (ending.code, ending.err) == (0, "")
    (facts,) = json.loads(ending.out)
    assert facts["changed"] > 9_000
    assert line.trips - before <= MOST_OF_A_BATCH
    assert numctl("check").code == 0


def test_a_batch_of_ten_thousand_quantities_and_users_does(
    numctl: Numctl, address: str, line: Line, server: on_server.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    _company(numctl, address, line, server, monkeypatch, chosen.MANY)
    first, many = chosen.SITE
    numctl("label", f"{first}+{many}", "site=Lyon")
    before = line.trips
    lines = "".join(chosen.Chosen().lines(10_000))
    ending = numctl("batch", "-", "--keep-going", "-o", "json", input=lines)
    assert ending.code == 3
    (facts,) = json.loads(ending.out)
    assert facts["changed"] > 7_000
    assert line.trips - before <= MOST_OF_A_BATCH
    assert numctl("check").code == 0


def test_a_batch_of_new_series_and_organizations_does(
    numctl: Numctl, address: str, line: Line, server: on_server.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    _company(numctl, address, line, server, monkeypatch, mixed.MANY)
    made = [
        line
        for n in range(700)
        for line in (
            {"action": "org add", "name": f"Branch {n}", "parent": "Acme"},
            {"action": "series add", "name": f"Series {n}"},
            {"action": "add", "number": f"1700000{n:04}", "series": f"Other {n}", "org": f"Branch {n}"},
            {"action": "allocate", "series": "1514", "quantity": 1, "to": f"Branch {n}"},
            {"action": "assign", "number": f"1700000{n:04}", "user": f"user {n}"},
            {"action": "release", "user": f"user {n}"},
        )
    ]
    before = line.trips
    ending = numctl("batch", "-", "-o", "json", input="".join(json.dumps(one) + "\n" for one in made))
    assert (ending.code, ending.err) == (0, "")
    assert line.trips - before <= MOST_OF_A_BATCH


def _company(
    numctl: Numctl,
    address: str,
    line: Line,
    server: on_server.Server,
    monkeypatch: pytest.MonkeyPatch,
    many: int,
) -> None:
    """Make a store on the server with so many numbers, reached by the line."""
    monkeypatch.setenv("NUMCTL_DB", address.replace(str(server.folder), str(line.folder)))
    numctl("init", "--name", "Acme")
    for path in mixed.ORGANIZATIONS[1:]:
        numctl("org", "add", path.rpartition("/")[2], "--parent", path.rpartition("/")[0])
    numctl("org", "set", "Acme", "--aging", "7")
    numctl("add", f"{mixed.FIRST}+{many}", "--series", "1514")


def test_an_import_that_made_organizations_is_undone_and_done_again_in_a_few(
    numctl: Numctl,
    address: str,
    line: Line,
    server: on_server.Server,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    _company(numctl, address, line, server, monkeypatch, mixed.MANY)
    rows = [f"{331_000_000 + 1000 * n},12,S{n % 40},Acme/Operator {n % 300}\n" for n in range(1_500)]
    (tmp_path / "list").write_text("".join(["first,count,series,organization\n", *rows]))
    assert numctl("import", str(tmp_path / "list"), "--create-orgs").code == 0
    whole = numctl("utilization", "--tree", "-o", "json").out
    operation = json.loads(numctl("history", "--limit", "1", "-o", "json").out)[0]["operation"]
    for at in (operation, operation + 1):
        before = line.trips
        ending = numctl("undo", str(at), "-o", "json")
        assert (ending.code, ending.err) == (0, "")
        assert "kept" not in json.loads(ending.out)[0]
        assert line.trips - before <= MOST_OF_AN_UNDO
        if at == operation:
            assert "Operator" not in numctl("org", "tree").out
            assert "S39" not in numctl("series", "list").out
    assert numctl("utilization", "--tree", "-o", "json").out == whole


def test_a_year_is_told_in_a_few_for_each_month(
    numctl: Numctl, address: str, line: Line, server: on_server.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUMCTL_DB", address.replace(str(server.folder), str(line.folder)))
    assert numctl("demo").code == 0
    before = line.trips
    ending = numctl("report", "utilization", "--months", "12", "-o", "json")
    months = len({row["at"] for row in json.loads(ending.out)})
    assert months >= 3
    assert line.trips - before <= MOST_OF_A_MONTH * months + MOST
