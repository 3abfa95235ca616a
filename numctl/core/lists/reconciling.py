"""A batch that makes the inventory be as another list has it: one change a line, in their order."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from numctl.core.catalog.tree import SEPARATOR
from numctl.core.lists.comparing import Comparison
from numctl.core.lists.held import Held
from numctl.core.lists.meaning import can_be, meant
from numctl.core.numbers.ranges import Range, adjoins
from numctl.core.queries.buffer import Buffer
from numctl.core.rules.model import MOST_ONE_BY_ONE, WITH_FORWARDING, WITH_USER, Status
from numctl.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numctl.core.catalog.view import View
    from numctl.core.lists.held import Pair
    from numctl.core.lists.list_options import ListOptions
    from numctl.core.lists.sheets import Sheet

Step = tuple[tuple[str, object], ...]  # an action with its keys, but for the numbers


class Reconciliation:
    """The lines of the batch, and how many numbers it can't set right: for want of a series, a day or a user,
    as their organization isn't here, or as only a release can forward them."""

    def __init__(self, view: View, sheet: Sheet, options: ListOptions, reason: str, *, below: bool) -> None:
        """``reason`` is why numbers are removed that the list lacks. Raises as ``Comparison`` does."""
        self._sheet, self._view = sheet, view
        self._reason = reason
        self._creates = options.create_orgs
        self.left_out = 0
        self._comparison = Comparison(view, sheet, options, below=below, fully=True)
        self.lines = Buffer.of(self._lines())

    def _lines(self) -> Iterator[str]:
        yield from self._organizations()
        numbers, steps = Range(0, 0), list[Step]()
        for pair in self._comparison.pairs():
            now = self._steps(pair)
            if steps and now == steps and adjoins(numbers.last, pair.numbers.first):
                numbers = Range(numbers.first, pair.numbers.last)
                continue
            yield from _written(numbers, steps)
            numbers, steps = pair.numbers, now
        yield from _written(numbers, steps)

    def _organizations(self) -> Iterator[str]:
        """Those of the list that aren't here, made where import would make them."""
        if not self._creates:
            return
        known = self._comparison.organizations
        for text in sorted(text for text, (id, _) in known.items() if not id):
            path = self._where(text)
            known[text] = (-len(known), path)
            yield json.dumps({"action": "org add", "name": path, "parents": True}, ensure_ascii=False)

    def _where(self, text: str) -> str:
        """The path that a name or path of the list would be made at, as ``org add --parents`` takes it."""
        tree, acting = self._view.tree, self._view.acting
        base = self._comparison.organizations[""][0]
        names = text.split(SEPARATOR)
        for length in range(len(names) - 1, 0, -1):
            above = SEPARATOR.join(names[:length])
            if tree.is_known(above, acting):
                return SEPARATOR.join([tree.path(tree.find(above, acting)), *names[length:]])
        return SEPARATOR.join([tree.path(base), *names])

    def _steps(self, pair: Pair) -> list[Step]:
        here, there = pair.here, pair.there
        if here == there:
            return []
        if there is None:
            assert here is not None  # noqa: S101 - one of both sides has the numbers
            released = [_step("release", cool=0)] if here.status in WITH_USER else []
            return [*released, _step("remove", reason=self._reason)]
        known = here or Held(0, "", there.series, Status.AVAILABLE)
        said = there if here is None else self._comparison.wanted(here, there)
        wanted = meant(known, said, there, self._comparison.present)
        if wanted == here and said == here:
            return []
        if self._contradicts(said, wanted) or not self._can_be(here, wanted):
            self.left_out += pair.numbers.count
            return []
        if here is None:
            added = _step("add", series=wanted.series, org=wanted.named)
            bare = Held(wanted.organization, wanted.named, wanted.series, Status.AVAILABLE)
            return [added, *between(bare, wanted)]
        return between(here, wanted)

    def _contradicts(self, said: Held, wanted: Held) -> bool:
        """Whether the list itself says something that its status can't have."""
        present = self._comparison.present
        fields = {"reserved_tag": "tag", "reserved_until": "until", "user": "user", "forwarded_to": "forward"}
        return any(
            field in present and getattr(said, word) and not getattr(wanted, word)
            for field, word in fields.items()
        )

    def _can_be(self, here: Held | None, wanted: Held) -> bool:
        if not wanted.organization or not wanted.series or not can_be(wanted):
            return False
        if wanted.forward and not (here is not None and _can_forward(here, wanted)):
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


