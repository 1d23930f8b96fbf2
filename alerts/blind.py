"""A lost observation as people are told of it: how grave it is, what changed, and in which words.

It is as grave as the fire danger where nobody looks; where the danger is not known, `unknown`. Where others
on the ground still watch the place it is a grade less. Nothing in it says that there is no fire.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, cast

from msgspec import Meta, Struct

from alerts import phrase
from alerts.grade import ORDER
from alerts.lifecycle import Issued, Turn
from schemas.incident import Incident
from schemas.jurisdiction import Jurisdiction
from schemas.reason import Reason
from schemas.units import Grade
from schemas.wording import Loss, Words

SOURCE_LAYERS = ("cameras", "towers", "sensors", "traps")
"""Layers whose places in a lost observation are the sources that are lost."""

UNEXPECTED = "no_longer_expected"
"""Code of the reason when the settings no longer expect what was lost."""

NAMED = 3
"""So many sources and areas are named, of the others the number."""

LESS: dict[Grade, Grade] = {"I": "II", "II": "III", "III": "IV", "IV": "task", "task": "task"}


class Grading(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How grave a loss is (placeholders, to be set by the office)."""

    by_danger: Annotated[
        tuple[Grade, Grade, Grade, Grade, Grade], Meta(description="For fire danger level 1 to 5.")
    ] = ("task", "task", "IV", "III", "II")
    unknown: Annotated[Grade, Meta(description="Where the danger is not known.")] = "IV"


def grade(rule: Grading, danger: int | None, *, others_watch: bool) -> tuple[Grade, tuple[Reason, ...]]:
    """Return how grave a loss is and why; `danger` is the level from 1 to 5, None where it is not known."""
    held = rule.unknown if danger is None else rule.by_danger[min(max(danger, 1), 5) - 1]
    why = Reason(code="fire_danger", rule=held, value=danger, detail="" if danger else "not known")
    if not others_watch:
        return held, (why,)
    return LESS[held], (why, Reason(code="seen_by_others", rule=LESS[held]))


def of_traps() -> tuple[Grade, tuple[Reason, ...]]:
    """Return how grave it is that traps are not read: a task, whatever the fire danger."""
    return "task", (Reason(code="traps_unread", rule="task"),)


def advice(words: Words, reasons: Iterable[Reason]) -> tuple[str, str]:
    """Return caution and measures of a loss, in these words."""
    lost = words.lost
    said = lost.traps if is_of_traps(reasons) else lost
    return said.caution, said.measures


def is_of_traps(reasons: Iterable[Reason]) -> bool:
    """Return whether nothing but traps is lost."""
    return any(reason.code == "traps_unread" for reason in reasons)


def turn(issued: Issued | None, incident: Incident, now: datetime, again_h: float) -> Turn | None:
    """Return the action that this revision of a lost observation calls for, None when nothing is to be said.

    What lasts is said again every `again_h`, so that it does not expire while it lasts.
    """
    if incident.status == "closed":
        is_known = issued is not None and not issued.ended
        is_left = incident.reasons[0].code == UNEXPECTED
        why = Reason(code="no_longer_expected") if is_left else Reason(code="observed_again")
        return Turn(action="close", reason=why) if is_known else None
    is_paging = incident.grade != "task"
    if issued is None or issued.ended:
        return Turn(action="new", reason=incident.reasons[0], pages=is_paging)
    rose = ORDER[incident.grade] - ORDER[issued.grade]
    step = f"{issued.grade} to {incident.grade}"
    if rose > 0:
        return Turn(action="upgrade", reason=Reason(code="grade_raised", detail=step), pages=is_paging)
    if rose < 0:
        return Turn(action="downgrade", reason=Reason(code="grade_lowered", detail=step))
    if incident.look_count != issued.looks or now - issued.issued_at >= timedelta(hours=again_h):
        return Turn(action="update", reason=incident.reasons[0])
    return None


def said(profile: Jurisdiction, incident: Incident, turn: Turn) -> tuple[dict[str, str], dict[str, str]]:
    """Return headline and description in each language."""
    headlines: dict[str, str] = {}
    descriptions: dict[str, str] = {}
    for language in profile.languages:
        words = profile.words[language]
        gaps = _gaps(words, profile.zone, incident, own=language == profile.languages[0])
        lost = words.lost
        headlines[language] = lost.headline.format(
            mark=words.sentence.reconstruction if incident.reconstruction else "",
            grade=words.grade["blind"][incident.grade],
            action=ended(words, turn.reason) if turn.action == "close" else words.action[turn.action],
            **gaps,
        )
        saying = lost.traps if is_of_traps(incident.reasons) else lost
        found = (lost.left or saying.description) if turn.reason.code == UNEXPECTED else saying.found
        sentence = found if turn.action == "close" else saying.description
        descriptions[language] = sentence.format(**gaps)
    return headlines, descriptions


def ended(words: Words, why: Reason) -> str:
    """Return the action in the headline of a loss that is over."""
    return (words.lost.unexpected or words.action["close"]) if why.code == UNEXPECTED else words.lost.back


def _gaps(words: Words, zone: str, incident: Incident, *, own: bool) -> dict[str, str]:
    names = {place.place_id: place.name for place in incident.places if place.layer in SOURCE_LAYERS}
    causes = [words.lost.why.get(cast("Loss", one.code)) for one in incident.reasons if one.ref]
    whys = list(dict.fromkeys(filter(None, causes)))
    danger = next((one.value for one in incident.reasons if one.code == "fire_danger"), None)
    return {
        "what": _listed(words, ((names.get(one) or one) if own else one for one in incident.sources)),
        "since": phrase.moment(words.moment_short, incident.opened_at, zone),
        "hours": phrase.number(
            words, max(0.0, (incident.last_observed_at - incident.opened_at) / timedelta(hours=1)), 1
        ),
        "why": phrase.joined(words, whys),
        "danger": words.lost.danger_unknown
        if danger is None
        else words.lost.danger.format(level=phrase.number(words, danger)),
        "areas": _areas(words, zone, incident, own=own),
    }


def _areas(words: Words, zone: str, incident: Incident, *, own: bool) -> str:
    """Return since when nobody looked at the protected areas that the sources watched."""
    names = {place.place_id: place.name for place in incident.places if place.layer == "protected_areas"}
    told = []
    for one in [reason for reason in incident.reasons if reason.code == "not_observed_since"][:NAMED]:
        name = names.get(one.ref, one.ref) if own else one.ref
        if not one.detail:
            told.append(words.lost.area_never.format(name=name))
            continue
        at = phrase.moment(words.moment_short, datetime.fromisoformat(one.detail), zone)
        told.append(words.lost.area.format(name=name, at=at))
    return "".join(told)


def _listed(words: Words, names: Iterable[str]) -> str:
    every = list(names)
    listed = phrase.joined(words, every[:NAMED])
    return words.lost.more.format(first=listed, count=len(every)) if len(every) > NAMED else listed
