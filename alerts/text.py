"""Headline, description and the fields of law from an incident and its turn, in the words of a profile.

Names of places are those of the region, in the first language of the profile; in its other languages the
coordinates stand for them.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import cast

from alerts import blind, outbreak, phrase
from alerts.lifecycle import Turn, fields_of
from schemas.alert import Legal
from schemas.incident import Incident, Place
from schemas.jurisdiction import Jurisdiction
from schemas.reason import Reason
from schemas.units import IncidentKind, SourceClass
from schemas.wording import Words

NAMED = 4
"""Candidates of one level that are named; more would fill the screen of a telephone."""


def where(profile: Jurisdiction, incident: Incident) -> str:
    """Return the known place names in the first language, every candidate named, or nothing.

    The widest level, the same for everybody here, is left out where a narrower one is known.
    """
    words, found = profile.first, _by_layer(incident) if incident.places else None
    if not found:
        return ""
    layers = [level.layer for level in profile.level if level.layer in found]
    if len(layers) > 1 and layers[0] == profile.level[0].layer:
        layers = layers[1:]
    names = [words.either.join(found[layer][:NAMED]) for layer in layers]
    return words.place_separator.join(names if words.widest_first else reversed(names))


def _by_layer(incident: Incident) -> dict[str, list[str]]:
    """Return the names in each layer, those that hold the centre first."""
    found: dict[str, list[str]] = {}
    for relation in ("inside", "possibly_inside"):
        for place in incident.places:
            if place.relation == relation:
                found.setdefault(place.layer, []).append(place.name)
    return found


def said(
    profile: Jurisdiction, incident: Incident, turn: Turn, classes: tuple[str, ...]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return headline and description in each language; what they share is put into words once."""
    if incident.kind == "blind":
        return blind.said(profile, incident, turn)
    named = where(profile, incident)
    if incident.kind == "outbreak":
        return outbreak.said(profile, incident, turn, named)
    headlines: dict[str, str] = {}
    descriptions: dict[str, str] = {}
    for language in profile.languages:
        words = profile.words[language]
        position = _position(words, incident)
        place = named if language == profile.languages[0] else ""
        shown = place or phrase.filled(words.sentence.unnamed, position)
        headlines[language] = _headline(words, profile.zone, incident, turn, shown)
        position |= {
            "where": shown,
            "named": words.sentence.named.format(where=place) if place else "",
        }
        ended = ""
        if turn.action in {"close", "expire"}:
            is_out = turn.reason.code == "declared_out"
            ended = words.sentence.declared_out if is_out else words.sentence.not_out
        descriptions[language] = _description(words, profile.zone, incident, classes, position) + ended
    return headlines, descriptions


def headline(profile: Jurisdiction, incident: Incident, turn: Turn) -> dict[str, str]:
    """Return one line in each language: grade, action, place, time."""
    return said(profile, incident, turn, ())[0]


def description(
    profile: Jurisdiction, incident: Incident, turn: Turn, classes: tuple[str, ...]
) -> dict[str, str]:
    """Return in each language what is known, by whom, how sure, and what is not known."""
    return said(profile, incident, turn, classes)[1]


def _headline(words: Words, zone: str, incident: Incident, turn: Turn, shown: str) -> str:
    said = {
        "mark": words.sentence.reconstruction if incident.reconstruction else "",
        "grade": words.grade[incident.kind][incident.grade],
        "action": words.action[turn.action],
        "where": shown,
        "at": phrase.moment(words.moment_short, incident.last_observed_at, zone),
    }
    return phrase.filled(words.sentence.headline, said)


def _description(
    words: Words, zone: str, incident: Incident, classes: tuple[str, ...], place: dict[str, str]
) -> str:
    said = place | {
        "sources": phrase.joined(words, [words.source[cast("SourceClass", one)] for one in classes]),
        "observations": phrase.number(words, incident.observation_count),
        "looks": phrase.number(words, incident.look_count),
        "probability_percent": phrase.percent(incident.probability),
        "area": _area(words, incident.area_ha),
        "fields": _fields(words, incident),
        "at": phrase.moment(words.moment, incident.last_observed_at, zone),
    }
    return phrase.filled(words.sentence.description, said)


def legal(profile: Jurisdiction, incident: Incident, issuer: str, now: datetime) -> Legal:
    """Return the fields that a published warning states, in the first language of the profile."""
    words, advice, language = profile.first, profile.advice, profile.languages[0]
    areas = [
        place.name for place in incident.places if place.layer in {"county", "township", "protected_areas"}
    ]
    named = phrase.joined(words, dict.fromkeys(areas))
    caution, measures = cautioned(profile, language, incident.kind, incident.reasons)
    return Legal(
        category=advice.category[incident.kind][language],
        level=words.grade[incident.kind][incident.grade],
        starts_at=incident.opened_at,
        affected_area=named or phrase.filled(words.sentence.around, _position(words, incident)),
        caution=caution,
        measures=measures,
        issuer=issuer,
        issued_at=now,
    )


def cautioned(
    profile: Jurisdiction, language: str, kind: IncidentKind, reasons: Iterable[Reason]
) -> tuple[str, str]:
    """Return what people are warned of and what they are to do, by the kind of incident and its reasons."""
    words, advice = profile.words[language], profile.advice
    match kind:
        case "fire":
            return advice.caution[language], advice.measures[language]
        case "blind":
            return blind.advice(words, reasons)
        case _:
            return words.pest.caution, words.pest.measures


def expires_at(incident: Incident, hours: float) -> datetime:
    """Return until when the alert is valid: so many hours after its newest evidence."""
    return incident.last_observed_at + timedelta(hours=hours)


def names(places: tuple[Place, ...]) -> tuple[str, ...]:
    """Return the ids of the places the centre lies in."""
    return tuple(place.place_id for place in places if place.relation == "inside")


def _area(words: Words, area_ha: float | None) -> str:
    if area_ha is None:
        return words.sentence.area_unknown
    return phrase.filled(words.sentence.area, {"area_ha": phrase.number(words, area_ha)})


def _fields(words: Words, incident: Incident) -> str:
    """Return in how many fields it burns, or nothing where it is one or not known."""
    fields = fields_of(incident)
    return words.sentence.fields.format(fields=phrase.number(words, fields)) if fields > 1 else ""


def _position(words: Words, incident: Incident) -> dict[str, str]:
    return phrase.position(words, incident.longitude, incident.latitude, incident.radius_m)
