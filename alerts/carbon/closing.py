"""Close-out: what was exposed, what was forecast, what was lost, and so how good the forecasts are."""

import math
from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct

from schemas.alert import Carbon
from schemas.carbon import CloseOut

FLOOR_T = 1.0
"""Below a tonne two figures count as the same when their ratio is asked for."""


class Skill(Struct, frozen=True, kw_only=True):
    """How good the forecasts of closed incidents were."""

    incidents: int
    within: Annotated[float, Meta(ge=0, le=1)]
    """Share of incidents within the 95 % interval; 0.95 is what an honest interval gives."""
    bias: float
    """Mean forecast by mean realised loss, less 1."""
    factor: Annotated[float, Meta(ge=1)]
    """Typical factor between forecast and realised loss: exp of the mean absolute log ratio."""
    skill: float
    """1 less mean absolute error by that of forecasting that all that is exposed is lost."""


def close_out(incident_id: str, forecast: Carbon, realised: Carbon | None) -> CloseOut:
    """Return the record of an incident from its forecast and from what a mapped perimeter says burnt."""
    lost = None if realised is None else realised.carbon_t
    said = forecast.carbon_t
    error = None if lost is None or said is None else said - lost
    low, high = forecast.low_t, forecast.high_t
    within = None if lost is None or low is None or high is None else low <= lost <= high
    return CloseOut(
        incident_id=incident_id,
        exposed_t=None if forecast.exposed is None else forecast.exposed.mean_t,
        forecast_t=said,
        low_t=low,
        high_t=high,
        realised_t=lost,
        error_t=error,
        is_within=within,
        parameters=forecast.parameters,
    )


def skill(closed: Sequence[CloseOut]) -> Skill | None:
    """Return the skill over the incidents that have both figures; None when none has."""
    known = [
        (one.forecast_t, one.realised_t, one.exposed_t or 0.0, bool(one.is_within))
        for one in closed
        if one.forecast_t is not None and one.realised_t is not None
    ]
    if not known:
        return None
    count = len(known)
    lost = math.fsum(real for _, real, _, _ in known)
    logs = [abs(math.log(max(said, FLOOR_T) / max(real, FLOOR_T))) for said, real, _, _ in known]
    error = math.fsum(abs(said - real) for said, real, _, _ in known)
    naive = math.fsum(abs(exposed - real) for _, real, exposed, _ in known)
    return Skill(
        incidents=count,
        within=sum(within for *_, within in known) / count,
        bias=(math.fsum(said for said, *_ in known) / lost - 1.0) if lost > 0 else 0.0,
        factor=math.exp(math.fsum(logs) / count),
        skill=1.0 - error / naive if naive > 0 else 0.0,
    )
