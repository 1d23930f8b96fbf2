"""The doors of tuning: a part of the route table. Who is bound to areas neither sees nor changes them all."""

from typing import Any

from streams.serve import misses, thresholds, trying

OVERSEERS = frozenset({"operator", "admin", "auditor"})
OFFICERS = frozenset({"operator", "admin"})

DOORS: tuple[dict[str, Any], ...] = (
    {
        "method": "GET",
        "path": "/v1/nearest",
        "handler": misses.nearest,
        "roles": OVERSEERS,
        "about": "Silences nearest to their threshold",
        "query": ("hours",),
    },
    {
        "method": "GET",
        "path": "/v1/shadow",
        "handler": misses.shadow,
        "roles": OVERSEERS,
        "about": "How the candidate beside the live settings differs",
    },
    {
        "method": "GET",
        "path": "/v1/settings",
        "handler": thresholds.shown,
        "roles": OVERSEERS,
        "about": "Thresholds in force, and every version published",
    },
    {
        "method": "GET",
        "path": "/v1/settings/rows",
        "handler": trying.listed,
        "roles": OVERSEERS,
        "about": "Every setting: value, default, unit, range, meaning",
    },
    {
        "method": "GET",
        "path": "/v1/settings/data",
        "handler": trying.fixed,
        "roles": OVERSEERS,
        "about": "Constants of the data tables: value, status, source",
        "query": ("table",),
    },
    {
        "method": "POST",
        "path": "/v1/settings/check",
        "handler": trying.check,
        "roles": OFFICERS,
        "about": "What a document would change and silence; keeps nothing",
        "body": ("application/json",),
    },
    {
        "method": "PUT",
        "path": "/v1/settings",
        "handler": thresholds.published,
        "roles": OFFICERS,
        "about": "Publish a document of thresholds",
        "body": ("application/json",),
        "status": 202,
        "noted": True,
    },
)
