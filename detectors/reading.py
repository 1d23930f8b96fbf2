"""A sensor claims a fire when it measures smoke, heat or a tripped line; weather by itself makes none.

Config::

    [detectors.reading]
    least_sigmas = 6.0      # so many spreads above its own last weeks at this hour is news (placeholder)
    baseline = {days = 28, least_days = 7, least_spread = 0.5}
    stuck = {hours = 6.0, readings = 6}

What a quantity means is data (`data/sensors.toml`). A station is compared with itself: the same hour of the
last weeks, its own medians. One that says the same for hours is stuck and is not believed, whatever it says.
Known failures: a sensor beside a road or a stove is usual at every hour and hides a fire of the same smoke.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from detectors.base import Detector, Ground, Memory, Recall, Recalled, Taken
from detectors.sensing import Sensed
from detectors.trust import series, stuck
from detectors.trust.baseline import Usual
from detectors.trust.series import Series
from detectors.trust.stuck import Stuck
from schemas.detection import Detection
from schemas.observation import Reading
from schemas.reason import Reason


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings under [detectors.reading]."""

    least_sigmas: Annotated[float, Meta(gt=0)] = 6.0
    baseline: Usual = Usual()
    stuck: Stuck = Stuck()


def place(_options: Options, readings: Sequence[Reading], ground: Ground) -> Mapping[str, Sensed]:
    """Return for each reading by id where it was taken and what its quantity means."""
    known = ground.sensors
    return {
        one.observation_id: Sensed(one.longitude, one.latitude, known.get(one.quantity)) for one in readings
    }


def judge(
    _options: Options, said: Reading, received_at: datetime, sensed: Sensed | None = None
) -> Detection | Reason:
    """Return the claim of a reading that is evidence by itself, else why it is none."""
    if sensed is None or sensed.sensing is None:
        return Reason(code="weather", rule=said.quantity[:100], value=said.value)
    rule = sensed.sensing
    if rule.at_least is None or said.value < rule.at_least:
        margin = None if rule.at_least is None else said.value - rule.at_least
        return Reason(
            code="below_threshold", rule=rule.name, value=said.value, threshold=rule.at_least, margin=margin
        )
    return claim_of(said, sensed, received_at, rule.name)


def claim_of(said: Reading, sensed: Sensed, received_at: datetime, why: str) -> Detection:
    """Return the claim of a reading whose quantity may mean a fire."""
    rule = sensed.sensing
    assert rule is not None
    return Detection(
        detection_id=said.observation_id,
        detector="reading",
        kind="fire",
        observation_id=said.observation_id,
        source=said.source,
        source_class="sensor",
        # all that one station measures is one look
        look=f"sensor {said.longitude:.3f},{said.latitude:.3f}",
        observed_at=said.observed_at,
        received_at=received_at,
        longitude=said.longitude,
        latitude=said.latitude,
        # a stated radius is read as two standard errors
        sigma_km=rule.radius_m / 2000.0,
        probability=rule.probability,
        reason=why,
        reconstruction=said.reconstruction,
        text=f"{said.quantity} {said.value:g}",
    )


def remember(options: Options, recall: Recall, taken: Sequence[Taken], received_at: datetime) -> Recalled:
    """Return what readings say in the light of their station's past, and that past with them in it."""
    made = Recalled()
    for quantity in sorted({one.observation.quantity for one in taken}):
        mine = [one for one in taken if one.observation.quantity == quantity]
        seconds = [one.observation.observed_at.timestamp() for one in mine]
        values = [one.observation.value for one in mine]
        past = series.with_slots(recall(quantity) or Series(), options.stuck.hours, seconds, values)
        made.rows[quantity] = past
        run = series.last_run(past)
        if stuck.is_stuck(options.stuck, quantity, run) and run is not None:
            _doubt(made, mine, run)
        elif mine[0].place is not None and mine[0].place.sensing is not None:
            _compare(options, recall, made, mine, received_at)
    return made


def _doubt(made: Recalled, mine: Sequence[Taken], run: stuck.Run) -> None:
    """Let readings of a stuck sensor count for nothing."""
    hours = round((run.until - run.since) / 3600.0, 2)
    for one in mine:
        if one.observation.value == run.value:
            detail = f"{one.observation.quantity[:100]} {run.value:g}"
            why = Reason(code="stuck", ref=one.observation.source, value=hours, unit="h", detail=detail)
            made.claims[one.observation.observation_id] = why
            made.unable[one.observation.observation_id] = why


def _compare(
    options: Options, recall: Recall, made: Recalled, mine: Sequence[Taken], received_at: datetime
) -> None:
    """Compare readings with the same hour of their station's last weeks; then they are part of it."""
    sensing = mine[0].place.sensing
    if not sensing.learned:
        return
    rule = replace(options.baseline, least_spread=sensing.least_spread)
    hours = [one.observation.observed_at.astimezone(UTC).hour for one in mine]
    names = {hour: f"{sensing.name}/{hour:02d}" for hour in hours}
    pasts = {hour: recall(name) or Series() for hour, name in names.items()}
    days = [one.observation.observed_at.astimezone(UTC).toordinal() for one in mine]
    values = [one.observation.value for one in mine]
    far = [series.sigmas(rule, pasts[hour], *said) for hour, *said in zip(hours, days, values, strict=True)]
    for at, one in enumerate(mine):
        made.rows[names[hours[at]]] = pasts[hours[at]] = series.with_day(
            pasts[hours[at]], rule.days, days[at], values[at]
        )
        if isinstance(one.claim, Reason) and math.isfinite(far[at]):
            is_news = far[at] >= options.least_sigmas
            made.claims[one.observation.observation_id] = (
                claim_of(one.observation, one.place, received_at, "unusual")
                if is_news
                else _usual(one, far[at], options.least_sigmas)
            )


def _usual(one: Taken, sigmas: float, least: float) -> Reason:
    return Reason(
        code="usual",
        rule=one.observation.quantity[:100],
        value=round(sigmas, 2),
        threshold=least,
        margin=round(sigmas - least, 2),
        unit="spreads",
    )


READING = Detector("reading", Reading, Options, judge, place, Memory(Series, remember))
