"""The words of the domain: statuses, states, and the rule book as a table.

``RULES`` is the whole rule book: an action that is not in it does not exist, and an action on a
number whose status is not among its ``sources`` is refused.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

MOST_ONE_BY_ONE = 1_000_000
"""How many numbers may be given something of their own at a time: each takes a row in the store."""


class Status(StrEnum):
    """What a number is doing. The portal's utilization table calls ``in-use`` "registered"."""

    AVAILABLE = "available"
    RESERVED = "reserved"
    ASSIGNED = "assigned"
    IN_USE = "in-use"


MEANINGS: dict[Status, str] = {
    Status.AVAILABLE: "held by its organization, free to assign, reserve, allocate or move",
    Status.RESERVED: "tagged for later use",
    Status.ASSIGNED: "given to a user by invitation; the user has not on-boarded yet",
    Status.IN_USE: "the user has on-boarded",
}


class State(NamedTuple):
    """All that numbers of one span have in common.

    ``series`` and ``organization`` are row ids; ``tag`` and ``until`` (a date, ``YYYY-MM-DD``, held
    through that day) are empty where there is none.
    """

    series: int
    organization: int
    status: Status
    tag: str = ""
    until: str = ""


class Rule(NamedTuple):
    """One line of the rule book.

    ``sources`` are the statuses the action may start from (none: the number must not be in the
    inventory yet), ``to`` the statuses it may lead to (none: the number leaves the inventory; the
    same as ``sources`` for an action that keeps the status).
    """

    sources: frozenset[Status]
    to: frozenset[Status]
    meaning: str


def _statuses(*names: Status) -> frozenset[Status]:
    return frozenset(names)


_ANY = frozenset(Status)
_AVAILABLE = _statuses(Status.AVAILABLE)
_RESERVED = _statuses(Status.RESERVED)

RULES: dict[str, Rule] = {
    "reserve": Rule(_AVAILABLE, _RESERVED, "tag for later use"),
    "retag": Rule(_RESERVED, _RESERVED, "give another tag"),
    "unreserve": Rule(_RESERVED, _AVAILABLE, "drop tag, date and forwarding"),
    "assign": Rule(_statuses(Status.AVAILABLE, Status.RESERVED), _statuses(Status.ASSIGNED), "invite a user"),
    "register": Rule(_statuses(Status.ASSIGNED), _statuses(Status.IN_USE), "the user on-boards"),
    "release": Rule(
        _statuses(Status.ASSIGNED, Status.IN_USE),
        _statuses(Status.AVAILABLE, Status.RESERVED),
        "delete the user or withdraw the invitation",
    ),
    "forward": Rule(_RESERVED, _RESERVED, "change or remove the forwarding number"),
    "move": Rule(
        _statuses(Status.AVAILABLE, Status.RESERVED, Status.IN_USE),
        _statuses(Status.AVAILABLE, Status.RESERVED, Status.IN_USE),
        "hand to another organization",
    ),
    "allocate": Rule(_AVAILABLE, _AVAILABLE, "give a quantity to an organization below"),
    "withdraw": Rule(_AVAILABLE, _AVAILABLE, "give a quantity back to the immediate parent"),
    "remove": Rule(_statuses(Status.AVAILABLE, Status.RESERVED), frozenset(), "take out of the inventory"),
    "series move": Rule(_ANY, _ANY, "put into another series"),
    "settle": Rule(_RESERVED, _AVAILABLE, "a hold has ended"),
    "add": Rule(frozenset(), _AVAILABLE, "put into the inventory"),
    "import": Rule(frozenset(), _ANY, "put into the inventory as another list has it"),
}

# Actions by quantity are chosen by the tool, never by number; settling happens by itself. None of
# them helps someone whose number was refused.
_NOT_OFFERED = frozenset({"allocate", "withdraw", "settle", "series move"})


def allowed(status: Status, *, forwarding: bool = False) -> list[str]:
    """The actions that a number of this status admits, in the rule book's order.

    ``forwarding`` says whether the number has a forwarding number; without one it can't be forwarded.
    """
    return [
        action
        for action, rule in RULES.items()
        if status in rule.sources and action not in _NOT_OFFERED and (action != "forward" or forwarding)
    ]


class Change(NamedTuple):
    """What an action does to the state of each number; ``None`` keeps what is there.

    A tag and a date are kept only while the number stays reserved, a user only while it stays
    assigned or in use, forwarding only while it stays reserved.
    """

    action: str
    to: Status | None = None
    organization: int | None = None
    series: int | None = None
    tag: str | None = None
    until: str | None = None
    user: str | None = None
    forward_to: int | None = None
    stop_forwarding: bool = False

    def after(self, state: State) -> State:
        """The state that a number in ``state`` is in afterwards."""
        status = self.to or state.status
        held = status is Status.RESERVED
        return State(
            self.series or state.series,
            self.organization or state.organization,
            status,
            (state.tag if self.tag is None else self.tag) if held else "",
            (state.until if self.until is None else self.until) if held else "",
        )
