"""An outbreak as people are told of it: which turn it takes, who may see it, and in which words.

Every text says that it is suspected and to be verified; only an authority announces an epidemic (植物检疫条例
art. 15). What is on record already is revised and pages nobody.
"""

import re
from datetime import datetime, timedelta
from typing import Annotated, cast

from msgspec import Meta, Struct

from alerts import phrase
from alerts.grade import ORDER
from alerts.lifecycle import Issued, Turn
from schemas.incident import Incident
from schemas.jurisdiction import Jurisdiction
from schemas.pest import Audience, Novelty
from schemas.reason import Reason
from schemas.wording import PestReason, Words


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings under [outbreak.telling]; proposals."""

    page_limit_d: Annotated[float, Meta(gt=0, description="Older signs on arrival page nobody.")] = 45.0
    find_limit_d: Annotated[
        float, Meta(gt=0, description="The same of a quarantine find in a new place: laboratories take long.")
    ] = 180.0
    update_min_d: Annotated[float, Meta(gt=0, description="An unchanged grade is said at most so often.")] = (
        7.0
    )
    growth: Annotated[float, Meta(gt=1, description="Unless the footprint grew by this factor.")] = 1.5
    valid_d: Annotated[float, Meta(gt=0, description="An alert expires so long after it was issued.")] = 14.0


def audience_of(*, is_quarantine: bool) -> Audience:
    """Return who may see an outbreak: what may become an epidemic is not for everybody who may read."""
    return "quarantine" if is_quarantine else ""


def turn(
    options: Options, issued: Issued | None, incident: Incident, now: datetime, *, may_page: bool
) -> Turn | None:
    """Return the action that this revision of an outbreak calls for, None when nothing is to be said."""
    is_known = issued is not None and not issued.ended
    if incident.status == "false_alarm":
        return Turn(action="cancel", reason=incident.reasons[0]) if is_known else None
    if incident.status == "closed":
        return Turn(action="close", reason=_quiet(incident)) if is_known else None
    stale = _stale(options, incident, now)
    pages = may_page and stale is None and incident.grade != "task"
    if issued is None or issued.ended:
        why = stale or Reason(code="opened" if issued is None else "reopened")
        return Turn(action="new", reason=why, pages=pages, late=stale is not None)
    rose = ORDER[incident.grade] - ORDER[issued.grade]
    step = f"{issued.grade} to {incident.grade}"
    if rose > 0:
        why = stale or Reason(code="grade_raised", detail=step)
        return Turn(action="upgrade", reason=why, pages=pages, late=stale is not None)
    if rose < 0:
        return Turn(action="downgrade", reason=Reason(code="grade_lowered", detail=step))
    why_not = _worth(options, issued, incident, now)
    return None if why_not is None else Turn(action="update", reason=why_not, late=stale is not None)


def _quiet(incident: Incident) -> Reason:
    days = ((incident.closed_at or incident.judged_at) - incident.last_observed_at) / timedelta(days=1)
    return Reason(code="quiet", value=round(days, 2), unit="d", detail=incident.last_observed_at.isoformat())


def _stale(options: Options, incident: Incident, now: datetime) -> Reason | None:
    """Return why signs so old page nobody, or None.

    A sample is known by its day, and its result may come months later: where the pest is new it is news then.
    """
    days = (now - incident.last_observed_at) / timedelta(days=1)
    is_new = incident.pest is not None and incident.pest.novelty != ""
    limit = max(options.find_limit_d, options.page_limit_d) if is_new else options.page_limit_d
    if days <= limit:
        return None
    margin = round(days - limit, 2)
    return Reason(code="backlog", value=round(days, 2), threshold=limit, margin=margin, unit="d")


def _worth(options: Options, issued: Issued, incident: Incident, now: datetime) -> Reason | None:
    """Return why an unchanged grade is worth a revision, or None."""
    if incident.incident_id != issued.incident_id:
        return Reason(code="renamed", ref=issued.incident_id)
    reached = [
        one.place_id
        for one in incident.places
        if one.relation == "inside" and one.place_id not in issued.place_ids
    ]
    if reached:
        return Reason(code="new_place", ref=reached[0])
    area = incident.area_ha or 0.0
    if area > issued.area_ha * options.growth and issued.area_ha > 0:
        limit = round(issued.area_ha * options.growth, 1)
        return Reason(code="grew", value=area, threshold=limit, unit="ha")
    waited = now - issued.issued_at >= timedelta(days=options.update_min_d)
    if incident.look_count > issued.looks and waited:
        return Reason(code="seen_again", value=float(incident.look_count), unit="signs")
    return None


def expires_at(options: Options, now: datetime) -> datetime:
    """Return until when a revision is valid."""
    return now + timedelta(days=options.valid_d)


def said(
    profile: Jurisdiction, incident: Incident, turn: Turn, where: str
) -> tuple[dict[str, str], dict[str, str]]:
    """Return headline and description in each language; `where` is the place in the first of them."""
    headlines: dict[str, str] = {}
    descriptions: dict[str, str] = {}
    for language in profile.languages:
        words = profile.words[language]
        gaps = _gaps(words, profile.zone, incident, where if language == profile.languages[0] else "")
        headlines[language] = words.pest.headline.format(
            mark=words.sentence.reconstruction if incident.reconstruction else "",
            grade=words.grade["outbreak"][incident.grade],
            action=words.action[turn.action],
            **gaps,
        )
        last = _last(words, profile.zone, incident, turn)
        descriptions[language] = words.pest.description.format(**gaps) + _seldom(words, incident) + last
    return headlines, descriptions


def _last(words: Words, zone: str, incident: Incident, turn: Turn) -> str:
    """Return what is said last: what comes next, or that nobody declared it gone; nothing once called off."""
    if turn.action == "cancel":
        return ""
    return words.pest.not_gone if turn.action in {"close", "expire"} else _next(words, zone, incident)


def _seldom(words: Words, incident: Incident) -> str:
    """Return how seldom chance alone brings the strongest of its clusters; empty where there is none."""
    weeks = [one.value for one in incident.reasons if one.code == "recurrence" and one.value is not None]
    return words.pest.recurrence.format(weeks=phrase.number(words, round(max(weeks)))) if weeks else ""


def _next(words: Words, zone: str, incident: Incident) -> str:
    """Return what the season asks for next and from which day on; empty where no day is foreseen."""
    pest = incident.pest
    if pest is None or not pest.next_action or pest.next_action_at is None or not pest.season_basis:
        return ""
    return words.pest.next_due.format(
        todo=words.pest.todo[pest.next_action],
        on=phrase.moment("%Y-%m-%d", pest.next_action_at, zone),
        basis=words.pest.basis[pest.season_basis],
    )


def named(words: Words, incident: Incident) -> str:
    """Return the pest by the name that a language uses."""
    pest = incident.pest
    if pest is None:
        return ""
    return pest.chinese if words.pest.name == "chinese" and pest.chinese else pest.species


def faults(words: Words, text: str) -> tuple[str, ...]:
    """Return what a text about a pest may not say in a language, or lacks; empty where it may be sent.

    Only the State Council's department announces an epidemic (植物检疫条例 art. 15).
    """
    found = [f"announces: {hit[0]}" for hit in re.finditer(words.pest.never, text)]
    if not any(word in text for word in words.pest.must):
        found.append(f"lacks {' or '.join(words.pest.must)}")
    return tuple(found)


def one_line(words: Words, chinese: str, scientific: str, where: str, novelty: Novelty = "") -> str:
    """Return one line on a find: suspected, where, what is new, to be verified."""
    pest = chinese if words.pest.name == "chinese" and chinese else scientific
    new = words.pest.novelty[novelty] if novelty else ""
    return words.pest.line.format(pest=pest, where=where, novelty=new)


def _gaps(words: Words, zone: str, incident: Incident, where: str) -> dict[str, str]:
    pest, position = (
        incident.pest,
        phrase.position(words, incident.longitude, incident.latitude, incident.radius_m),
    )
    novelty = "" if pest is None or not pest.novelty else words.pest.novelty[pest.novelty]
    whys = [words.pest.why.get(cast("PestReason", one.code)) for one in incident.reasons]
    return {
        "pest": named(words, incident),
        "where": where or words.sentence.unnamed.format(**position),
        "novelty": novelty,
        # of what was called off no reason stands any more
        "why": phrase.joined(words, dict.fromkeys(filter(None, whys))) or words.sentence.judged_anew,
        "signs": phrase.number(words, incident.look_count),
        "since": phrase.moment(words.moment_short, incident.opened_at, zone),
        "at": phrase.moment(words.moment_short, incident.last_observed_at, zone),
        "threatened": phrase.number(words, len(pest.threatened) if pest else 0),
        **position,
    }
