"""The words of the domain: statuses and what numbers in them have, states, and changes of them."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.dates import days_after

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_ONE_BY_ONE = 1_000_000
"""How many numbers may be given something of their own at a time: each takes a row in the store."""


class Status(StrEnum):
    """What a number is doing. The portal's utilization table calls ``in-use`` "registered"."""

    AVAILABLE = "available"
    RESERVED = "reserved"
    AGING = "aging"
    ASSIGNED = "assigned"
    IN_USE = "in-use"


MEANINGS: dict[Status, str] = {
    Status.AVAILABLE: "held by its organization, free to assign, reserve, allocate or move",
    Status.RESERVED: "tagged for later use; always with a tag",
    Status.AGING: "released, resting until a day before it can be given out again; nobody's to assign",
    Status.ASSIGNED: "given to a user by invitation; the user has not on-boarded yet",
    Status.IN_USE: 'the user has on-boarded ("registered" in the utilization table)',
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


class Need(IntEnum):
    """Whether numbers of a status have something: it is false where they can't."""

    NEVER = 0
    MAY = 1
    MUST = 2


class Carries(NamedTuple):
    """What numbers of one status have beside it."""

    tag: Need = Need.NEVER
    until: Need = Need.NEVER
    user: Need = Need.NEVER
    forwarding: Need = Need.NEVER


CARRIES: dict[Status, Carries] = {
    Status.AVAILABLE: Carries(),
    Status.RESERVED: Carries(tag=Need.MUST, until=Need.MAY, forwarding=Need.MAY),
    Status.AGING: Carries(until=Need.MUST, forwarding=Need.MAY),
    Status.ASSIGNED: Carries(user=Need.MUST),
    Status.IN_USE: Carries(user=Need.MUST),
}
WITH_USER = tuple(status for status in Status if CARRIES[status].user)
WITH_FORWARDING = tuple(status for status in Status if CARRIES[status].forwarding)
WITH_DETAIL = (*WITH_FORWARDING, *WITH_USER)


class Detail(NamedTuple):
    """What is true of one number alone: its user (a row id), and the number it is forwarded to."""

    user: int | None = None
    forward_to: int | None = None


NO_DETAIL = Detail()


def goes_along(before: Status, after: Status | None) -> bool:
    """Whether a number's detail stays with it from one status to another (None: it leaves)."""
    if after is None:
        return False
    old, new = CARRIES[before], CARRIES[after]
    return bool((old.user and new.user) or (old.forwarding and new.forwarding))


class AgingRule:
    """How long numbers rest after their release: days by series, else by organization (row ids).

    An organization that isn't named rests for none. ``today`` is ``YYYY-MM-DD``.
    """

    def __init__(self, by_series: Mapping[int, int], by_organization: Mapping[int, int], today: str) -> None:
        self._by_series = by_series
        self._by_organization = by_organization
        self._today = today

    def until(self, state: State) -> str:
        """The last day on which a number in this state would rest, empty for none. Raises BadValue."""
        days = self._by_series.get(state.series)
        if days is None:
            days = self._by_organization.get(state.organization, 0)
        return days_after(self._today, days) if days else ""


class Change(NamedTuple):
    """What an action does to the state of each number; ``None`` keeps what is there.

    With ``rests`` a number that the rule gives a day ages until then, instead of what ``to`` says. An empty
    ``user`` is nobody: a number that had one has none any more.

    What a number has beside its status is kept only while its status carries it: ``CARRIES``.
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
    rests: AgingRule | None = None

    @property
    def of_states(self) -> tuple[object, ...]:
        """What says which state follows one, and not what each number is given of its own."""
        return self.action, self.to, self.organization, self.series, self.tag, self.until, self.rests

    def after(self, state: State) -> State:
        """The state that a number in ``state`` is in afterwards."""
        status, until = self.to or state.status, self.until
        if self.rests is not None and (day := self.rests.until(state)):
            status, until = Status.AGING, day
        carries = CARRIES[status]
        return State(
            self.series or state.series,
            self.organization or state.organization,
            status,
            (state.tag if self.tag is None else self.tag) if carries.tag else "",
            (state.until if until is None else until) if carries.until else "",
        )
