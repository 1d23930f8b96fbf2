"""Headline, description and the fields of law from an incident and its turn, in the words of a profile.

Names of places are those of the region, in the first language of the profile; in its other languages the
coordinates stand for them.
"""

from datetime import datetime, timedelta
from typing import cast

from alerts import phrase
from alerts.lifecycle import Turn
from schemas.alert import Legal
from schemas.incident import Incident, Place
from schemas.jurisdiction import Jurisdiction
from schemas.units import SourceClass
from schemas.wording import Words

NAMED = 4
"""Candidates of one level that are named; more would fill the screen of a telephone."""


def where(profile: Jurisdiction, incident: Incident) -> str:
    """Return the known place names in the first language, every candidate named, or nothing.

    The widest level, the same for everybody here, is left out where a narrower one is known.
    """
    words = profile.first
    names: list[str] = []
    widest: list[str] = []
    for layer in [level.layer for level in profile.level]:
        inside = [p.name for p in incident.places if p.layer == layer and p.relation == "inside"]
        maybe = [p.name for p in incident.places if p.layer == layer and p.relation == "possibly_inside"]
        if inside or maybe:
            names.append(words.either.join([*inside, *maybe][:NAMED]))
        if layer == profile.level[0].layer:
            widest, names = names, []
    names = names or widest
    return words.place_separator.join(names if words.widest_first else reversed(names))


def headline(profile: Jurisdiction, incident: Incident, turn: Turn) -> dict[str, str]:
    """Return one line in each language: grade, action, place, time."""
    return {language: _headline(profile, language, incident, turn) for language in profile.languages}


def _headline(profile: Jurisdiction, language: str, incident: Incident, turn: Turn) -> str:
    words = profile.words[language]
    return words.sentence.headline.format(
        mark=words.sentence.reconstruction if incident.reconstruction else "",
        grade=words.grade[incident.kind][incident.grade],
        action=words.action[turn.action],
        where=_named(profile, language, incident) or _unnamed(words, incident),
        at=phrase.moment(words.moment_short, incident.last_observed_at, profile.zone),
    )


def description(
    profile: Jurisdiction, incident: Incident, turn: Turn, classes: tuple[str, ...]
) -> dict[str, str]:
    """Return in each language what is known, by whom, how sure, and what is not known."""
    return {
        language: _description(profile, language, incident, classes)
        + (profile.words[language].sentence.not_out if turn.action in {"close", "expire"} else "")
        for language in profile.languages
    }


def _description(profile: Jurisdiction, language: str, incident: Incident, classes: tuple[str, ...]) -> str:
    words = profile.words[language]
    named = _named(profile, language, incident)
    return words.sentence.description.format(
        **_position(words, incident),
        where=named or _unnamed(words, incident),
        named=words.sentence.named.format(where=named) if named else "",
        sources=phrase.joined(words, (words.source[cast("SourceClass", one)] for one in classes)),
        observations=phrase.number(words, incident.observation_count),
        looks=phrase.number(words, incident.look_count),
        probability_percent=phrase.percent(words, incident.probability),
        area=_area(words, incident.area_ha),
        at=phrase.moment(words.moment, incident.last_observed_at, profile.zone),
    )


def legal(profile: Jurisdiction, incident: Incident, issuer: str, now: datetime) -> Legal:
    """Return the fields that a published warning states, in the first language of the profile."""
    words, advice, language = profile.first, profile.advice, profile.languages[0]
    areas = [
        place.name for place in incident.places if place.layer in {"county", "township", "protected_areas"}
    ]
    around = words.sentence.around.format(**_position(words, incident))
    return Legal(
        category=advice.category[incident.kind][language],
        level=words.grade[incident.kind][incident.grade],
        starts_at=incident.opened_at,
        affected_area=phrase.joined(words, dict.fromkeys(areas)) or around,
        caution=advice.caution[language],
        measures=advice.measures[language],
        issuer=issuer,
        issued_at=now,
    )


def expires_at(incident: Incident, hours: float) -> datetime:
    """Return until when the alert is valid: so many hours after its newest evidence."""
    return incident.last_observed_at + timedelta(hours=hours)


def names(places: tuple[Place, ...]) -> tuple[str, ...]:
    """Return the ids of the places the centre lies in."""
    return tuple(place.place_id for place in places if place.relation == "inside")


def _named(profile: Jurisdiction, language: str, incident: Incident) -> str:
    return where(profile, incident) if language == profile.languages[0] else ""


def _unnamed(words: Words, incident: Incident) -> str:
    return words.sentence.unnamed.format(**_position(words, incident))


def _area(words: Words, area_ha: float | None) -> str:
    if area_ha is None:
        return words.sentence.area_unknown
    return words.sentence.area.format(area_ha=phrase.number(words, area_ha))


def _position(words: Words, incident: Incident) -> dict[str, str]:
    return phrase.position(words, incident.longitude, incident.latitude, incident.radius_m)
