"""What the answers to an incident say together: evidence from the field, a ruling from an office.

Config::

    [feedback]
    found_odds = 8.0              # one person on the spot says fire: factor on the odds
    other_odds = 0.25             # says that something else burns
    not_found_odds = 0.5          # found nothing: fires are easily missed
    floor_probability = 0.5       # what was so sure stays so: who finds nothing ends nothing
    overcome_probability = 0.5    # later evidence, alone so sure, counts in spite of a denial
    covers_h = 24.0               # a denial says nothing of evidence later than this after it
    final_level = "city"          # from this office on a denial ends the incident as a false one

The factors are proposals, to be calibrated on verdicts. A set of answers gives one result in any order.
"""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.jurisdiction import Jurisdiction
from schemas.reason import Reason
from schemas.verdict import LEVELS, Step, Verdict, Verification

MOST_SURE = 0.99
"""What the field alone can add up to: an office is needed to be certain."""

MOST_STEPS = 16
"""Answers of one level that are kept with an incident, the newest; `verdict.v1` keeps every one.

Of so many authors of a level the last word is kept besides, however much was said after it.
"""

Odds = Annotated[float, Meta(gt=0)]
Says = Literal["fire", "other", "not_found", ""]


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings under [feedback]."""

    found_odds: Annotated[float, Meta(ge=1)] = 8.0
    other_odds: Annotated[float, Meta(gt=0, le=1)] = 0.25
    not_found_odds: Annotated[float, Meta(gt=0, le=1)] = 0.5
    floor_probability: Annotated[float, Meta(gt=0, le=1)] = 0.5
    overcome_probability: Annotated[float, Meta(gt=0, le=1)] = 0.5
    covers_h: Annotated[float, Meta(gt=0)] = 24.0
    final_level: Literal["county", "city", "province"] = "city"


def says(profile: Jurisdiction, code: int) -> Says:
    """Return what a code says of the incident; empty while it is being checked, or unknown here."""
    found = next((one.says for one in profile.feedback if one.code == code), "under_verification")
    if found in {"fire", "fire_abroad"}:
        return "fire"
    if found == "not_found":
        return "not_found"
    return "" if found == "under_verification" else "other"


def kept(profile: Jurisdiction, verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Return the newest answers of each level and the last word of each author, by time, each id once."""
    once = {one.verdict_id: one for one in sorted(verdicts, key=_order, reverse=True)}
    count = dict.fromkeys(LEVELS, 0)
    spoke: dict[str, set[str]] = {level: set() for level in LEVELS}
    newest: list[Verdict] = []
    for one in sorted(once.values(), key=_order, reverse=True):
        count[one.level] += 1
        authors = spoke[one.level]
        # what an author says after it takes a word back; that it is being checked does not
        is_word = bool(says(profile, one.code)) and one.author not in authors and len(authors) < MOST_STEPS
        if is_word:
            authors.add(one.author)
        if is_word or count[one.level] <= MOST_STEPS:
            newest.append(one)
    return newest[::-1]


def _order(one: Verdict) -> tuple[object, str]:
    return one.at, one.verdict_id


def verification(profile: Jurisdiction, verdicts: Sequence[Verdict]) -> Verification:
    """Return the state of the answers: the highest office rules, and of one office the newest word.

    Of two words of one moment the one that says fire rules, and the other contradicts it.
    """
    steps = kept(profile, verdicts)
    offices = [one for one in steps if one.level != "field" and says(profile, one.code)]
    ruling = max(offices, key=lambda one: _weight(profile, one), default=None)
    if ruling is None:
        heard = {says(profile, one.code) == "fire" for one in _by_author(profile, steps)}
        return Verification(contradicted=len(heard) > 1, steps=_steps(steps))
    is_fire = says(profile, ruling.code) == "fire"
    later = [one for one in steps if one.at >= ruling.at and says(profile, one.code)]
    return Verification(
        state=ruling.level if ruling.level != "field" else "none",
        code=ruling.code,
        ruling="fire" if is_fire else "no_fire",
        ruled_by=ruling.verdict_id,
        ruled_at=ruling.at,
        contradicted=any((says(profile, one.code) == "fire") != is_fire for one in later),
        steps=_steps(steps),
    )


