"""A picture of what a fire may reach: stands by how likely they burn, the fire, and its reach."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import shapely

from alerts.carbon.at_risk import Fire
from alerts.carbon.ground import Feature, ground_of
from alerts.carbon.horizons import Reached
from alerts.carbon.plane import Plane
from alerts.carbon.reach import shares
from streams.hops.carbon import Assessor

WIDTH = 900
"""Pixels."""


def picture(assessor: Assessor, fire: Fire, plane: Plane, reaches: Iterable[Reached] = ()) -> str:
    """Return an SVG: stands shaded by the chance that they burn, each scenario's reach, the fire in red.

    Of `reaches` those within the horizon are drawn: what half of the scenarios reach by then.
    """
    shapes, _ = assessor.spreads(fire, plane)
    everywhere = shapely.union_all([*shapes, fire.shape])
    found: list[Feature] = assessor.features(plane.to_degrees(everywhere))
    ground = ground_of(assessor.tables.stock, found, plane)
    chance = shares(ground.areas, shapes).mean(axis=0) if len(ground) else np.zeros(0)
    west, south, east, north = shapely.bounds(shapely.buffer(everywhere, 200.0)).tolist()
    scale = WIDTH / (east - west)
    height = round((north - south) * scale)

    def path(shape: Any, style: str, title: str = "") -> str:
        parts = [
            "M" + "L".join(f"{(x - west) * scale:.1f},{(north - y) * scale:.1f}" for x, y in ring) + "Z"
            for ring in (shapely.get_coordinates(one) for one in shapely.get_rings(shape))
        ]
        return f'<path d="{"".join(parts)}" style="{style}" fill-rule="evenodd"><title>{title}</title></path>'

    rows = [
        path(area, f"fill:#d95f0e;fill-opacity:{0.1 + 0.8 * part:.2f};stroke:#664", f"{name} {part:.0%}")
        for name, area, part in zip(ground.ids, ground.areas, chance.tolist(), strict=True)
    ]
    rows += [path(shape, "fill:none;stroke:#b22;stroke-opacity:.35") for shape in shapes]
    rows += [
        path(one.likely, "fill:none;stroke:#124;stroke-width:1.5;stroke-dasharray:6 4", f"in {one.hours:g} h")
        for one in reaches
        if one.hours <= assessor.options.horizon_h
    ]
    rows.append(path(fire.shape, "fill:#e00;stroke:#600", "fire"))
    rows += [text(one, west, north, scale) for one in reaches if one.hours <= assessor.options.horizon_h]
    key = legend(height, scale, assessor.options.horizon_h)
    size = f'width="{WIDTH}" height="{height + LEGEND}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="13">'
    return "\n".join([head, '<rect width="100%" height="100%" fill="#eef2e6"/>', *rows, *key, "</svg>\n"])


def text(one: Reached, west: float, north: float, scale: float) -> str:
    """Return how many hours an outline stands for, at its northernmost corner."""
    corners = shapely.get_coordinates(one.likely)
    if not len(corners):
        return ""
    x, y = corners[np.lexsort((corners[:, 0], -corners[:, 1]))[0]].tolist()
    at = f'x="{(x - west) * scale:.1f}" y="{(north - y) * scale - 4:.1f}"'
    return f'<text {at} fill="#124">{one.hours:g} h</text>'


LEGEND = 72
"""Pixels below the map."""


def legend(top: int, scale: float, horizon_h: float) -> Iterator[str]:
    """Yield what the colours and lines mean, and how long a round number of metres is."""
    middle, text = top + 24, top + 29
    yield f'<rect y="{top}" width="{WIDTH}" height="{LEGEND}" fill="#fff"/>'
    yield f'<rect x="12" y="{middle - 7}" width="20" height="14" fill="#e00" stroke="#600"/>'
    yield f'<text x="38" y="{text}">burning now</text>'
    yield f'<path d="M130 {middle}h24" style="stroke:#b22;fill:none"/>'
    yield f'<text x="160" y="{text}">may reach in {horizon_h:g} h, one line a scenario</text>'
    dashes = "stroke:#124;stroke-width:1.5;stroke-dasharray:6 4;fill:none"
    yield f'<path d="M12 {middle + 26}h30" style="{dashes}"/>'
    yield f'<text x="50" y="{text + 26}">half of the scenarios reach so far by then; nobody fights it</text>'
    yield f'<text x="430" y="{text}">chance that it burns: 0 %</text>'
    for step in range(6):
        opacity = 0.1 + 0.8 * step / 5
        yield (
            f'<rect x="{590 + 18 * step}" y="{middle - 7}" width="18" height="14" fill="#d95f0e" '
            f'fill-opacity="{opacity:.2f}"/>'
        )
    yield f'<text x="704" y="{text}">100 %</text>'
    metres = next(one for one in LENGTHS_M if one * scale >= LEAST_BAR or one == LENGTHS_M[-1])
    long = metres * scale
    yield f'<path d="M{WIDTH - 12 - long:.1f} {middle + 8}h{long:.1f}" style="stroke:#000;stroke-width:2"/>'
    yield f'<text x="{WIDTH - 12}" y="{middle + 2}" text-anchor="end">{metres:,} m</text>'


LENGTHS_M = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
LEAST_BAR = 50
"""Pixels of the bar of length at least."""
