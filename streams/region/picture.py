"""A region as a picture (SVG): layers over each other, with legend, counts, graticule and scale."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from detectors.region import Layer, Region
from streams.region.manifest import Manifest

WIDTH, MARGIN, LEGEND = 900.0, 46.0, 250.0
"""Pixels: the map's width, the room for its coordinates, the legend's width."""

FONTS = "Noto Sans CJK SC, Noto Sans, Microsoft YaHei, PingFang SC, sans-serif"

MOST_SHAPES = 6000
"""Shapes of one layer that are drawn; of larger layers every n-th is, and the legend says so."""

ADMIN = ("province", "city", "county", "township")
KM_PER_DEGREE = 111.195

TOLERANCE_PX = 0.6
"""Lines are simplified to this; what is smaller is drawn as a dot of one pixel."""


@dataclass(frozen=True)
class Style:
    """How a layer is drawn: fill, line, its width; radius and form of points."""

    fill: str
    line: str
    width: float = 0.6
    radius: float = 3.0


STYLES = {
    "province": Style("none", "#4a4a55", 1.6),
    "city": Style("none", "#6a6a76", 1.0),
    "county": Style("none", "#a3a3ad", 0.6),
    "township": Style("none", "#b8b8c2", 0.5),
    "risk_zones": Style("#f3c9a5", "#c77f3c"),
    "grassland": Style("#dfe7a8", "#a8b45a"),
    "wetland": Style("#a9d3e8", "#5d9cbd"),
    "stands": Style("#8fbf83", "#4f8a45"),
    "carbon_projects": Style("#c9b6e4", "#7d5fb0"),
    "protected_areas": Style("#63a583", "#1f6b45", 0.9),
    "barriers": Style("none", "#2f7f86", 1.4),
    "roads": Style("none", "#8a6d4b", 1.0),
    "static_sources": Style("#c94f4f", "#7e2121", 0.8, 3.2),
    "settlements": Style("#3f4658", "#ffffff", 0.6, 3.0),
    "facilities": Style("#b5483a", "#ffffff", 0.6, 2.8),
    "ranger_posts": Style("#1d6f42", "#ffffff", 0.6, 3.4),
    "ancient_trees": Style("#2f9e44", "#ffffff", 0.6, 2.6),
    "cameras": Style("#3167b5", "#ffffff", 0.6, 3.0),
    "towers": Style("#6a3fa0", "#ffffff", 0.6, 3.0),
    "sensors": Style("#0e8a8a", "#ffffff", 0.6, 2.6),
    "traps": Style("#c08a00", "#ffffff", 0.6, 2.6),
    "place_names": Style("#777777", "#ffffff", 0.4, 1.8),
}
"""Layers in the order they are drawn, the lowest first; others come before them, in grey."""

PLAIN = Style("#d6d6d6", "#9a9a9a")


@dataclass(frozen=True)
class Frame:
    """From degrees to pixels: a plane with longitudes shrunk to the latitude of the middle."""

    west: float
    north: float
    scale: float
    shrink: float
    height: float

    def pixels(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return pixels of positions in degrees."""
        x = MARGIN + (points[:, 0] - self.west) * self.shrink * self.scale
        return np.column_stack([x, MARGIN + (self.north - points[:, 1]) * self.scale])


