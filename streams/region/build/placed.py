"""Raw geometries brought to WGS 84 and mended; a source that cannot be what it says is refused."""

import numpy as np
import shapely

from streams.region.build import border, frames, repair
from streams.region.build.frames import Placing
from streams.region.build.repair import Kind, Mended
from streams.region.build.source import Chunk, Shapes, SourceError


def placed(chunk: Chunk, where: Placing, kinds: tuple[Kind, ...], name: str, *, is_first: bool) -> Mended:
    """Return the shapes of a chunk mended, in WGS 84; what cannot be mended is dropped with its reason.

    Raises
    ------
    SourceError
        If most of the first rows cannot be what the label says.
    """
    mended = Mended(chunk.shapes.copy())
    told = _flaws(mended, chunk)
    mended.drop(
        [row for row in np.flatnonzero(shapely.is_missing(chunk.shapes)) if row not in told], "no_geometry"
    )
    repair.flatten(mended)
    _put(mended, where, name, is_first=is_first)
    repair.turn(mended)
    repair.validate(mended)
    repair.only(mended, kinds)
    repair.drop_slivers(mended)
    return mended


def _flaws(mended: Mended, chunk: Chunk) -> set[int]:
    """Note what the reader found; return the rows it gave no shape for."""
    told = set()
    for row, code, detail in chunk.flaws:
        if code == "height":
            mended.heights += 1
        elif mended.shapes[row] is None:
            mended.drop([row], code, detail)
            told.add(row)
        else:
            mended.say(row, code, detail)
    return told


def _put(mended: Mended, where: Placing, name: str, *, is_first: bool) -> None:
    found = frames.misplaced(mended.shapes, where)
    if is_first:
        frames.refuse_if_wrong(name, found, len(mended.left))
    for row, (code, words) in found.items():
        mended.drop([row], code, words)
    mended.shapes = where.to_wgs84(mended.shapes)
    west, south, east, north = frames.bounds_of(mended.shapes).T
    with np.errstate(invalid="ignore"):
        fits = (west >= -360) & (east <= 360) & (south >= -90) & (north <= 90)
    rows = mended.left
    mended.drop(rows[~fits[rows]], "not_degrees", f"not on Earth, read as {where.words}")


def clip(mended: Mended, edge: object, name: str) -> None:
    """Drop what lies wholly outside the border (None: nothing does).

    Raises
    ------
    SourceError
        If everything does, but would not with longitude and latitude exchanged.
    """
    rows = mended.left
    beyond = rows[border.outside(edge, mended.shapes[rows])]
    if len(rows) and len(beyond) == len(rows) and _would_fit(edge, mended.shapes[rows]):
        raise SourceError(
            f"{name}: every row lies outside the boundary, and inside it with longitude and latitude"
            " exchanged; put longitude first"
        )
    mended.drop(beyond, "outside_boundary")


def _would_fit(edge: object, shapes: Shapes) -> bool:
    exchanged = shapely.transform(shapes, lambda points: points[:, ::-1])
    return bool((~border.outside(edge, exchanged)).mean() > 0.5)
