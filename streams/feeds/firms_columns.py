"""Columns of FIRMS rows to hotspots: checked as arrays, built once, each row judged alone."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from detectors.identity import place, satellite_name
from schemas.observation import Hotspot
from streams.feeds import firms_words as words
from streams.feeds.base import Limits, Rejected, refusal

Floats = NDArray[np.float64]

ALIASES: dict[str, tuple[str, ...]] = {
    "latitude": ("latitude", "lat"),
    "longitude": ("longitude", "lon", "long"),
    "brightness": ("bright_ti4", "brightness"),
    "background": ("bright_ti5", "bright_t31"),
    "received": ("received_at", "first_seen"),
}
"""Our column and the names it has in the headers seen; the first that is there is read."""

NEEDED = ("latitude", "longitude", "acq_date", "acq_time", "satellite", "scan", "track")
"""Without these a row has no identity or no footprint."""

LARGEST_PIXEL_KM = 50.0
"""No sensor in service has a larger pixel; MODIS ends at 4.82 km (fire.md section 3.2)."""


@dataclass(frozen=True)
class Table:
    """Rows of one header: their cells as text, where each stood, and its bytes."""

    names: Sequence[str]
    cells: Sequence[Sequence[str]]
    lines: Sequence[int]
    raws: Sequence[bytes]


@dataclass(frozen=True)
class Columns:
    """The columns by our names; `viirs` says which instrument's names the header has."""

    by_name: dict[str, Sequence[str]]
    viirs: bool
    count: int

    def texts(self, name: str) -> Sequence[str]:
        """Return one column; blanks where the header lacks it."""
        for alias in ALIASES.get(name, (name,)):
            if alias in self.by_name:
                return self.by_name[alias]
        return ("",) * self.count


def missing(names: Sequence[str]) -> list[str]:
    """Return the needed columns that a header lacks."""
    return [need for need in NEEDED if not set(ALIASES.get(need, (need,))) & set(names)]


def hotspots(table: Table, limits: Limits) -> tuple[list[Hotspot], list[Rejected]]:
    """Return the hotspots of a table whose header has every needed column, and the refused rows."""
    columns = Columns(
        dict(zip(table.names, zip(*table.cells, strict=True), strict=True)) if table.cells else {},
        "bright_ti4" in table.names or "bright_ti5" in table.names,
        len(table.cells),
    )
    made = _Rows(columns, limits)
    good: list[Hotspot] = []
    bad: list[Rejected] = []
    for at in range(columns.count):
        if fault := made.fault(at):
            bad.append(Rejected(table.lines[at], table.raws[at], refusal(*fault)))
        else:
            good.append(made.hotspot(at))
    return good, bad


def numbers(texts: Sequence[str]) -> Floats:
    """Return a column as floats: NaN where blank or a word for unknown, infinity where not a number."""
    try:
        if "_" not in "".join(texts):
            return np.array(list(map(float, texts)), dtype=np.float64)
    except ValueError:
        pass
    return np.array([_number(text) for text in texts], dtype=np.float64)


def _number(text: str) -> float:
    plain = text.strip().lower()
    if plain in words.UNKNOWN_WORDS:
        return math.nan
    try:
        return math.inf if "_" in plain else float(plain)
    except ValueError:
        return math.inf


def position_fault(lon: float, lat: float) -> tuple[str, str] | None:
    """Return code and detail of what is wrong with a position; an exchange is named, never made.

    Exactly 0, 0 is how feeds write a lost position, not a place that a pixel centre hits.
    """
    if not (math.isfinite(lon) and math.isfinite(lat)):
        return "bad_position", "longitude or latitude is not a number"
    if abs(lat) > 90 and abs(lat) <= 180 and abs(lon) <= 90:
        return "swapped_coordinates?", f"latitude {lat:g}, longitude {lon:g}"
    if abs(lat) > 90 or abs(lon) > 180:
        return "bad_position", f"latitude {lat:g}, longitude {lon:g}"
    return ("bad_position", "0, 0") if lon == 0 and lat == 0 else None


