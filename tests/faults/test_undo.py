"""Promise 18: undo is exact, after operations of every kind."""

from __future__ import annotations

import json
import random
from pathlib import Path

from tests.conftest import FULL, Numctl, Promised
from tests.faults import auditing
from tests.faults.conftest import Fresh
from tests.faults.sample import UNTIL

ORGANIZATIONS = ("Acme", "Sales", "EMEA", "Support")
HELD = "SELECT first, last FROM span JOIN state ON state.id = state WHERE status IN ({})"
FORWARDED = "SELECT number, number FROM detail WHERE forward_to IS NOT NULL"


class Chance:
    """Draws command lines that change numbers, most of which can be done."""

    def __init__(self, store: Path, seed: int) -> None:
        self.store = store
        self.random = random.Random(seed)  # noqa: S311 - the same draws each time

    def numbers(self, *statuses: str, query: str = HELD) -> str:
        """Some numbers of one span that have one of these statuses; of any, if there are none."""
        wanted = ", ".join(f"'{status}'" for status in statuses)
        spans = auditing.rows(self.store, query.format(wanted)) or auditing.rows(
            self.store, "SELECT * FROM span"
        )
        first, last, *_ = self.random.choice(spans)
        start = self.random.randint(first, last)
        return f"{start}..{min(last, start + self.random.choice((0, 0, 1, 9, 59)))}"

    def organization(self) -> str:
        return self.random.choice(ORGANIZATIONS)

    def word(self) -> str:
        return self.random.choice(("red", "green", "blue"))

    def maybe(self, *options: str) -> list[str]:
        return list(options) if self.random.random() < 0.5 else []

    def quantity(self) -> list[str]:
        return ["--series", "1418", "--quantity", str(self.random.choice((1, 3, 70)))]

    def new_number(self) -> int:
        return 16000000000 + self.random.randrange(1_000_000)

    def line(self, action: str) -> list[str]:
        """The arguments of a command."""
        available, reserved, assigned, in_use = "available", "reserved", "assigned", "in-use"
        match action:
            case "reserve":
                more = [*self.maybe("--until", UNTIL), *self.maybe("--org", self.organization())]
                return [self.numbers(available), "--tag", self.word(), *more]
            case "unreserve":
                return [self.numbers(reserved)]
            case "retag":
                return [self.numbers(reserved), "--tag", self.word()]
            case "move":
                return [self.numbers(available, reserved, in_use), "--to", self.organization()]
            case "allocate":
                return [*self.quantity(), "--to", self.organization(), *self.maybe("--contiguous")]
            case "withdraw":
                return [*self.quantity(), "--from", self.organization()]
            case "assign":
                return [self.numbers(available, reserved), "--user", self.word()]
            case "register":
                return [self.numbers(assigned)]
            case "release":
                return [
                    self.numbers(assigned, in_use),
                    *self.maybe("--reserve", "kept", "--forward-to", "3999"),
                ]
            case "forward":
                return [
                    self.numbers(query=FORWARDED).partition("..")[0],
                    *(self.maybe("--to", "4000") or ["--remove"]),
                ]
            case "add":
                return [str(self.new_number()), "--series", self.word(), "--org", self.organization()]
            case "series move":
                return [self.numbers(available, assigned), "--to", self.random.choice(("1418", "short"))]
            case _:
                return [self.numbers(available, reserved), "--reason", "ported"]

    def file(self, action: str, folder: Path) -> list[str]:
        """The arguments of a command that reads a file."""
        file = folder / "lines"
        if action == "batch":
            changes: list[dict[str, object]] = [
                {"action": "reserve", "numbers": [self.numbers("available")], "tag": self.word()},
                {"action": "assign", "numbers": [self.numbers("reserved")], "user": "Uma"},
            ]
            file.write_text("\n".join(map(json.dumps, changes)))
            return [str(file), "--keep-going"]
        first = self.new_number()
        file.write_text(f"first,count,user,status\n{first},3,,\n{first + 3},1,Ida,assigned\n")
        return [str(file), "--series", self.word(), "--org", self.organization()]


ACTIONS = ["reserve", "unreserve", "retag", "move", "allocate", "withdraw", "assign", "register", "release"]
ACTIONS += ["add", "remove", "series move", "batch", "import"]


def test_undo_is_exact(fresh: Fresh, tmp_path: Path, numctl: Numctl, promised: Promised) -> None:
    with promised(18) as promise:
        for round in range(500 // len(ACTIONS) if FULL else 2):
            store = fresh()
            by = Chance(store, round)
            # One number of the sample is forwarded: before anything befalls it.
            for action in ("forward", *by.random.sample(ACTIONS, len(ACTIONS))):
                promise.tried(*wrong_after(action, by, tmp_path, numctl))
            promise.tried(*auditing.faults(store))


def wrong_after(action: str, by: Chance, folder: Path, numctl: Numctl) -> list[str]:
    """What is wrong about a command's undo, and about the undo of that."""

    def export() -> tuple[str, ...]:
        lines = (["search", "--all"], ["utilization", "--tree", "--by", "series"], ["user", "list"])
        return tuple(numctl("--db", by.store, *line, "-o", "csv").out for line in lines)

    before = export()
    for _ in range(50):  # draws, until one can be done
        arguments = by.file(action, folder) if action in ("batch", "import") else by.line(action)
        ended = numctl("--db", by.store, *action.split(), *arguments)
        if "numctl undo" in ended.out:
            break
    else:
        return [f"{action} was never done: {ended}"]
    after = export()
    undone = numctl("--db", by.store, "undo")
    wrong = [] if undone.code == 0 and export() == before else [f"{action} {arguments}: {undone}"]
    again = numctl("--db", by.store, "undo", undone.out.rpartition("numctl undo ")[2].strip("`). \n"))
    if again.code or export() != after:
        wrong.append(f"{action} {arguments}, done again: {again}")
    return wrong
