"""Incidents and places for tests of what is said about them."""

import datetime as dt

from schemas.incident import Incident, Place

T0 = dt.datetime(2024, 3, 15, 6, 30, tzinfo=dt.UTC)


def at(hours=0.0):
    return T0 + dt.timedelta(hours=hours)


def a_place(name="经久乡", layer="township", relation="inside", **more):
    return Place(layer=layer, place_id=f"{layer}-{name}", name=name, relation=relation, **more)


def an_incident(hours=0.0, **fields):
    """An open fire of grade III, seen last `hours` after T0."""
    given = {
        "incident_id": "F20240315-7KQ2M4ZD",
        "revision": 1,
        "short_code": "7KQ2",
        "kind": "fire",
        "status": "open",
        "opened_at": T0,
        "last_observed_at": at(hours),
        "judged_at": at(hours),
        "longitude": 102.2644,
        "latitude": 27.8945,
        "radius_m": 1400.0,
        "observation_count": 5,
        "look_count": 2,
        "sources": ("N20/VIIRS",),
        "area_ha": 70.0,
        "footprint": {"type": "Point", "coordinates": [102.2644, 27.8945]},
        "grade": "III",
        "probability": 0.81,
        "places": (a_place(),),
    }
    return Incident(**(given | fields))
