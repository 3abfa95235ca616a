"""A batch that makes the inventory be as another list has it: one change a line, in their order."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from numctl.core.files.comparing import Comparison, Held, Pair
from numctl.core.numbers.ranges import Range, adjoins
from numctl.core.queries.buffer import Buffer
from numctl.core.rules.model import CARRIES, MOST_ONE_BY_ONE, WITH_USER, Status
from numctl.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numctl.core.catalog.view import View
    from numctl.core.files.sheets import Sheet

Step = tuple[tuple[str, str], ...]  # an action with its keys, but for the numbers


class Reconciliation:
    """The lines of the batch, and how many numbers it can't set right: for want of a series, a tag or a user,
    or as their organization isn't here."""

    def __init__(self, view: View, sheet: Sheet, holder: str | None, reason: str) -> None:
        """``reason`` is why numbers are removed that the list lacks. Raises as ``Comparison`` does."""
        self._sheet = sheet
        self._reason = reason
        self.left_out = 0
        self.lines = Buffer.of(self._lines(Comparison(view, sheet, holder, with_users=True)))

    def _lines(self, comparison: Comparison) -> Iterator[str]:
        numbers, steps = Range(0, 0), list[Step]()
        for pair in comparison.pairs():
            now = self._steps(pair, comparison.wanted(pair))
            if steps and now == steps and adjoins(numbers.last, pair.numbers.first):
                numbers = Range(numbers.first, pair.numbers.last)
                continue
            yield from _written(numbers, steps)
            numbers, steps = pair.numbers, now
        yield from _written(numbers, steps)

    def _steps(self, pair: Pair, wanted: Held | None) -> list[Step]:
        here = pair.here
        if here is not None and wanted is None:
            released = [_step("release")] if here.status in WITH_USER else []
            return [*released, _step("remove", reason=self._reason)]
        assert wanted is not None  # noqa: S101 - one of both sides has the numbers
        if here == wanted:
            return []
        wanted = self._meant(wanted)
        if not _can_be(here, wanted):
            self.left_out += pair.numbers.count
            return []
        if here is None:
            series = self._sheet.kind(pair.place).series
            if not series:
                self.left_out += pair.numbers.count
                return []
            added = _step("add", series=series, org=wanted.named)
            return [added, *_between(Held(wanted.organization, wanted.named, Status.AVAILABLE), wanted)]
        return _between(here, wanted)

    def _meant(self, wanted: Held) -> Held:
        """What the list means by it. Without a column of statuses, numbers here keep theirs, but for
        free ones: with a tag they are reserved, with a user in use. What the list has no column for
        goes with the status."""
        present = self._sheet.present
        status = wanted.status
        if "status" not in present and status is Status.AVAILABLE:
            status = Status.RESERVED if wanted.tag else Status.IN_USE if wanted.user else status
        if "status" not in present and status is Status.RESERVED and "user" in present and wanted.user:
            status = Status.IN_USE
        tag = wanted.tag if CARRIES[status].tag or "reserved_tag" in present else ""
        user = wanted.user if status in WITH_USER or "user" in present else ""
        return wanted._replace(status=status, tag=tag, user=user)


def _can_be(here: Held | None, wanted: Held) -> bool:
    if not wanted.organization:
        return False
    if bool(wanted.tag) != bool(CARRIES[wanted.status].tag):
        return False
    if wanted.user and wanted.status not in WITH_USER:
        return False
    if wanted.status in WITH_USER and not wanted.user:
        # Without a name nobody can be invited; one who is there may stay.
        return here is not None and here.status in WITH_USER and not _starts_anew(here, wanted)
    return True


def _starts_anew(here: Held, wanted: Held) -> bool:
    """Whether the user must go first: the wrong one, none any more, or one who is only invited and is
    in the way of a move."""
    if here.status not in WITH_USER:
        return False
    if wanted.status not in WITH_USER or fold(here.user) != fold(wanted.user):
        return True
    if here.status is Status.IN_USE and wanted.status is Status.ASSIGNED:
        return True
    stays_assigned = here.status is Status.ASSIGNED and wanted.status is Status.ASSIGNED
    return stays_assigned and here.organization != wanted.organization


def _between(here: Held, wanted: Held) -> list[Step]:
    """The actions that lead from one to the other."""
    steps: list[Step] = []
    status, tag = here.status, here.tag
    if _starts_anew(here, wanted):
        if wanted.status is Status.RESERVED:
            steps.append(_step("release", reserve=wanted.tag))
            status, tag = Status.RESERVED, wanted.tag
        else:
            steps.append(_step("release"))
            status, tag = Status.AVAILABLE, ""
    if status is Status.ASSIGNED and wanted.status is Status.IN_USE:
        steps.append(_step("register"))
        status = Status.IN_USE
    if here.organization != wanted.organization:
        steps.append(_step("move", to=wanted.named))
    if status is wanted.status:
        return [*steps, _step("retag", tag=wanted.tag)] if tag != wanted.tag else steps
    if wanted.status is Status.AVAILABLE:
        return [*steps, _step("unreserve")]
    if wanted.status is Status.RESERVED:
        return [*steps, _step("reserve", tag=wanted.tag)]
    registered = [_step("register")] if wanted.status is Status.IN_USE else []
    return [*steps, _step("assign", user=wanted.user), *registered]


def _step(action: str, **keys: str) -> Step:
    return (("action", action), *keys.items())


def _written(numbers: Range, steps: list[Step]) -> Iterator[str]:
    for (_, action), *keys in steps:
        most = MOST_ONE_BY_ONE if action == "assign" else numbers.count  # what a line of a batch may have
        for first in range(numbers.first, numbers.last + 1, most):
            part = Range(first, min(first + most - 1, numbers.last))
            line = {"action": action, "numbers": [str(part)], **dict(keys)}
            yield json.dumps(line, ensure_ascii=False)
