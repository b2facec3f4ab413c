"""Charts as inline SVG, made on the server: bars, stacked columns, lines. No script, no inline style.

Each is one picture to a screen reader (role=img, a title, a description); the page puts a real table beside it, and the
links stand there. Colours are classes (static/charts.css): at least 3:1 on the card, in light and dark; neighbours are
parted by a gap, so nobody needs to tell colours apart by hue alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markupsafe import Markup

WIDTH = 360  # units: as wide as a narrow phone, so that text is never smaller than it says
ROW = 34  # of a bar with its label above
HEIGHT = 180  # of columns and lines
LEFT, BOTTOM, TOP = 34, 22, 8
COLOURS = 6

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of a chart."""

    name: str
    values: tuple[float, ...]


def bars(title: str, described: str, rows: Sequence[tuple[str, float, str]]) -> Markup:
    """A bar a row: (label, value, the value as people read it)."""
    from markupsafe import Markup

    most = max((value for _label, value, _said in rows), default=0) or 1
    body = Markup("").join(
        Markup(
            '<text x="0" y="{}">{}</text><text class="value" x="{}" y="{}">{}</text>'
            '<rect class="track" x="0" y="{}" width="{}" height="10" rx="3"/>'
            '<rect class="c0" x="0" y="{}" width="{}" height="10" rx="3"/>'
        ).format(
            place * ROW + 13, label, WIDTH, place * ROW + 13, said,
            place * ROW + 19, WIDTH, place * ROW + 19, f"{max(value / most * WIDTH, 2 if value else 0):.1f}",
        )
        for place, (label, value, said) in enumerate(rows)
    )  # fmt: skip
    return _picture(title, described, body, max(len(rows), 1) * ROW)


def stacked(title: str, described: str, columns: Sequence[str], series: Sequence[Series]) -> Markup:
    """A column for each of `columns`, the series on top of one another; at most COLOURS series."""
    from markupsafe import Markup

    totals = [sum(one.values[at] for one in series) for at in range(len(columns))]
    top = nice(max(totals, default=0))
    step = (WIDTH - LEFT) / max(len(columns), 1)
    width = max(step * 0.8, 1.5)
    drawn = []
    for at in range(len(columns)):
        below = 0.0
        for number, one in enumerate(series):
            if one.values[at]:
                y, high = _y(below + one.values[at], top), _y(below, top) - _y(below + one.values[at], top)
                drawn.append(
                    Markup('<rect class="c{} part" x="{}" y="{}" width="{}" height="{}"/>').format(
                        number % COLOURS, f"{LEFT + at * step + (step - width) / 2:.1f}", f"{y:.1f}", f"{width:.1f}",
                        f"{high:.1f}",
                    )
                )  # fmt: skip
                below += one.values[at]
    return _picture(title, described, _axes(columns, top, step) + Markup("").join(drawn), HEIGHT)


def lines(title: str, described: str, columns: Sequence[str], series: Sequence[Series]) -> Markup:
    """A line for each series, with a mark of its own shape at each point."""
    from markupsafe import Markup

    top = nice(max((value for one in series for value in one.values), default=0))
    step = (WIDTH - LEFT) / max(len(columns), 1)
    drawn = []
    for number, one in enumerate(series):
        points = [(LEFT + at * step + step / 2, _y(value, top)) for at, value in enumerate(one.values)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        drawn.append(Markup('<polyline class="line l{}" points="{}"/>').format(number % COLOURS, path))
        for x, y in points:
            circle, diamond = (
                Markup('<circle class="c{}" cx="{}" cy="{}" r="3"/>'),
                Markup('<path class="c{}" d="M{} {}m0 -4l4 4l-4 4l-4 -4z"/>'),
            )
            drawn.append((diamond if number % 2 else circle).format(number % COLOURS, f"{x:.1f}", f"{y:.1f}"))
    return _picture(title, described, _axes(columns, top, step) + Markup("").join(drawn), HEIGHT)


def nice(most: float) -> int:
    """A round number that is no less, to end an axis at."""
    if most <= 4:
        return 4
    size = 10 ** (len(str(int(most))) - 1)
    return next(int(size * step) for step in (1, 2, 4, 5, 8, 10, 20) if size * step >= most and size * step % 2 == 0)


def _y(value: float, top: float) -> float:
    return TOP + (HEIGHT - BOTTOM - TOP) * (1 - value / top)


def _axes(columns: Sequence[str], top: int, step: float) -> Markup:
    from markupsafe import Markup

    drawn = [
        Markup('<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/><text class="tick" x="{}" y="{}">{}</text>').format(
            LEFT, WIDTH, f"{_y(value, top):.1f}", f"{_y(value, top):.1f}", LEFT - 5, f"{_y(value, top) + 4:.1f}", value
        )
        for value in (0, top // 2, top)
    ]
    every = max(1, -(-len(columns) * 44 // int(WIDTH - LEFT)))  # a label needs some 44 units
    drawn += [
        Markup('<text class="below" x="{}" y="{}">{}</text>').format(
            f"{LEFT + at * step + step / 2:.1f}", HEIGHT - 5, label
        )
        for at, label in enumerate(columns)
        if at % every == 0
    ]
    return Markup("").join(drawn)


def _picture(title: str, described: str, body: Markup, height: int) -> Markup:
    from markupsafe import Markup

    number = next(_numbers)
    return Markup(
        '<svg class="chart" role="img" viewBox="0 0 {w} {h}" aria-labelledby="chart-{n} chart-{n}-more">'
        '<title id="chart-{n}">{title}</title><desc id="chart-{n}-more">{described}</desc>{body}</svg>'
    ).format(w=WIDTH, h=height, n=number, title=title, described=described, body=body)
