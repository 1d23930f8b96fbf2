"""Computes a project's carbon statement from recorded alerts, and again from the statement itself."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from msgspec import Struct

from alerts.carbon.adding import Sum, rolled, shares_of, total, united
from alerts.carbon.at_risk import Answer
from alerts.carbon.reversal import share_of_stock
from alerts.carbon.scenario import drivers_in
from alerts.carbon.statement import Line, Statement, sealed
from alerts.policy import ENDING
from schemas.alert import Alert
from schemas.weather import Conditions
from streams.carbon_places import PROJECTS, inside
from streams.hops.carbon import Assessor
from streams.hops.outbreak_carbon import of_outbreak


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
    weather: Conditions | None = None
    pest: str = ""
    severity: str = ""
    fate: str = ""


def sources(alerts: Iterable[Alert], start: datetime, end: datetime) -> tuple[Source, ...]:
    """Return what each alert last said in [start, end) before it ended, by incident.

    What was taken back, or went on in another alert, puts nothing at risk and is left out.
    """
    last: dict[str, Alert] = {}
    over: dict[str, Alert] = {}
    for alert in alerts:
        if start <= alert.issued_at < end:
            mine = over if alert.action in ENDING else last
            known = mine.get(alert.alert_id)
            if known is None or alert.revision > known.revision:
                mine[alert.alert_id] = alert
    found = [one for name, one in last.items() if not _is_void(one, over.get(name))]
    return tuple(_source(one) for one in sorted(found, key=lambda one: (one.incident_id, one.alert_id)))


def _is_void(alert: Alert, end: Alert | None) -> bool:
    """Return whether an alert was taken back or merged after it last said something."""
    if end is None or end.revision < alert.revision:
        return False
    return end.action == "cancel" or any(one.code == "merged_into" for one in end.reasons)


def _source(alert: Alert) -> Source:
    of_carbon = ("weather", "pest", "severity", "fate")
    names = [name for name in Source.__struct_fields__ if name not in of_carbon]
    return Source(
        **{name: getattr(alert, name) for name in names},
        **{name: getattr(alert.carbon, name) for name in of_carbon},
    )


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
    held, stock_t = inside(assessor, shape, end.date())
    lines = tuple(line for one in given for line in _line(assessor, one, held))
    whole = _of_project(united(share for line in lines for share in line.shares), held)
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


def answer_of(assessor: Assessor, one: Source) -> Answer:
    """Return the figures of a fire or outbreak computed anew, in the weather that was known then."""
    if one.kind == "outbreak":
        return of_outbreak(assessor, one, one.pest, one.severity, one.issued_at, fate=one.fate).answer
    return assessor.of(one, one.issued_at, drivers_in(one.weather))


def _line(assessor: Assessor, one: Source, inside: dict[str, float]) -> Iterator[Line]:
    """Yield the line of a fire, if any of its stands lies in the project."""
    answer = answer_of(assessor, one)
    shares = tuple(share for share in shares_of(one.incident_id, answer) if share.stand_id in inside)
    if shares:
        yield Line(
            **{name: getattr(one, name) for name in Source.__struct_fields__},
            seed=answer.carbon.seed,
            cautions=answer.carbon.cautions,
            shares=shares,
            in_project=_of_project(united(shares), inside),
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
