"""FIRMS rows to hotspots: checked as arrays, each kind of word looked up once, each row judged alone."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from detectors.identity import place, satellite_name
from schemas.observation import Hotspot
from schemas.reason import Reason
from streams.feeds import firms_words as words
from streams.feeds.base import Limits, refusal
from streams.feeds.firms_columns import LARGEST_PIXEL_KM, Floats, Table, known, position_fault

Notes = tuple[str, ...]

_FLAGS: dict[int, str] = {
    1: "frp_unknown",
    2: "brightness_unknown",
    4: "arrival_unknown",
    8: "confidence_unknown",
}
"""Bit and name of what was mended in a row's values."""


def hotspots(table: Table, limits: Limits) -> tuple[list[Hotspot], dict[int, Reason]]:
    """Return the hotspots of a table that has every needed column, and by its place why a row is refused."""
    rows = Rows(table, limits)
    bad = {at: rows.why(at) for at in rows.suspects()}
    return rows.hotspots(bad), bad


class Rows:
    """The columns of one table with their words looked up, and the hotspots made of them."""

    def __init__(self, table: Table, limits: Limits) -> None:
        self.count = table.count
        self.lon, self.lat = table.numbers("longitude"), table.numbers("latitude")
        self.scan, self.track = table.numbers("scan"), table.numbers("track")
        self.frp, self.kind = table.numbers("frp"), table.numbers("type")
        self.bright, self.back = table.numbers("brightness"), table.numbers("background")
        times = _times(table, limits)
        self.times, self.stamps = [time[0] for time in times], [time[1] for time in times]
        self.time_notes = [time[2] for time in times]
        self.unbelieved = [time[3] for time in times]
        self.limits = limits
        self.sensors = _sensors(table, viirs_names=table.has_viirs_names)
        self.received = _arrivals(table, limits)
        self.confidences = [words.confidence(text) for text in table.texts("confidence")]
        self.days = _days(table.texts("daynight"))
        self.flags = self._flags(table)
        self.versions = [text.strip() for text in table.texts("version")]
        self.feeds = [text[:60] or "firms" for text in table.texts("feed")]

    def _flags(self, columns: Table) -> list[int]:
        """Return for every row the bits of what is mended in its values."""
        asked = columns.texts("received")
        with np.errstate(invalid="ignore"):
            bits = (~(self.frp > 0)) * 1 + ((self.bright <= 0) | (self.back <= 0)) * 2
        lost = [bool(text) and at is None for text, at in zip(asked, self.received, strict=True)]
        odd = {
            text
            for text in set(columns.texts("confidence"))
            if words.confidence(text)[0] == "unknown" and text.strip().lower() not in words.UNKNOWN_WORDS
        }
        unsure = [text in odd for text in columns.texts("confidence")] if odd else [False] * self.count
        return list((bits + np.array(lost, dtype=int) * 4 + np.array(unsure, dtype=int) * 8).tolist())

    def suspects(self) -> list[int]:
        """Return the rows in which anything is not as it should be."""
        fine = (np.abs(self.lat) <= 90) & (np.abs(self.lon) <= 180) & ((self.lat != 0) | (self.lon != 0))
        for size in (self.scan, self.track):
            fine &= (size > 0) & (size <= LARGEST_PIXEL_KM)
        for value in (self.frp, self.bright, self.back, self.kind):
            fine &= ~np.isinf(value)
        fine &= np.array([at is not None for at in self.times], dtype=bool)
        fine &= np.array([bool(sensor[0]) for sensor in self.sensors], dtype=bool)
        return list(np.flatnonzero(~fine).tolist())

    def why(self, at: int) -> Reason:
        """Return why a suspect row is refused; of a time not to be believed also whose, and how far off."""
        fault, unbelieved = self.fault(at), self.unbelieved[at]
        if fault[0] == "bad_time" and unbelieved is not None:
            return self.limits.unbelieved(unbelieved, self.sensors[at][2])
        return refusal(*self.fault(at))

    def fault(self, at: int) -> tuple[str, str]:
        """Return code and detail of the first fault of a suspect row."""
        if fault := position_fault(float(self.lon[at]), float(self.lat[at])):
            return fault
        if self.times[at] is None:
            return "bad_time", self.time_notes[at][0]
        if not self.sensors[at][0]:
            return "bad_value", "satellite is missing or no name"
        for name, size in (("scan", self.scan[at]), ("track", self.track[at])):
            if not 0 < size <= LARGEST_PIXEL_KM:
                return "bad_value", f"{name} is not a possible size of a pixel"
        return "bad_value", "frp, brightness or type is not a number"

    def hotspots(self, without: dict[int, Reason]) -> list[Hotspot]:
        """Return the hotspots of all rows but some, in the order of the rows."""
        rows = zip(
            self.lon.tolist(), self.lat.tolist(), self.scan.tolist(), self.track.tolist(),
            known(self.frp), known(self.bright), known(self.back), _types(self.kind),
            self.times, self.received, self.sensors, self.confidences, self.days,
            self._notes(), self.stamps, self.versions, self.feeds,
            strict=True,
        )  # fmt: skip
        return [
            Hotspot(
                observation_id=f"{sensor[2]}/{stamp}/{place(lon, lat)}",
                source=sensor[2],
                observed_at=observed_at,
                received_at=received_at,
                feed=feed,
                mended=notes,
                longitude=lon,
                latitude=lat,
                satellite=sensor[0],
                instrument=sensor[1],
                scan_km=scan,
                track_km=track,
                confidence=confidence[0],
                confidence_percent=confidence[1],
                frp_mw=frp,
                brightness_k=bright,
                background_k=back,
                is_day=day,
                land_type=kind,
                version=version,
            )
            for at, (
                lon, lat, scan, track, frp, bright, back, kind, observed_at, received_at, sensor, confidence,
                day, notes, stamp, version, feed,
            ) in enumerate(rows)
            if observed_at is not None and at not in without
        ]  # fmt: skip

    def _notes(self) -> list[Notes]:
        """Return for every row the names of the faults mended in it."""
        keys = [(t, s[3], f) for t, s, f in zip(self.time_notes, self.sensors, self.flags, strict=True)]
        made = {
            key: (*key[0], *key[1], *(name for bit, name in _FLAGS.items() if key[2] & bit))
            for key in set(keys)
        }
        return [made[key] for key in keys]


