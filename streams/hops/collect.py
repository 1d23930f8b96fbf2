"""The digest of the deliver hop: late revisions are collected, followed, rendered once and counted as told.

A digest is open until a message says that its window is over: a later `Due`, or one without an alert, which
whoever carries the outbox sends then. From there its text stands, so a repeat under its id says the same;
what comes later starts another.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from alerts import digest
from alerts.channels import Exit
from alerts.policy import ENDING, UNTELLING, Told, is_old_news
from alerts.quiet import held_together
from alerts.routing import RANK
from schemas.alert import Alert
from schemas.hop import Output, Result
from schemas.notice import Due
from schemas.reason import Reason
from schemas.receiver import Receiver
from schemas.topics import NOTICE
from streams.hops.concluding import instant
from streams.hops.outbox import Outbox, Pending

SENT_FOR = timedelta(hours=24)
"""How long a digest is tried; the alerts in it are past their own validity."""


def over(row: Pending) -> Due:
    """Return the message that says that the time of an open digest or of a wait is over, always the same."""
    assert row.ends_at is not None
    return Due(receiver=row.receiver, due_at=row.ends_at)


def at_once(result: Result, at: datetime) -> tuple[Output, ...]:
    """Return, for replay, the acceptance of what a step made ready, and the end of each window it opened."""
    rows = [row for row in result.rows.values() if isinstance(row, Pending)]
    accepted = [Output(NOTICE, row.receiver, instant(row, at)) for row in rows if row.ready]
    opened = [row for row in rows if row.collects_until is not None]
    return (*accepted, *(Output(NOTICE, row.receiver, over(row)) for row in opened))


def join(state: Outbox, result: Result, row: Pending, window: timedelta, now: datetime) -> str:
    """Put a late revision into the open digest, or into a new one; return its id."""
    assert row.alert is not None
    collecting = state.collecting(row.receiver)
    if collecting is None:
        collecting = _opened(row, row.alert, window, now)
        state.put(collecting, result)
    lines = state.lines.get(collecting.notice_id, {})
    for covered in [lines[one] for one in row.covers if one in lines]:
        state.drop_line(covered, result)
    late = is_old_news(row.alert)
    state.add_line(digest.line(row.receiver, collecting.notice_id, row.alert, late=late), result)
    return collecting.notice_id


def follow(state: Outbox, result: Result, row: Pending) -> str:
    """Let a later revision change its line in the open digest; return the digest's id, or nothing."""
    assert row.alert is not None
    collecting = state.collecting(row.receiver)
    if collecting is None or row.action not in UNTELLING:
        return ""
    lines = state.lines.get(collecting.notice_id, {})
    found = [lines[one] for one in row.covers if one in lines]
    for old in found:
        if old.alert_id == row.alert_id:
            new = digest.line(row.receiver, collecting.notice_id, row.alert, late=old.late)
            state.add_line(new if new.revision > old.revision else old, result)
        elif row.action in ENDING:
            state.add_line(replace(old, action=row.action), result)
    return collecting.notice_id if found else ""


def rendered(state: Outbox, row: Pending, way: Exit, receiver: Receiver) -> Pending:
    """Return the digest as it is sent, its text final."""
    lines = digest.ordered(state.lines[row.notice_id].values())
    message = way.digest(lines, receiver)
    return replace(
        row,
        channel=way.channel.name,
        grade=lines[0].grade,
        headers=message.headers,
        body=message.body,
        held_until=held_together(receiver, lines, row.collects_until or row.due_at, way.given.zone),
        collects_until=None,
    )


def mark(state: Outbox, result: Result, row: Pending, now: datetime) -> None:
    """Note that the receiver was told of every line, or of its end."""
    mine: Mapping[str, Told] = state.told.get(row.receiver, {})
    for line in list(state.lines.get(row.notice_id, {}).values()):
        fresh = Told(receiver=row.receiver, alert_id=line.alert_id, touched_at=now)
        told = mine.get(line.alert_id, fresh)
        held = None if line.action in ENDING else line.grade
        revision = max(told.revision, line.revision)
        also = () if held is None else tuple(way for way in told.ways if way != (row.way, row.channel))
        told = replace(told, listed=held, revision=revision, channel=row.channel, way=row.way, also=also)
        told = replace(told, touched_at=now)
        state.remember(told, result)


def weight(state: Outbox, other: Pending, covers: tuple[str, ...]) -> int:
    """Return the rank of the grade that a row on its way tells of these alerts."""
    if not other.digest:
        return RANK[other.grade]
    lines = state.lines[other.notice_id]
    return max((RANK[lines[one].grade] for one in covers if one in lines), default=-1)


def _opened(row: Pending, alert: Alert, window: timedelta, now: datetime) -> Pending:
    name = digest.digest_id(row.receiver, now, alert)
    return Pending(
        notice_id=name,
        receiver=row.receiver,
        channel=row.channel,
        alert_id=name,
        incident_id=name,
        revision=1,
        action="new",
        grade=row.grade,
        covers=(),
        due_at=now,
        expires_at=now + window + SENT_FOR,
        reason=Reason(code="backlog", detail="digest"),
        digest=True,
        collects_until=now + window,
    )
