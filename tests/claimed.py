"""Claims for tests of what they say together."""

import datetime as dt

from schemas.detection import Detection

AT = dt.datetime(2024, 3, 1, tzinfo=dt.UTC)


def claim(minutes=0.0, lon=102.0, lat=28.0, *, look="N20/VIIRS", kind="satellite", scan=0.4, **fields):
    """A pixel of `scan` km seen `minutes` after the start; with `scan` 0 somebody's word for a place."""
    at = AT + dt.timedelta(minutes=minutes)
    one = f"{look} {minutes} {lon} {lat}"
    given = {
        "detection_id": one,
        "detector": "hotspot" if kind == "satellite" else "report",
        "kind": "fire",
        "observation_id": one,
        "source": look,
        "source_class": kind,
        "look": look,
        "observed_at": at,
        "received_at": at,
        "longitude": lon,
        "latitude": lat,
        "sigma_km": 0.2,
        "scan_km": scan if kind == "satellite" else 0.0,
        "track_km": scan if kind == "satellite" else 0.0,
        "probability": 0.15,
        "frp_mw": 20.0 if kind == "satellite" else None,
    }
    return Detection(**(given | fields))
