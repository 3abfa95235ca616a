"""The inventory against another list of the numbers: what either has alone, what they hold differently."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, NamedTuple

from numctl.core.catalog import series as rows_of_series
from numctl.core.errors import Ambiguous, BadValue, NotFound, Refusal
from numctl.core.files.columns import LABELS, OF_LABEL
from numctl.core.lists import side_by_side, sides
from numctl.core.lists.held import Compared, Held, Pair
from numctl.core.lists.meaning import meant
from numctl.core.numbers.ranges import Range, adjoins
from numctl.core.queries.labels import LabelsOf
from numctl.core.rules.labels import of
from numctl.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numctl.core.catalog.view import View
    from numctl.core.lists.list_options import ListOptions
    from numctl.core.lists.sheets import Kind, Sheet
    from numctl.core.rules.labels import Labels

MISSING_HERE, MISSING_THERE = "missing here", "missing there"


class Difference(NamedTuple):
    """Numbers that differ in one respect, and what each side has there."""

    numbers: Range
    difference: str
    here: str | None
    there: str | None


class Comparison:
    """One sheet against what is held in scope. Raises what is wrong with the sheet, all of it at once.

    Compared is what ``--series`` and ``--org`` (with ``below``, and what is under it) name, else everything;
    they are also those of rows that name none. Numbers held out of scope count as not there. Only what the
    sheet has columns for is compared.
    """

    def __init__(
        self, view: View, sheet: Sheet, options: ListOptions, *, below: bool = False, fully: bool = False
    ) -> None:
        """``fully`` tells apart also what the sheet says nothing of: users, forwardings, labels."""
        self._view, self._sheet = view, sheet
        self.present = frozenset(sheet.present)
        self.has_labels = any(field == LABELS or field.startswith(OF_LABEL) for field in self.present)
        self._fully = fully
        self.alike = 0  # numbers, once all pairs were seen
        if sheet.rejects:
            raise sheet.rejects.refusal()
        base = view.organization(options.org)
        if below and options.org is None:
            raise BadValue("--below goes with --org.", "Name the organization.")
        self.organizations = {"": (base, view.tree.path(base))}
        self._resolve()
        if sheet.rejects:
            raise sheet.rejects.refusal()
        # Whether there are labels is waited for together with the names.
        self._sets = LabelsOf(view.connection) if fully or self.has_labels else None
        self._series = rows_of_series.names(view.connection)
        self._names = {fold(name): name for name in self._series.values()}
        self.compared = self._compared(options, base, below=below)
        self.compares_organizations = "organization" in self.present or (
            options.org is not None and not below
        )
        self.compares_series = "series" in self.present or bool(options.series)
        self._keys = {field[len(OF_LABEL) :] for field in self.present if field.startswith(OF_LABEL)}

    def _compared(self, options: ListOptions, base: int, *, below: bool) -> Compared:
        organizations = None
        if options.org is not None:
            organizations = self._view.tree.scope(base) if below else frozenset([base])
        return Compared(self.series(options.series) or None, organizations)

    def series(self, name: str) -> str:
        """A series' name as the store writes it, where it has it."""
        return self._names.get(fold(name), name)

    def _resolve(self) -> None:
        """Find the sheet's organizations. One that isn't here stands by its name and is never the same."""
        ambiguous: dict[str, Ambiguous] = {}
        tree = self._view.tree
        for text in {kind.organization for kind in self._sheet.kinds_known} - {""}:
            self.organizations[text] = (0, text)
            if not tree.is_known(text, self._view.acting):
                continue
            try:
                id = tree.find(text, self._view.acting)
                self.organizations[text] = (id, tree.path(id))
            except Ambiguous as error:
                ambiguous[text] = error
            except Refusal:
                continue
        if ambiguous:
            for place, line in enumerate(self._sheet.lines):
                text = self._sheet.kind(place).organization
                if text in ambiguous:
                    self._sheet.rejects.add(line, ambiguous[text])

    def expect_organizations(self) -> None:
        """Raises NotFound for organizations of the sheet that aren't here, each with its line."""
        lacking = {text for text, (id, _) in self.organizations.items() if not id}
        for place, line in enumerate(self._sheet.lines if lacking else ()):
            text = self._sheet.kind(place).organization
            if text in lacking:
                error = NotFound(
                    f"There is no organization '{text}'.",
                    "Make it, or give --create-orgs.",
                    organization=text,
                )
                self._sheet.rejects.add(line, error)
        if self._sheet.rejects:
            raise self._sheet.rejects.refusal()

    # Both sides, side by side

    def pairs(self) -> Iterator[Pair]:
        """The numbers that are compared and of which not all is the same, ascending, in stretches on which
        both sides stay as they are. Those left out are counted in ``alike``.
        """
        details = self._fully or bool({"user", "forwarded_to"} & self.present)
        ours = sides.here(self._view, self._series, self._sets, details=details)
        theirs = sides.there(self._sheet, [self._said(kind) for kind in self._sheet.kinds_known])
        matters = side_by_side.Matters(
            "user" in self.present, "forwarded_to" in self.present, self.has_labels, self._is_alike
        )
        both = side_by_side.SideBySide(ours, theirs, matters)
        for pair in both:
            if pair.there is not None or (pair.here is not None and self.compared.concerns(pair.here)):
                yield pair
        self.alike = both.alike

    def _said(self, kind: Kind) -> Held:
        organization = self.organizations[kind.organization]
        return Held(*organization, self.series(kind.series), kind.status, "", kind.until)

    def _is_alike(self, here: Held, there: Held) -> bool:
        """Whether numbers are as the sheet has them, whatever is made of that."""
        if here == there:
            return True
        wanted = self.wanted(here, there)
        return wanted == here and meant(here, wanted, there, self.present) == here

    # What differs

    def wanted(self, here: Held, there: Held) -> Held:
        """What numbers would be like if they were as the sheet has them, and else stayed as they are."""
        present = self.present
        until = bool({"reserved_until", "free_on"} & present)
        return Held(
            there.organization if self.compares_organizations else here.organization,
            there.named if self.compares_organizations else here.named,
            there.series if self.compares_series and there.series else here.series,
            there.status if "status" in present else here.status,
            there.tag if "reserved_tag" in present else here.tag,
            there.until if until else here.until,
            there.user if "user" in present else here.user,
            there.forward if "forwarded_to" in present else here.forward,
            self.labels(here.labels, there.labels) if self.has_labels else here.labels,
        )

    def labels(self, here: Labels, there: Labels) -> Labels:
        """The labels that numbers would have: all of the sheet's, or those of its columns."""
        if LABELS in self.present:
            return there
        kept_on = {key: value for key, value in here if key not in self._keys}
        return of({**kept_on, **{key: value for key, value in there if key in self._keys}})

    def differences(self) -> Iterator[Difference]:
        """Everything that differs, ascending; several differences of the same numbers one after another."""
        for pair in self.pairs():
            here = pair.here
            if here is None or pair.there is None:
                yield self._lacking(pair)
                continue
            if here == pair.there:
                continue
            wanted = self.wanted(here, pair.there)
            if here != wanted:
                yield from _between(pair.numbers, here, wanted)

    def _lacking(self, pair: Pair) -> Difference:
        if pair.here is not None:
            return Difference(pair.numbers, MISSING_THERE, pair.here.named, None)
        named = pair.there.named if pair.there is not None and self.compares_organizations else None
        return Difference(pair.numbers, MISSING_HERE, None, named)


