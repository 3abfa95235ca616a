"""Cells that are more than a text: digits of a workbook's number, before which zeros may be lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numctl.core.errors import BadValue

if TYPE_CHECKING:
    from collections.abc import Sequence


class Unpadded(str):
    """The digits of a workbook's number that its format pads with no zeros: how many there were is lost."""

    __slots__ = ()


def joined(cells: Sequence[str]) -> str:
    """Cells one after another, spaces around them dropped. Raises BadValue for one that may lack zeros."""
    for cell in cells:
        expect_whole(cell)
    return "".join(cell.strip() for cell in cells)


def expect_whole(cell: str) -> None:
    """Raises BadValue for digits of which those before the first may be lost."""
    if isinstance(cell, Unpadded):
        raise BadValue(
            f"{cell} is a number in the workbook, and zeros before it would be lost.",
            "Format the column as text there, or with as many zeros as it has digits.",
        )
