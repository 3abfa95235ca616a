"""A quantity of a series, as it is asked for."""

from __future__ import annotations

from typing import NamedTuple

from numctl.core.errors import BadValue


class Quantity(NamedTuple):
    """How many numbers of which series.

    ``contiguous``: in one unbroken block. ``aligned`` (a power of ten, 0 for none): in whole blocks of so
    many that begin at a multiple of it. ``sequential`` (the same): out of blocks of so many that were
    opened already, before untouched ones. ``matching`` is a pattern of digits: of each number, or of the
    first one of a block. ``labels`` are those that the numbers have: ``KEY`` or ``KEY=VALUE``.
    """

    series: str
    quantity: int
    contiguous: bool = False
    matching: str | None = None
    aligned: int = 0
    sequential: int = 0
    labels: tuple[str, ...] = ()

    @property
    def plain(self) -> bool:
        """Whether any available numbers will do."""
        return not (self.contiguous or self.matching or self.aligned or self.sequential or self.labels)

    def expect_sense(self) -> None:
        """Raises BadValue where the quantity doesn't fill whole blocks."""
        if self.aligned and self.quantity % self.aligned:
            raise BadValue(
                f"{self.quantity} is no multiple of {self.aligned}, and aligned blocks are taken whole.",
                "Give a quantity that is.",
            )
