"""The report that the law asks for at once, of one incident: asked once more than a weak hint is known."""

from msgspec.structs import replace

from alerts import report_duty
from alerts.reached import in_reach
from alerts.report_duty import NOTHING_TOLD, Facts, Told
from schemas.incident import Incident
from schemas.report_duty import ReportDuty
from streams.hops.desk import FireRow
from streams.hops.sitting import Sitting


def duty(
    sitting: Sitting, one: Incident, said: list[FireRow], pixels: int, *, by_satellites: bool
) -> ReportDuty | None:
    """Return the duty of this revision; None while only a task rests on a few pixels.

    Nine in ten lone hotspots are no forest fire; what the rules ask of those is that somebody looks.
    `pixels` is the most in one look; `said` are the rows of what this fire was until now.
    """
    given, told = sitting.given, _told(sitting, one)
    if not given.says:
        return None
    if one.grade == "task" and by_satellites and pixels < given.reported_pixels and told is NOTHING_TOLD:
        return None
    facts = Facts(
        opened_at=one.opened_at,
        last_observed_at=one.last_observed_at,
        now=sitting.now,
        pixels=pixels,
        places=one.places,
        layers=frozenset(given.region.at(sitting.now).layers),
        in_reach=in_reach(one.reach_1h, one.longitude, one.latitude, one.places),
        told=told,
    )
    return report_duty.report_duty(given.profile, given.local.at(one.places).duty, facts, _before(said))


def _told(sitting: Sitting, one: Incident) -> Told:
    """Return what people entered of this incident under any of its ids; an office's finding confirms it."""
    told = sitting.desk.told
    names = [name for name in (one.incident_id, *one.lineage) if name in told] if told else []
    entered = told[names[0]] if names else NOTHING_TOLD
    found = one.feedback
    if entered.confirmed_at is None and found is not None and found.ruling == "fire":
        return replace(entered, confirmed_at=found.ruled_at)
    return entered


def _before(said: list[FireRow]) -> ReportDuty | None:
    """Return what held of all that this fire was until now, each since it first did."""
    known = [row.incident.report_duty for row in said if row.incident.report_duty is not None]
    if len(known) < 2:
        return known[0] if known else None
    holds = sorted((trigger for one in known for trigger in one.holds), key=lambda one: one.since_at)
    return ReportDuty(holds=tuple({one.code: one for one in reversed(holds)}.values()))
