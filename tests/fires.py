"""Fires that grow look by look, far from each other: what is posted while workers are killed."""

import datetime as dt
import random

from detectors.identity import hotspot_id
from schemas.codec import encode
from schemas.observation import Hotspot, Report

STAGES = 5
"""A lone pixel (task), then looks that raise it to IV, III, II and I."""

SATELLITES = ("N20", "NPP", "N21", "Aqua", "Terra")


def pixel(satellite, at, lon, lat, *, frp=40.0, received_at=None):
    instrument = "MODIS" if satellite in {"Aqua", "Terra"} else "VIIRS"
    lon, lat = round(lon, 5), round(lat, 5)
    return Hotspot(
        observation_id=hotspot_id(satellite, instrument, at, lon, lat),
        source=f"{satellite}/{instrument}",
        observed_at=at,
        received_at=received_at,
        longitude=lon,
        latitude=lat,
        satellite=satellite,
        instrument=instrument,
        scan_km=0.4,
        track_km=0.4,
        confidence="nominal",
        frp_mw=frp,
        version="2.0NRT",
    )


def call(at, lon, lat, name):
    return Report(
        observation_id=f"report-{name}",
        source=f"patrol-{name}",
        source_class="ground",
        frame="wgs84",
        observed_at=at,
        longitude=lon,
        latitude=lat,
        saw="smoke",
    )


def burning(number, began, stages=STAGES):
    """Yield what is seen of fire `number`, stage by stage: each a list of observations."""
    # 0.3 degrees are more than twice the reach of any link; two tiles, so more than one key a satellite.
    lon, lat = 98.05 + 0.3 * (number % 30), 26.05 + 0.3 * (number // 30)
    looks = [
        lambda at: [pixel(SATELLITES[number % 3], at, lon, lat)],
        lambda at: [pixel(SATELLITES[(number + 1) % 3], at, lon + 0.004 * i, lat) for i in range(2)],
        lambda at: [call(at, lon, lat, f"{number}-{at:%H%M}"), *_patch("Terra", at, lon, lat, 2)],
        lambda at: _patch("Aqua", at, lon, lat, 5),
        lambda at: _patch("N21", at, lon, lat, 10),
    ]
    for stage, look in enumerate(looks[:stages]):
        yield look(began + dt.timedelta(minutes=15 * stage + number % 7))


def _patch(satellite, at, lon, lat, side):
    return [
        pixel(satellite, at, lon + 0.004 * i, lat + 0.004 * j, frp=60.0)
        for i in range(side)
        for j in range(side)
    ]


def posts(seed, fires, now):
    """Return (idempotency key, NDJSON body) of every look: the fires mixed, each in its own order."""
    dice = random.Random(seed)
    began = (now - dt.timedelta(hours=3)).replace(second=0, microsecond=0)
    waiting = {number: list(burning(number, began)) for number in range(fires)}
    order = [number for number, looks in waiting.items() for _ in looks]
    dice.shuffle(order)
    return [
        (f"post-{place}", b"".join(encode(one) + b"\n" for one in waiting[number].pop(0)))
        for place, number in enumerate(order)
    ]
