"""Outbreaks as they now are: a revision where something changed, and the alert revision that is due."""

from collections.abc import Iterable
from datetime import UTC, datetime

from msgspec.structs import replace

from alerts.lifecycle import Issued, Turn
from detectors.pests.closing import since_over
from detectors.pests.outbreak import Outbreak, judged_by, outbreaks
from detectors.pests.sign import Sign, sign_of
from schemas.incident import Incident
from schemas.reason import Reason
from schemas.topics import INCIDENT
from streams.hops.desk import FireRow
from streams.hops.ids import lasting_id
from streams.hops.outbreak_again import stands_for
from streams.hops.outbreak_answers import answered
from streams.hops.outbreak_board import OutbreakRow
from streams.hops.outbreak_incident import incident_of, is_unchanged, same_words
from streams.hops.outbreak_telling import keep, say
from streams.hops.sitting import Sitting
from streams.hops.swallowing import inherited, retired
from streams.hops.telling import tell

ALWAYS = datetime.min.replace(tzinfo=UTC)


def settle_species(sitting: Sitting, name: str) -> None:
    """Revise every outbreak of one pest that changed, the oldest first; end those whose signs are gone."""
    found = {
        outbreak_name(one.signs[0]): _newest(sitting, one)
        for one in outbreaks(sitting.given.pests.by(name).linking, _signs(sitting, name))
    }
    carried = _carried(sitting, name, found)
    for one, outbreak in found.items():
        _revise(sitting, one, outbreak, carried.pop(one, []))
    for rows in carried.values():
        for row in rows:
            _take_back(sitting, row)


def outbreak_name(sign: Sign) -> str:
    """Return the lasting id of the outbreak whose oldest sign this is."""
    return lasting_id("P", sign.observed_at, f"{sign.species}\n{sign.sign_id}")


def _newest(sitting: Sitting, outbreak: Outbreak) -> Outbreak:
    """Return an outbreak as its signs since it was last over show it: what is on record is news but once."""
    given = sitting.given.pests
    if not given.rules.species.by_name[outbreak.species.casefold()].is_quarantine:
        return outbreak
    signs = since_over(given.by(outbreak.species).closing, given.seasons, outbreak.signs)
    return judged_by(outbreak, signs) if len(signs) < len(outbreak.signs) else outbreak


def _signs(sitting: Sitting, name: str) -> list[Sign]:
    board = sitting.desk.pests
    species = sitting.given.pests.rules.species.by_name[name.casefold()]
    rows = [board.rows[one] for one in board.signs.get(name, ())]
    given = (sign_of(row.one, species, row.graded, row.where) for row in rows)
    return [one for one in given if one is not None]


def _carried(sitting: Sitting, name: str, found: dict[str, Outbreak]) -> dict[str, list[OutbreakRow]]:
    """Return the rows known of this pest by the outbreak that goes on from each; empty: none does."""
    of_sign = {sign.sign_id: one for one, outbreak in found.items() for sign in outbreak.signs}
    carried: dict[str, list[OutbreakRow]] = {}
    for one, row in sorted(sitting.desk.pests.outbreaks.items()):
        if row.incident.pest is None or row.incident.pest.species != name:
            continue
        stand = (stands_for(sitting.desk.pests, sign) for sign in row.signs)
        heir = one if one in found else next((of_sign[sign] for sign in stand if sign in of_sign), "")
        carried.setdefault(heir, []).append(row)
    return carried


def _revise(sitting: Sitting, name: str, outbreak: Outbreak, rows: list[OutbreakRow]) -> None:
    """Put out the next revision of an outbreak if it says anything new; other ids lead to it."""
    own = next((row for row in rows if row.incident.incident_id == name), None)
    others = [row for row in rows if row is not own]
    if own is not None and not others and is_unchanged(sitting, outbreak, own):
        return
    incident = answered(sitting, incident_of(sitting, name, outbreak, own, others))
    if own is not None and not others and same_words(incident, own.incident):
        keep(sitting, replace(own, signs=_names(outbreak)))
        return
    sitting.put(INCIDENT, name, incident)
    for row in others:
        _drop(sitting, retired(sitting, row.incident, name))
    issued = _inherit(sitting, rows, name)
    parted = own is None and not others and _was_told(sitting, outbreak)
    may_page = outbreak.may_page and not parted and _is_news(issued, outbreak, rows)
    say(sitting, incident, issued, _names(outbreak), may_page=may_page)


