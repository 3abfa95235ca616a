"""The inventory against another list of the numbers: what either has alone, what they hold differently."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.errors import Ambiguous, Refusal
from numctl.core.numbers.ranges import Range, adjoins
from numctl.core.rules.model import WITH_USER, Status
from numctl.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numctl.core.catalog.view import View
    from numctl.core.files.sheets import Sheet
    from numctl.core.store.connection import Connection

MISSING_HERE, MISSING_THERE = "missing here", "missing there"

_SPANS = """
SELECT first, last, organization, status, tag FROM span JOIN state ON state.id = span.state ORDER BY first
"""
_USERS = """
SELECT detail.number, user.name FROM detail JOIN user ON user.id = detail.user ORDER BY detail.number
"""


class Held(NamedTuple):
    """What is true of some numbers; ``organization`` is a row id, 0 for one that isn't here.

    ``named`` is the organization as a text, for people.
    """

    organization: int
    named: str
    status: Status
    tag: str = ""
    user: str = ""


class Pair(NamedTuple):
    """Numbers with what each side says of them: None where it lacks them. ``place`` is the sheet's row."""

    numbers: Range
    here: Held | None
    there: Held | None
    place: int = -1


class Difference(NamedTuple):
    """Numbers that differ in one respect, and what each side has there."""

    numbers: Range
    difference: str
    here: str | None
    there: str | None


class Comparison:
    """One sheet against what is held in scope. Raises what is wrong with the sheet, all of it at once.

    ``holder`` is the organization (as ORG) of rows that name none; None is the acting one. Numbers held
    out of scope count as not there. Only what the sheet has columns for is compared.
    """

    def __init__(
        self, view: View, sheet: Sheet, holder: str | None = None, *, with_users: bool = False
    ) -> None:
        """``with_users`` tells users apart even where the sheet says nothing of them."""
        self._with_users = with_users or "user" in sheet.present
        self._view = view
        self._sheet = sheet
        self._order = sheet.order
        if sheet.rejects:
            raise sheet.rejects.refusal()
        base = view.organization(holder)
        self._organizations = {"": (base, view.tree.path(base))}
        self._resolve()
        if sheet.rejects:
            raise sheet.rejects.refusal()
        self._compares_organizations = "organization" in sheet.present or holder is not None

    def _resolve(self) -> None:
        """Find the sheet's organizations. One that isn't here stands by its name and is never the same."""
        ambiguous: dict[str, Ambiguous] = {}
        tree = self._view.tree
        for text in {kind.organization for kind in self._sheet.kinds_known} - {""}:
            self._organizations[text] = (0, text)
            if not tree.is_known(text, self._view.acting):
                continue
            try:
                id = tree.find(text, self._view.acting)
                self._organizations[text] = (id, tree.path(id))
            except Ambiguous as error:
                ambiguous[text] = error
            except Refusal:
                continue
        if ambiguous:
            for place, line in enumerate(self._sheet.lines):
                text = self._sheet.kind(place).organization
                if text in ambiguous:
                    self._sheet.rejects.add(line, ambiguous[text])

    # Both sides, side by side

    def pairs(self) -> Iterator[Pair]:
        """All numbers of either side, ascending, in stretches on which both sides stay the same."""
        here, there = self._here(), self._there()
        own, other = next(here, None), next(there, None)
        while own or other:
            if other is None or (own and own[0].last < other[0].first):
                assert own  # noqa: S101 - one of both is there
                yield Pair(own[0], own[1], None)
                own = next(here, None)
            elif own is None or other[0].last < own[0].first:
                yield Pair(other[0], None, other[1], other[2])
                other = next(there, None)
            elif own[0].first != other[0].first:
                early = min(own[0].first, other[0].first)
                stop = max(own[0].first, other[0].first) - 1
                if own[0].first == early:
                    yield Pair(Range(early, stop), own[1], None)
                    own = (Range(stop + 1, own[0].last), own[1])
                else:
                    yield Pair(Range(early, stop), None, other[1], other[2])
                    other = (Range(stop + 1, other[0].last), other[1], other[2])
            else:
                stop = min(own[0].last, other[0].last)
                yield Pair(Range(own[0].first, stop), own[1], other[1], other[2])
                own = (Range(stop + 1, own[0].last), own[1]) if own[0].last > stop else next(here, None)
                rest = Range(stop + 1, other[0].last)
                other = (rest, other[1], other[2]) if rest.last > stop else next(there, None)

    def _here(self) -> Iterator[tuple[Range, Held]]:
        view = self._view
        users = _Users(view.connection) if self._with_users else None
        for first, last, organization, status, tag in view.connection.execute(_SPANS):
            if organization not in view.scope:
                continue
            held = Held(organization, view.tree.path(organization), Status(status), tag)
            if users is None or held.status not in WITH_USER:
                yield Range(first, last), held
                continue
            for numbers, user in users.within(first, last):
                yield numbers, held._replace(user=user)

    def _there(self) -> Iterator[tuple[Range, Held, int]]:
        sheet = self._sheet
        for place in self._order:
            kind = sheet.kind(place)
            id, named = self._organizations[kind.organization]
            yield (
                sheet.range(place),
                Held(id, named, kind.status, sheet.tags[place], sheet.users[place]),
                place,
            )

    # What differs

    def wanted(self, pair: Pair) -> Held | None:
        """What the numbers would be like if they were as the sheet has them, and else stayed as they are."""
        here, there = pair.here, pair.there
        if here is None or there is None:
            return there
        present = self._sheet.present
        return Held(
            there.organization if self._compares_organizations else here.organization,
            there.named if self._compares_organizations else here.named,
            there.status if "status" in present else here.status,
            there.tag if "reserved_tag" in present else here.tag,
            there.user if "user" in present else here.user,
        )

    def differences(self) -> Iterator[Difference]:
        """Everything that differs, ascending; several differences of the same numbers one after another."""
        for pair in self.pairs():
            wanted, here = self.wanted(pair), pair.here
            if here is None or wanted is None:
                yield self._lacking(pair)
                continue
            if here == wanted:
                continue
            if here.organization != wanted.organization:
                yield Difference(pair.numbers, "organization", here.named, wanted.named)
            if here.status != wanted.status:
                yield Difference(pair.numbers, "status", here.status, wanted.status)
            if here.tag != wanted.tag:
                yield Difference(pair.numbers, "tag", here.tag or None, wanted.tag or None)
            if fold(here.user) != fold(wanted.user):
                yield Difference(pair.numbers, "user", here.user or None, wanted.user or None)

    def _lacking(self, pair: Pair) -> Difference:
        if pair.here is not None:
            return Difference(pair.numbers, MISSING_THERE, pair.here.named, None)
        named = pair.there.named if pair.there is not None and self._compares_organizations else None
        return Difference(pair.numbers, MISSING_HERE, None, named)


