"""What one station said, one day a page: one value an hour of each quantity, the newest of the hour.

Pages are a function of the set of readings alone: neither order nor repetition matters, and a better version
of a reading takes the place of the one before. A day is the day of the station's own solar zone.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from msgspec import Struct

from schemas.weather import Measured

QUANTITIES = frozenset(
    {
        "temperature_c", "relative_humidity_percent", "wind_speed_ms", "wind_direction_deg",
        "precipitation_mm", "green_percent", "snow_percent",
    }
)  # fmt: skip
"""What fire weather is made of; other readings are no weather."""

RAIN = "precipitation_mm/"
"""Rain over so many hours; a sum of which nobody says how long it is over is not known."""

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MOST_LATE = timedelta(minutes=5)
"""Clocks of stations differ by so much."""


class Slot(Struct, frozen=True, array_like=True, gc=False):
    """One value: when it was read (its sum ends), how good its version is, and the hours of a sum."""

    at: datetime
    rank: int
    value: float
    over_h: float | None = None


Slots = dict[str, dict[str, Slot]]
"""By quantity and hour of the day, `00` to `23`."""


class Page(Struct, frozen=True, kw_only=True):
    """One day of one station: by quantity and hour of the day."""

    station: str
    day: date
    placed_at: datetime
    longitude: float
    latitude: float
    elevation_m: float | None = None
    slots: Slots


def local(at: datetime, longitude: float) -> datetime:
    """Return a time as a clock without zone of the solar zone of this longitude would show it."""
    return (at.astimezone(UTC) + HOUR * round(longitude / 15.0)).replace(tzinfo=None)


def instant(of: date, clock: time, longitude: float) -> datetime:
    """Return the time, UTC, at which that clock shows this."""
    return (datetime.combine(of, clock) - HOUR * round(longitude / 15.0)).replace(tzinfo=UTC)


def written(page: Page | None, given: Iterable[Measured]) -> Page:
    """Return a day's page with more readings of the station and day; `given` may not be empty."""
    slots: Slots = {} if page is None else {name: dict(hours) for name, hours in page.slots.items()}
    newest = page
    for one in sorted(given, key=lambda one: (one.observed_at, one.rank)):
        at = local(one.observed_at, one.longitude)
        name = f"{RAIN}{one.over_h:g}" if f"{one.quantity}/" == RAIN and one.over_h else one.quantity
        slot = Slot(one.observed_at, one.rank, one.value, one.over_h)
        hours = slots.setdefault(name, {})
        hour = f"{at.hour:02}"
        held = hours.get(hour)
        if held is None or (held.at, held.rank) < (slot.at, slot.rank):
            hours[hour] = slot
        if newest is None or newest.placed_at <= one.observed_at:
            newest = Page(
                station=one.station,
                day=at.date(),
                placed_at=one.observed_at,
                longitude=one.longitude,
                latitude=one.latitude,
                elevation_m=one.elevation_m,
                slots=slots,
            )
    assert newest is not None
    return Page(
        station=newest.station,
        day=newest.day,
        placed_at=newest.placed_at,
        longitude=newest.longitude,
        latitude=newest.latitude,
        elevation_m=newest.elevation_m,
        slots=slots,
    )


def said(pages: Iterable[Page], quantity: str, after: datetime, until: datetime) -> list[Slot]:
    """Return the values of a quantity read in (after, until], the oldest first."""
    found = [
        slot for page in pages for slot in page.slots.get(quantity, {}).values() if after < slot.at <= until
    ]
    return sorted(found, key=lambda slot: slot.at)


def rain_mm(pages: Iterable[Page], start: datetime, end: datetime) -> tuple[float, float]:
    """Return the rain between two times, mm, and how many hours of them sums of rain cover.

    Sums may be over an hour or a day; what overlaps a sum that counts is left out. One that began at most a
    quarter of its length before `start` counts as a whole.
    """
    sums = [
        slot
        for page in pages
        for name, hours in page.slots.items()
        if name.startswith(RAIN)
        for slot in hours.values()
        if slot.over_h is not None and start < slot.at <= end
    ]
    total, covered, free = 0.0, 0.0, end + MOST_LATE
    for slot in sorted(sums, key=lambda slot: (-slot.at.timestamp(), slot.over_h)):
        assert slot.over_h is not None
        begun = slot.at - HOUR * slot.over_h
        if slot.at <= free and begun >= start - MOST_LATE - HOUR * slot.over_h / 4:
            total, covered, free = total + slot.value, covered + slot.over_h, begun + MOST_LATE
    return total, covered


def is_covered(slots: list[Slot], start: datetime, end: datetime, longest: timedelta) -> bool:
    """Return whether values stand so close that no time longer than this is without one."""
    times = [start, *(slot.at for slot in slots), end]
    return all(later - earlier <= longest for earlier, later in pairwise(times))
