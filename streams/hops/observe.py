"""The first hop: what was read before, comes too late or lies outside, and what each detector claims."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct
from msgspec.structs import replace

from detectors import detector_of
from detectors.base import Taken
from detectors.region import AnyRegion
from schemas.detection import Claims, Detection, Look, Presence, Withdrawn
from schemas.hop import Hop, Output, Result
from schemas.observation import AnyObservation, Delivery, Hotspot, Permit, Retraction
from schemas.pest import AnyPest
from schemas.reason import Reason, Silence
from schemas.topics import DETECTION, OBSERVATION
from schemas.weather import Measured
from streams.audience import of_pest
from streams.hops.at_first import AT_ANY_AGE, repeated, too_late
from streams.hops.counties import in_counties, scopes_of
from streams.hops.diary import measured
from streams.hops.hearing import heard_of, look_said
from streams.hops.memories import rememberer
from streams.hops.placing import outside_of, placed_of
from streams.hops.rank import rank
from streams.hops.recollect import is_settled, recollect
from streams.hops.seen_once import SeenOnce, State, open_state, sweep
from streams.tuning.layers import Claiming
from streams.unnamed import unnamed

NO_CLAIM = frozenset({"no_detector", "outside_region"})
"""What a reading may be to the detectors that tells the weather nonetheless."""


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings under [observe]."""

    lateness_limit_d: Annotated[float, Meta(gt=0, description="Older on arrival: history only.")] = 7.0
    remember_d: Annotated[float, Meta(gt=0, description="How long an identity is remembered.")] = 10.0


@dataclass(frozen=True)
class Observe:
    """What the step is given: options, one options value per detector, the region and the partition count."""

    options: Options
    detectors: Mapping[str, Any]
    region: AnyRegion
    origins: int = 1
    satellites: Mapping[str, Any] = field(default_factory=dict)
    sensors: Mapping[str, Any] = field(default_factory=dict)
    """Geostationary ones whose products are not on the terrain, by name."""
    claiming: Claiming | None = None
    """Detector options of single sources and places."""

    def options_of(self, detector: str, source: str, at: tuple[str, ...] = ()) -> Any:
        """Return the options by which a detector judges what a source says in these scopes."""
        if self.claiming is None or not self.claiming.layers:
            return self.detectors[detector]
        return self.claiming.options(detector, (f"station:{source}", *at))


def step(given: Observe, state: State, delivery: Delivery, now: datetime) -> Result:
    """Return the claims of one delivery, with a reason for every observation that makes none."""
    region, result = given.region.at(now), Result()
    observations, timing = state.clocks.set_right(delivery.observations, now, state.seen, result)
    placed = placed_of(given, region, observations)
    outside = outside_of(region, observations, placed)
    at = {}
    if given.claiming is not None and given.claiming.is_placed:
        at = scopes_of(observations, placed, region)
    sitting = _Sitting(given, state, now, outside, placed, timing, at)
    for one in observations:
        sitting.read(one)
    recollect(sitting, result)
    if sitting.fresh:
        key = f"s/{delivery.delivery_id}"
        result.rows[key] = sitting.fresh
        newest = max(one.observed_at for one in sitting.fresh)
        state.keep(key, newest, [one.observation_id for one in sitting.fresh])
    options = given.options
    sweep(max(options.remember_d, options.lateness_limit_d + 1), state, now, result)
    claims = Claims(
        origin=state.partition,
        origins=given.origins,
        received_at=delivery.received_at,
        detections=tuple(sitting.detections),
        looks=tuple(sitting.looks),
        withdrawn=tuple(sitting.withdrawn),
        permits=tuple(unnamed(one) for one in delivery.observations if isinstance(one, Permit)),
        silences=in_counties(sitting.silences, delivery.observations, placed, region),
        heard=tuple(sitting.heard[source] for source in sorted(sitting.heard)),
        weather=tuple(sitting.weather),
        verdicts=delivery.verdicts,
        acts=delivery.acts,
        pests=tuple(sitting.pests),
        drills=delivery.drills,
    )
    result.outputs.append(Output(DETECTION, delivery.delivery_id, claims, 0))
    return result


Claim = Detection | Look | Withdrawn | AnyPest | Reason
"""What an observation leads to."""


Heard = tuple[str, str, tuple[str, ...]]
"""Detector, source, and the scopes of layers in which it spoke."""


