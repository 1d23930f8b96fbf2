"""Acceptance scripts written as TOML: what was seen of a fire, hour by hour, and what must come of it."""

import datetime as dt
import pathlib
import tomllib

import shapely

from detectors.geodesy import destination
from detectors.identity import hotspot_id
from schemas.observation import Hotspot, Pass, Reading, Report, Sighting
from streams.demo.timeline import share
from streams.region import demo_region

FOLDER = pathlib.Path(__file__).resolve().parent / "scenarios"
NAMES = sorted(path.stem for path in FOLDER.glob("*.toml"))
STATUS = ("published", "derived", "memory", "invented")


def script(name):
    """The file of one script."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def observations(one):
    """Everything that was seen, as observations that say they are a reconstruction."""
    return [made for seen in one["seen"] for made in KINDS[seen["kind"]](one, seen)]


def utc(at):
    return at.astimezone(dt.UTC)


def received(seen):
    """When it came in: `after_min` minutes later, or `after_s` seconds."""
    return utc(seen["at"]) + dt.timedelta(minutes=seen.get("after_min", 0), seconds=seen.get("after_s", 0))


def place(one, seen, east_km=0.0, north_km=0.0):
    """Where: so many km east and north of the origin of the script, or of `of` if that is given."""
    lon, lat = seen.get("of", one["origin"])
    lon, lat = destination(lon, lat, 90.0, seen.get("east_km", 0.0) + east_km)
    lon, lat = destination(lon, lat, 0.0, seen.get("north_km", 0.0) + north_km)
    return round(float(lon), 5), round(float(lat), 5)


def pixel(seen, lon, lat, frp_mw):
    name, instrument = seen["satellite"].split("/")
    at = utc(seen["at"])
    scan = seen.get("scan_km", 0.4)
    return Hotspot(
        observation_id=hotspot_id(name, instrument, at, lon, lat),
        source=seen["satellite"],
        observed_at=at,
        received_at=received(seen),
        longitude=lon,
        latitude=lat,
        satellite=name,
        instrument=instrument,
        scan_km=scan,
        track_km=seen.get("track_km", scan),
        confidence=seen.get("confidence", "nominal"),
        frp_mw=frp_mw,
        version="2.0NRT",
        reconstruction=True,
    )


def _pixels(one, seen):
    """A block of pixels of one look, `columns` east and `rows` north of its place."""
    step = seen.get("step_km", seen.get("scan_km", 0.4))
    for row in range(seen.get("rows", 1)):
        for column in range(seen.get("columns", 1)):
            yield pixel(seen, *place(one, seen, column * step, row * step), seen.get("frp_mw", 20.0))


def _farms(_one, seen):
    """So many lone pixels in one county, `apart_km` apart; some are seen again by another satellite."""
    county = demo_region().layers["county"]
    shape = county.geometries([county.row(seen["county"])])[0].buffer(-0.01)
    west, south, east, north = shape.bounds
    found, attempt = [], 0
    while len(found) < seen["fires"]:
        attempt += 1
        lon = round(west + (east - west) * share("east", seen["county"], attempt), 5)
        lat = round(south + (north - south) * share("north", seen["county"], attempt), 5)
        near = any(abs(lon - x) * 98 + abs(lat - y) * 111 < seen["apart_km"] for x, y in found)
        if not near and shapely.intersects_xy(shape, lon, lat):
            found.append((lon, lat))
    low, high = seen["frp_mw"]
    for number, (lon, lat) in enumerate(found):
        yield pixel(seen, lon, lat, round(low + (high - low) * share("frp", number), 2))
        if number < seen.get("seen_twice", 0):
            again = seen | {"satellite": seen["again_by"], "at": seen["again_at"]}
            yield pixel(again, round(lon + 0.001, 5), lat, low)


def _head(seen):
    return {
        "observation_id": f"script/{seen['source']}/{utc(seen['at']):%Y%m%dT%H%M%SZ}",
        "source": seen["source"],
        "observed_at": utc(seen["at"]),
        "received_at": received(seen),
        "reconstruction": True,
        "frame": "wgs84",
    }


def _report(one, seen):
    lon, lat = place(one, seen)
    yield Report(
        **_head(seen),
        longitude=lon,
        latitude=lat,
        source_class=seen.get("source_class", "ground"),
        radius_m=seen.get("radius_m", 500.0),
        saw=seen.get("saw", "smoke"),
        text=seen.get("text", ""),
    )


def _sighting(one, seen):
    lon, lat = place(one, seen)
    station = seen["station"]
    yield Sighting(
        **_head(seen),
        longitude=lon,
        latitude=lat,
        radius_m=seen.get("radius_m", 1000.0),
        source_class=seen.get("source_class", "video"),
        station_longitude=station[0],
        station_latitude=station[1],
        saw=seen.get("saw", "smoke"),
    )


def _reading(one, seen):
    lon, lat = place(one, seen)
    yield Reading(**_head(seen), longitude=lon, latitude=lat, quantity=seen["quantity"], value=seen["value"])


def _pass(_one, seen):
    west, south, east, north = seen["box"]
    yield Pass(
        observation_id=f"script/{seen['satellite']}/{utc(seen['at']):%Y%m%dT%H%M%SZ}",
        source=seen["satellite"],
        observed_at=utc(seen["at"]),
        received_at=received(seen),
        reconstruction=True,
        looked=seen.get("looked", True),
        west=west,
        south=south,
        east=east,
        north=north,
    )


KINDS = {
    "pixels": _pixels,
    "farms": _farms,
    "report": _report,
    "sighting": _sighting,
    "reading": _reading,
    "pass": _pass,
}

ALONE = ("b_mianning_night_pixel", "d_muli_elevation")
"""Scripts that tell of the place and day of another one, otherwise."""

GROUPS = {"days": [name for name in NAMES if name not in ALONE], "otherwise": list(ALONE)}
"""Scripts that can be played in one go, since they do not meet."""