def _between(numbers: Range, here: Held, there: Held) -> Iterator[Difference]:
    if here.series != there.series:
        yield Difference(numbers, "series", here.series, there.series)
    if here.organization != there.organization:
        yield Difference(numbers, "organization", here.named, there.named)
    if here.status != there.status:
        yield Difference(numbers, "status", here.status, there.status)
    for word in ("tag", "until"):
        one, other = getattr(here, word), getattr(there, word)
        if one != other:
            yield Difference(numbers, word, one or None, other or None)
    if fold(here.user) != fold(there.user):
        yield Difference(numbers, "user", here.user or None, there.user or None)
    if here.forward != there.forward:
        one, other = (str(number) if number else None for number in (here.forward, there.forward))
        yield Difference(numbers, "forwarded_to", one, other)
    if here.labels != there.labels:
        ours, theirs = dict(here.labels), dict(there.labels)
        for key in sorted(ours.keys() | theirs.keys()):
            if ours.get(key) != theirs.get(key):
                yield Difference(numbers, OF_LABEL + key, ours.get(key), theirs.get(key))


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


def differences(view: View, sheet: Sheet, options: ListOptions, *, below: bool = False) -> Differences:
    """What differs between a sheet and the inventory; raises as ``Comparison`` does."""
    found = Differences()
    for difference in Comparison(view, sheet, options, below=below).differences():
        found.put(difference)
    return found