@dataclass
class _Sitting:
    """One step under way: what is given, the state, the time, who lies outside, and what was found so far."""

    given: Observe
    state: State
    now: datetime
    outside: frozenset[str]
    placed: Mapping[str, Any] = field(default_factory=dict)
    timing: Mapping[str, Reason] = field(default_factory=dict)
    """Of observations whose time was set right, by id."""
    at: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The scopes an observation lies in, by id, where they matter."""
    detections: list[Detection] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    withdrawn: list[Withdrawn] = field(default_factory=list)
    silences: list[Silence] = field(default_factory=list)
    fresh: list[SeenOnce] = field(default_factory=list)
    heard: dict[str, Presence] = field(default_factory=dict)
    weather: list[Measured] = field(default_factory=list)
    pests: list[AnyPest] = field(default_factory=list)
    waiting: dict[Heard, list[tuple[Taken, Reason | None, int]]] = field(default_factory=dict)
    """What is judged with what is remembered: if it is a repeat, and how good it is."""

    def read(self, one: AnyObservation) -> None:
        """Take one observation in: a repeat is only noted, a better version claims anew."""
        better = rank(one)
        repeat = repeated(self.state.seen, one, better)
        if repeat is not None and repeat.code == "duplicate_of":
            self.silent(one, "duplicate", repeat)
            return
        self.state.seen[one.observation_id] = (one.observed_at, better)
        self.fresh.append(SeenOnce(one.observation_id, one.observed_at, better))
        claim = self.claim(one, better)
        detector = None if is_settled(claim) else rememberer(one)
        if detector is None:
            self.hear(one)
            self.put(one, self.as_weather(one, better, claim), repeat)
        else:
            taken = Taken(one, claim, self.placed.get(one.observation_id))
            key = (detector.name, one.source, self.at.get(one.observation_id, ()))
            self.waiting.setdefault(key, []).append((taken, repeat, better))

    def put(self, one: AnyObservation, claim: Any, repeat: Reason | None) -> None:
        """Put out what an observation claims, or why nothing; a repeat says so besides."""
        match claim:
            case Detection():
                self.detections.append(self.ranked(claim, claim.rank))
            case Look():
                self.looks.append(claim)
                self.silent(one, "silent", Reason(code="looked", ref=claim.source))
            case Withdrawn():
                self.withdrawn.append(claim)
                self.silent(one, "silent", Reason(code="takes_back", ref=claim.observation_id))
            case _ if isinstance(claim, AnyPest):
                self.pests.append(claim)
            case Reason() if repeat is None:
                self.silent(one, "silent", claim)
        if repeat is not None:
            self.silent(one, "duplicate", repeat)

    def as_weather(self, one: AnyObservation, better: int, claim: Claim) -> Claim:
        """Carry a reading of the weather on, also from beyond the border; return what it claims beside."""
        weather = measured(one, better)
        code = claim.code if isinstance(claim, Reason) else ""
        if weather is None or code in {"too_late", "stuck"}:
            return claim
        self.weather.append(weather)
        return Reason(code="weather", ref=one.source) if code in NO_CLAIM else claim

    def claim(self, one: AnyObservation, better: int) -> Claim:
        """Return what an observation claims, or why nothing; `better` is how good its version is.

        Counts of pests mean something only beside each other, old ones too: they are handed on as they are.
        """
        late = too_late(self.given.options.lateness_limit_d, self.now - one.observed_at)
        if late is not None and not isinstance(one, AT_ANY_AGE):
            return late
        look = None if isinstance(one, Hotspot) else look_said(one)
        if look is not None:
            return look
        if isinstance(one, Retraction):
            return Withdrawn(
                observation_id=one.retracts,
                source=one.source,
                observed_at=one.observed_at,
                by=one.observation_id,
            )
        if one.observation_id in self.outside:
            return Reason(code="outside_region", ref=self.given.region.at(self.now).name)
        return one if isinstance(one, AnyPest) else self.detect(one, better)

    def detect(self, one: AnyObservation, better: int) -> Detection | Reason:
        """Return what the detector of this kind of observation makes of it."""
        detector = detector_of(type(one))
        if detector is None:
            return Reason(code="no_detector", rule=type(one).__name__)
        place = self.placed.get(one.observation_id)
        options = self.given.options_of(detector.name, one.source, self.at.get(one.observation_id, ()))
        also = () if place is None else (place,)
        claim: Detection | Reason = detector.judge(options, one, self.now, *also)
        return self.ranked(claim, better) if isinstance(claim, Detection) else claim

    def ranked(self, claim: Detection, better: int) -> Detection:
        """Return a claim that says how good its version is, and how its time was set right."""
        timing = self.timing.get(claim.observation_id)
        is_same = timing is None and claim.rank == better
        return claim if is_same else replace(claim, rank=better, timing=timing)

    def hear(self, one: AnyObservation, unable: Reason | None = None) -> None:
        """Note that a source spoke; `unable` is why it could not look though it speaks as if it had."""
        before = self.heard.get(one.source)
        if isinstance(one, Hotspot) and before is not None and before.looked_at == one.observed_at:
            # the other pixels of a pass say nothing more of the satellite
            return
        known = heard_of(one, before, unable)
        if known is not None:
            self.heard[one.source] = known

    def silent(self, one: AnyObservation, outcome: Any, reason: Reason) -> None:
        """Note why an observation leads to nothing."""
        self.silences.append(
            Silence(
                observation_id=one.observation_id,
                outcome=outcome,
                stage="observe",
                at=self.now,
                reason=reason,
                audience=of_pest(one),
            )
        )


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