def _can_forward(here: Held, wanted: Held) -> bool:
    """Whether numbers can have a forwarding: by their release, or one that they had and keep on the way."""
    if _starts_anew(here, wanted):
        return wanted.status is Status.RESERVED
    keeps = here.status is wanted.status or wanted.status is Status.AGING
    rests_anew = here.status is Status.AGING and here.until != wanted.until
    return bool(here.forward) and keeps and not rests_anew


def between(here: Held, wanted: Held) -> list[Step]:
    """The actions that lead from one to the other."""
    steps: list[Step] = []
    status, tag, until = here.status, here.tag, here.until
    if _starts_anew(here, wanted):
        if wanted.status is Status.RESERVED:
            forward_to = str(wanted.forward or "")
            steps.append(_step("release", reserve=wanted.tag, until=wanted.until, forward_to=forward_to))
            status, tag, until = Status.RESERVED, wanted.tag, wanted.until
        else:
            steps.append(_step("release", cool=0))
            status, tag, until = Status.AVAILABLE, "", ""
    if status is Status.ASSIGNED and wanted.status is Status.IN_USE:
        steps.append(_step("register"))
        status = Status.IN_USE
    if here.organization != wanted.organization:
        steps.append(_step("move", to=wanted.named))
    if fold(here.series) != fold(wanted.series):
        steps.append(_step("series move", to=wanted.series))
    steps += _to_status(Held(0, "", "", status, tag, until), wanted)
    if here.forward and wanted.forward != here.forward and wanted.status in WITH_FORWARDING:
        steps.append(
            _step("forward", to=str(wanted.forward)) if wanted.forward else _step("forward", remove=True)
        )
    return [*steps, *_labels(dict(here.labels), dict(wanted.labels))]


def _to_status(now: Held, wanted: Held) -> list[Step]:
    """The actions that lead from a status, with its tag and date, to another."""
    if now.status is wanted.status:
        if (now.tag, now.until) == (wanted.tag, wanted.until):
            return []
        if now.status is Status.AGING:
            return [_step("free"), _step("age", until=wanted.until)]
        until = "never" if now.until and not wanted.until else wanted.until
        return [_step("retag", tag=wanted.tag, until=until)]
    freed = [_step("free")] if now.status is Status.AGING else []
    if wanted.status is Status.AVAILABLE:
        return freed or [_step("unreserve")]
    if wanted.status is Status.RESERVED:
        return [*freed, _step("reserve", tag=wanted.tag, until=wanted.until)]
    if wanted.status is Status.AGING:
        return [_step("age", until=wanted.until)]
    registered = [_step("register")] if wanted.status is Status.IN_USE else []
    return [*freed, _step("assign", user=wanted.user), *registered]


def _labels(here: dict[str, str], wanted: dict[str, str]) -> list[Step]:
    put = {key: value for key, value in wanted.items() if here.get(key) != value}
    drop = [key for key in here if key not in wanted]
    if not put and not drop:
        return []
    return [_step("label", **({"labels": put} if put else {}), **({"remove": drop} if drop else {}))]


def _step(action: str, **keys: object) -> Step:
    """An action with its keys; those that are empty are left out."""
    return (("action", action), *((key, value) for key, value in keys.items() if value not in ("", None)))


def _written(numbers: Range, steps: list[Step]) -> Iterator[str]:
    for (_, action), *keys in steps:
        most = MOST_ONE_BY_ONE if action == "assign" else numbers.count  # what a line of a batch may have
        for first in range(numbers.first, numbers.last + 1, most):
            part = Range(first, min(first + most - 1, numbers.last))
            line = {"action": action, "numbers": [str(part)], **dict(keys)}
            yield json.dumps(line, ensure_ascii=False)
