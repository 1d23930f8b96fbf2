"""Where a revision is, as CAP writes it: names, polygons and a circle with latitude first, codes of areas."""

import re
from collections.abc import Iterator
from typing import Any

from alerts import phrase
from alerts.xml import Element
from schemas.alert import Alert
from schemas.jurisdiction import Jurisdiction

MOST_CORNERS = 100
"""A ring of more corners is thinned: nobody draws it finer than its pixels."""

_CODE = re.compile("^[0-9]{6,12}$")
ADMINISTRATIVE = ("province", "city", "county", "township")


def area(alert: Alert, profile: Jurisdiction) -> Element:
    """Return the `area` of an alert: every candidate named, the footprint, the circle of uncertainty."""
    named = [place.name for place in alert.places if place.relation != "near"]
    circle = f"{alert.latitude:.5f},{alert.longitude:.5f} {max(alert.radius_m / 1000, 0.001):.3f}"
    words = (
        phrase.joined(profile.first, dict.fromkeys(named)) or f"{alert.latitude:.4f},{alert.longitude:.4f}"
    )
    return Element(
        "area",
        [
            Element("areaDesc", text=words),
            *(Element("polygon", text=ring) for ring in rings(alert.footprint)),
            Element("circle", text=circle),
            *(_geocode(profile.code_list, code) for code in codes(alert) if profile.code_list),
        ],
    )


def codes(alert: Alert) -> list[str]:
    """Return the administrative codes of every candidate area."""
    return [
        place.place_id
        for place in alert.places
        if place.layer in ADMINISTRATIVE and place.relation != "near" and _CODE.match(place.place_id)
    ]


def rings(footprint: dict[str, Any]) -> Iterator[str]:
    """Yield each outer ring of a GeoJSON polygon as `latitude,longitude` pairs, closed, four at least."""
    coordinates = footprint.get("coordinates", ())
    if footprint.get("type") == "Polygon":
        shells = [coordinates[0]] if coordinates else []
    elif footprint.get("type") == "MultiPolygon":
        shells = [one[0] for one in coordinates if one]
    else:
        shells = []
    for shell in shells:
        corners = _thinned(shell)
        if len(corners) > 3:
            yield " ".join(f"{corner[1]:.5f},{corner[0]:.5f}" for corner in corners)


def _thinned(shell: Any) -> list[Any]:
    step = max(1, -(-len(shell) // MOST_CORNERS))
    kept = list(shell[:-1:step])
    return [*kept, kept[0]] if kept else []


def _geocode(code_list: str, code: str) -> Element:
    return Element("geocode", [Element("valueName", text=code_list), Element("value", text=code)])