class _Rows:
    """The arrays of one table, and each row made from them."""

    def __init__(self, columns: Columns, limits: Limits) -> None:
        self.limits, self.viirs = limits, columns.viirs
        self.lat, self.lon = numbers(columns.texts("latitude")), numbers(columns.texts("longitude"))
        self.scan, self.track = numbers(columns.texts("scan")), numbers(columns.texts("track"))
        self.frp, self.bright = numbers(columns.texts("frp")), numbers(columns.texts("brightness"))
        self.back = numbers(columns.texts("background"))
        self.kind = numbers(columns.texts("type"))
        dates, times = columns.texts("acq_date"), columns.texts("acq_time")
        self.times = [words.acquired(d, t) for d, t in zip(dates, times, strict=True)]
        self.satellites = [satellite_name(word) for word in columns.texts("satellite")]
        self.instruments, self.confidences = columns.texts("instrument"), columns.texts("confidence")
        self.days, self.versions = columns.texts("daynight"), columns.texts("version")
        self.feeds, self.received = columns.texts("feed"), columns.texts("received")
        self.suspects = self._suspects()
        self.values = tuple(
            array.tolist()
            for array in (
                self.lon,
                self.lat,
                self.scan,
                self.track,
                self.frp,
                self.bright,
                self.back,
                self.kind,
            )
        )
        self.minutes: dict[tuple[str, str, datetime], tuple[str, str]] = {}
        self.notes: dict[tuple[object, ...], tuple[str, ...]] = {}

    def _suspects(self) -> list[bool]:
        """Return for each row whether any of its numbers needs a closer look."""
        with np.errstate(invalid="ignore"):
            fine = (np.abs(self.lat) <= 90) & (np.abs(self.lon) <= 180) & ((self.lat != 0) | (self.lon != 0))
            for size in (self.scan, self.track):
                fine &= (size > 0) & (size <= LARGEST_PIXEL_KM)
        for value in (self.frp, self.bright, self.back, self.kind):
            fine &= ~np.isinf(value)
        return list((~fine).tolist())

    def fault(self, at: int) -> tuple[str, str] | None:
        """Return code and detail of the first fault of a row, None where it is sound."""
        observed_at = self.times[at][0]
        if self.suspects[at] and (fault := position_fault(float(self.lon[at]), float(self.lat[at]))):
            return fault
        if observed_at is None:
            return "bad_time", "acq_date or acq_time cannot be read"
        if not self.limits.believes(observed_at):
            return "bad_time", f"{observed_at:%Y-%m-%dT%H:%MZ} is before 2000 or in the future"
        satellite = self.satellites[at]
        if not 0 < len(satellite) <= 20 or "/" in satellite or not satellite.isprintable():
            return "bad_value", "satellite"
        if not self.suspects[at]:
            return None
        return "bad_value", "scan, track, frp, brightness or type is not a possible number"

    def hotspot(self, at: int) -> Hotspot:
        """Return the hotspot of a sound row."""
        lon, lat, scan, track, frp, bright, back, kind = (column[at] for column in self.values)
        observed_at, time_notes = self.times[at]
        assert observed_at is not None
        satellite = self.satellites[at]
        instrument, sensor_notes = words.instrument(satellite, self.instruments[at], viirs_names=self.viirs)
        word, percent = words.confidence(self.confidences[at])
        received_at = words.instant(self.received[at]) if self.received[at] else None
        lost_arrival = bool(self.received[at]) and (
            received_at is None or not self.limits.believes(received_at)
        )
        key = (time_notes, sensor_notes, instrument, frp <= 0, lost_arrival, word, bright <= 0 or back <= 0)
        notes = self.notes.get(key)
        if notes is None:
            notes = self.notes[key] = self._notes(key, self.confidences[at])
        source, prefix = self._prefix(satellite, instrument, observed_at)
        day = self.days[at].strip().upper()
        return Hotspot(
            observation_id=prefix + place(lon, lat),
            source=source,
            observed_at=observed_at,
            received_at=None if lost_arrival else received_at,
            feed=self.feeds[at][:60] or "firms",
            mended=notes,
            longitude=lon,
            latitude=lat,
            satellite=satellite,
            instrument=instrument,
            scan_km=scan,
            track_km=track,
            confidence=word,
            confidence_percent=percent,
            frp_mw=frp if frp > 0 else None,
            brightness_k=bright if bright > 0 else None,
            background_k=back if back > 0 else None,
            is_day=True if day == "D" else False if day == "N" else None,
            land_type=int(kind) if kind == kind else None,  # noqa: PLR0124 - NaN, quickly
            version=self.versions[at].strip(),
        )

    def _prefix(self, satellite: str, instrument: str, observed_at: datetime) -> tuple[str, str]:
        key = (satellite, instrument, observed_at)
        found = self.minutes.get(key)
        if found is None:
            source = f"{satellite}/{instrument}"
            found = self.minutes[key] = (source, f"{source}/{observed_at:%Y%m%dT%H%MZ}/")
        return found

    def _notes(self, key: tuple[object, ...], said: str) -> tuple[str, ...]:
        """Return the names of the faults mended in a row of this pattern."""
        time_notes, sensor_notes, instrument, no_frp, lost_arrival, word, cold = key
        assert isinstance(time_notes, tuple)
        assert isinstance(sensor_notes, tuple)
        names = "viirs" if self.viirs else "modis"
        notes = (*time_notes, *sensor_notes)
        if instrument in ("VIIRS", "MODIS") and instrument != names.upper():
            notes += (f"{str(instrument).lower()}_under_{names}_names",)
        notes += ("frp_unknown",) if no_frp else ()
        notes += ("brightness_unknown",) if cold else ()
        notes += ("arrival_unknown",) if lost_arrival else ()
        odd = word == "unknown" and said.strip().lower() not in words.UNKNOWN_WORDS
        return (*notes, "confidence_unknown") if odd else notes
