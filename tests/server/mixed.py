"""Lines of a batch that do what is done every day, in no order, each of which may be done in its turn."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

FIRST, MANY, NEW = 15140000000, 4_000, 1_000  # numbers that are there, and that are put in
ORGANIZATIONS = ("Acme", "Acme/Sales", "Acme/Sales/EMEA", "Acme/Finance")
TAGS = ("fair", "office", "spare")
DAYS = ("2999-01-31", "2999-02-28", "2999-03-31")
USERS = tuple(f"user {n}" for n in range(300))
LABELS = tuple({"site": site, "floor": floor} for site in ("Lyon", "Nantes") for floor in ("1", "2"))


class Mixed:
    """Makes lines; ``seed`` says which."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)  # noqa: S311 - no secret
        self._there = list(range(FIRST, FIRST + MANY))
        self._statuses = dict.fromkeys(self._there, "available")
        self._forwarded: set[int] = set()
        self._new = iter(range(FIRST + MANY, FIRST + MANY + NEW))
        self._made: dict[str, list[Callable[[int], dict[str, Any]]]] = {
            "available": [self._reserve, self._assign, self._age, self._move, self._label, self._remove],
            "reserved": [
                self._retag,
                self._unreserve,
                self._assign,
                self._age,
                self._forward,
                self._forward,
                self._move,
            ],
            "aging": [self._free, self._move, self._label, self._forward, self._forward, self._remove],
            "assigned": [self._register, self._release, self._label],
            "in-use": [self._release, self._release, self._move, self._label],
        }

    def lines(self, many: int) -> Iterator[str]:
        """So many lines of JSON."""
        for at in range(many):
            if at % 10 == 0:
                yield json.dumps(self._add()) + "\n"
                continue
            number = self._random.choice(self._there)
            line = self._random.choice(self._made[self._statuses[number]])(number)
            yield json.dumps(line) + "\n"

    def _now(self, number: int, status: str, action: str, **said: Any) -> dict[str, Any]:
        self._statuses[number] = status
        if status not in ("reserved", "aging"):
            self._forwarded.discard(number)
        return {"action": action, "number": str(number), **said}

    def _add(self) -> dict[str, Any]:
        number = next(self._new)
        self._there.append(number)
        series, org = self._random.choice(("1514", "new")), self._random.choice(ORGANIZATIONS)
        return self._now(number, "available", "add", series=series, org=org)

    def _reserve(self, number: int) -> dict[str, Any]:
        said: dict[str, Any] = {"tag": self._random.choice(TAGS)}
        if self._random.random() < 0.3:
            said["until"] = self._random.choice(DAYS)
        if self._random.random() < 0.3:
            said["org"] = self._random.choice(ORGANIZATIONS)
        return self._now(number, "reserved", "reserve", **said)

    def _retag(self, number: int) -> dict[str, Any]:
        return self._now(number, "reserved", "retag", tag=self._random.choice(TAGS))

    def _unreserve(self, number: int) -> dict[str, Any]:
        return self._now(number, "available", "unreserve")

    def _assign(self, number: int) -> dict[str, Any]:
        return self._now(number, "assigned", "assign", user=self._random.choice(USERS))

    def _register(self, number: int) -> dict[str, Any]:
        return self._now(number, "in-use", "register")

    def _release(self, number: int) -> dict[str, Any]:
        way = self._random.randrange(5)
        if way == 0:
            return self._now(number, "available", "release", cool=0)
        if way == 1:
            return self._now(number, "aging", "release")  # as the organizations' rule says
        status = "reserved" if way == 2 else "aging"
        kept = {"reserve": self._random.choice(TAGS)} if way == 2 else {"cool": 30}
        self._forwarded.add(number)
        return self._now(number, status, "release", **kept, forward_to=str(self._above(number)))

    def _above(self, number: int) -> int:
        """A number that no way leads back from."""
        return self._random.randrange(number + 1, FIRST + MANY + 2 * NEW)

    def _forward(self, number: int) -> dict[str, Any]:
        if number not in self._forwarded:
            return self._move(number)
        if self._random.random() < 0.2:
            self._forwarded.discard(number)
            return self._now(number, self._statuses[number], "forward", remove=True)
        return self._now(number, self._statuses[number], "forward", to=str(self._above(number)))

    def _age(self, number: int) -> dict[str, Any]:
        return self._now(number, "aging", "age", until=self._random.choice(DAYS))

    def _free(self, number: int) -> dict[str, Any]:
        return self._now(number, "available", "free")

    def _move(self, number: int) -> dict[str, Any]:
        return self._now(number, self._statuses[number], "move", to=self._random.choice(ORGANIZATIONS))

    def _label(self, number: int) -> dict[str, Any]:
        status = self._statuses[number]
        if self._random.random() < 0.2:
            return self._now(number, status, "label", remove="floor")
        return self._now(number, status, "label", labels=self._random.choice(LABELS))

    def _remove(self, number: int) -> dict[str, Any]:
        line = self._now(number, "gone", "remove", reason="ported out")
        self._there.remove(number)
        return line
