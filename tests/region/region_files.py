"""Small files of every form, and a region built from them, for the tests of building."""

import json
from pathlib import Path

import msgspec

from streams.region.build.make import build
from streams.region.build.plan import LayerPlan, Plan
from streams.region.build.report import Line
from streams.region.opening import open_region

SQUARE = [[102.0, 27.0], [102.1, 27.0], [102.1, 27.1], [102.0, 27.1], [102.0, 27.0]]


def polygon(*rings):
    return {"type": "Polygon", "coordinates": [list(ring) for ring in rings]}


def point(lon, lat, *height):
    return {"type": "Point", "coordinates": [lon, lat, *height]}


def square(west=102.0, south=27.0, size=0.1):
    east, north = west + size, south + size
    return polygon([[west, south], [east, south], [east, north], [west, north], [west, south]])


def feature(geometry, identity=None, **properties):
    made = {"type": "Feature", "properties": properties, "geometry": geometry}
    return made if identity is None else made | {"id": identity}


def written(path, *features, encoding="utf-8", **members):
    document = {"type": "FeatureCollection", **members, "features": list(features)}
    path.write_bytes(json.dumps(document, ensure_ascii=False).encode(encoding))
    return path


class Made:
    """A region that was built: the layer asked for, the lines of its report, the counts."""

    def __init__(self, folder: Path, built, layer: str) -> None:
        self.folder, self.built, self.name = folder, built, layer
        self.region = open_region(folder)
        report = folder / built.manifest.version / "report.ndjson"
        self.lines = [msgspec.json.decode(line, type=Line) for line in report.read_bytes().splitlines()]

    @property
    def layer(self):
        return self.region.layers[self.name]

    @property
    def counts(self):
        return self.built.summary[self.name]

    def said(self, outcome=None):
        """(row, code) of the lines with this outcome; of all but counts."""
        wanted = [one for one in self.lines if one.outcome == outcome or (outcome is None and one.code)]
        return [(one.row, one.code) for one in wanted]

    def remarks(self):
        return {one.code: one.detail for one in self.lines if one.outcome == "remark"}

    def row(self, identity):
        return self.layer.attributes(self.layer.row(identity))


def made(folder, layer, *files, boundary=None, buffer_km=0.0, allow_empty=(), **labels):
    """Build `folder`/out from files of one layer."""
    plan = Plan(
        layer=tuple(LayerPlan(name=layer, file=str(file), **labels) for file in files),
        name="test",
        boundary=None if boundary is None else str(boundary),
        buffer_km=buffer_km,
        allow_empty=allow_empty,
    )
    out = folder / "out"
    return Made(out, build(out, plan), layer)