def picture(region: Region, manifest: Manifest) -> str:
    """Return the SVG document of a region; a region without any layer is an empty map."""
    frame = _frame(_extent(manifest))
    layers = [region.layers[name] for name in _in_order(region)]
    height = max(frame.height + 2 * MARGIN, 120.0 + 24.0 * (len(layers) + 1))
    size = f'width="{WIDTH + MARGIN + LEGEND:.0f}" height="{height:.0f}"'
    box = f'x="{MARGIN}" y="{MARGIN}" width="{WIDTH - MARGIN:.1f}" height="{frame.height:.1f}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{FONTS}">',
        f'<rect {size} fill="#ffffff"/>',
        f'<clipPath id="m"><rect {box}/></clipPath>',
        f'<rect {box} fill="#f7f7f4"/>',
        '<g clip-path="url(#m)">',
        *_ground(region, frame),
        *(line for layer in layers for line in _drawn(layer, frame)),
        "</g>",
        *_graticule(frame),
        *_legend(region, manifest, layers),
        *_scale_bar(frame),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _in_order(region: Region) -> list[str]:
    """Layers from the lowest: areas, then borders over them, then points and lines."""
    order = list(STYLES)
    drawn = sorted(region.layers, key=lambda name: (order.index(name) if name in order else -1, name))
    admin = [name for name in reversed(ADMIN) if name in drawn]
    above = [name for name in drawn if name in order[order.index("barriers") :]]
    return [*(name for name in drawn if name not in (*admin, *above)), *admin, *above]


def _extent(manifest: Manifest) -> tuple[float, float, float, float]:
    if manifest.boundary is not None and manifest.boundary.extent:
        return manifest.boundary.extent
    found = [one.extent for one in manifest.layers if one.extent]
    if not found:
        return (-180.0, -90.0, 180.0, 90.0)
    west, south, east, north = zip(*found, strict=True)
    return min(west), min(south), max(east), max(north)


def _frame(extent: tuple[float, float, float, float]) -> Frame:
    west, south, east, north = extent
    room = max(east - west, north - south, 0.001) * 0.03
    west, south, east, north = west - room, south - room, east + room, north + room
    shrink = max(0.05, math.cos(math.radians((south + north) / 2)))
    scale = min((WIDTH - MARGIN) / ((east - west) * shrink), 1100.0 / (north - south))
    middle, span = (west + east) / 2, (WIDTH - MARGIN) / scale / shrink
    return Frame(middle - span / 2, north, scale, shrink, (north - south) * scale)


def _ground(region: Region, frame: Frame) -> Iterator[str]:
    if region.boundary is not None:
        for path in _paths(region.boundary.geometries(), frame):
            yield f'<path d="{path}" fill="#ffffff" stroke="#4a4a55" stroke-width="1.6" fill-rule="evenodd"/>'


def _drawn(layer: Layer, frame: Frame) -> Iterator[str]:
    style = STYLES.get(layer.name, PLAIN)
    rows = np.arange(0, len(layer), _step(layer))
    shapes = layer.geometries(rows)
    point = np.isin(shapely.get_type_id(shapes), (0, 4))
    looks = f'fill="{style.fill}" fill-opacity="0.7" stroke="{style.line}" stroke-width="{style.width}"'
    yield f'<g data-layer="{escape(layer.name)}" {looks}>'
    for path in _paths(shapes[~point], frame):
        yield f'<path d="{path}" fill-rule="evenodd"/>'
    for x, y in frame.pixels(shapely.get_coordinates(shapes[point])).tolist():
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{style.radius}" fill-opacity="1"/>'
    yield "</g>"


def _step(layer: Layer) -> int:
    return max(1, math.ceil(len(layer) / MOST_SHAPES))


def _paths(shapes: NDArray[np.object_], frame: Frame) -> Iterator[str]:
    """Yield one path a shape, simplified; parts smaller than a pixel become a dot."""
    moved = shapely.transform(shapes, frame.pixels)
    for shape in shapely.simplify(moved, TOLERANCE_PX, preserve_topology=False):
        parts = [part for part in shapely.get_parts(shape) if not shapely.is_empty(part)]
        yield "".join(_ring(ring) for part in parts for ring in _rings(part)) or "M0 0"


def _rings(part: Any) -> list[Any]:
    return list(shapely.get_rings(part)) if shapely.get_type_id(part) == 3 else [part]


def _ring(ring: Any) -> str:
    points = shapely.get_coordinates(ring).round(1)
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points.tolist())


