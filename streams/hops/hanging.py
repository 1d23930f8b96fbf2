"""What a decision about one row hangs on: results still open, and alerts that went on in this one."""

from msgspec.structs import replace

from alerts.news import said, with_news
from alerts.policy import ENDING, UNTELLING, Decision, Told
from alerts.routing import RANK
from schemas.alert import Alert
from schemas.hop import Result
from streams.hops import collect
from streams.hops.outbox import Outbox, Pending

COLLECTED = ("in_digest", "over_budget", "budget_county")
"""Reasons that put a revision into a digest; each has a window of its own."""

GOES_ON = frozenset({"already_told", "inhibited_by"})
"""Reasons that say: the receiver holds it, and it goes on."""

SETTLED = frozenset(
    {
        "not_paging",
        "task_not_wanted",
        "not_wanted",
        "not_released",
        "not_its_audience",
        "drill_only",
        "silenced",
        "superseded_by",
    }
)
"""Reasons that no result still to come can change."""


def hangs(
    state: Outbox, decision: Decision, row: Pending, unsettled: list[Pending], told: Told | None
) -> bool:
    """Return whether an open result could turn this decision round; a page waits for no digest.

    What is told in somebody's place waits for nothing.
    """
    if row.instead_of or not unsettled or decision.reason.code in SETTLED:
        return False
    if decision.reason.code in GOES_ON and any(one.action in UNTELLING for one in unsettled):
        return True  # what they hold is about to be taken back, and this says that it goes on
    old_news = decision.reason.code in COLLECTED
    if row.tells:
        before = [one for one in unsettled if old_news or not one.digest]
        ranks = [collect.weight(state, one, row.covers) for one in before]
        held = told and (told.heard if old_news else told.grade)
        return bool(ranks) and RANK[row.grade] <= max(ranks + ([RANK[held]] if held else []))
    told_late = any(one.digest for one in unsettled)
    return told_late or (not decision.send and any(one.tells for one in unsettled))


def carrying(row: Pending, others: list[Pending]) -> Pending:
    """Return a row that also says the news of older ones that no gateway has taken: none of it is lost."""
    if row.alert is None or row.action in ENDING:
        return row
    older = [one for one in others if one.alert_id == row.alert_id and one.revision < row.revision]
    brought = [news for one in older for news in one.said.news]
    alert = with_news(row.alert, brought) if brought else row.alert
    return row if alert is row.alert else replace(row, alert=alert, said=said(alert))


def undone(waiting: Pending, row: Pending) -> bool:
    """Return whether a row that tells makes one out of date that ends, or lowers the grade below its own."""
    if waiting.action in ENDING:
        return True
    return waiting.action == "downgrade" and RANK[waiting.grade] < RANK[row.grade]


def link(state: Outbox, result: Result, name: str, alert: Alert) -> None:
    """Note that this alert carries on those it took over, so that its end is told to their holders."""
    mine = state.told.get(name, {})
    own = mine[alert.alert_id]
    if own.into:
        state.remember(replace(own, into=""), result)
    over = {*alert.supersedes, *alert.lineage}
    further = {one for old in over for one in state.carried(name, old)}
    for old in sorted((over | further) - {alert.alert_id}):
        if old in mine and mine[old].into != alert.alert_id:
            state.remember(replace(mine[old], into=alert.alert_id), result)
