"""A loss of observation as an incident: where nobody looks, since when, how grave, and whom it concerns."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from msgspec.structs import replace

from alerts import blind
from detectors.geodesy import distance_km
from detectors.region import Region
from detectors.region.grid import to_grid
from detectors.trust.expected import Watched
from schemas.incident import Incident, Place
from schemas.reason import Reason
from schemas.units import Grade
from streams.hops.board import BlindRow, SourceRow, view_of
from streams.hops.ids import lasting_id
from streams.hops.sitting import Sitting

MOST_AREAS = 200
"""Protected areas that are looked at for one loss; of a whole satellite there may be thousands."""

MOST_NAMED = 12
"""Of them so many are told, those that were not observed for longest."""

WIDE_M = 50_000.0
"""A wider view is told by its widest administrative areas alone."""

GROUND = frozenset({"aerial", "video", "tower", "ground"})
"""Classes that see a small fire; a satellite does not stand in for a camera."""

STILL_WATCHES_S = 3600.0
"""Another source has looked within this time: it still watches."""

NOWHERE = (0.0, 0.0)


@dataclass(frozen=True)
class Loss:
    """The sources of one group that are lost, and why each."""

    group: str
    sources: Mapping[str, Watched]
    reasons: Mapping[str, Reason]


def incident_of(sitting: Sitting, loss: Loss, known: BlindRow | None) -> Incident:
    """Return the next revision of what is known of a loss, or the first."""
    given, desk, now = sitting.given, sitting.desk, sitting.now
    region = given.region.at(now)
    view = _view(sitting, loss, region)
    lon, lat, radius_m = _circle_of(view)
    pests = all(_is_trap(sitting, source, one) for source, one in loss.sources.items())
    grade, whys = blind.of_traps() if pests else _grade(sitting, loss, lon, lat)
    since = min(_last(desk.board.sources[one]) for one in loss.sources)
    new_id = (
        known.incident.incident_id if known else lasting_id("B", since, f"{loss.group}\n{since.isoformat()}")
    )
    over = desk.over.get(new_id)
    before = known.incident.revision if known else 0 if over is None else over.revision
    return Incident(
        incident_id=new_id,
        revision=before + 1,
        short_code=new_id[-8:-4],
        kind="blind",
        status="open",
        lineage=(new_id,),
        opened_at=min(since, known.incident.opened_at) if known else since,
        last_observed_at=now,
        judged_at=now,
        longitude=lon,
        latitude=lat,
        radius_m=radius_m,
        observation_count=0,
        look_count=len(loss.sources),
        sources=tuple(sorted(loss.sources)),
        area_ha=None,
        footprint=_drawn(view),
        grade=grade,
        probability=1.0,
        places=(*_places(sitting, region, view, (lon, lat, radius_m)), *_lost_places(loss)),
        placed_by=region.version,
        reasons=(
            *(loss.reasons[one] for one in sorted(loss.sources)),
            *whys,
            *([] if pests else _unobserved(sitting, region, view)),
        ),
    )


def _is_trap(sitting: Sitting, source: str, one: Watched) -> bool:
    heard = sitting.desk.board.sources[source].heard
    return one.layer == "traps" or (heard is not None and heard.is_trap)


def _grade(sitting: Sitting, loss: Loss, lon: float, lat: float) -> tuple[Grade, tuple[Reason, ...]]:
    danger, others = danger_at(sitting, lon, lat), _others_watch(sitting, loss, lon, lat)
    return blind.grade(sitting.given.watching.options.grade, danger, others_watch=others)


def same_words(one: Incident, other: Incident) -> bool:
    """Return whether two revisions say the same but for their number and their time."""
    return one == replace(
        other,
        revision=one.revision,
        judged_at=one.judged_at,
        last_observed_at=one.last_observed_at,
        reasons=one.reasons,
    )


def danger_at(sitting: Sitting, lon: float, lat: float) -> int | None:
    """Return the level of the fire danger from 1 to 5 at a place, None where it is not known."""
    known = sitting.desk.weather.at(lon, lat, sitting.now)
    return None if known is None else known.danger_level


def _last(row: SourceRow) -> datetime:
    return row.since if row.looked_at is None else row.looked_at


def _view(sitting: Sitting, loss: Loss, region: Region) -> Any:
    """Return what the lost sources looked at together; None where nobody knows."""
    rows = sitting.desk.board.sources
    views = [view_of(rows[one].heard, watched, region) for one, watched in sorted(loss.sources.items())]
    known = [one for one in views if one is not None]
    return shapely.union_all(known) if known else None


def _circle_of(view: Any) -> tuple[float, float, float]:
    """Return centre and radius, m, of a view; of none the whole Earth."""
    if view is None:
        return (*NOWHERE, 20_000_000.0)
    west, south, east, north = shapely.bounds(view).tolist()
    lon, lat = round((west + east) / 2.0, 6), round((south + north) / 2.0, 6)
    corners = distance_km([lon, lon, west], [lat, lat, lat], [lon, lon, lon], [south, north, lat])
    return lon, lat, round(1000.0 * float(np.max(corners)), 0)


def _drawn(view: Any) -> dict[str, Any]:
    if view is None:
        return {"type": "Point", "coordinates": list(NOWHERE)}
    drawn: dict[str, Any] = json.loads(shapely.to_geojson(shapely.set_precision(view, 1e-5)))
    return drawn


def _places(
    sitting: Sitting, region: Region, view: Any, circle: tuple[float, float, float]
) -> tuple[Place, ...]:
    """Return the areas that are concerned: of a wide view the widest administrative ones."""
    if view is None:
        return ()
    if circle[2] <= WIDE_M:
        return region.places(*circle)
    widest = next((one.layer for one in sitting.given.profile.level if one.layer in region.layers), None)
    if widest is None:
        return ()
    return tuple(
        Place(layer=widest, place_id=one, name=name, relation="inside")
        for one, name, _ in _meeting(region, widest, view)
    )


def _lost_places(loss: Loss) -> Iterator[Place]:
    """Yield the lost sources that the region knows, so that they are told by their names."""
    for source, one in sorted(loss.sources.items()):
        if one.layer:
            yield Place(layer=one.layer, place_id=source, name=one.name or source, relation="inside")


def _meeting(region: Region, name: str, view: Any) -> Iterator[tuple[str, str, Any]]:
    """Yield id, name and geometry of the features of a layer that meet a view, by id."""
    layer = region.layers[name]
    _, rows = layer.tree.meeting(to_grid(shapely.bounds(view))[None])
    rows = np.unique(rows)
    shapely.prepare(view)
    found = zip(layer.ids(rows), layer.names(rows), layer.geometries(rows), strict=True)
    met = sorted((row for row in found if shapely.intersects(view, row[2])), key=lambda row: row[0])
    yield from met[:MOST_AREAS]


def _unobserved(sitting: Sitting, region: Region, view: Any) -> list[Reason]:
    """Return since when nobody looked at the protected areas in a view, the longest first."""
    if view is None or "protected_areas" not in region.layers:
        return []
    areas = list(_meeting(region, "protected_areas", view))
    looks = seen(sitting, region)
    told = [(last_look(shape, looks), one) for one, _, shape in areas]
    told.sort(key=lambda row: (row[0] is not None, row[0], row[1]))
    return [_since(one, last, sitting.now) for last, one in told[:MOST_NAMED]]


def seen(sitting: Sitting, region: Region) -> list[tuple[datetime, Any]]:
    """Return when and at what each source last looked."""
    placed = sitting.given.watching.expecting.placed(region)
    found = []
    for source, row in sorted(sitting.desk.board.sources.items()):
        view = view_of(row.heard, placed.get(source), None)
        if row.looked_at is not None and view is not None:
            found.append((row.looked_at, view))
    return found


def last_look(area: Any, looks: list[tuple[datetime, Any]]) -> datetime | None:
    """Return when any of these looks last met an area; None: never."""
    return max((at for at, view in looks if shapely.intersects(view, area)), default=None)


def _since(area: str, last: datetime | None, now: datetime) -> Reason:
    if last is None:
        return Reason(code="not_observed_since", ref=area)
    hours = round((now - last).total_seconds() / 3600.0, 2)
    return Reason(code="not_observed_since", ref=area, value=hours, unit="h", detail=last.isoformat())


def _others_watch(sitting: Sitting, loss: Loss, lon: float, lat: float) -> bool:
    """Return whether another source on the ground has looked at the middle of the view within the hour."""
    placed = sitting.given.watching.expecting.placed(sitting.given.region.at(sitting.now))
    middle = shapely.Point(lon, lat)
    for source, row in sitting.desk.board.sources.items():
        heard = row.heard
        if source in loss.sources or heard is None or heard.looked_at is None:
            continue
        is_fresh = (sitting.now - heard.looked_at).total_seconds() <= STILL_WATCHES_S
        if is_fresh and heard.source_class in GROUND:
            view = view_of(heard, placed.get(source), None)
            if view is not None and shapely.intersects(view, middle):
                return True
    return False
