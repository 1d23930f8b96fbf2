"""How probable a fire is, from independent looks: log-odds, each look counted once.

L = logit(prior) + sum of ln(factor); p = 1 / (1 + exp(-L)). The factors are data
(`detectors/data/evidence.toml`, with their status). Adding evidence never lowers the probability.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct

from detectors.against import Against
from detectors.context import Surroundings
from detectors.geodesy import KM_PER_DEGREE
from schemas.detection import Detection
from schemas.reason import Reason

MOST_SURE = 0.99
"""Only people can be certain: no pile of remote evidence says more than this."""


class Prior(Struct, frozen=True, kw_only=True):
    """Base rate."""

    value: float
    status: str
    source: str = ""


class LookRule(Struct, frozen=True, kw_only=True):
    """What counts as one look."""

    minutes: float
    status: str


class Satellite(Struct, frozen=True, kw_only=True, cache_hash=True):
    """Factors for satellite looks."""

    again: float
    persisting: float
    persistence_h: float
    most: float
    pixels_3: float
    pixels_10: float
    strong: float
    strong_frp_mw: float
    weak: float
    weak_frp_mw: float
    status: str
    source: str = ""


class Person(Struct, frozen=True, kw_only=True):
    """Factors for one look of every other class of source."""

    ground: float
    public: float
    tower: float
    aerial: float
    video: float
    sensor: float
    status: str


class Evidence(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole table."""

    version: str
    prior: Prior
    look: LookRule
    satellite: Satellite
    person: Person
    surroundings: Surroundings
    against: Against


class Seen(Struct, frozen=True):
    """One look: which source, its class, when it began, how many pixels, how strong, how sure."""

    look: str
    source_class: str
    seconds: float
    pixels: int
    frp_mw: float | None
    probability: float


def looks(table: Evidence, claims: Sequence[Detection]) -> list[Seen]:
    """Return the independent looks among claims that are sorted by time, the oldest first."""
    span = table.look.minutes * 60.0
    current: dict[str, int] = {}
    found: list[list[Detection]] = []
    for claim in claims:
        at = current.get(claim.look)
        if at is None or claim.observed_at.timestamp() - found[at][0].observed_at.timestamp() >= span:
            current[claim.look] = len(found)
            found.append([claim])
        else:
            found[at].append(claim)
    return [seen_by(group) for group in found]


def _once(group: list[Detection]) -> list[Detection]:
    """Return the claims of one look without the pixels that a better version shows at a moved centre.

    A version is the upper half of `rank`; a pixel of a lesser one within half a pixel of a better one is the
    same pixel, read again.
    """
    versions = sorted({claim.rank >> 32 for claim in group}, reverse=True)
    if len(versions) == 1:
        return group
    kept: list[Detection] = []
    for version in versions:
        better = sorted(kept, key=_north)
        kept += [one for one in group if one.rank >> 32 == version and not _shown(one, better)]
    return kept


def _north(claim: Detection) -> float:
    return claim.latitude


def _shown(one: Detection, better: list[Detection]) -> bool:
    """Return whether one of the better claims, sorted by latitude, is within half a pixel."""
    half_km = max(one.scan_km, one.track_km) / 2.0
    squeeze = math.cos(math.radians(one.latitude))
    high = half_km / KM_PER_DEGREE * 1.0001
    for k in range(bisect_left(better, one.latitude - high, key=_north), len(better)):
        other = better[k]
        if other.latitude > one.latitude + high:
            return False
        east = ((other.longitude - one.longitude + 180.0) % 360.0 - 180.0) * squeeze
        if math.hypot(east, other.latitude - one.latitude) * KM_PER_DEGREE <= half_km:
            return True
    return False


def seen_by(every: list[Detection]) -> Seen:
    """Return what the claims of one look, sorted by time, say together."""
    if len(every) == 1:
        one = every[0]
        return Seen(one.look, one.source_class, one.observed_at.timestamp(), 1, one.frp_mw, one.probability)
    group = _once(every)
    known = [claim.frp_mw for claim in group if claim.frp_mw is not None]
    return Seen(
        group[0].look,
        group[0].source_class,
        group[0].observed_at.timestamp(),
        len(group),
        math.fsum(known) if known else None,
        max(claim.probability for claim in group),
    )


def judge(table: Evidence, claims: Sequence[Detection]) -> tuple[float, list[Seen], list[Reason]]:
    """Return probability, looks and the reasons with their factors, for claims sorted by time."""
    found = looks(table, claims)
    probability, reasons = weigh(table, found, weak=all(is_weak(table, claim) for claim in claims))
    return probability, found, reasons


