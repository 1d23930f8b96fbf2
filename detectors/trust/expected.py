"""Which sources are expected to speak, and in which rhythm: those that are named, and those of the region.

Config (in `[blind]`)::

    expected = [
      { source = "Himawari-9/AHI" },                  # a known source: its rhythm is known too
      { source = "patrol/*", every_s = 86400, phase_s = 36000 },   # whoever was heard once under such a name
      { layer = "cameras", every_s = 300, daylight = true },      # every camera of the region
      { layer = "traps", every_s = 604800, grace_s = 172800, months = [4, 5, 6, 7, 8, 9, 10] },  # in season
    ]

A feature of the layers cameras, towers, sensors and traps that says `every_s` is expected without any
setting; its id is the name of the source. With `daylight` a named source, and of a layer one known to have no
infrared, rests while the sun is more than six degrees below the horizon.
"""

from collections.abc import Iterable
from datetime import datetime
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from detectors.region import Layer, Region
from detectors.region.grid import to_degrees
from detectors.trust.camera import Light as Lit
from detectors.trust.camera import is_blind
from detectors.trust.rhythm import Gap, Light, Rhythm, always
from schemas.units import SourceClass

LAYERS: dict[str, SourceClass] = {
    "cameras": "video",
    "towers": "tower",
    "sensors": "sensor",
    "traps": "sensor",
}
"""Layers of the region that hold what observes, and the class of it."""

USUAL_RANGE_KM = {"cameras": 5.0, "towers": 10.0, "sensors": 1.0, "traps": 0.1}
"""How far something sees that does not say it (placeholders)."""

FORGOTTEN_D = 40.0
"""A source that was only heard and not named is expected no more after so long a silence."""


class Known(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rhythm of sources that is known without any setting."""

    source: str
    every_s: float
    grace_s: float
    missed: int
    gaps: tuple[Gap, ...] = ()
    status: str
    origin: str


class Rhythms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole table."""

    version: str
    rhythm: tuple[Known, ...]


class Expected(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of `expected`: a source, or a layer of the region; what is not said is what is known."""

    source: Annotated[str, Meta(max_length=100, description="Name; `*` stands for anything.")] = ""
    layer: Annotated[str, Meta(pattern="^$|^cameras$|^towers$|^sensors$|^traps$")] = ""
    every_s: Annotated[float, Meta(ge=1, le=31 * 86400)] | None = None
    grace_s: Annotated[float, Meta(ge=0)] | None = None
    missed: Annotated[int, Meta(ge=1)] | None = None
    phase_s: Annotated[float, Meta(ge=0)] = 0.0
    gaps: tuple[Gap, ...] | None = None
    months: tuple[Annotated[int, Meta(ge=1, le=12)], ...] | None = None
    daylight: bool = False

    def __post_init__(self) -> None:
        """Refuse a line that names no source and no layer, or both."""
        if bool(self.source) == bool(self.layer):
            raise ValueError("either a source or a layer is expected")


class Watched(Struct, frozen=True, kw_only=True):
    """One source that is expected: its rhythm and, where the region knows it, where it stands."""

    source: str
    rhythm: Rhythm
    source_class: SourceClass | None = None
    name: str = ""
    layer: str = ""
    longitude: float | None = None
    latitude: float | None = None
    radius_m: float = 0.0
    is_day_only: bool = False

    def light(self) -> Light:
        """Return what tells whether anything is due from it at a time."""
        lon, lat = self.longitude, self.latitude
        if not self.is_day_only or lon is None or lat is None:
            return always
        return lambda at: _sees(lon, lat, at)


@lru_cache(maxsize=100_000)
def _sees(lon: float, lat: float, at: datetime) -> bool:
    """Return whether a camera without infrared sees; the same due times are asked for again and again."""
    return not is_blind(Lit(), "visible", lon, lat, at)


def rhythm_of(line: Expected, known: Rhythms) -> Rhythm:
    """Return the rhythm of one line: what it says, else what is known of such a source.

    Raises
    ------
    ValueError
        when neither says how often the source speaks.
    """
    found = next((one for one in known.rhythm if line.source and fnmatchcase(line.source, one.source)), None)
    said = msgspec.to_builtins(found) if found is not None else {}
    fields = {name: said[name] for name in ("every_s", "grace_s", "missed", "gaps") if name in said}
    own = msgspec.to_builtins(line)
    fields |= {name: own[name] for name in Rhythm.__struct_fields__ if own.get(name) is not None}
    if "every_s" not in fields:
        raise ValueError(f"how often {line.source or line.layer} speaks is not known: say every_s")
    return msgspec.convert(fields, Rhythm)


class Expecting:
    """The sources that are expected, by settings and region."""

    def __init__(self, lines: Iterable[Expected], known: Rhythms) -> None:
        self.lines = [(line, rhythm_of(line, known)) for line in lines]
        self._placed: tuple[str, dict[str, Watched]] = ("", {})

    def match(self, source: str) -> Watched | None:
        """Return what is expected of a source by its name, None where nobody expects it."""
        for line, rhythm in self.lines:
            if line.source and fnmatchcase(source, line.source):
                return Watched(source=source, rhythm=rhythm, is_day_only=line.daylight)
        return None

    def named(self) -> dict[str, Watched]:
        """Return the sources that are named in full: they are expected though they never spoke."""
        return {
            line.source: Watched(source=line.source, rhythm=rhythm, is_day_only=line.daylight)
            for line, rhythm in self.lines
            if line.source and not any(sign in line.source for sign in "*?[")
        }

    def placed(self, region: Region) -> dict[str, Watched]:
        """Return what stands in the layers of a region and is expected."""
        if self._placed[0] != region.version:
            found: dict[str, Watched] = {}
            for name in LAYERS:
                layer = region.layers.get(name)
                if layer is not None and layer.kind == "point":
                    found |= self._of_layer(layer)
            self._placed = (region.version, found)
        return self._placed[1]

    def _of_layer(self, layer: Layer) -> dict[str, Watched]:
        line, usual = next(((a, b) for a, b in self.lines if a.layer == layer.name), (None, None))
        if usual is None and "every_s" not in layer.columns:
            return {}
        found: dict[str, Watched] = {}
        for row, (source, label) in enumerate(zip(layer.ids(), layer.names(), strict=True)):
            said = layer.attributes(row)
            rhythm = _own(said, usual)
            if rhythm is None:
                continue
            lon, lat = to_degrees(layer.shapes.xy[row]).tolist()
            found[source] = Watched(
                source=source,
                rhythm=rhythm,
                source_class=LAYERS[layer.name],
                name=label,
                layer=layer.name,
                longitude=lon,
                latitude=lat,
                radius_m=1000.0 * float(said.get("range_km") or USUAL_RANGE_KM[layer.name]),
                is_day_only=said.get("infrared") is False and (line is None or line.daylight),
            )
        return found


def _own(said: dict[str, Any], usual: Rhythm | None) -> Rhythm | None:
    """Return the rhythm of one feature: its own, else that of its layer."""
    every = said.get("every_s")
    if not isinstance(every, int | float) or not every >= 1:
        return usual
    return msgspec.structs.replace(usual or Rhythm(every_s=float(every)), every_s=float(every))
