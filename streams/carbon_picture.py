"""A picture of what a fire may reach: stands by how likely they burn, the fire, and its reach."""

from typing import Any

import numpy as np
import shapely

from alerts.carbon.at_risk import Fire, in_reach
from alerts.carbon.ground import Feature, ground_of
from alerts.carbon.plane import Plane
from alerts.carbon.reach import shares
from streams.hops.carbon import Assessor

WIDTH = 900
"""Pixels."""


def picture(assessor: Assessor, fire: Fire, plane: Plane) -> str:
    """Return an SVG: stands shaded by the chance that they burn, each scenario's reach, the fire in red."""
    shapes, _ = in_reach(assessor.tables, fire, assessor.options)
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
    rows.append(path(fire.shape, "fill:#e00;stroke:#600", "fire"))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}">'
    return "\n".join([head, '<rect width="100%" height="100%" fill="#eef2e6"/>', *rows, "</svg>\n"])
