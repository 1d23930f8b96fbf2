"""What became of an act is said on `act.v1` and kept with its incident, unless it was refused."""

from msgspec.structs import replace

from schemas.act import AnyAct
from schemas.reason import Reason
from schemas.topics import ACT
from schemas.verdict import Outcome
from streams.hops.sitting import Sitting
from streams.hops.standing import MOST_ACTS, remembered


def put_act(
    sitting: Sitting, act: AnyAct, outcome: Outcome, reason: Reason | None, now_called: str = ""
) -> None:
    """Keep an act as it now stands, if it is not refused, and say what became of it.

    `now_called` is the incident that it was applied to.
    """
    done = replace(act, outcome=outcome, reason=reason, applied_to=now_called)
    if done != act:
        sitting.put(ACT, act.incident_id, done)
    known = sitting.desk.acts.get(act.incident_id, [])
    others = [one for one in known if one.act_id != act.act_id]
    if outcome == "refused" and len(others) == len(known):
        return
    # what waited and is refused waits no more: it would be refused anew with every message
    every = others if outcome == "refused" else [*others, done]
    kept = remembered(every)
    for lost in [one for one in every if one not in kept and one.outcome == "waiting"]:
        no_room = Reason(code="no_room", value=float(MOST_ACTS))
        sitting.put(ACT, lost.incident_id, replace(lost, outcome="refused", reason=no_room))
    sitting.desk.acts[act.incident_id] = kept
    sitting.result.rows[f"a/{act.incident_id}"] = kept
