"""Bars and trees: within the width, split as the numbers are, told apart without colour, safe."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TextIO

import pytest

from numctl.output import drawings
from numctl.output.formats import is_showable


def drawn(draw: Callable[[TextIO], None], encoding: str = "utf-8") -> str:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="backslashreplace", newline="")
    draw(stream)
    stream.seek(0)
    return stream.read()


def bars(rows: Sequence[Mapping[str, object]], encoding: str = "utf-8", *, colour: bool = False) -> str:
    return drawn(lambda stream: drawings.bars(rows, stream, colour), encoding)


def tree(rows: Sequence[tuple[int, str, str]], encoding: str = "utf-8") -> str:
    return drawn(lambda stream: drawings.tree(rows, stream), encoding)


def usage(name: str, *, depth: int = 0, threshold: int | None = 80, **parts: int) -> dict[str, object]:
    numbers = {
        name: parts.get(name, 0) for name in ("available", "reserved", "assigned", "registered", "allocated")
    }
    total = sum(numbers.values())
    in_use = total - numbers["available"]
    return {
        "organization": name,
        "depth": depth,
        "total": total,
        "in_use": in_use,
        **numbers,
        "utilization_percent": 100 * in_use // total if total else 0,
        "threshold_percent": threshold,
        "over_threshold": bool(total and threshold and 100 * in_use >= threshold * total),
    }


COMPANY = [
    usage("Acme", available=216, reserved=100, assigned=84, registered=500, allocated=300),
    usage("Acme/東京支社東京支社東京支社東京支社東京支社", depth=1, available=5, registered=95),
    usage("Acme/[/] :smile: \x1b[31m", depth=1, available=1, threshold=None),
    usage("Acme/Sales/Empty", depth=900),
    usage("Acme/France", depth=1, available=1, registered=521_000_000),
]


@pytest.mark.parametrize("width", [20, 60, 80, 200])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_bars_fit_the_width_and_are_told_apart_without_colour(
    width: int, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rich.cells import cell_len

    monkeypatch.setenv("COLUMNS", str(width))
    out = bars(COMPANY, encoding)
    assert all(is_showable(char) or char == "\n" for char in out)
    assert out.isascii() or encoding != "ascii"
    if width >= 60:
        assert max(map(cell_len, out.splitlines())) <= width
    fills = [one.ascii_fill if encoding == "ascii" else one.fill for one in drawings.CATEGORIES]
    assert len(set(fills)) == 5
    for fill, figure in zip(fills, (500, 84, 100, 300, 216), strict=True):
        assert f"{fill} {figure}" in out
    assert "82% of 1200 !" in out
    assert "no numbers" in out
    assert all(one.name in out for one in (*drawings.CATEGORIES, drawings.THRESHOLD))


def bar_of(text: str) -> str:
    found = re.search(r"  ([#=+%.|]+)  ", text)
    assert found
    return found[1]


def test_a_bar_is_split_as_the_numbers_are_and_marked_at_the_threshold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    company = usage("Acme", available=30, reserved=20, assigned=10, registered=30, allocated=10)
    bar = bar_of(bars([company], "ascii"))
    width = len(bar)
    assert bar.index("|") == 80 * width // 100
    assert abs(bar.count("#") - 0.3 * width) <= 1
    assert abs(bar.count("+") - 0.2 * width) <= 1
    assert bar.rstrip(".|").endswith("%")
    assert bar_of(bars([usage("Acme", available=30, registered=30, threshold=100)], "ascii")).endswith(".|")


def test_colour_changes_nothing_but_colour() -> None:
    coloured = bars(COMPANY, colour=True)
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == bars(COMPANY)


def test_a_tree_is_drawn_however_deep() -> None:
    rows = [(0, "Acme", "5"), (1, "Sales", ""), (2, "EMEA", "3"), (1, "\x1b[31m", "")]
    assert tree(rows) == "Acme  5\n├─ Sales\n│  └─ EMEA  3\n└─ \\x1b[31m\n"
    assert tree(rows, "ascii") == "Acme  5\n|- Sales\n|  `- EMEA  3\n`- \\x1b[31m\n"
    assert tree([(depth, f"o{depth}", "") for depth in range(2000)]).endswith("└─ o1999\n")
