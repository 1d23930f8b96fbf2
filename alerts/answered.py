"""The turn of an alert in the light of the answers: an office confirms or ends it, a denial holds it back."""

from msgspec.structs import replace

from alerts.feedback import is_denied, ruled
from alerts.lifecycle import Issued, Turn
from schemas.incident import Incident
from schemas.reason import Reason


def told_of(incident: Incident) -> str:
    """Return what of the answers a revision tells: the ruling in force, and whether answers contradict it."""
    said = incident.feedback
    if said is None:
        return ""
    return f"{said.ruled_by}{' contradicted' if said.contradicted else ''}"


def heard(ordinary: Turn | None, issued: Issued | None, incident: Incident) -> Turn | None:
    """Return the turn that is due: `ordinary`, without the answers, unless they say otherwise.

    A denial signed by an office cancels, and nothing is told until later evidence is stronger. An
    office that says fire confirms. What contradicts is an update, for the officer to decide.
    """
    said = incident.feedback
    if said is None:
        return ordinary
    living = issued is not None and not issued.ended
    reason = ruled(said)
    if is_denied(said):
        return Turn(action="cancel", reason=reason) if living and reason is not None else None
    if ordinary is not None and ordinary.action != "update":
        return _in_spite(ordinary, incident) if said.overcome else ordinary
    if issued is None or not living or incident.status != "open" or issued.answered == told_of(incident):
        return ordinary
    if said.ruling == "fire" and reason is not None and not issued.answered.startswith(said.ruled_by):
        return Turn(action="confirm", reason=reason)
    return Turn(action="update", reason=_contradicted(incident)) if said.contradicted else ordinary


def _in_spite(ordinary: Turn, incident: Incident) -> Turn:
    """Return a turn that tells a fire anew in spite of a denial, with that as its reason."""
    why = next(
        (one for one in incident.reasons if one.code in {"stronger_than_denial", "denied_in_part"}), None
    )
    if ordinary.action != "new" or ordinary.late or why is None:
        return ordinary
    return replace(ordinary, reason=why)


def _contradicted(incident: Incident) -> Reason:
    return next(one for one in incident.reasons if one.code == "contradicted")
