"""The doors of pests: a part of the route table."""

from typing import Any

from streams.serve import traps
from streams.serve.features import GEOJSON
from streams.serve.pest import due, rings, series

READERS = frozenset({"viewer", "ranger", "operator", "admin", "auditor"})
GIVERS = frozenset({"ingest", "operator", "admin"})
READING: dict[str, Any] = {"method": "GET", "roles": READERS, "reading": True, "scoped": True}

DOORS: tuple[dict[str, Any], ...] = (
    {
        "method": "GET",
        "path": "/v1/traps/template",
        "handler": traps.form,
        "roles": READERS | GIVERS,
        "reading": True,
        "scoped": True,
        "about": "The table of a trap round to fill in",
        "media": "text/csv",
    },
    {
        **READING,
        "path": "/v1/pests/series",
        "handler": series.series,
        "about": "Weeks of an outbreak's traps or of one, expected and caught, and the season",
        "query": ("incident", "trap", "weeks"),
    },
    {
        **READING,
        "path": "/v1/pests/traps",
        "handler": due.traps,
        "about": "Last visit, rhythm and due time of each trap",
    },
    {
        **READING,
        "path": "/v1/incidents/{incident_id}/rings",
        "handler": rings.rings,
        "about": "Rings of risk about an outbreak, and the stands that it may reach",
        "media": GEOJSON,
    },
)
