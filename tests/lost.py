"""A small region with cameras, a tower, a station and two reserves, and what its sources say."""

import datetime as dt

import shapely
from judged import START, delivery

from detectors.region import Layer, Region
from schemas.observation import Pass, Reading, Report, Sighting
from schemas.settings import Settings


def layer(name, shapes, attributes=None):
    ids = [f"{name}-{number}" for number in range(len(shapes))]
    return Layer.of(name, shapes, ids, [f"{name} {number}" for number in range(len(shapes))], attributes)


REGION = Region(
    "county",
    {
        "cameras": layer(
            "cameras",
            [shapely.Point(102.0, 28.0), shapely.Point(102.3, 28.0), shapely.Point(102.301, 28.0)],
            [{"range_km": 8.0, "infrared": True}, {"range_km": 6.0, "infrared": False}, {}],
        ),
        "sensors": layer("sensors", [shapely.Point(102.0, 28.1)]),
        "protected_areas": layer(
            "protected_areas",
            [shapely.box(101.98, 27.98, 102.05, 28.05), shapely.box(103.0, 29.0, 103.1, 29.1)],
        ),
        "county": layer("county", [shapely.box(101.0, 27.0, 104.0, 30.0)]),
    },
    boundary=layer("boundary", [shapely.box(101.0, 27.0, 104.0, 30.0)]),
)


def expecting(*lines, **more):
    return Settings(blind={"expected": list(lines), **more})


CAMERAS = {"layer": "cameras", "every_s": 300, "grace_s": 60, "missed": 2, "daylight": True}
STATION = {"source": "sensors-0", "every_s": 3600, "grace_s": 600, "missed": 2}
HIMAWARI = {"source": "Himawari-9/AHI"}


def at(minutes):
    return START + dt.timedelta(minutes=minutes)


def looked(source, minutes, *, kind="video", box=(101.9, 27.9, 102.1, 28.1), lag=1, looked=True, **more):
    """A frame, a slot or a pass in which nothing was seen."""
    west, south, east, north = box
    return Pass(
        observation_id=f"{source}/{minutes}",
        source=source,
        source_class=kind,
        observed_at=at(minutes),
        received_at=at(minutes + lag),
        looked=looked,
        could_see=False,
        west=west,
        south=south,
        east=east,
        north=north,
        **more,
    )


def slot(minutes, lag=25):
    return looked("Himawari-9/AHI", minutes, kind="satellite", box=(80.0, -60.0, 180.0, 60.0), lag=lag)


def reading(source, minutes, value=20.0, *, quantity="temperature_c", lag=1):
    return Reading(
        observation_id=f"{source}/{quantity}/{minutes}",
        source=source,
        observed_at=at(minutes),
        received_at=at(minutes + lag),
        frame="wgs84",
        longitude=102.0,
        latitude=28.1,
        quantity=quantity,
        value=value,
    )


def patrol(minutes, *, who="patrol/7"):
    return Report(
        observation_id=f"{who}/{minutes}",
        source=who,
        source_class="ground",
        observed_at=at(minutes),
        received_at=at(minutes + 1),
        frame="wgs84",
        longitude=102.02,
        latitude=28.02,
        saw="nothing",
        check_in=True,
    )


def frame(source, minutes, number, *, azimuth=40.0, lag=0, mast="", saw="smoke", **more):
    return Sighting(
        observation_id=f"{source}/{minutes}",
        source=source,
        source_class="video",
        observed_at=at(minutes),
        received_at=at(minutes + lag),
        frame="wgs84",
        station_longitude=102.0,
        station_latitude=28.0,
        azimuth_deg=azimuth,
        distance_m=4000.0,
        saw=saw,
        mast=mast,
        frame_number=number,
        **more,
    )


def passing(*observations, every=10, until=None):
    """Deliveries of observations as they arrive, with time passing every so many minutes in between."""
    given = sorted(observations, key=lambda one: (one.received_at, one.observation_id))
    out, now = [], START
    for one in [*given, None]:
        end = at(until) if one is None and until is not None else now if one is None else one.received_at
        while now < end:
            now = min(end, now + dt.timedelta(minutes=every))
            out.append(delivery(at=now))
        if one is not None:
            out.append(delivery(one))
            now = one.received_at
    return out


def blind_of(outcome):
    return sorted(
        (one for one in outcome.incidents.values() if one.kind == "blind"), key=lambda one: one.sources
    )


def told(outcome):
    return [(one.action, one.grade, one.sources) for one in outcome.alerts if one.kind == "blind"]
