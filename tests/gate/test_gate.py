"""What passes the gate: what is open, as one organization and under one name, and nothing else."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from numctl.cli import open_commands
from numctl.cli.parser import load
from numctl.cli.table import COMMANDS
from numctl.core.errors import BadValue
from numctl.gate.framing import frames
from numctl.gate.requests import Request, read_request
from tests.commands.conftest import number
from tests.conftest import Numctl
from tests.gate.conftest import Through

CLOSED_COMMANDS = {
    *(
        "report dashboard",
        "profiles",
        "mail send",
        "mail test",
        "init",
        "demo",
        "gate",
        "key add",
        "backup",
        "copy",
        "role add",
        "role remove",
        "role list",
    ),
}
CLOSED_OPTIONS = {
    "batch": {"rejects"},
    "org add": {"email"},
    "org set": {"email", "no_email", "intermediate", "no_intermediate"},
    "check": {"repair"},
}
ALWAYS_CLOSED = {"db", "acting_as", "lock_timeout"}


def test_the_list_is_of_commands_and_options_that_there_are_and_the_rest_was_thought_of() -> None:
    """A new command or option is closed, and this test says so until it stands in one of the lists."""
    for entry in COMMANDS:
        names = {param.name for param in load(entry).params} - {"help"}
        if entry.name in CLOSED_COMMANDS:
            assert entry.name not in open_commands.OWN
            continue
        own = set(open_commands.OWN[entry.name].split())
        assert own <= names, entry.name
        shared = open_commands.PLAIN | (open_commands.LIST if entry.lists else set())
        closed = CLOSED_OPTIONS.get(entry.name, set())
        assert names - own - shared - ALWAYS_CLOSED == closed, entry.name
        assert not own & closed


def test_what_is_done_is_done_as_the_organization_and_under_the_name(through: Through, rows) -> None:
    assert json.loads(through(f"reserve {number(40)} --tag 'new office' -o json").out)[0]["count"] == 1
    (last, *_) = rows("history", "--limit", "1")
    assert (last["actor"], last["acting_as"]) == ("Jo", "Acme/Sales")
    assert through("search --count").out == "50\n"
    assert through(f"reserve {number(0)} --tag x").code == 5
    assert through("move --user Cat --to EMEA").code == 5
    assert through("org add New --threshold 50").code == 0
    assert through("add 5550000 --series x").code == 4


def test_a_new_name_or_place_redirects_nobody(through: Through, numctl: Numctl) -> None:
    def seen(org: str) -> list[str]:
        ended = through("org list -o json", org=org)
        return [row["organization"] for row in json.loads(ended.out or "[]")]

    (sales,) = (org for org in (f"/{id}" for id in range(1, 9)) if seen(org)[:1] == ["Acme/Sales"])
    assert numctl("org", "rename", "Sales", "Vente").code == 0
    assert numctl("org", "add", "Sales").code == 0
    assert numctl("org", "move", "Vente", "--to", "Finance").code == 0
    assert seen(sales) == ["Acme/Finance/Vente", "Acme/Finance/Vente/EMEA"]
    assert through("search", org="/999").code == 5
    assert numctl("search", "--as", "EMEA", "--org", "/1").code == 5


@pytest.mark.parametrize("name", sorted(CLOSED_COMMANDS))
def test_closed_commands(through: Through, name: str) -> None:
    assert through(name).code == 4
    assert through(f"{name} x --yes").code == 4


@pytest.mark.parametrize(
    "line",
    [
        "search --db x",
        "--db=x search",
        "search --as Acme",
        "--as Acme search",
        "search --lock-timeout 1",
        "search --out x",
        "search --out=/tmp/x",
        "reserve --from-file /etc/passwd --tag x",
        "import /etc/passwd",
        "batch x.csv",
        "batch - --rejects x",
        "diff x.csv",
        "sync /dev/stdin",
        "usage import x",
        "check --repair",
        "org set EMEA --email a@b.example",
        "org add X --email a@b.example",
        "org set EMEA --no-email",
        "--install-completion bash",
        "--show-completion",
        "import -- /etc/passwd",
    ],
)
def test_closed_options_and_files_of_the_host(through: Through, line: str) -> None:
    assert through(line).code == 4


def test_streams_are_open(through: Through, rows) -> None:
    assert through("reserve --from-file - --tag x", input=f"{number(41)}\n").code == 0
    line = json.dumps({"action": "reserve", "numbers": [number(42)], "tag": "y"})
    assert through("batch -", input=line).code == 0
    assert through("search --out - --count --status reserved").out == "4\n"
    assert through("diff - -o csv", input=f"number\n{number(43)}\n").code == 0
    framed = b"".join(frames(_bytes(f"{number(44)}\n")))
    assert through("FRAMED=1 reserve - --tag z", input=framed).code == 0
    assert len(rows("search", "--status", "reserved", "--org", "Sales")) == 3


def test_a_stream_that_breaks_off_changes_nothing(through: Through, rows) -> None:
    lines = "".join(
        json.dumps({"action": "reserve", "numbers": [number(n)], "tag": "x"}) + "\n" for n in range(40, 60)
    )
    whole = b"".join(frames(_bytes(lines)))
    before = rows("history", "--limit", "1")
    for end in (0, 1, 3, 10, len(whole) // 2, len(whole) - 3, len(whole) - 1):
        ended = through("FRAMED=1 batch -", input=whole[:end])
        assert (ended.code, "broke off" in ended.err) == (1, True)
    assert through("FRAMED=1 batch -", input=b"zz\n" + whole).code == 1
    assert rows("history", "--limit", "1") == before
    assert through("FRAMED=1 batch -", input=whole).code == 0


def _bytes(text: str):
    import io

    return io.BytesIO(text.encode())


def test_a_key_that_may_only_read(through: Through) -> None:
    for line in ("search", "history", "label --list", "request --list", "utilization", "threshold check"):
        assert through(line, "--read-only").code in (0, 1), line
    for line in ("label 1 a=b", f"reserve {number(40)} --tag x", "undo", "batch -", "request --quantity 1"):
        assert through(line, "--read-only").code == 4, line
    assert through("threshold check --notify", "--read-only").code in (3, 4)


def test_the_environment_counts_for_nothing(through: Through, tmp_path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("output = 'json'\n")
    env = {
        "NUMCTL_OUTPUT": "json",
        "NUMCTL_CONFIG": str(config),
        "NUMCTL_AS": "Finance",
    }
    assert through("search --limit 1", env=env).out.startswith("1418\t")


def test_width_and_colour_are_the_other_end_s(through: Through) -> None:
    plain = through("COLUMNS=60 TABLE=1 utilization").out
    assert "█" in plain or "·" in plain
    assert max(map(len, plain.splitlines())) <= 60
    assert "\x1b[" not in plain
    assert "\x1b[" in through("COLOR=1 COLUMNS=60 TABLE=1 utilization").out


def test_times_are_shown_in_the_other_end_s_zone(through: Through) -> None:
    assert " 18:00 " in through("TABLE=1 ZONE=Asia/Tokyo history --limit 1").out  # 09:00 in UTC
    assert " 09:00 " in through("TABLE=1 ZONE=No/Where history --limit 1").out
    assert "T09:00:00Z" in through("ZONE=Asia/Tokyo history --limit 1 -o json").out
    assert through("ZONE=../../etc/passwd history").code == 2


def test_completion_within_scope(through: Through) -> None:
    assert through("COMPLETE=zsh search --org Acme").out == "words\nAcme/Sales\nAcme/Sales/EMEA\n"
    assert "Finance" not in through("COMPLETE=fish search --org ''").out
    assert through("COMPLETE=zsh sea").out.startswith("words\nsearch")


@pytest.mark.parametrize(
    "line",
    [
        "",
        "  ",
        "search 'x",
        "COLUMNS=0 search",
        "COLUMNS=1 COLUMNS=2 search",
        "STORE=../x search",
        "COLOR=2 search",
    ],
)
def test_requests_that_make_no_sense(through: Through, line: str) -> None:
    assert through(line).code == 2


def test_a_store_by_its_name(through: Through) -> None:
    assert through("STORE=inventory search --count").code == 0
    assert through("STORE=other search --count").code == 10


def test_a_request_is_written_as_it_is_read() -> None:
    request = Request(
        ["search", "a b", "--tag=it's", "$(x)"], "80", True, True, "Asia/Tokyo", True, "main", "zsh"
    )
    assert read_request(request.line()) == request
    for line in ("x" * 100_001, "a\0b", "\udcff"):
        with pytest.raises(BadValue):
            read_request(line)


def test_hostile_lines_reach_nothing_outside(
    through: Through, tmp_path: Path, numctl: Numctl, promised
) -> None:
    """Two hundred of them: no file is read or made, nothing outside the scope is seen or changed."""
    secret = tmp_path / "secret.csv"
    secret.write_text("number,series\n5550199,canary-canary\n")
    made = tmp_path / "made"
    listing = sorted(path.name for path in tmp_path.iterdir())
    outside = numctl("search", "--org", "Finance", "--org", "Acme", "-o", "json").out
    parts = [
        *(
            f"--db={secret}",
            f"--db {secret}",
            f"--d {secret}",
            f"--out {made}",
            f"--out={made}",
            f"@{secret}",
        ),
        *(f"--from-file={secret}", f"--from-file {secret}", f"< {secret}", f"> {made}", f"; touch {made}"),
        *(
            f"`touch {made}`",
            f"$(touch {made})",
            f"| tee {made}",
            f"&& touch {made}",
            f"-o xlsx --out {made}",
        ),
        *(
            "--as Acme",
            "--as=/1",
            "--as /1",
            "--as ''",
            "-o batch",
            "-o ../x",
            "-o ''",
            "--help",
            "-h",
            "--ver",
        ),
        *(
            "--org Finance",
            "--org /1",
            "--org Acme",
            "--user Cat",
            "--tag secret",
            "--at operation:1",
            "--all",
        ),
        *("--columns labels,user", "--install-completion", "--show-completion=bash", "--config x", "--", "-"),
        *(f"--profile {secret}", f"--message '{secret}'", "--no-input", "--yes", "\\x00", "%s%n", "../" * 40),
    ]
    commands = [
        *("search", "import", f"import {secret}", "batch", f"batch {secret}", "history", "show 14188980090"),
        *(
            "changes",
            "org list",
            "user list",
            "series list",
            "label --list",
            "diff",
            f"diff {secret}",
            "backup",
        ),
        *(
            f"backup {made}",
            "check",
            "undo 1",
            "sync",
            f"usage import {secret}",
            "gate",
            "key add x",
            "profiles",
        ),
    ]
    chosen = random.Random(7)  # noqa: S311
    with promised(50) as promise:
        for _ in range(200):
            words = [chosen.choice(commands), *chosen.sample(parts, chosen.randint(0, 3))]
            chosen.shuffle(words) if chosen.random() < 0.2 else None
            ended = through(" ".join(words))
            said = ended.out + ended.err
            wrong = [
                *(["bug"] if ended.code in (20, 12) else []),
                *(["canary"] if "canary" in said or "5550199" in said else []),
                *(["leak"] if "Cat" in said.replace("--user Cat", "") and "'Cat'" not in said else []),
                *(["made"] if sorted(path.name for path in tmp_path.iterdir()) != listing else []),
            ]
            promise.tried(*(f"{one}: {' '.join(words)}: {said[:200]}" for one in wrong))
        after = numctl("search", "--org", "Finance", "--org", "Acme", "-o", "json").out
        promise.tried(*([] if after == outside else ["something outside was changed"]))
