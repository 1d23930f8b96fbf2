"""Of all parts together: pages within the budgets of counties, and what gateways would have taken."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from msgspec.structs import replace

from alerts import grade
from alerts.county import county_of, within_hour
from alerts.quiet import NEVER_HELD
from alerts.tuning.figures import Messages
from alerts.tuning.layers import Local, Rules
from alerts.tuning.story import Story
from detectors.region import AnyRegion
from schemas.alert import Alert
from schemas.settings import Settings
from schemas.topics import ALERT
from streams.config import check_tables
from streams.hops.build import OWNERS, telling
from streams.hops.collect import at_once
from streams.pipeline import Pipeline
from streams.replay import Outcome
from streams.tables import load_tables
from streams.tuning.judging import Said
from streams.tuning.layers import checked_layers
from streams.tuning.stories import messages_of


def within_budgets(
    stories: Sequence[Story], said: Sequence[Said], settings: Settings
) -> tuple[list[Story], list[list[Alert]]]:
    """Return the stories, and the alerts step by step, with the pages that the budget of a county leaves.

    The order is that in which one judge would have told them all: there the first pages are spent.
    """
    ordered = [one.alert for one in sorted(said, key=_order)]
    local, spent = _local(settings), defaultdict[str, tuple[datetime, ...]](tuple)
    kept: list[Alert] = []
    for one in ordered:
        county = county_of(one.places)
        if one.pages and county and one.grade not in NEVER_HELD:
            spent[county] = within_hour(spent[county], one.issued_at)
            if len(spent[county]) >= local.at(one.places).lifecycle.county_pages:
                kept.append(replace(one, pages=False))
                continue
            spent[county] = (*spent[county], one.issued_at)
        kept.append(one)
    refused = any(one.pages != other.pages for one, other in zip(kept, ordered, strict=True))
    steps = zip(kept, sorted(said, key=_order), strict=True)
    together = groupby(steps, key=lambda pair: (pair[0].issued_at, pair[1].number))
    by_step = [[one for one, _ in pairs] for _, pairs in together]
    return (_paged(stories, kept) if refused else list(stories)), by_step


def _order(one: Said) -> tuple[datetime, int, datetime, str, int]:
    return one.alert.issued_at, one.number, one.seen_at, one.name, one.alert.revision


def _local(settings: Settings) -> Local:
    options = check_tables(settings, OWNERS)
    grades = grade.overridden(load_tables().grades, options["grade"])
    base = Rules(grades=grades, grading=options["grade"], lifecycle=options["lifecycle"])
    return Local(base, checked_layers(settings))


def _paged(stories: Sequence[Story], alerts: Sequence[Alert]) -> list[Story]:
    """Return the stories with the pages that went out."""
    root = {name: one.incident_id for one in stories for name in (*one.lineage, one.incident_id)}
    times: dict[str, list[datetime]] = defaultdict(list)
    for one in alerts:
        if one.pages:
            times[root.get(one.incident_id, one.incident_id)].append(one.issued_at)
    return [
        replace(one, pages=len(times[one.incident_id]), paged_at=min(times[one.incident_id], default=None))
        for one in stories
    ]


def messages_sent(
    steps: Sequence[Sequence[Alert]], settings: Settings, region: AnyRegion, zone: str, since: datetime
) -> Messages:
    """Return the messages that gateways which accept at once would have taken from a time on, in order."""
    if not settings.receivers:
        return Messages()
    outcome = Outcome()
    pipeline = Pipeline(tuple(telling(settings, region).hops.values()), outcome.take, at_once)
    for alerts in steps:
        pipeline.feed_all(ALERT, alerts)
    return messages_of([one for one in outcome.notices if one.at >= since], zone)
