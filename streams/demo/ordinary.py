"""What burns or glows besides the one great fire: steel works, lone hotspots, a day of farm fires."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import shapely

from detectors.geodesy import destination, distance_km
from detectors.identity import hotspot_id
from detectors.region import Region
from schemas.observation import Hotspot
from streams.demo.timeline import BEIJING, Overpass, Timeline, between, overpasses, share

Place = tuple[float, float]

CLEAR_KM = 25.0
"""Lone hotspots keep this far from the places that a story is told of."""


def hotspot(look: Overpass, place: Place, frp_mw: float) -> Hotspot:
    """One pixel of a polar satellite, marked as a reconstruction."""
    lon, lat = round(place[0], 5), round(place[1], 5)
    satellite = look.satellite
    return Hotspot(
        observation_id=hotspot_id(satellite.name, satellite.instrument, look.observed_at, lon, lat),
        source=look.source,
        observed_at=look.observed_at,
        received_at=look.received_at,
        feed="demo",
        reconstruction=True,
        longitude=lon,
        latitude=lat,
        satellite=satellite.name,
        instrument=satellite.instrument,
        scan_km=satellite.scan_km,
        track_km=satellite.track_km,
        confidence="high" if frp_mw > 60.0 else "nominal",
        frp_mw=round(frp_mw, 2),
        is_day=look.is_day,
    )


def nearby(place: Place, km: float, *key: object) -> Place:
    """A position up to `km` away, decided by the key."""
    lon, lat = destination(*place, 360.0 * share("bearing", *key), km * share("away", *key) ** 0.5)
    return float(lon), float(lat)


def steel_works(line: Timeline) -> Iterator[Hotspot]:
    """One or two pixels of one pass on every day of the timeline."""
    works = line.steel_works
    for day in works.days:
        looks = [look for look in overpasses(day) if look.satellite.instrument == "VIIRS" or not look.is_day]
        look = looks[int(share("look", day.toordinal()) * len(looks))]
        for n in range(1 + (share("pair", day.toordinal()) < 0.3)):
            place = nearby((works.longitude, works.latitude), 0.18 + 0.2 * n, "works", day.toordinal(), n)
            yield hotspot(look, place, between(works.frp_mw, "works", day.toordinal(), n))


def background(line: Timeline, region: Region) -> Iterator[Hotspot]:
    """Lone hotspots all over the region, far from every place that something is told of."""
    ordinary = line.background
    for ordinal in range(ordinary.first_day.toordinal(), ordinary.last_day.toordinal() + 1):
        day = date.fromordinal(ordinal)
        quiet = day < line.starts_at.astimezone(BEIJING).date()
        looks = overpasses(day)
        for n in range(ordinary.before_season if quiet else ordinary.during_season):
            look = looks[int(share("seen by", ordinal, n) * len(looks))]
            place = _somewhere(line, region, ordinal, n)
            yield hotspot(look, place, between(ordinary.frp_mw, "background", ordinal, n))


def _somewhere(line: Timeline, region: Region, *key: int) -> Place:
    assert region.boundary is not None
    assert region.boundary.extent is not None
    west, south, east, north = region.boundary.extent
    farms = _county(region, line.qingming.county).centroid
    told = [(line.xichang.longitude, line.xichang.latitude), (farms.x, farms.y)]
    told += [(line.steel_works.longitude, line.steel_works.latitude)]
    told += [((watch.box[0] + watch.box[2]) / 2, (watch.box[1] + watch.box[3]) / 2) for watch in line.watch]
    for attempt in range(1000):
        lon = between((west, east), "lon", *key, attempt)
        lat = between((south, north), "lat", *key, attempt)
        far = distance_km(lon, lat, *np.array(told).T).min() > CLEAR_KM + 15.0 * (attempt < 500)
        if far and region.holds(lon, lat):
            return lon, lat
    raise ValueError("the region has no room for lone hotspots")


def farm_fires(line: Timeline, region: Region) -> Iterator[Hotspot]:
    """Short weak fires in one county on one afternoon; some are seen twice, some fill two pixels."""
    farms = line.qingming
    first, second = (
        look for look in overpasses(farms.day) if look.is_day and look.satellite.instrument == "VIIRS"
    )
    for n, place in enumerate(_fields(line, region)):
        frp = between(farms.frp_mw, "farm", n)
        yield hotspot(first, place, frp)
        if n < farms.two_pixels:
            beside = destination(*place, 100.0, first.satellite.scan_km)
            yield hotspot(first, (float(beside[0]), float(beside[1])), frp * 0.6 + 0.5)
        if farms.fires - n <= farms.seen_twice:
            yield hotspot(second, nearby(place, 0.2, "again", n), between(farms.frp_mw, "again", n))


def _county(region: Region, code: str) -> Any:
    """Shapely geometry of the county with this code."""
    county = region.layers["county"]
    return county.geometries([county.row(code)])[0]


def _fields(line: Timeline, region: Region) -> list[Place]:
    """As many places in the county as there are fires, at least `apart_km` from each other."""
    shape = _county(region, line.qingming.county).buffer(-0.01)
    west, south, east, north = shape.bounds
    fields: list[Place] = []
    attempt = 0
    while len(fields) < line.qingming.fires:
        attempt += 1
        if attempt > 100_000:
            raise ValueError("the county has no room for so many fires")
        place = between((west, east), "field x", attempt), between((south, north), "field y", attempt)
        near = fields and distance_km(*place, *np.array(fields).T).min() < line.qingming.apart_km
        if not near and shapely.intersects_xy(shape, *place):
            fields.append(place)
    return fields
