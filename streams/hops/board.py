"""What the judge remembers of the sources themselves: when each last looked, and which are lost."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec
import numpy as np
import shapely
from msgspec import Struct

from alerts.lifecycle import Issued
from detectors.geodesy import circle_ring, cut_at_antimeridian
from detectors.region import Region
from detectors.trust.expected import Watched
from schemas.detection import Presence
from schemas.incident import Incident
from streams.hops.watching import Options

WIDEST_M = 100_000.0
"""A view is drawn as a circle up to this radius; what sees further says a box."""


class SourceRow(Struct, frozen=True, kw_only=True):
    """Row of one source: `s/{source}`: all that was heard of it, and since when it is known."""

    source: str
    since: datetime
    heard: Presence | None = None

    @property
    def looked_at(self) -> datetime | None:
        """When it last looked; None: never."""
        return None if self.heard is None else self.heard.looked_at


class BlindRow(Struct, frozen=True, kw_only=True):
    """Row of one loss: `b/{group}`: what was last said of it."""

    incident: Incident
    issued: Issued | None = None
    back: dict[str, datetime] = msgspec.field(default_factory=dict)
    """Lost sources that are heard again, and since when."""


class Resumed(Struct, frozen=True):
    """Row `r/resumed`: when we ourselves came back after a time in which nothing could reach us."""

    at: datetime


@dataclass
class Board:
    """Sources, losses and what is to be looked at next; a cache of the rows."""

    sources: dict[str, SourceRow] = field(default_factory=dict)
    lost: dict[str, BlindRow] = field(default_factory=dict)
    """Losses by group: the mast of cameras that share one, else the source."""
    resumed_at: datetime | None = None
    next_at: datetime | None = None
    """Before this nothing more can be overdue; None: not known."""
    woken: set[str] | None = None
    """Groups of which something was heard; None: any may be."""
    by: Options | None = None
    """By what sources are expected."""
    placed_by: str = ""
    """Version of the region by which sources are placed."""

    def follow(self, options: Options) -> None:
        """Let another document say who is expected: all are looked at when time next passes."""
        if options != self.by:
            self.by, self.next_at, self.woken = options, None, None

    def put_source(self, _key: str, row: SourceRow) -> None:
        """Take a row up."""
        self.sources[row.source] = row

    def put_lost(self, key: str, row: BlindRow) -> None:
        """Take a row up."""
        self.lost[key[2:]] = row

    def put_resumed(self, _key: str, row: Resumed) -> None:
        """Take a row up."""
        self.resumed_at = row.at.astimezone(UTC)


def group_of(source: str, row: SourceRow | None) -> str:
    """Return what a source is lost together with: its mast, or itself."""
    mast = "" if row is None or row.heard is None else row.heard.mast
    return f"mast:{mast}" if mast else source


def view_of(heard: Presence | None, watched: Watched | None, region: Region | None) -> Any:
    """Return what a source looks at as a shapely geometry, degrees; None where nobody knows.

    What the region knows of it goes first; one without any place looks at the whole region.
    """
    if watched is not None and watched.longitude is not None and watched.latitude is not None:
        return _circle(watched.longitude, watched.latitude, watched.radius_m)
    if heard is not None and heard.box is not None:
        west, south, east, north = heard.box
        if west <= east and south <= north:
            return shapely.box(west, south, east, north)
    if heard is not None and heard.longitude is not None and heard.latitude is not None:
        return _circle(heard.longitude, heard.latitude, heard.radius_m)
    extent = None if region is None or region.boundary is None else region.boundary.extent
    return None if extent is None else shapely.box(*extent)


def _circle(lon: float, lat: float, radius_m: float) -> Any:
    ring = circle_ring(lon, lat, min(max(radius_m, 100.0), WIDEST_M) / 1000.0)
    return cut_at_antimeridian(shapely.Polygon(np.round(ring, 6)))
