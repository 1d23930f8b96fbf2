"""From what a replay put out to one story for each incident, through every merge."""

from collections import defaultdict
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from alerts.county import county_of
from alerts.grade import ORDER
from alerts.tuning.figures import Messages
from alerts.tuning.story import Story
from detectors.context import Surroundings, land_of
from schemas.alert import Alert
from schemas.incident import Incident
from schemas.notice import Notice
from streams.replay import Outcome


def stories_of(outcome: Outcome, table: Surroundings) -> tuple[Story, ...]:
    """Return the story of every incident that was not merged into another, the earliest opened first."""
    told: dict[str, list[Alert]] = defaultdict(list)
    lineage: dict[str, set[str]] = defaultdict(set)
    for name, one in outcome.incidents.items():
        lineage[_heir(outcome.incidents, name)] |= {name, *one.lineage}
    for alert in outcome.alerts:
        told[_heir(outcome.incidents, alert.incident_id)].append(alert)
    roots = [outcome.incidents[name] for name in lineage if name in outcome.incidents]
    found = [_story(one, told[one.incident_id], lineage[one.incident_id], table) for one in roots]
    return tuple(sorted(found, key=lambda one: (one.opened_at, one.incident_id)))


def _heir(incidents: dict[str, Incident], name: str) -> str:
    """Return the incident that an id leads to through every merge."""
    for _ in range(len(incidents)):
        one = incidents.get(name)
        if one is None or one.merged_into is None:
            break
        name = one.merged_into
    return name


def _story(one: Incident, told: Sequence[Alert], names: set[str], table: Surroundings) -> Story:
    saying = [alert for alert in told if alert.action in {"new", "update", "upgrade", "downgrade", "confirm"}]
    best = max(saying, key=lambda alert: ORDER[alert.grade], default=None)
    carbon = [alert.carbon.carbon_t for alert in saying if alert.carbon.carbon_t is not None]
    shown = one.places if best is None else best.places
    return Story(
        incident_id=one.incident_id,
        lineage=tuple(sorted(names)),
        kind=one.kind,
        opened_at=one.opened_at,
        last_observed_at=one.last_observed_at,
        longitude=one.longitude,
        latitude=one.latitude,
        radius_m=round(one.radius_m, 1),
        probability=max((alert.probability for alert in saying), default=one.probability),
        grade=None if best is None else best.grade,
        told_at=min((alert.issued_at for alert in saying), default=None),
        alert_at=min((alert.issued_at for alert in saying if alert.grade != "task"), default=None),
        paged_at=min((alert.issued_at for alert in saying if alert.pages), default=None),
        revisions=len(told),
        pages=sum(alert.pages for alert in told),
        species="" if one.pest is None else one.pest.species,
        county=county_of(shown),
        land=land_of(table, shown),
        place=next((place.name for place in shown if place.layer == "county"), ""),
        sources=one.sources,
        carbon_t=max(carbon, default=None),
        reasons=one.reasons if best is None else best.reasons,
    )


def messages_of(notices: Sequence[Notice], zone: str) -> Messages:
    """Return the messages that gateways took, by receiver and local hour."""
    by_receiver: dict[str, int] = defaultdict(int)
    by_hour = [0] * 24
    local = ZoneInfo(zone)
    for one in notices:
        if one.outcome == "accepted":
            by_receiver[one.receiver] += 1
            by_hour[one.at.astimezone(local).hour] += 1
    return Messages(by_receiver=dict(sorted(by_receiver.items())), by_hour=tuple(by_hour))
