"""The first hop: what was read before, comes too late or lies outside, and what each detector claims."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from detectors import DETECTORS
from detectors.places import Region
from schemas.codec import Unreadable, decode, encode
from schemas.detection import Claims, Detection, Look
from schemas.hop import Hop, Output, Result
from schemas.observation import AnyObservation, Delivery, Hotspot, Pass
from schemas.reason import Reason, Silence
from schemas.topics import DETECTION, OBSERVATION

RANKS = {"URT": 0, "RT": 1, "NRT": 2}
"""Better versions of one pixel (FIRMS: ultra real time, real time, near real time; none = standard)."""


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings under [observe]."""

    lateness_limit_d: Annotated[float, Meta(gt=0, description="Older on arrival: history only.")] = 7.0
    remember_d: Annotated[float, Meta(gt=0, description="How long an identity is remembered.")] = 10.0


@dataclass(frozen=True)
class Observe:
    """What the step is given: options, one options value per detector, the region and the partition count."""

    options: Options
    detectors: Mapping[str, Any]
    region: Region
    origins: int = 1


class SeenOnce(Struct, frozen=True, array_like=True):
    """One remembered identity: when it was observed and how good its version was."""

    observation_id: str
    observed_at: datetime
    rank: int


@dataclass
class State:
    """The identities one partition has read, by id, with the rows that keep them."""

    partition: int
    seen: dict[str, tuple[datetime, int]] = field(default_factory=dict)
    rows: dict[str, tuple[datetime, list[str]]] = field(default_factory=dict)
    swept_at: datetime | None = None


def open_state(_given: Observe, partition: int, rows: Mapping[str, bytes]) -> State:
    """Return the state of one partition from its rows."""
    state = State(partition)
    for key, raw in rows.items():
        kept = decode(raw, list[SeenOnce])
        if isinstance(kept, Unreadable) or not kept:
            continue
        for one in kept:
            known = state.seen.get(one.observation_id)
            if known is None or one.rank >= known[1]:
                state.seen[one.observation_id] = (one.observed_at, one.rank)
        state.rows[key] = (max(one.observed_at for one in kept), [one.observation_id for one in kept])
    return state


def rank(observation: AnyObservation) -> int:
    """Return how good this version is: its class first, then a hash of what was measured.

    Two versions of one class that differ are told apart by the hash alone, so that the order in which they
    come does not decide which of them stays.
    """
    measured = msgspec.structs.replace(observation, received_at=None, feed="", mended=())
    best = 3
    if isinstance(observation, Hotspot):
        best = RANKS.get(observation.version.lstrip("0123456789.").upper(), 3)
    return best << 32 | zlib.crc32(encode(measured))


def step(given: Observe, state: State, delivery: Delivery, now: datetime) -> Result:
    """Return the claims of one delivery, with a reason for every observation that makes none."""
    result = Result()
    detections: list[Detection] = []
    looks: list[Look] = []
    silences: list[Silence] = []
    fresh: list[SeenOnce] = []
    outside = _outside(given.region, delivery.observations)
    for one in delivery.observations:
        better = rank(one)
        outcome = _repeat(state, one, better)
        if outcome is not None and outcome.code == "duplicate_of":
            silences.append(_silence(one, "duplicate", outcome, now))
            continue
        state.seen[one.observation_id] = (one.observed_at, better)
        fresh.append(SeenOnce(one.observation_id, one.observed_at, better))
        claim = _claim(given, one, now, outside, better)
        match claim:
            case Detection():
                detections.append(claim)
            case Look():
                looks.append(claim)
            case Reason() if outcome is None:
                silences.append(_silence(one, "silent", claim, now))
        if outcome is not None:
            silences.append(_silence(one, "duplicate", outcome, now))
    if fresh:
        key = f"s/{delivery.delivery_id}"
        result.rows[key] = fresh
        state.rows[key] = (max(one.observed_at for one in fresh), [one.observation_id for one in fresh])
    _sweep(given.options, state, now, result)
    claims = Claims(
        origin=state.partition,
        origins=given.origins,
        received_at=delivery.received_at,
        detections=tuple(detections),
        looks=tuple(looks),
        silences=tuple(silences),
    )
    result.outputs.append(Output(DETECTION, delivery.delivery_id, claims, 0))
    return result


def _repeat(state: State, one: AnyObservation, better: int) -> Reason | None:
    """Return why this is no new identity: read before, or a better version of one."""
    known = state.seen.get(one.observation_id)
    if known is None:
        return None
    if better > known[1]:
        return Reason(code="superseded_by", ref=one.observation_id, rule="better version refines")
    return Reason(code="duplicate_of", ref=one.observation_id)


def _claim(
    given: Observe, one: AnyObservation, now: datetime, outside: frozenset[str], better: int
) -> Detection | Look | Reason:
    age = now - one.observed_at
    limit = given.options.lateness_limit_d
    if age > timedelta(days=limit):
        days = age / timedelta(days=1)
        return Reason(
            code="too_late", value=round(days, 3), threshold=limit, margin=round(days - limit, 3), unit="d"
        )
    if isinstance(one, Pass):
        return _look(one)
    if one.observation_id in outside:
        return Reason(code="outside_region", ref=given.region.name)
    for detector in DETECTORS:
        if isinstance(one, detector.consumes):
            claim: Detection | Reason = detector.judge(given.detectors[detector.name], one, now)
            if isinstance(claim, Detection):
                return msgspec.structs.replace(claim, rank=better)
            return claim
    return Reason(code="no_detector", rule=type(one).__name__)


def _look(one: Pass) -> Look | Reason:
    if not one.looked:
        return Reason(code="waiting_for", rule="could not look", detail=one.reason)
    return Look(
        source=one.source,
        source_class="satellite",
        observed_at=one.observed_at,
        west=one.west,
        south=one.south,
        east=one.east,
        north=one.north,
    )


def _outside(region: Region, observations: tuple[AnyObservation, ...]) -> frozenset[str]:
    """Return the ids of observations whose centre lies outside the region; one without a place is inside."""
    placed = [
        (one.observation_id, one.longitude, one.latitude)
        for one in observations
        if not isinstance(one, Pass) and one.longitude is not None and one.latitude is not None
    ]
    if not placed or region.boundary is None:
        return frozenset()
    ids, longitudes, latitudes = zip(*placed, strict=True)
    inside = region.inside(longitudes, latitudes)
    return frozenset(one for one, within in zip(ids, inside, strict=True) if not within)


def _silence(one: AnyObservation, outcome: Any, reason: Reason, now: datetime) -> Silence:
    return Silence(observation_id=one.observation_id, outcome=outcome, stage="observe", at=now, reason=reason)


def _sweep(options: Options, state: State, now: datetime, result: Result) -> None:
    """Once an hour of received time, forget identities too old to come again in time."""
    if state.swept_at is not None and now - state.swept_at < timedelta(hours=1):
        return
    state.swept_at = now
    oldest = now - timedelta(days=max(options.remember_d, options.lateness_limit_d + 1))
    for key in [key for key, (newest, _) in state.rows.items() if newest < oldest]:
        for observation_id in state.rows.pop(key)[1]:
            known = state.seen.get(observation_id)
            if known is not None and known[0] < oldest:
                del state.seen[observation_id]
        result.rows[key] = None


def observing(given: Observe) -> Hop:
    """Return the hop with what it is given."""
    return Hop(
        name="observe",
        topics=(OBSERVATION,),
        open=open_state,
        step=step,
        now=lambda delivery: delivery.received_at,
        options=given,
    )