class Differences:
    """Differences packed, those of neighbours that are equal joined; a million fit in some 40 megabytes."""

    def __init__(self) -> None:
        self._firsts, self._lasts, self._said = array("q"), array("q"), array("q")
        self._known: dict[tuple[str, str | None, str | None], int] = {}
        self._latest: dict[str, int] = {}  # the last entry of each kind of difference

    def __len__(self) -> int:
        return len(self._firsts)

    def put(self, difference: Difference) -> None:
        """Add one; they ascend."""
        (first, last), *rest = difference
        said = self._known.setdefault(tuple(rest), len(self._known))  # type: ignore[arg-type]
        latest = self._latest.get(difference.difference, -1)
        if latest >= 0 and self._said[latest] == said and adjoins(self._lasts[latest], first):
            self._lasts[latest] = last
            return
        self._latest[difference.difference] = len(self._firsts)
        self._firsts.append(first)
        self._lasts.append(last)
        self._said.append(said)

    def __iter__(self) -> Iterator[Difference]:
        said = list(self._known)
        for first, last, index in zip(self._firsts, self._lasts, self._said, strict=True):
            yield Difference(Range(first, last), *said[index])


def differences(view: View, sheet: Sheet, holder: str | None) -> Differences:
    """What differs between a sheet and the inventory; raises as ``Comparison`` does."""
    found = Differences()
    for difference in Comparison(view, sheet, holder).differences():
        found.put(difference)
    return found


class _Users:
    """The users of numbers, asked for upwards."""

    def __init__(self, connection: Connection) -> None:
        self._rows: Iterator[tuple[int, str]] = iter(connection.execute(_USERS))
        self._next = next(self._rows, None)

    def within(self, first: int, last: int) -> Iterator[tuple[Range, str]]:
        """``first`` to ``last`` in stretches of one user each, empty for none."""
        while self._next is not None and self._next[0] < first:
            self._next = next(self._rows, None)
        while first <= last:
            if self._next is None or self._next[0] > last:
                yield Range(first, last), ""
                return
            number, user = self._next
            if number > first:
                yield Range(first, number - 1), ""
            yield Range(number, number), user
            first = number + 1
            self._next = next(self._rows, None)
