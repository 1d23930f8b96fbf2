"""What an auditor can compute again: each fire that touched a project, stands, parameters, seeds, hashes."""

import hashlib
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from alerts.carbon.adding import Share, Sum
from alerts.carbon.at_risk import Options
from schemas.weather import Conditions

NOTICE = "not a credit or verified reversal figure"
"""What every statement says of itself."""


class Line(Struct, frozen=True, kw_only=True):
    """One fire or outbreak that may have reached the project: what its figure was computed from, and gave."""

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
    seed: str
    cautions: tuple[str, ...]
    shares: tuple[Share, ...]
    """By stand; `stock_t` and the rest are of the whole stand."""
    in_project: Sum


class Statement(Struct, frozen=True, kw_only=True):
    """Everything at risk in one project within a time, united over fires; t C."""

    v: Annotated[int, Meta(ge=1, le=1)] = 1
    notice: str = NOTICE
    project_id: str
    project_name: str
    from_at: datetime
    to_at: datetime
    software: str
    region: str
    parameters: str
    options: Options
    stock_t: float
    lines: tuple[Line, ...]
    total: Sum
    share_of_stock: float | None
    sha256: str = ""
    """Of everything above, as JSON with sorted keys."""


def sealed(statement: Statement) -> Statement:
    """Return the statement with the hash of its content."""
    return replace(statement, sha256=digest(statement))


def digest(statement: Statement) -> str:
    """Return the hash of a statement's content; the hash it carries is no part of it."""
    return hashlib.sha256(msgspec.json.encode(replace(statement, sha256=""), order="sorted")).hexdigest()


def differences(given: Statement, again: Statement) -> tuple[str, ...]:
    """Return in words where a statement differs from the one computed anew; nothing when it holds.

    Another version of the software that finds the same figures is no difference.
    """
    found = [] if digest(given) == given.sha256 else ["its content does not have the hash that it carries"]
    for name in ("project_name", "region", "parameters", "options", "stock_t", "total", "share_of_stock"):
        said, is_now = getattr(given, name), getattr(again, name)
        if said != is_now:
            found.append(f"{name}: says {said}, computed {is_now}")
    lines = {one.incident_id: one for one in again.lines}
    found += [
        f"{line.incident_id}: its figures come out otherwise"
        for line in given.lines
        if lines.pop(line.incident_id, None) != line
    ]
    found += [f"{incident}: missing" for incident in lines]
    found += [
        f"{line.incident_id}: not told between {given.from_at} and {given.to_at}"
        for line in given.lines
        if not given.from_at <= line.issued_at < given.to_at
    ]
    if given.notice != NOTICE:
        found.append(f"it does not say that it is {NOTICE}")
    return tuple(found)