Time = tuple[datetime | None, str, Notes, datetime | None]
"""Acquisition minute, the same as text, notes; without a minute, the reason as a note, and the unbelieved."""


def _times(columns: Table, limits: Limits) -> list[Time]:
    pairs = list(zip(columns.texts("acq_date"), columns.texts("acq_time"), strict=True))
    made: dict[tuple[str, str], Time] = {}
    for pair in set(pairs):
        at, notes = words.acquired(*pair)
        if at is None:
            made[pair] = None, "", ("acq_date or acq_time cannot be read",), None
        elif not limits.believes(at):
            made[pair] = None, "", ("the time is before 2000 or in the future",), at
        else:
            made[pair] = at, f"{at:%Y%m%dT%H%MZ}", notes, None
    return [made[pair] for pair in pairs]


def _sensors(columns: Table, *, viirs_names: bool) -> list[tuple[str, str, str, Notes]]:
    """Return satellite (blank where it is no name), instrument, source and notes of every row."""
    pairs = list(zip(columns.texts("satellite"), columns.texts("instrument"), strict=True))
    made: dict[tuple[str, str], tuple[str, str, str, Notes]] = {}
    for pair in set(pairs):
        satellite = satellite_name(pair[0])
        if satellite.lower() in words.UNKNOWN_WORDS or not words.is_name(satellite):
            made[pair] = "", "", "", ()
            continue
        instrument, notes = words.instrument(satellite, pair[1], viirs_names=viirs_names)
        names = "viirs" if viirs_names else "modis" if columns.has_modis_names else instrument.lower()
        if instrument in ("VIIRS", "MODIS") and instrument.lower() != names:
            notes = (*notes, f"{instrument.lower()}_under_{names}_names")
        made[pair] = satellite, instrument, f"{satellite}/{instrument}", notes
    return [made[pair] for pair in pairs]


def _arrivals(columns: Table, limits: Limits) -> list[datetime | None]:
    """Return the arrival times; None where there is none to be believed."""
    texts = columns.texts("received")
    made: dict[str, datetime | None] = {}
    for text in set(texts):
        at = words.instant(text) if text else None
        made[text] = at if at is not None and limits.believes(at) else None
    return [made[text] for text in texts]


def _days(texts: Sequence[str]) -> list[bool | None]:
    made = {text: {"D": True, "N": False}.get(text.strip().upper()) for text in set(texts)}
    return [made[text] for text in texts]


def _types(values: Floats) -> list[int | None]:
    if np.isnan(values).all():
        return [None] * len(values)
    return [int(value) if np.isfinite(value) else None for value in values.tolist()]
