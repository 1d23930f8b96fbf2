"""Every changed alert on a map: one mark each, which leads to its row with the reasons of both sides."""

import math
from collections.abc import Iterator, Sequence
from html import escape

import numpy as np
import shapely

from alerts.tuning.compare import Changed
from detectors.region import Region
from streams.tuning.report.svg import EDGE, WIDTH, svg
from streams.tuning.report.tables import Words

TALL = 420
SHAPES = ("gained", "lost", "earlier", "later", "raised", "lowered", "split", "joined")
ROUND_DEG, COARSE_DEG = 0.3, 0.005
"""So far round what changed outlines are drawn, and so coarse."""

MOST = 1000
"""Marks on the map and rows below it; the JSON holds every one."""


Outline = Sequence[tuple[float, float]]
"""Corners of one ring, longitude and latitude."""


def outlines_of(region: Region, changed: Sequence[Changed]) -> tuple[Outline, ...]:
    """Return the outlines of the counties round what changed, coarse enough for a drawing."""
    layer, places = region.layers.get("county"), [place_of(one) for one in changed]
    if layer is None or not places:
        return ()
    around = shapely.box(*np.min(places, axis=0), *np.max(places, axis=0)).buffer(
        ROUND_DEG, join_style="mitre"
    )
    near = [one for one in layer.geometries() if shapely.intersects(one, around)]
    kept = shapely.get_parts(shapely.simplify(np.array(near, dtype=object), COARSE_DEG))
    rings = [shapely.get_coordinates(shapely.get_exterior_ring(one)) for one in kept]
    return tuple([(round(x, 3), round(y, 3)) for x, y in ring.tolist()] for ring in rings if len(ring) > 3)


def place_of(one: Changed) -> tuple[float, float]:
    """Return longitude and latitude of what changed."""
    story = (*one.after, *one.before)[0]
    return story.longitude, story.latitude


def drawn(changed: Sequence[Changed], words: Words, outlines: Sequence[Outline] = ()) -> str:
    """Return the map, north up, true to scale at its middle."""
    places = [place_of(one) for one in changed]
    if not places:
        return ""
    west, east = min(x for x, _ in places), max(x for x, _ in places)
    south, north = min(y for _, y in places), max(y for _, y in places)
    squeeze = math.cos(math.radians((south + north) / 2.0))
    scale = min(
        (WIDTH - 2 * EDGE) / max((east - west) * squeeze, 0.05), (TALL - 2 * EDGE) / max(north - south, 0.05)
    )
    middle = ((west + east) / 2.0, (south + north) / 2.0)

    def at(place: tuple[float, float]) -> tuple[float, float]:
        x = WIDTH / 2.0 + (place[0] - middle[0]) * squeeze * scale
        return x, TALL / 2.0 - (place[1] - middle[1]) * scale

    ground = (_outline([at(corner) for corner in ring]) for ring in outlines)
    return svg((*ground, *_body(changed, [at(one) for one in places], scale, words)), words["map"], TALL)


def _outline(corners: Sequence[tuple[float, float]]) -> str:
    way = "L".join(f"{x:.0f} {y:.0f}" for x, y in corners)
    return f'<path class="county" d="M{way}Z"/>'


def _body(
    changed: Sequence[Changed], dots: Sequence[tuple[float, float]], scale: float, words: Words
) -> Iterator[str]:
    km = next(one for one in (100, 50, 20, 10, 5, 2, 1) if one / 111.195 * scale <= 200.0 or one == 1)
    long = km / 111.195 * scale
    yield f'<path class="axis" d="M{EDGE} {TALL - 14}h{long:.1f}"/>'
    yield f'<text x="{EDGE + long + 6:.1f}" y="{TALL - 10}">{km} km</text>'
    for k, (one, (x, y)) in enumerate(zip(changed, dots, strict=True)):
        kind = next(name for name in SHAPES if name in one.what)
        sure = {True: "fire", False: "false", None: "unknown"}[one.is_fire]
        name = escape(f"{k + 1}: {', '.join(words[what] for what in one.what)}")
        yield (
            f'<a href="#c{k}"><circle class="m {kind} {sure}" cx="{x:.1f}" cy="{y:.1f}" r="5">'
            f"<title>{name}</title></circle></a>"
        )
