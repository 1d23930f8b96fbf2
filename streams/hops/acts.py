"""What operators entered of a fire: its place, its land, its figures, and every act with author and time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from alerts.fire_class import Damage, fire_class
from alerts.report_duty import Told
from detectors.assembly import Summary
from detectors.association import Fire
from schemas.act import (
    AnyAct,
    DeclareOut,
    Entered,
    EnterFigures,
    Merge,
    Relabel,
    Relocate,
    Reopen,
    SetSilence,
    Split,
    Undo,
)  # fmt: skip
from schemas.incident import Incident
from schemas.reason import Reason
from streams.hops.answers import names_of
from streams.hops.corrected import radius_m
from streams.hops.desk import Desk
from streams.hops.sitting import Sitting
from streams.hops.standing import FIGURES

MOST_SHOWN = 8
"""Acts of one incident that its reasons name, the newest."""


def acts_of(desk: Desk, fire: Fire) -> list[AnyAct]:
    """Return what operators did to any id of this fire, by time."""
    if not desk.acts:
        return []
    found = [one for name in names_of(fire) for one in desk.acts.get(name, ())]
    return sorted(found, key=lambda one: (one.at, one.act_id))


def with_acts(sitting: Sitting, fire: Fire, one: Summary) -> Summary:
    """Return the summary at the place that an operator gave it last, with a reason for every act."""
    acts = [act for act in acts_of(sitting.desk, fire) if act.outcome == "applied"]
    if not acts:
        return one
    out = ended(acts, one.last_observed_at)
    acts = [act for act in acts if not isinstance(act, DeclareOut) or act is out]
    silences = [act for act in acts if isinstance(act, SetSilence)]
    acts = [act for act in acts if not isinstance(act, SetSilence)]
    # a silence holds until its end, however much is done after it
    shown = [*acts[-MOST_SHOWN:], *(act for act in silences if act.until > sitting.now)]
    reasons = tuple(reason_of(act) for act in reversed(shown))
    one = replace(one, reasons=(*reasons, *one.reasons))
    places = [act for act in acts if isinstance(act, Relocate)]
    if not places:
        return one
    last = places[-1]
    return replace(one, longitude=last.longitude, latitude=last.latitude, radius_m=radius_m(fire, last))


def reason_of(act: AnyAct) -> Reason:
    """Return the reason that an act gives: what was done, by whom, when and why."""
    text = " ".join(act.text.split())[:200]
    detail = f"{act.author}, {act.at:%Y-%m-%dT%H:%M:%SZ}" + (f": {text}" if text else "")
    match act:
        case Merge():
            said = Reason(code="merged_by_officer", ref=act.other_id)
        case Split():
            said = Reason(code="split_by_officer", value=float(len(act.observation_ids)))
        case Relabel():
            said = Reason(code="relabelled", rule=act.land)
        case Relocate():
            said = Reason(code="relocated", value=act.radius_m, unit="m")
        case EnterFigures():
            said = Reason(code="figures_entered", value=act.area_ha, unit="ha")
        case SetSilence():
            said = Reason(code="silence_set", rule=act.up_to, ref=act.until.isoformat())
        case Undo():
            said = Reason(code="taken_back", ref=act.of)
        case DeclareOut() | Reopen():
            said = Reason(code="declared_out" if isinstance(act, DeclareOut) else "reopened_by_officer")
    return replace(said, detail=detail)


def ended(acts: Sequence[AnyAct], last_observed_at: datetime) -> DeclareOut | None:
    """Return the act that declared a fire out, if nothing was seen or said of it since."""
    said = [one for one in acts if isinstance(one, DeclareOut | Reopen) and one.outcome == "applied"]
    last = said[-1] if said else None
    return last if isinstance(last, DeclareOut) and last_observed_at <= last.at else None


def entered(sitting: Sitting, fire: Fire, incident: Incident) -> Incident:
    """Return the revision with what people entered, newest figure by figure, and its official class."""
    desk, acts = sitting.desk, acts_of(sitting.desk, fire)
    for name in names_of(fire) if acts else ():
        # what was undone, or opened again, obliges to nothing any more
        desk.told.pop(name, None)
    out = ended(acts, incident.last_observed_at)
    if out is not None and incident.status != "false_alarm":
        incident = replace(incident, status="closed", closed_at=out.at)
    figures: dict[str, Any] = {}
    for act in acts:
        if isinstance(act, Relabel) and act.outcome == "applied":
            figures["land"] = act.land
        if isinstance(act, EnterFigures) and act.outcome == "applied":
            told = {name: getattr(act, name) for name in FIGURES}
            if act.reported_at is not None:
                # what is to go out later has not gone out
                told["reported_at"] = min(act.reported_at, act.at)
            figures |= {name: value for name, value in told.items() if value is not None}
    if not figures:
        if out is not None:
            desk.told[incident.incident_id] = Told(out_at=out.at)
        return incident
    found = _classed(sitting, Entered(**figures))
    desk.told[incident.incident_id] = Told(
        out_at=None if out is None else out.at,
        land=found.land,
        damaged_forest_ha=found.area_ha if found.land == "forest" else None,
        deaths=found.deaths,
        serious_injuries=found.serious_injuries,
        rank=found.fire_class_rank,
        is_dangerous=found.is_dangerous,
        is_told_elsewhere=found.is_told_elsewhere,
        needs_support=found.needs_support,
        reported_at=found.reported_at,
    )
    return replace(incident, entered=found)


def _classed(sitting: Sitting, one: Entered) -> Entered:
    """Return the figures with their class; without the kind of land there is none."""
    if one.land not in {"forest", "grassland"}:
        return one
    damage = Damage(
        kind="forest" if one.land == "forest" else "grassland",
        area_ha=one.area_ha,
        dead=one.deaths,
        serious=one.serious_injuries,
        loss_cny=one.loss_cny,
    )
    profile = sitting.given.profile
    found = fire_class(profile.fire_class, damage)
    if found is None:
        return one
    return replace(one, fire_class=found.found.text[profile.languages[0]], fire_class_rank=found.found.rank)
