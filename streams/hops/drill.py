"""A mock fire in the judge: an alert marked as a test, and nothing that any real fire is judged by.

It is put off while a fire of grade I or II is open in its county, or anywhere that no county is known of.
"""

from collections.abc import Iterable

from alerts import text
from alerts.lifecycle import Turn
from alerts.quiet import NEVER_HELD
from alerts.routing import TEST
from schemas.alert import Alert, Carbon, Versions
from schemas.drill import Drill
from schemas.incident import Incident, Place
from schemas.reason import Reason, Silence
from schemas.topics import ALERT, SILENCE
from streams.hops.ids import lasting_id
from streams.hops.sitting import Sitting
from streams.hops.small_name import with_name

SOURCE = "drill"
RADIUS_M = 500.0


def rehearse(sitting: Sitting, drills: Iterable[Drill]) -> None:
    """Put out what each mock fire says, or that it is put off."""
    for one in drills:
        region = sitting.given.region.at(sitting.now)
        places = region.places(one.longitude, one.latitude, RADIUS_M)
        grave = "" if one.ends else _grave_in(sitting, places)
        if grave:
            put_off = Reason(code="drill_put_off", ref=grave)
            said = Silence(
                observation_id=one.drill_id, outcome="silent", stage="judge", at=sitting.now, reason=put_off
            )
            sitting.put(SILENCE, one.drill_id, said)
        else:
            alert = _alert(sitting, one, _mock(sitting, one, places, region.version))
            sitting.put(ALERT, alert.incident_id, alert)


def alert_id_of(one: Drill) -> str:
    """Return the id of the alert of a mock fire, the same for its beginning and its end."""
    return lasting_id("D", one.at, one.drill_id)


def _grave_in(sitting: Sitting, places: tuple[Place, ...]) -> str:
    return grave_among((row.incident for row in sitting.desk.rows.values()), places)


def grave_among(fires: Iterable[Incident], places: tuple[Place, ...]) -> str:
    """Return a fire of grade I or II that is open in the county; one of no known county counts everywhere."""
    ours = _counties(places)
    for fire in fires:
        if fire.kind == "fire" and fire.status == "open" and fire.grade in NEVER_HELD:
            theirs = _counties(fire.places)
            if not ours or not theirs or ours & theirs:
                return fire.incident_id
    return ""


def _counties(places: Iterable[Place]) -> set[str]:
    return {place.place_id for place in places if place.layer == "county"}


def _mock(sitting: Sitting, one: Drill, places: tuple[Place, ...], region: str) -> Incident:
    name = alert_id_of(one)
    return Incident(
        incident_id=name,
        revision=2 if one.ends else 1,
        short_code=name[-8:-4],
        kind="fire",
        status="closed" if one.ends else "open",
        opened_at=one.at,
        last_observed_at=one.at,
        judged_at=sitting.now,
        longitude=one.longitude,
        latitude=one.latitude,
        radius_m=RADIUS_M,
        observation_count=1,
        look_count=1,
        sources=(SOURCE,),
        area_ha=None,
        footprint={"type": "Point", "coordinates": [one.longitude, one.latitude]},
        grade=one.grade,
        probability=1.0,
        places=places,
        placed_by=region,
    )


def _alert(sitting: Sitting, one: Drill, mock: Incident) -> Alert:
    given = sitting.given
    reason = Reason(code="drill_over" if one.ends else "drill", ref=one.drill_id)
    turn = Turn(action="cancel" if one.ends else "new", reason=reason, pages=not one.ends)
    headline, description = text.said(given.profile, mock, turn, ())
    marks = {language: words.sentence.drill for language, words in given.profile.words.items()}
    unknown = Reason(code="not_computed", detail="a drill")
    region = given.region.at(sitting.now)
    return Alert(
        alert_id=mock.incident_id,
        incident_id=mock.incident_id,
        revision=mock.revision,
        action=turn.action,
        kind="fire",
        grade=one.grade,
        pages=turn.pages,
        short_code=mock.short_code,
        issued_at=sitting.now,
        observed_at=one.at,
        expires_at=text.expires_at(mock, 1.0),
        headline={language: marks[language] + said for language, said in headline.items()},
        description={language: marks[language] + said for language, said in description.items()},
        reasons=(reason,),
        longitude=one.longitude,
        latitude=one.latitude,
        radius_m=RADIUS_M,
        area_ha=None,
        probability=1.0,
        observation_count=1,
        sources=(SOURCE,),
        footprint=mock.footprint,
        places=with_name(mock.places, region, one.longitude, one.latitude),
        carbon=Carbon(carbon_t=None, reason=unknown),
        legal=text.legal(given.profile, mock, given.issuer, sitting.now),
        versions=Versions(
            software=given.software,
            settings=given.settings,
            region=mock.placed_by,
            tables=given.tables,
            jurisdiction=given.jurisdiction,
        ),
        lineage=(mock.incident_id,),
        status=TEST,
    )
