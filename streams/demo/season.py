"""The replayed season: every observation of the demo, in the order in which it was received.

It is made from `season.toml` when it is asked for; no dice and no clock take part, so every machine plays the
same season. Every observation says `reconstruction`.
"""

import functools
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta

from detectors.identity import hotspot_id, key_of
from schemas.observation import AnyObservation, Hotspot, Pass
from streams.demo.burning import himawari_pixels, polar_pixels
from streams.demo.ordinary import background, farm_fires, hotspot, steel_works
from streams.demo.said import said
from streams.demo.timeline import BEIJING, Overpass, Timeline, Watch, overpasses, share, timeline
from streams.region import demo_region

STARTS_AT: datetime = timeline().starts_at.astimezone(UTC)
"""What was received before is history: play it without waiting."""

ENDS_AT: datetime = timeline().ends_at.astimezone(UTC)

Post = tuple[datetime, str, list[AnyObservation]]


@functools.lru_cache
def season(language: str = "zh") -> list[Post]:
    """Deliveries in order of `received_at`: when received, key of the thing that observes, observations.

    What people say is Chinese, or English for any other language.

    The first months hold only the steel works; the two days before `STARTS_AT` ordinary hotspots; then the
    Xichang fire, and last the day of farm fires.
    """
    posts: dict[tuple[datetime, str], dict[str, AnyObservation]] = defaultdict(dict)
    for seen in _everything(timeline(), language):
        received = seen.received_at
        if received is not None and received <= ENDS_AT:
            posts[received, key_of(seen)][seen.observation_id] = seen
    ordered = sorted(posts.items(), key=lambda post: post[0])
    return [(received, key, [each[name] for name in sorted(each)]) for (received, key), each in ordered]


def _everything(line: Timeline, language: str) -> Iterator[AnyObservation]:
    region = demo_region()
    yield from steel_works(line)
    yield from background(line, region)
    yield from farm_fires(line, region)
    yield from (said(line, word, language) for word in line.xichang.word)
    yield from _slots(line)
    for ordinal in range(line.background.first_day.toordinal(), line.background.last_day.toordinal() + 1):
        for look in overpasses(date.fromordinal(ordinal)):
            yield from _fire_seen(line, look)
            yield from _nothing_seen(line.watch, look)


def _fire_seen(line: Timeline, look: Overpass) -> Iterator[Hotspot]:
    last = line.xichang.area[-1].at
    if not line.xichang.ignited_at < look.observed_at <= last:
        return
    satellite = look.satellite
    for lon, lat, frp in polar_pixels(line.xichang, look.observed_at, satellite.scan_km, satellite.track_km):
        yield hotspot(look, (lon, lat), frp)


def _slots(line: Timeline) -> Iterator[Hotspot]:
    """Himawari: a slot every ten minutes while there is anything to see, except in its two daily gaps."""
    himawari, burn = line.himawari, line.xichang
    at = burn.ignited_at.astimezone(UTC) + timedelta(minutes=5)
    while at <= burn.area[-1].at:
        if f"{at:%H:%M}" not in himawari.gaps:
            for lon, lat, frp in himawari_pixels(burn, at, himawari.cell_deg, himawari.least_mw):
                yield _slot_pixel(line, at, (lon, lat), frp)
        at += timedelta(minutes=10)


def _slot_pixel(line: Timeline, at: datetime, place: tuple[float, float], frp_mw: float) -> Hotspot:
    himawari = line.himawari
    return Hotspot(
        observation_id=hotspot_id(himawari.satellite, "AHI", at, *place),
        source=f"{himawari.satellite}/AHI",
        observed_at=at,
        received_at=at + timedelta(minutes=himawari.latency_min),
        feed="demo",
        reconstruction=True,
        longitude=place[0],
        latitude=place[1],
        satellite=himawari.satellite,
        instrument="AHI",
        scan_km=himawari.scan_km,
        track_km=himawari.track_km,
        confidence="low" if frp_mw < 20.0 else "nominal" if frp_mw < 80.0 else "high",
        frp_mw=frp_mw,
        is_day=7 <= at.astimezone(BEIJING).hour < 19,
    )


def _nothing_seen(watches: Iterable[Watch], look: Overpass) -> Iterator[Pass]:
    for watch in watches:
        if watch.until and watch.since and watch.until <= look.observed_at < watch.since:
            continue
        looked = share("cloud", watch.name, look.source, look.observed_at.isoformat()) >= watch.cloudy
        west, south, east, north = watch.box
        yield Pass(
            observation_id=f"demo/{look.source}/{look.observed_at:%Y%m%dT%H%MZ}/{west},{south}",
            source=look.source,
            observed_at=look.observed_at,
            received_at=look.received_at,
            feed="demo",
            reconstruction=True,
            looked=looked,
            west=west,
            south=south,
            east=east,
            north=north,
            reason="" if looked else "cloud",
        )
