"""What another list's words mean here: cells translated, and rows that are skipped for what a cell says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.errors import BadValue
from numctl.core.text import fits, fold, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

ROW, ANY, NOT = "row", "*", "!"
AS_IN = "--value status:Allocated=available"


class Translations:
    """The words of another list by field, as ``--value`` gives them; later ones don't override earlier ones.

    ``FIELD:THEIRS=OURS`` translates a cell that is THEIRS in any case, where ``*`` stands for any part of
    it; alone it means all others that aren't empty. ``row:COLUMN=THEIRS`` skips rows whose cell is that, and
    ``row:COLUMN=!THEIRS`` all others. ``skips`` are columns, each with what tells whether a cell is skipped.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        """Raises BadValue for what is no such rule."""
        self._rules: dict[str, list[tuple[str, str]]] = {}
        self._known: dict[tuple[str, str], str] = {}
        self.skips: list[tuple[str, Callable[[str], bool]]] = []
        for text in texts:
            field, colon, rest = text.partition(":")
            field = field.strip().lower()
            theirs, equals, ours = rest.rpartition("=")
            if not (colon and equals and field):
                raise BadValue(
                    f"--value takes FIELD:THEIRS=OURS or row:COLUMN=THEIRS, not {quoted(text)}.",
                    f"Write it as {AS_IN}.",
                )
            if field == ROW:
                self.skips.append((theirs, _skipping(ours)))
            else:
                self._rules.setdefault(field, []).append((fold(_bare(theirs)), ours.strip()))

    @property
    def fields(self) -> Sequence[str]:
        """The fields whose cells are translated."""
        return list(self._rules)

    def of(self, field: str, cell: str) -> str:
        """What a cell means: itself, where no rule fits it."""
        if field not in self._rules:
            return cell
        known = self._known.get((field, cell))
        if known is None:
            known = self._known[field, cell] = self._translated(field, cell)
        return known

    def _translated(self, field: str, cell: str) -> str:
        rules, wanted = self._rules[field], fold(cell.strip())
        for theirs, ours in rules:
            if theirs == wanted:
                return ours
        for theirs, ours in sorted(rules, key=lambda rule: rule[0] == ANY):
            if wanted and ANY in theirs and fits(wanted, theirs):
                return ours
        return cell


def _skipping(theirs: str) -> Callable[[str], bool]:
    positive = not theirs.strip().startswith(NOT)
    pattern = fold(_bare(theirs.strip().removeprefix(NOT)))
    return lambda cell: fits(fold(cell.strip()), pattern) is positive


def _bare(text: str) -> str:
    """A text without the quotes that a shell would have taken off."""
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == "'" else text
