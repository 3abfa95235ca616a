"""A picture of what grows by size, as SVG, written by hand: a few lines need no library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, MARGIN, FOOT, HEAD = 420, 260, 48, 52, 36
COLOURS = ("#1b6ca8", "#c8553d", "#3a7d44", "#7d5ba6", "#8a6d1d")


@dataclass(frozen=True)
class Panel:
    """One diagram: what stands below each point, and for each command its value there, in a unit."""

    title: str
    labels: Sequence[str]
    lines: Mapping[str, Sequence[float]]
    unit: str = "ms"


def draw(panels: Sequence[Panel]) -> str:
    """The panels side by side, with one legend, and one scale for those of one unit."""
    tops: dict[str, float] = {}
    for panel in panels:
        highest = max(value for line in panel.lines.values() for value in line)
        tops[panel.unit] = max(tops.get(panel.unit, 0), _round_up(highest))
    body = [part for at, panel in enumerate(panels) for part in _panel(panel, at * WIDTH, tops[panel.unit])]
    names = list(panels[0].lines)
    legend = [
        f'<text x="{MARGIN + at * 120}" y="{HEIGHT + 18}" fill="{COLOURS[at]}">&#9679; {name}</text>'
        for at, name in enumerate(names)
    ]
    size = f'viewBox="0 0 {WIDTH * len(panels)} {HEIGHT + 30}" width="{WIDTH * len(panels)}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">\n'
        f'<rect width="100%" height="100%" fill="white"/>\n' + "\n".join([*body, *legend]) + "\n</svg>\n"
    )


def _panel(panel: Panel, left: int, top: float) -> list[str]:
    bottom, inner = HEIGHT - FOOT, WIDTH - 2 * MARGIN
    step = inner / max(len(panel.labels) - 1, 1)

    def x(at: int) -> float:
        return round(left + MARGIN + at * step, 1)

    def y(value: float) -> float:
        return round(bottom - value / top * (bottom - HEAD), 1)

    parts = [f'<text x="{left + MARGIN}" y="20" font-weight="bold">{panel.unit}, {panel.title}</text>']
    for part in range(5):
        value = top * part / 4
        parts.append(f'<path d="M{x(0)} {y(value)}H{left + WIDTH - MARGIN}" stroke="#ddd"/>')
        parts.append(
            f'<text x="{x(0) - 8}" y="{y(value) + 4}" text-anchor="end" fill="#555">{value:g}</text>'
        )
    for at, label in enumerate(panel.labels):
        parts.append(f'<text x="{x(at)}" y="{bottom + 20}" text-anchor="middle" fill="#555">{label}</text>')
    for (_, values), colour in zip(panel.lines.items(), COLOURS, strict=False):
        points = " ".join(f"{x(at)},{y(value)}" for at, value in enumerate(values))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x(at)}" cy="{y(v)}" r="3" fill="{colour}"/>' for at, v in enumerate(values)]
    return parts


def _round_up(value: float) -> float:
    """The next of 1, 2, 4, 10, 20, 40 ... that is not below."""
    unit = 1.0
    while True:
        for factor in (1, 2, 4):
            if unit * factor >= value:
                return unit * factor
        unit *= 10
