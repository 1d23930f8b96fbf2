"""The hop that decides what each receiver is sent, and remembers what its gateway accepted.

A `Due` leads to a row of the outbox or to a `Notice` that says why it is suppressed. Whoever carries the
outbox out (streams/transport/sender.py; in replay `at_once`) puts a `Notice` with the outcome on the same
topic. Only `accepted` counts as told. While a result is open that the next decision hangs on, the next one
waits; a raise in grade never waits.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from msgspec.structs import replace

from alerts.channels import CHANNELS
from alerts.channels.base import Channel
from alerts.policy import ENDING, UNTELLING, Decision, Told, combine, decide, lineage, witness
from alerts.routing import RANK
from schemas.alert import Alert
from schemas.hop import Hop, Output, Result
from schemas.notice import AnyNotice, Notice
from schemas.reason import Reason
from schemas.settings import Receiver
from schemas.topics import NOTICE
from streams.hops.outbox import Outbox, Pending, notice_id, open_outbox

UNTELL_FOR = timedelta(hours=24)
"""How long taking back is tried: the alert's own validity may be over when its end is told."""

SETTLED = frozenset({"not_paging", "task_not_wanted", "not_wanted", "superseded_by"})
"""Reasons that no result still to come can change."""

Outcome = Literal["accepted", "retrying", "failed", "expired", "suppressed"]


@dataclass(frozen=True)
class Deliver:
    """What the step is given: the receivers by name and the channels by name."""

    receivers: Mapping[str, Receiver]
    channels: Mapping[str, Channel]


def step(given: Deliver, state: Outbox, message: AnyNotice, now: datetime) -> Result:
    """Return what follows from one `Due` or one result; a repeat of either changes nothing."""
    sitting = _Sitting(given, state, now)
    if isinstance(message, Notice):
        sitting.settle(message)
    elif message.alert is not None:
        sitting.consider(message.receiver, message.alert)
    return sitting.result


def instant(row: Pending, at: datetime) -> Notice:
    """Return the result of a gateway that accepts at once."""
    return conclude(row, "accepted", at, row.reason, attempts=1)


def at_once(result: Result, at: datetime) -> tuple[Output, ...]:
    """Return, for replay, the acceptance of everything that a step made ready to be sent."""
    rows = (row for row in result.rows.values() if isinstance(row, Pending) and row.ready)
    return tuple(Output(NOTICE, row.receiver, instant(row, at)) for row in rows)


def conclude(row: Pending, outcome: Outcome, at: datetime, reason: Reason, *, attempts: int) -> Notice:
    """Return the record of what became of a row."""
    return Notice(
        notice_id=row.notice_id,
        receiver=row.receiver,
        channel=row.channel,
        alert_id=row.alert_id,
        incident_id=row.incident_id,
        revision=row.revision,
        action=row.action,
        grade=row.grade,
        outcome=outcome,
        at=at,
        attempts=attempts,
        reason=reason,
    )