def _weight(profile: Jurisdiction, one: Verdict) -> tuple[int, datetime, bool, str]:
    return LEVELS.index(one.level), one.at, says(profile, one.code) == "fire", one.verdict_id


def agreed(profile: Jurisdiction, verdicts: Sequence[Verdict]) -> bool:
    """Return whether the office that rules says that it is a fire, or before one has, anybody on the spot."""
    said = verification(profile, verdicts)
    if said.ruling:
        return said.ruling == "fire"
    return any(says(profile, one.code) == "fire" for one in _by_author(profile, kept(profile, verdicts)))


def _steps(verdicts: Iterable[Verdict]) -> tuple[Step, ...]:
    return tuple(
        Step(
            verdict_id=one.verdict_id,
            level=one.level,
            code=one.code,
            author=one.author,
            at=one.at,
            text=one.text[:400],
        )
        for one in verdicts
    )


def _by_author(profile: Jurisdiction, verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Return the newest answer from the field of each author that says anything."""
    newest = {
        one.author: one
        for one in sorted(verdicts, key=_order)
        if one.level == "field" and says(profile, one.code)
    }
    return sorted(newest.values(), key=_order)


def weighed(
    options: Options, profile: Jurisdiction, verdicts: Sequence[Verdict], probability: float
) -> tuple[float, list[Reason]]:
    """Return the probability with what people on the spot say, each author once, and a reason for each.

    `probability` is what the evidence says without them. From `floor_probability` on, where grades begin,
    denials from the spot lower it no further than that.
    """
    reasons: list[Reason] = []
    logit = 0.0
    factors = {"fire": options.found_odds, "other": options.other_odds, "not_found": options.not_found_odds}
    for one in _by_author(profile, kept(profile, verdicts)):
        odds = factors[says(profile, one.code)]
        logit += math.log(odds)
        reasons.append(
            Reason(
                code="answered",
                ref=one.verdict_id,
                rule=one.level,
                value=odds,
                unit="odds",
                detail=signed(one),
            )
        )
    if reasons:
        sure = min(max(probability, 1e-6), MOST_SURE)
        logit += math.log(sure / (1.0 - sure))
        least = options.floor_probability if probability >= options.floor_probability else 0.0
        probability = round(max(min(1.0 / (1.0 + math.exp(-logit)), MOST_SURE), least), 4)
    return probability, reasons


def signed(one: Verdict | Step) -> str:
    """Return who said it, when, and why, on one line."""
    text = " ".join(one.text.split())[:200]
    return f"{one.author}, {one.at:%Y-%m-%dT%H:%M:%SZ}" + (f": {text}" if text else "")


def ruled(said: Verification) -> Reason | None:
    """Return the reason that the ruling of an office gives, or None without one."""
    step = next((one for one in said.steps if one.verdict_id == said.ruled_by), None)
    if step is None:
        return None
    code = "confirmed" if said.ruling == "fire" else "denied"
    return Reason(
        code=code, ref=step.verdict_id, rule=step.level, value=float(step.code), detail=signed(step)
    )


def is_denied(said: Verification | None) -> bool:
    """Return whether an office denies it and nothing later is stronger."""
    return said is not None and said.ruling == "no_fire" and not said.overcome


def is_false(options: Options, said: Verification | None) -> bool:
    """Return whether the denial is of an office high enough to end the incident as a false one."""
    if said is None or not is_denied(said):
        return False
    return LEVELS.index(said.state) >= LEVELS.index(options.final_level) if said.state != "none" else False


def covers(options: Options) -> timedelta:
    """Return for how long after it a denial speaks."""
    return timedelta(hours=options.covers_h)