def judge_lone(table: Evidence, claim: Detection) -> tuple[float, tuple[Reason, ...]]:
    """Return probability and reasons of one pixel of a satellite, as `judge` does; most fires are one."""
    rule, power = table.satellite, claim.frp_mw or 0.0
    shown = power if power >= rule.strong_frp_mw else 0.0
    return _lone(rule, table.prior.value, claim.probability, shown, weak=is_weak(table, claim))


@lru_cache(maxsize=4096)
def _lone(
    rule: Satellite, prior: float, probability: float, power: float, *, weak: bool
) -> tuple[float, tuple[Reason, ...]]:
    seen = Seen("", "satellite", 0.0, 1, power or None, probability)
    gained, why = _space(rule, prior, [seen], alone=True, weak=weak)
    return _sure(_logit(prior) + gained), (_base_rate(prior), *why)


def _sure(logit: float) -> float:
    return min(1.0 / (1.0 + math.exp(-logit)), MOST_SURE)


def weigh(table: Evidence, found: list[Seen], *, weak: bool) -> tuple[float, list[Reason]]:
    """Return probability and reasons of looks, the oldest first; `weak`: every claim is known to be weak."""
    from_space = [one for one in found if one.source_class == "satellite"]
    others = _independent([one for one in found if one.source_class != "satellite"])
    logit = _logit(table.prior.value)
    reasons = [_base_rate(table.prior.value)]
    for one in others:
        factor = float(getattr(table.person, one.source_class))
        logit += math.log(factor)
        reasons.append(Reason(code="seen_by", rule=one.source_class, ref=one.look, value=factor, unit="odds"))
    if from_space:
        gained, why = _space(table.satellite, table.prior.value, from_space, alone=not others, weak=weak)
        logit += gained
        reasons += why
    return _sure(logit), reasons


@lru_cache(maxsize=16)
def _base_rate(value: float) -> Reason:
    return Reason(code="prior", value=value, rule="base rate of hotspots")


def _independent(seen: list[Seen]) -> list[Seen]:
    """Return the looks of people and instruments without what a mast of cameras shows again.

    What looks like smoke to a camera looks so for hours: only the first look of a mast is evidence.
    """
    kept: list[Seen] = []
    masts: set[str] = set()
    for one in seen:
        if one.source_class == "video":
            if one.look in masts:
                continue
            masts.add(one.look)
        kept.append(one)
    return kept


def _space(
    rule: Satellite, prior: float, seen: list[Seen], *, alone: bool, weak: bool
) -> tuple[float, list[Reason]]:
    sure = _logit(max([one.probability for one in seen])) - _logit(prior)
    reasons: list[Reason] = []
    gained = 0.0
    if len(seen) > 1:
        gained = min(_repeats(rule, seen), math.log(rule.most))
        reasons.append(Reason(code="seen_again", value=float(len(seen)), unit="looks", rule="satellite"))
    most = max(one.pixels for one in seen)
    if most >= 3:
        gained += math.log(rule.pixels_10 if most >= 10 else rule.pixels_3)
        reasons.append(Reason(code="pixels", value=float(most), threshold=10.0 if most >= 10 else 3.0))
    power = max((one.frp_mw for one in seen if one.frp_mw is not None), default=0.0)
    if power >= rule.strong_frp_mw:
        gained += math.log(rule.strong)
        reasons.append(Reason(code="strong", value=round(power, 1), threshold=rule.strong_frp_mw, unit="MW"))
    if alone and weak:
        gained += math.log(rule.weak)
        reasons.append(Reason(code="weak", threshold=rule.weak_frp_mw, unit="MW"))
    return (sure if alone else max(0.0, sure)) + gained, reasons


def _repeats(rule: Satellite, seen: list[Seen]) -> float:
    """Return what the looks after the first weigh: persistence is counted in whole spans of `persistence_h`.

    Were it counted from the look before, a look in between would make a fire that burns on less likely.
    """
    gained, since = 0.0, seen[0].seconds
    persisting, again, span_s = math.log(rule.persisting), math.log(rule.again), rule.persistence_h * 3600.0
    for one in seen[1:]:
        persists = one.seconds - since >= span_s
        gained += persisting if persists else again
        since = one.seconds if persists else since
    return gained


def is_weak(table: Evidence, claim: Detection) -> bool:
    """Return whether a claim is known to be weaker than a fire that needs watching."""
    return claim.frp_mw is not None and claim.frp_mw < table.satellite.weak_frp_mw


def _logit(p: float) -> float:
    return math.log(p / (1.0 - p))
