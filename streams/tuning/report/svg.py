"""Small drawings as SVG text: bars side by side, lines, and places by longitude and latitude."""

import math
from collections.abc import Iterable, Sequence
from html import escape

WIDTH, HEIGHT, EDGE = 640, 220, 44
"""Of a drawing, and the room for its axes, px."""

Span = tuple[float, float] | None
Curve = Sequence[tuple[float, float, Span, Span]]
"""Points, each with the interval across and up."""


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
        dots = [(_across(x), _up(y)) for x, y, _, _ in curve]
        body += [f'<path class="w{side}" d="{whiskers}"/>' for one in curve if (whiskers := _whiskers(*one))]
        way = " ".join(f"{x:.1f},{y:.1f}" for x, y in dots)
        body.append(f'<polyline class="l{side}" points="{way}"/>')
        body += [
            f'<circle class="s{side}" cx="{px:.1f}" cy="{py:.1f}" r="3">'
            f"<title>{_said(x, wide)}, {_said(y, tall)}</title></circle>"
            for (px, py), (x, y, wide, tall) in zip(dots, curve, strict=True)
        ]
    return svg(body, title)


def _across(x: float) -> float:
    return EDGE + x * (WIDTH - 2 * EDGE)


def _up(y: float) -> float:
    return HEIGHT - EDGE - y * (HEIGHT - 2 * EDGE)


def _whiskers(x: float, y: float, wide: Span, tall: Span) -> str:
    """Return the lines of both intervals of a point; empty: it has none."""
    parts = [] if wide is None else [f"M{_across(wide[0]):.1f} {_up(y):.1f}H{_across(wide[1]):.1f}"]
    parts += [] if tall is None else [f"M{_across(x):.1f} {_up(tall[0]):.1f}V{_up(tall[1]):.1f}"]
    return "".join(parts)


def _said(value: float, span: Span) -> str:
    return f"{value:g}" if span is None else f"{value:g} [{span[0]:g} … {span[1]:g}]"


def _axes(most: float) -> str:
    low, high = HEIGHT - EDGE, EDGE
    line = f'<path class="axis" d="M{EDGE} {high}V{low}H{WIDTH - EDGE}"/>'
    return line + _text(EDGE - 6, high + 4, f"{most:g}", "end") + _text(EDGE - 6, low, "0", "end")


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'
