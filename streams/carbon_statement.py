"""Computes a project's carbon statement from recorded alerts, and again from the statement itself."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from msgspec import Struct

from alerts.carbon.adding import Share, Sum, rolled, total, united
from alerts.carbon.at_risk import Answer
from alerts.carbon.ground import LAYERS, Feature, Ground, ground_of
from alerts.carbon.plane import plane_of
from alerts.carbon.reversal import share_of_stock
from alerts.carbon.statement import Line, Statement, sealed
from alerts.carbon.stock import stock
from schemas.alert import Alert
from streams.hops.carbon import Assessor, features

PROJECTS = "carbon_projects"


class NoProjectError(ValueError):
    """The region has no such project."""


class Source(Struct, frozen=True, kw_only=True):
    """What a line is computed from: the last revision of an alert within the time."""

    incident_id: str
    alert_id: str
    revision: int
    kind: str
    issued_at: datetime
    probability: float
    radius_m: float
    area_ha: float | None
    footprint: dict[str, Any]


def sources(alerts: Iterable[Alert], start: datetime, end: datetime) -> tuple[Source, ...]:
    """Return the last revision of each incident issued in [start, end) that did not only end it."""
    last: dict[str, Alert] = {}
    for alert in alerts:
        known = last.get(alert.incident_id)
        in_time = start <= alert.issued_at < end and alert.action not in {"cancel", "close", "expire"}
        if in_time and (known is None or alert.revision > known.revision):
            last[alert.incident_id] = alert
    names = Source.__struct_fields__
    return tuple(Source(**{name: getattr(last[one], name) for name in names}) for one in sorted(last))


def statement(  # noqa: PLR0913 - a statement names all of these
    assessor: Assessor,
    project_id: str,
    given: Iterable[Source],
    *,
    start: datetime,
    end: datetime,
    software: str,
) -> Statement:
    """Return the statement of one project; NoProjectError when the region does not know it."""
    name, shape = _project(assessor, project_id)
    inside, stock_t = _inside(assessor, shape, end)
    lines = tuple(line for one in given for line in _line(assessor, one, inside))
    whole = _of_project(united(share for line in lines for share in line.shares), inside)
    return sealed(
        Statement(
            project_id=project_id,
            project_name=name,
            from_at=start,
            to_at=end,
            software=software,
            region=assessor.region.version,
            parameters=assessor.tables.version,
            options=assessor.options,
            stock_t=stock_t,
            lines=lines,
            total=whole,
            share_of_stock=share_of_stock(whole.loss_t, stock_t),
        )
    )


def again(assessor: Assessor, given: Statement, software: str) -> Statement:
    """Return the statement computed anew from what its lines say they were computed from."""
    names = Source.__struct_fields__
    told = tuple(Source(**{name: getattr(line, name) for name in names}) for line in given.lines)
    return statement(
        assessor, given.project_id, told, start=given.from_at, end=given.to_at, software=software
    )


def _line(assessor: Assessor, one: Source, inside: dict[str, float]) -> Iterator[Line]:
    """Yield the line of a fire, if any of its stands lies in the project."""
    answer = assessor.of(one, one.issued_at)
    shares = tuple(share for share in shares_of(one.incident_id, answer) if share.stand_id in inside)
    if shares:
        yield Line(
            **{name: getattr(one, name) for name in Source.__struct_fields__},
            seed=answer.carbon.seed,
            cautions=answer.carbon.cautions,
            shares=shares,
            in_project=_of_project(united(shares), inside),
        )


def shares_of(incident_id: str, answer: Answer) -> Iterator[Share]:
    """Yield what an answer puts at risk in each stand; nothing where it has no figure."""
    if answer.stock_t is None or answer.exposed_t is None or answer.loss_t is None:
        return
    columns = (answer.stock_t.tolist(), answer.exposed_t.tolist(), answer.loss_t.tolist())
    for stand, held, exposed, lost in zip(answer.ids, *columns, strict=True):
        yield Share(
            incident_id=incident_id,
            stand_id=stand,
            stock_t=held,
            exposed_t=min(exposed, held),
            loss_t=min(lost, held),
        )


def _of_project(stands: dict[str, Sum], inside: dict[str, float]) -> Sum:
    """Return what of the stands' sums falls to the part of them that lies in the project."""
    parts = rolled(stands, {stand: {"project": part} for stand, part in inside.items()})
    return total({key: one for key, one in parts.items() if key})


def _project(assessor: Assessor, project_id: str) -> tuple[str, Any]:
    layer = assessor.region.layers.get(PROJECTS)
    if layer is None:
        raise NoProjectError(f"the region {assessor.region.name} has no layer {PROJECTS}")
    try:
        row = layer.row(project_id)
    except KeyError:
        known = ", ".join(sorted(layer.ids())[:5])
        raise NoProjectError(f"no project {project_id!r}; known are {known}") from None
    return layer.names([row])[0], layer.geometries([row])[0]


def _inside(assessor: Assessor, shape: Any, now: datetime) -> tuple[dict[str, float], float]:
    """Return which part of each stand lies in the project, and what the project holds, t C."""
    ground = _ground(assessor, shape)
    if not len(ground):
        return {}, 0.0
    mine = ground.plane.to_metres(shape)
    whole = np.maximum(shapely.area(ground.areas), 1e-9)
    part = shapely.area(shapely.intersection(ground.areas, mine)) / whole
    held = stock(assessor.tables.stock, ground.stands, now.date(), arrays=assessor.tables.arrays)
    found = {one: float(share) for one, share in zip(ground.ids, part, strict=True) if share > 0}
    return found, float(part @ held.carbon_t())


def _ground(assessor: Assessor, around: Any) -> Ground:
    found = [
        Feature(name, one, shape, said)
        for name in LAYERS
        if name in assessor.region.layers
        for one, shape, said in features(assessor.region, name, around)
    ]
    return ground_of(assessor.tables.stock, found, plane_of(around))
