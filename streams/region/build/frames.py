"""From a source's frame to WGS 84: EPSG codes, GCJ-02 and BD-09 as labelled; what cannot be is refused."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from detectors.datum import from_bd09, from_gcj02
from streams.region.build.source import Shapes, SourceError

Frame = Literal["wgs84", "cgcs2000", "gcj02", "bd09"]
SHIFTED = {"gcj02": from_gcj02, "bd09": from_bd09}

AS_WGS84 = ("EPSG:4326", "OGC:CRS84", "EPSG:4490", "EPSG:4979", "EPSG:4480")
"""Geographic systems taken as WGS 84: CGCS2000 differs by less than a metre."""

SAME_DATUM = ("World Geodetic System 1984", "China 2000")
"""Names of datums that differ by less than a metre."""

WRONG_SHARE = 0.5
"""When more than this share of the first rows cannot be what the label says, the label is wrong."""


@dataclass(frozen=True)
class Placing:
    """How coordinates of a source become WGS 84; `words` name the frame, `doubt` how far off it may be."""

    words: str
    degrees: bool
    transform: Any = None
    doubt: str = ""

    def to_wgs84(self, shapes: Shapes) -> Shapes:
        """Return the shapes in WGS 84, longitude first; what cannot be placed gets infinite coordinates."""
        if self.transform is None:
            return shapes
        points = shapely.get_coordinates(shapes)
        if not len(points):
            return shapes
        moved = np.column_stack(self.transform(points[:, 0], points[:, 1]))
        return np.asarray(shapely.set_coordinates(shapes.copy(), moved), dtype=object)


def placing(  # noqa: PLR0913 - what a source says, and what was said of it
    name: str, own: str | None, label: str | None, frame: Frame | None, *, is_wgs84: bool, layer: str
) -> Placing:
    """Return how a source is placed: a frame label comes first, then a CRS label, then what it says itself.

    `layer` is the name that the way out is told with.

    Raises
    ------
    SourceError
        If nothing says in which system the coordinates are, or it is unknown.
    """
    if frame in SHIFTED:
        return Placing(str(frame), degrees=True, transform=SHIFTED[str(frame)])
    if frame is not None:
        return Placing(frame, degrees=True)
    if label is None and own is None:
        if is_wgs84:
            return Placing("wgs84", degrees=True)
        raise SourceError(
            f"{name}: says no coordinate system; label it: --frame {layer}=wgs84, --frame {layer}=gcj02 where"
            f" it comes from a Chinese web map, or --crs {layer}=EPSG:4490 and the like"
        )
    return _by_crs(name, label or str(own))


def _by_crs(name: str, crs: str) -> Placing:
    try:
        found = pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError as error:
        raise SourceError(f"{name}: unknown coordinate system {crs[:60]}: {error}") from error
    words = _words(found)
    if words in AS_WGS84:
        return Placing(words, degrees=True)
    transformer = pyproj.Transformer.from_crs(found, "EPSG:4326", always_xy=True)
    return Placing(words, bool(found.is_geographic), transformer.transform, _doubt(found, transformer))


def _doubt(crs: pyproj.CRS, transformer: pyproj.Transformer) -> str:
    """Return how far positions may be off where the datum is another one than that of WGS 84 or CGCS2000."""
    datum = crs.geodetic_crs.datum.name if crs.geodetic_crs and crs.geodetic_crs.datum else "unknown"
    if any(word in datum for word in SAME_DATUM):
        return ""
    if transformer.accuracy < 0:
        return f"datum {datum}: how it lies to WGS 84 is not known here; positions may be 100 m off and more"
    return (
        f"datum {datum}: positions are good to {transformer.accuracy:g} m" if transformer.accuracy > 1 else ""
    )


def _words(crs: pyproj.CRS) -> str:
    authority = crs.to_authority(min_confidence=60)
    return ":".join(authority) if authority else str(crs.name)


def misplaced(shapes: Shapes, where: Placing) -> dict[int, tuple[str, str]]:
    """Return the rows whose raw coordinates cannot be what `where` says: row to (code, their looks)."""
    west, south, east, north = shapely.bounds(shapes).T
    known = np.isfinite(west)
    x, y = np.fmax(np.abs(west), np.abs(east)), np.fmax(np.abs(south), np.abs(north))
    if not where.degrees:
        fits = known & (x <= 180) & (y <= 180) & ((x > 0) | (y > 0))
        return {int(row): ("not_degrees", _degrees(where)) for row in np.flatnonzero(fits)}
    swapped = known & (y > 90) & (y <= 180) & (x <= 90)
    off = known & ((y > 90) | (x > 360)) & ~swapped
    found = {
        int(row): ("swapped_coordinates", "latitude beyond ±90; exchanging would mend it")
        for row in np.flatnonzero(swapped)
    }
    return found | {int(row): ("not_degrees", guess(x[row], y[row])) for row in np.flatnonzero(off)}


def _degrees(where: Placing) -> str:
    return f"labelled {where.words}, in metres, but the numbers look like degrees (EPSG:4326 or EPSG:4490?)"


def guess(x: float, y: float) -> str:
    """Return which systems coordinates in metres may be in, in words (CGCS2000: EPSG 4491 to 4533)."""
    found = []
    zone = int(x / 1e6)
    if 25 <= zone <= 45:
        found.append(f"CGCS2000 3-degree zone {zone} (EPSG:{4513 + zone - 25})")
    if 13 <= zone <= 23:
        found.append(f"CGCS2000 6-degree zone {zone} (EPSG:{4491 + zone - 13})")
    if 1e6 < x <= 20037509 and y <= 20048967:
        found.append("Web Mercator (EPSG:3857)")
    if 1e5 <= x <= 9e5 and y <= 1e7:
        found.append("UTM or a Gauss-Kruger zone without its prefix (Sichuan: EPSG:32647, 32648, 4543, 4544)")
    return f"look like metres: {' or '.join(found) or 'an unknown system'}"


def refuse_if_wrong(name: str, found: dict[int, tuple[str, str]], rows: int) -> None:
    """Refuse the source when most rows of its first chunk are misplaced; otherwise say nothing.

    Raises
    ------
    SourceError
        With what the coordinates look like.
    """
    if not rows or len(found) <= WRONG_SHARE * rows:
        return
    code, words = next(iter(found.values()))
    if code == "swapped_coordinates":
        raise SourceError(
            f"{name}: latitude beyond ±90: longitude and latitude exchanged? Put longitude first"
        )
    raise SourceError(f"{name}: the coordinates cannot be what the label says: {words}; label it with --crs")


def bounds_of(shapes: Shapes) -> NDArray[np.float64]:
    """Return west, south, east, north of each shape; not-a-number for none."""
    return np.asarray(shapely.bounds(shapes), dtype=np.float64)
