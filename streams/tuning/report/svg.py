"""Small drawings as SVG text: bars side by side, lines, and places by longitude and latitude."""

import math
from collections.abc import Iterable, Sequence
from html import escape

WIDTH, HEIGHT, EDGE = 640, 220, 44
"""Of a drawing, and the room for its axes, px."""

Curve = Sequence[tuple[float, float]]


def svg(body: Iterable[str], title: str, height: int = HEIGHT) -> str:
    """Return a drawing with its name for those who cannot see it."""
    inside = "".join(body)
    box = f'viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}"'
    return f"<svg {box}><title>{escape(title)}</title>{inside}</svg>"


def bars(title: str, names: Sequence[str], before: Sequence[float], after: Sequence[float]) -> str:
    """Return pairs of bars, the baseline left; each says its number when pointed at."""
    most = max((*before, *after, 1.0))
    room = (WIDTH - 2 * EDGE) / max(len(names), 1)
    body = [_axes(most)]
    for k, name in enumerate(names):
        left = EDGE + k * room
        for side, value in enumerate((before[k], after[k])):
            tall = (HEIGHT - 2 * EDGE) * value / most
            at = left + room * (0.12 + 0.38 * side)
            body.append(
                f'<rect class="s{side}" x="{at:.1f}" y="{HEIGHT - EDGE - tall:.1f}" '
                f'width="{room * 0.36:.1f}" height="{tall:.1f}">'
                f"<title>{escape(name)}: {value:g}</title></rect>"
            )
        if len(names) <= 12 or k % math.ceil(len(names) / 12) == 0:
            body.append(_text(left + room / 2.0, HEIGHT - EDGE + 16, name[:14], "middle"))
    return svg(body, title)


def lines(title: str, curves: Sequence[Curve], across: str, up: str) -> str:
    """Return lines over 0 to 1 in both directions, one class of line each."""
    body = [_axes(1.0), _text(WIDTH / 2, HEIGHT - 8, across, "middle"), _text(6, EDGE - 12, up, "start")]
    body += [
        _text(EDGE + share * (WIDTH - 2 * EDGE), HEIGHT - EDGE + 16, f"{share:g}", "middle")
        for share in (0, 0.5, 1)
    ]
    for side, curve in enumerate(curves):
        dots = [(EDGE + x * (WIDTH - 2 * EDGE), HEIGHT - EDGE - y * (HEIGHT - 2 * EDGE)) for x, y in curve]
        way = " ".join(f"{x:.1f},{y:.1f}" for x, y in dots)
        body.append(f'<polyline class="l{side}" points="{way}"/>')
        body += [
            f'<circle class="s{side}" cx="{px:.1f}" cy="{py:.1f}" r="3"><title>{x:g}, {y:g}</title></circle>'
            for (px, py), (x, y) in zip(dots, curve, strict=True)
        ]
    return svg(body, title)


def _axes(most: float) -> str:
    low, high = HEIGHT - EDGE, EDGE
    line = f'<path class="axis" d="M{EDGE} {high}V{low}H{WIDTH - EDGE}"/>'
    return line + _text(EDGE - 6, high + 4, f"{most:g}", "end") + _text(EDGE - 6, low, "0", "end")


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'
