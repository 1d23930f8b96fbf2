"""What an officer does to an outbreak: takes a word back, opens it again, or silences it for a while."""

from collections.abc import Sequence
from datetime import datetime

from schemas.act import AnyAct, Reopen, SetSilence, Undo
from schemas.incident import Incident
from schemas.reason import Reason
from streams.hops.act_outcome import put_act
from streams.hops.acts import MOST_SHOWN
from streams.hops.sitting import Sitting
from streams.hops.undoing import undone

ForPests = Undo | Reopen | SetSilence
"""What can be done to an outbreak; it has no figures of a fire, and where it lies its finds say."""


def do(sitting: Sitting, act: ForPests, incident: Incident) -> None:
    """Apply an act to an outbreak; one that takes back what nobody has said yet waits for it."""
    if isinstance(act, Undo) and undone(sitting, act, incident.lineage) is None:
        put_act(sitting, act, "waiting", Reason(code="waiting_for", ref=act.of))
    else:
        put_act(sitting, act, "applied", None, incident.incident_id)


def take_up(sitting: Sitting, incident: Incident) -> None:
    """Apply what has waited for this outbreak, or for a word on it."""
    for act in _acts(sitting, incident):
        if act.outcome == "waiting" and isinstance(act, ForPests):
            do(sitting, act, incident)


def done(sitting: Sitting, incident: Incident) -> list[AnyAct]:
    """Return the acts in force on an outbreak, the newest first."""
    acts = [act for act in _acts(sitting, incident) if act.outcome == "applied"]
    silences = [act for act in acts if isinstance(act, SetSilence) and act.until > sitting.now]
    others = [act for act in acts if not isinstance(act, SetSilence)]
    return sorted((*others[-MOST_SHOWN:], *silences), key=_order, reverse=True)


def reopened(acts: Sequence[AnyAct], denied_at: datetime) -> Reason | None:
    """Return that an officer opened an outbreak again after it was denied, or None."""
    again = next((act for act in acts if isinstance(act, Reopen) and act.at > denied_at), None)
    if again is None:
        return None
    return Reason(code="stronger_than_denial", ref=again.act_id, rule="reopen", detail=again.author)


def _acts(sitting: Sitting, incident: Incident) -> list[AnyAct]:
    acts = sitting.desk.acts
    return sorted((act for name in incident.lineage for act in acts.get(name, ())), key=_order)


def _order(act: AnyAct) -> tuple[datetime, str]:
    return act.at, act.act_id