def _is_news(issued: Issued | None, outbreak: Outbreak, rows: Iterable[OutbreakRow]) -> bool:
    """Return whether an outbreak has anything to page for: one that ended, only by a sign not told then."""
    if issued is None or not issued.ended:
        return True
    told = {one: row.incident.last_observed_at for row in rows for one in row.signs}
    fresh = (one for one in outbreak.signs if one.observed_at > told.get(one.sign_id, ALWAYS))
    return any(one.may_page for one in fresh)


def _names(outbreak: Outbreak) -> tuple[str, ...]:
    return tuple(sorted(one.sign_id for one in outbreak.signs))


def _was_told(sitting: Sitting, outbreak: Outbreak) -> bool:
    """Return whether these signs were part of an outbreak that people know of: it has fallen apart."""
    mine = set(_names(outbreak))
    living = [row for row in sitting.desk.pests.outbreaks.values() if row.issued and not row.issued.ended]
    return any(mine.issubset(row.signs) for row in living)


def _inherit(sitting: Sitting, rows: list[OutbreakRow], name: str) -> Issued | None:
    """Return what the alert that goes on last said; the others end in it."""
    spoken = [FireRow(incident=row.incident, issued=row.issued) for row in rows if row.issued is not None]
    if not spoken:
        over = sitting.desk.over.get(name)
        return None if over is None else over.issued
    return inherited(sitting, spoken, name)


def _take_back(sitting: Sitting, row: OutbreakRow) -> None:
    """End an outbreak none of whose signs stands any more: corrected, or examined and negative."""
    if row.incident.status == "false_alarm":
        return
    why = _why_gone(sitting, row)
    ended = replace(
        row.incident,
        status="false_alarm",
        revision=row.incident.revision + 1,
        judged_at=sitting.now,
        reasons=(why,),
    )
    sitting.put(INCIDENT, ended.incident_id, ended)
    last = FireRow(incident=ended, issued=row.issued)
    if row.issued is not None and not row.issued.ended:
        last = tell(sitting, last, Turn(action="cancel", reason=why), ())
    if last.issued is not None:
        sitting.note(last.issued.alert_id, issued=last.issued)
    _drop(sitting, ended)


def _why_gone(sitting: Sitting, row: OutbreakRow) -> Reason:
    """Return why no sign stands: a laboratory found nothing in what was suspected, or all were corrected."""
    rows = [sitting.desk.pests.rows[one] for one in row.signs if one in sitting.desk.pests.rows]
    whys = [why for one in rows for why in one.reasons if why.code == "lab_negative"]
    return whys[0] if whys else Reason(code="withdrawn", rule="all its signs")


def _drop(sitting: Sitting, incident: Incident) -> None:
    sitting.desk.pests.outbreaks.pop(incident.incident_id, None)
    sitting.result.rows[f"x/{incident.incident_id}"] = None
    sitting.note(incident.incident_id, revision=incident.revision)


def close_over(sitting: Sitting) -> None:
    """Close every outbreak whose signs have nothing to say any more; nobody has declared it gone."""
    for row in sorted(_due(sitting), key=lambda row: row.incident.incident_id):
        one = row.incident
        assert one.pest is not None
        closed = replace(
            one,
            status="closed",
            closed_at=one.pest.closes_at,
            judged_at=sitting.now,
            revision=one.revision + 1,
        )
        sitting.put(INCIDENT, closed.incident_id, closed)
        say(sitting, closed, row.issued, row.signs, may_page=False)


def _due(sitting: Sitting) -> Iterable[OutbreakRow]:
    for row in sitting.desk.pests.outbreaks.values():
        over = None if row.incident.pest is None else row.incident.pest.closes_at
        if row.incident.status == "open" and over is not None and over <= sitting.now:
            yield row
