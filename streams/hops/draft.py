"""One row of the outbox from draft to text, and what the receiver holds once its gateway took it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from alerts.channels import Exit
from alerts.following import noted
from alerts.news import said, together
from alerts.policy import ENDING, UNTELLING, Decision, Told
from alerts.quiet import held_until
from alerts.sms import approved, words_of
from alerts.ways import on_way, way_back
from schemas.alert import Alert
from schemas.reason import Reason
from schemas.receiver import Receiver
from streams.hops.besides import beside_id
from streams.hops.outbox import Pending, notice_id

UNTELL_FOR = timedelta(hours=24)
"""How long taking back is tried: the alert's own validity may be over when its end is told."""

WAKES = frozenset({"reached_area", "further_news", "grade_raised", "unanswered_by"})
"""Reasons for which an unchanged grade pages this one receiver."""


def drafted(
    receiver: Receiver, alert: Alert, now: datetime, covers: tuple[str, ...], instead_of: str = ""
) -> Pending:
    """Return the row of a revision that is not decided yet."""
    untelling = alert.action in UNTELLING
    return Pending(
        notice_id=notice_id(receiver.name, alert.alert_id, alert.revision, instead_of),
        receiver=receiver.name,
        channel=receiver.channel,
        alert_id=alert.alert_id,
        incident_id=alert.incident_id,
        revision=alert.revision,
        action=alert.action,
        grade=alert.grade,
        covers=covers,
        due_at=now,
        issued_at=alert.issued_at,
        expires_at=max(alert.expires_at, now + UNTELL_FOR) if untelling else alert.expires_at,
        reason=Reason(code="waiting_for", detail="result of an earlier notice"),
        alert=alert,
        said=said(alert),
        instead_of=instead_of,
    )


def rendered(
    exits: Mapping[str, Exit], receiver: Receiver, row: Pending, told: Told | None, decision: Decision
) -> Pending:
    """Return the row rendered; what takes back goes by the channel on which it was told.

    In the receiver's quiet hours it is held back until they end, unless it tells of a fire of grade I or II.
    """
    assert row.alert is not None
    number = 0 if told is None or row.tells else way_back(receiver, told.way, told.channel)
    reached = on_way(receiver, number)
    way = exits[reached.channel]
    wakes = decision.reason.code in WAKES and row.grade != "task"
    pages = wakes or row.alert.pages
    scope = "Public" if receiver.public else row.alert.scope
    alert = noted(replace(row.alert, pages=pages, scope=scope), () if told is None else told.issued)
    message = way.render(alert, reached)
    return replace(
        row,
        channel=reached.channel,
        way=number,
        headers=message.headers,
        body=message.body,
        reason=decision.reason,
        held_until=held_until(
            receiver, alert, row.due_at, way.given.zone, None if told is None or row.tells else told.heard
        ),
        alert=None,
        approved=approved(alert, way.given.office, words_of(way.given.profile, reached.language)),
        second=way.second(alert, reached) if row.tells else "",
        kept=alert if receiver.then or receiver.escalate_to else None,
    )


def beside(exits: Mapping[str, Exit], receiver: Receiver, made: Pending, told: Told | None) -> list[Pending]:
    """Return what takes back on each further way by which it was told; one that is gone has no row."""
    if told is None or made.tells or made.kept is None:
        return []
    numbers = {way_back(receiver, way, channel) for way, channel in told.ways} - {made.way}
    return [_on(exits, receiver, made, made.kept, number) for number in sorted(numbers)]


def _on(exits: Mapping[str, Exit], receiver: Receiver, made: Pending, alert: Alert, number: int) -> Pending:
    reached = on_way(receiver, number)
    message = exits[reached.channel].render(alert, reached)
    return replace(
        made,
        notice_id=beside_id(made.notice_id, number),
        channel=reached.channel,
        way=number,
        headers=message.headers,
        body=message.body,
        kept=None,
        beside=True,
    )


def told_by(row: Pending, held: Told | None, own: Told) -> Told:
    """Return what the receiver holds once it took this row; `held` is what it held of all the row covers."""
    before = own.says if held is None else held.says
    if row.instead_of and own.revision > row.revision and own.heard is not None:
        return own  # they hold a newer revision than the one that was waited for
    told = replace(own, revision=row.revision, channel=row.channel, way=row.way)
    told = replace(told, says=together(before, row.said.keys))
    if row.action in ENDING:
        return replace(told, grade=None, listed=None, also=(), issued=(), called=False)
    if row.issued_at is not None:
        told = replace(told, issued=((row.alert_id, row.revision, row.issued_at),))
    ways = own.ways if held is None else held.ways
    told = replace(told, also=tuple(way for way in ways if way != (row.way, row.channel)))
    if row.tells:
        return replace(told, grade=row.grade)
    paged, listed = held is not None and held.grade, held is not None and held.listed
    return replace(told, grade=row.grade if paged else None, listed=row.grade if listed else None)
