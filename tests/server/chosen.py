"""Lines of a batch that name no numbers but quantities of a series, or users, in no order."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

from tests.server.mixed import ORGANIZATIONS

FIRST, MANY = 15140000000, 60_000  # numbers that are there
SITE = (FIRST + 1_000, 2_000)  # those with a label: the first, and how many
USERS = tuple(f"user {n}" for n in range(300))
QUANTITIES = (1, 1, 2, 3, 5, 8, 13)
PICKY: tuple[dict[str, Any], ...] = (  # what is said of numbers beside their quantity
    {"contiguous": True},
    {"matching": "7$"},
    {"aligned": 10, "quantity": 10},
    {"contiguous": True, "aligned": 10, "quantity": 10},
    {"contiguous": True, "matching": "0$"},
    {"sequential": 10},
    {"sequential": 100},
    {"label": {"site": "Lyon"}},
)


class Chosen:
    """Makes lines; ``seed`` says which."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)  # noqa: S311 - no secret

    def lines(self, many: int) -> Iterator[str]:
        """So many lines of JSON. Not all can be done: a user may have no numbers."""
        kinds = (self._reserve, self._reserve, self._assign, self._assign, self._allocate, self._withdraw)
        for _ in range(many):
            made = self._random.choice((*kinds, self._of_a_user, self._of_a_user))()
            yield json.dumps(made) + "\n"

    def _quantity(self, action: str, **said: Any) -> dict[str, Any]:
        return {"action": action, "series": "1514", "quantity": self._random.choice(QUANTITIES), **said}

    def _reserve(self) -> dict[str, Any]:
        said = dict(self._random.choice(PICKY)) if self._random.random() < 0.5 else {}
        if self._random.random() < 0.3:
            said["org"] = self._random.choice(ORGANIZATIONS)
        return self._quantity("reserve", tag=self._random.choice("xyz"), **said)

    def _assign(self) -> dict[str, Any]:
        said = {"series": "1514", "user": self._random.choice(USERS)}
        if self._random.random() < 0.3:
            said["org"] = self._random.choice(ORGANIZATIONS)
        return {"action": "assign", **said}

    def _allocate(self) -> dict[str, Any]:
        return self._quantity("allocate", to=self._random.choice(ORGANIZATIONS[1:]))

    def _withdraw(self) -> dict[str, Any]:
        return self._quantity("withdraw", **{"from": self._random.choice(ORGANIZATIONS[1:])})

    def _of_a_user(self) -> dict[str, Any]:
        action = self._random.choice(("register", "register", "release", "release", "move"))
        said: dict[str, Any] = {"user": self._random.choice(USERS)}
        if action == "move":
            said["to"] = self._random.choice(ORGANIZATIONS)
        elif action == "release" and self._random.random() < 0.5:
            said["reserve"] = "kept"
        if self._random.random() < 0.5:
            said["org"] = self._random.choice(ORGANIZATIONS)
        return {"action": action, **said}