@dataclass
class _Sitting:
    """One step under way: what is given, the state, the time and what has come of it so far."""

    given: Deliver
    state: Outbox
    now: datetime
    result: Result = field(default_factory=Result)

    def consider(self, name: str, alert: Alert) -> None:
        """Take a revision in: once, however often it comes."""
        mine = self.state.told.get(name, {})
        fresh = Told(receiver=name, alert_id=alert.alert_id, touched_at=alert.issued_at)
        known = mine.get(alert.alert_id, fresh)
        receiver = self.given.receivers.get(name)
        if receiver is None or known.saw(alert.revision):
            return
        self.state.remember(witness(known, alert), self.result)
        if alert.action not in ENDING:
            self.link(name, alert)
        covers = lineage(alert, self.state.carried(name, alert.alert_id))
        self.place(receiver, _draft(receiver, alert, self.now, covers))
        self.state.forget(name, self.now, self.result)

    def link(self, name: str, alert: Alert) -> None:
        """Note that this alert carries on those it took over, so that its end is told to their holders."""
        mine = self.state.told.get(name, {})
        own = mine[alert.alert_id]
        if own.into:
            self.state.remember(replace(own, into=""), self.result)
        over = {*alert.supersedes, *alert.lineage}
        further = {one for old in over for one in self.state.carried(name, old)}
        for old in sorted((over | further) - {alert.alert_id}):
            if old in mine and mine[old].into != alert.alert_id:
                self.state.remember(replace(mine[old], into=alert.alert_id), self.result)

    def place(self, receiver: Receiver, row: Pending) -> None:
        """Make a drafted row ready, let it wait, or say why it is not sent."""
        assert row.alert is not None
        told = self.holding(row)
        decision = decide(told, row.alert, receiver)
        others = [
            one for one in self.state.related(row.receiver, row.covers) if one.notice_id != row.notice_id
        ]
        if _hangs(decision, row, [one for one in others if one.ready], told):
            for older in others:
                if not older.ready and older.revision < row.revision:
                    self.conclude(older, "suppressed", _superseded(row))
            self.state.put(row, self.result)
        elif not decision.send:
            self.conclude(row, "suppressed", decision.reason)
        elif self.now > row.expires_at:
            self.conclude(row, "expired", Reason(code="expired", detail=row.expires_at.isoformat()))
        else:
            self.state.put(_ready(self.given, receiver, row, told, decision), self.result)

    def holding(self, row: Pending) -> Told | None:
        """Return what the receiver holds of everything this row covers."""
        mine = self.state.told.get(row.receiver, {})
        return combine(row.alert_id, (mine[one] for one in row.covers if one in mine))

    def settle(self, notice: Notice) -> None:
        """Record a result; without a row of the outbox it is a repeat, or one of our own suppressions."""
        row = self.state.pending.get(notice.receiver, {}).get(notice.notice_id)
        if row is None or not row.ready or notice.outcome == "suppressed":
            return
        if notice.outcome == "retrying":
            if notice.attempts > row.attempts:
                self.state.put(replace(row, attempts=notice.attempts), self.result)
            return
        self.state.drop(row, self.result)
        if notice.outcome == "accepted":
            self.mark(row)
        self.reconsider(row)

    def mark(self, row: Pending) -> None:
        """Note what the receiver now holds; what is older and still on its way is out of date."""
        mine = self.state.told.get(row.receiver, {})
        fresh = Told(receiver=row.receiver, alert_id=row.alert_id, touched_at=self.now)
        grade = None if row.action in ENDING else row.grade
        told = replace(mine.get(row.alert_id, fresh), grade=grade, revision=row.revision, channel=row.channel)
        self.state.remember(replace(told, touched_at=self.now), self.result)
        for other in [mine[one] for one in row.covers if one in mine and one != row.alert_id]:
            if other.grade is not None:
                self.state.remember(replace(other, grade=None), self.result)
        for older in self.state.related(row.receiver, (row.alert_id,)):
            if older.ready and older.alert_id == row.alert_id and older.revision < row.revision:
                self.conclude(older, "suppressed", _superseded(row))

    def reconsider(self, settled: Pending) -> None:
        """Decide anew what waited for this result."""
        receiver = self.given.receivers.get(settled.receiver)
        waiting = [row for row in self.state.related(settled.receiver, settled.covers) if not row.ready]
        for row in sorted(waiting, key=lambda row: (row.due_at, row.revision)):
            if receiver is None:
                self.conclude(
                    row, "failed", Reason(code="gateway_refused", detail="receiver not in the settings")
                )
            else:
                self.place(receiver, row)

    def conclude(self, row: Pending, outcome: Outcome, reason: Reason) -> None:
        """Put out the last word on a row and take it from the outbox."""
        notice = conclude(row, outcome, self.now, reason, attempts=row.attempts)
        self.result.outputs.append(Output(NOTICE, row.receiver, notice))
        if row.notice_id in self.state.pending.get(row.receiver, {}):
            self.state.drop(row, self.result)


def _hangs(decision: Decision, row: Pending, unsettled: list[Pending], told: Told | None) -> bool:
    """Return whether an open result could turn this decision round."""
    if not unsettled or decision.reason.code in SETTLED:
        return False
    if row.tells:
        held = [RANK[told.grade]] if told is not None and told.grade is not None else []
        return RANK[row.grade] <= max(held + [RANK[other.grade] for other in unsettled])
    return not decision.send and any(other.tells for other in unsettled)


def _draft(receiver: Receiver, alert: Alert, now: datetime, covers: tuple[str, ...]) -> Pending:
    untelling = alert.action in UNTELLING
    return Pending(
        notice_id=notice_id(receiver.name, alert.alert_id, alert.revision),
        receiver=receiver.name,
        channel=receiver.channel,
        alert_id=alert.alert_id,
        incident_id=alert.incident_id,
        revision=alert.revision,
        action=alert.action,
        grade=alert.grade,
        covers=covers,
        due_at=now,
        expires_at=max(alert.expires_at, now + UNTELL_FOR) if untelling else alert.expires_at,
        reason=Reason(code="waiting_for", detail="result of an earlier notice"),
        alert=alert,
    )


def _ready(
    given: Deliver, receiver: Receiver, row: Pending, told: Told | None, decision: Decision
) -> Pending:
    """Return the row rendered; what takes back goes by the channel on which it was told."""
    assert row.alert is not None
    name = told.channel if told is not None and told.channel and not row.tells else receiver.channel
    channel = given.channels.get(name) or given.channels[receiver.channel]
    post = channel.render(channel.options(), row.alert, receiver)
    return replace(
        row,
        channel=channel.name,
        headers=post.headers,
        body=post.body.decode("utf-8"),
        reason=decision.reason,
        alert=None,
    )


def _superseded(by: Pending) -> Reason:
    return Reason(code="superseded_by", ref=f"{by.alert_id}.{by.revision}")


def _now(message: AnyNotice) -> datetime:
    return message.at if isinstance(message, Notice) else message.due_at


def deliver(receivers: tuple[Receiver, ...], channels: tuple[Channel, ...] = CHANNELS) -> Hop:
    """Return the hop for these receivers; raises ValueError for a channel that does not exist."""
    known = {channel.name: channel for channel in channels}
    for receiver in receivers:
        if receiver.channel not in known:
            raise ValueError(f"receivers.{receiver.name}.channel: no channel {receiver.channel!r}")
    return Hop(
        name="deliver",
        topics=(NOTICE,),
        open=lambda _given, _partition, rows: open_outbox(rows),
        step=step,
        now=_now,
        options=Deliver({receiver.name: receiver for receiver in receivers}, known),
    )