def _nice(span: float) -> float:
    """Return a round step that cuts a span into three to eight."""
    power = 10.0 ** math.floor(math.log10(span / 4))
    return next(power * one for one in (1, 2, 5, 10) if span / (power * one) <= 8)


def _graticule(frame: Frame) -> Iterator[str]:
    bottom = MARGIN + frame.height
    east = frame.west + (WIDTH - MARGIN) / frame.scale / frame.shrink
    south = frame.north - frame.height / frame.scale
    yield '<g stroke="#00000022" stroke-width="0.5" font-size="10" fill="#555">'
    step = _nice(east - frame.west)
    for lon in _ticks(frame.west, east, step):
        x = MARGIN + (lon - frame.west) * frame.shrink * frame.scale
        yield f'<path d="M{x:.1f} {MARGIN}V{bottom:.1f}"/>'
        yield _text(x, bottom + 14, _degrees(lon, "EW", step), 'text-anchor="middle" stroke="none"')
    step = _nice(frame.north - south)
    for lat in _ticks(south, frame.north, step):
        y = MARGIN + (frame.north - lat) * frame.scale
        yield f'<path d="M{MARGIN} {y:.1f}H{WIDTH}"/>'
        yield _text(MARGIN - 4, y + 3, _degrees(lat, "NS", step), 'text-anchor="end" stroke="none"')
    yield "</g>"


def _text(x: float, y: float, words: str, looks: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {looks}>{words}</text>'


def _ticks(low: float, high: float, step: float) -> list[float]:
    return [n * step for n in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _degrees(value: float, letters: str, step: float) -> str:
    places = max(0, -math.floor(math.log10(step) + 1e-9))
    return f"{abs(value):.{places}f}°{letters[0] if value >= 0 else letters[1]}"


def _legend(region: Region, manifest: Manifest, layers: list[Layer]) -> Iterator[str]:
    x = WIDTH + 22
    yield _text(x, MARGIN + 12, escape(region.name), 'font-size="17" font-weight="600" fill="#222"')
    yield _text(x, MARGIN + 31, f"version {region.version}", 'font-size="11" fill="#666"')
    entries = {one.name: one for one in manifest.layers}
    for at, layer in enumerate(layers):
        entry, y = entries[layer.name], MARGIN + 60 + 24 * at
        yield _sign(STYLES.get(layer.name, PLAIN), entry.kind, x, y)
        marks = " · 示意" if entry.illustrative == entry.count and entry.count else ""
        thinned = f" · 1 in {_step(layer)} drawn" if _step(layer) > 1 else ""
        numbers = f'<tspan fill="#666">{entry.count:,}{marks}{thinned}</tspan>'
        yield _text(x + 26, y, f"{escape(layer.name)} {numbers}", 'font-size="12" fill="#222"')


def _sign(style: Style, kind: str, x: float, y: float) -> str:
    """Return the sign of a layer in the legend: a dot, a line or a box."""
    if kind == "point":
        return f'<circle cx="{x + 9}" cy="{y - 4}" r="{style.radius + 1}" fill="{style.fill}"/>'
    if style.fill == "none":
        return f'<path d="M{x} {y - 4}h18" stroke="{style.line}" stroke-width="{style.width + 0.6}"/>'
    looks = f'fill="{style.fill}" fill-opacity="0.7" stroke="{style.line}"'
    return f'<rect x="{x}" y="{y - 10}" width="18" height="12" {looks}/>'


def _scale_bar(frame: Frame) -> Iterator[str]:
    kilometre = frame.scale / KM_PER_DEGREE
    length = _nice((WIDTH - MARGIN) / 2 / kilometre)
    x, y = MARGIN + 12, MARGIN + frame.height - 14
    bar = f"M{x} {y - 4}v4h{length * kilometre:.1f}v-4"
    yield f'<path d="{bar}" fill="none" stroke="#222" stroke-width="1.2"/>'
    yield _text(x + 4, y - 7, f"{length:g} km", 'font-size="11" fill="#222"')
