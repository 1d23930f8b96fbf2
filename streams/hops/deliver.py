"""The hop that decides what each receiver is sent, and remembers what its gateway accepted.

A `Due` leads to a row of the outbox or to a `Notice` that says why it is suppressed. Whoever carries the
outbox out (streams/transport/sender.py; in replay `at_once`) puts a `Notice` with the outcome on the same
topic. Only `accepted` counts as told. While a result is open that the next decision hangs on, the next one
waits; a raise in grade never waits. Old news is collected into a digest (streams/hops/collect.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec.structs import replace

from alerts.channels import Exit, exits
from alerts.digest import Options
from alerts.escalation import standing_in, stood_in, unanswered
from alerts.policy import ENDING, Told, lineage, witness
from alerts.roster import Roster
from alerts.ways import ways
from schemas.alert import Alert
from schemas.hop import Hop, Output, Result
from schemas.notice import Answer, AnyNotice, Due, Note, Notice, Position, Receipt, Release
from schemas.reason import Reason
from schemas.receiver import Receiver
from schemas.settings import Settings
from schemas.silencing import Silencing
from schemas.topics import NOTICE
from streams.hops import after_silence, collect
from streams.hops.besides import take_over
from streams.hops.collect import at_once
from streams.hops.concluding import GONE, Outcome, conclude, held_back, in_digest, is_held, superseded
from streams.hops.deciding import as_asked, decided, remember_place
from streams.hops.draft import beside, drafted, rendered
from streams.hops.escalating import answered, await_answer, escalate, follow, refused, relayed
from streams.hops.handing import handed_on
from streams.hops.hanging import COLLECTED, GOES_ON, carrying, hangs, link, undone
from streams.hops.marking import holding, taken
from streams.hops.outbox import Outbox, Pending, notice_id, open_outbox
from streams.hops.removed import say_removed
from streams.hops.restraining import Deliver, spend
from streams.jurisdiction import in_force
from streams.telling.notes import noted
from streams.telling.receipts import forgo, give_up_late, received
from streams.telling.safety import guard, headed, heard_from, look_round, placed, was_called

__all__ = ["Deliver", "at_once", "deliver", "step"]

TICK = timedelta(microseconds=1)
"""What comes just when the window ends still joins: all alerts of one instant are told together."""


def step(given: Deliver, state: Outbox, message: AnyNotice, now: datetime) -> Result:
    """Return what follows from one `Due` or one result; a repeat of either changes nothing."""
    sitting = _Sitting(given, state, now)
    if isinstance(message, Notice):
        sitting.settle(message)
    elif isinstance(message, Answer):
        _hear(given, state, sitting.result, message)
    elif isinstance(message, Receipt):
        receiver = given.receivers.get(message.receiver)
        received(given, state, sitting.result, message, receiver)
    elif isinstance(message, Position):
        placed(state, sitting.result, message)
        look_round(given, state, sitting.result, message.receiver, now)
    elif isinstance(message, Release):
        sitting.consider(message.receiver, message.alert, None)
    elif isinstance(message, Note):
        noted(state, sitting.result, message, given.receivers.get(message.receiver), given.exits)
    else:
        sitting.due(message)
    return sitting.result


def _hear(given: Deliver, state: Outbox, result: Result, answer: Answer) -> None:
    """Take in an answer; one that is only passed on says nothing of whoever it reaches."""
    if answer.relayed:
        relayed(state, result, answer)
        return
    answered(given, state, result, answer)
    heard_from(state, result, given.receivers.get(answer.receiver), answer)
    look_round(given, state, result, answer.receiver, answer.at)
    forgo(state, result, answer.receiver, answer.alert_id)


@dataclass
class _Sitting:
    """One step under way: what is given, the state, the time and what has come of it so far."""

    given: Deliver
    state: Outbox
    now: datetime
    result: Result = field(default_factory=Result)

    def due(self, due: Due) -> None:
        """Take in that somebody is due to be told, or without an alert that time has passed."""
        if due.alert is None:
            self.close_digest(due.receiver, self.now)
            self.time_out(due.receiver)
        elif not due.alert.order:  # a call back is said to be due by this step itself, for the record
            if not due.guard or was_called(self.state, due.receiver, due.alert):
                self.consider(due.receiver, due.alert, due)
            if (receiver := self.given.receivers.get(due.receiver)) is not None:
                guard(self.state, self.result, receiver, self.given.exits, due.alert, self.now)

    def consider(self, name: str, alert: Alert, due: Due | None) -> None:
        """Take a revision in: once; again instead of another, when replayed, or (no `due`) when let out.

        To the public goes what an officer let out, and by itself only the end of that.
        """
        mine = self.state.told.get(name, {})
        fresh = Told(receiver=name, alert_id=alert.alert_id, touched_at=alert.issued_at)
        known = mine.get(alert.alert_id, fresh)
        receiver = self.given.receivers.get(name)
        instead_of = "" if due is None else due.instead_of
        row_id = notice_id(name, alert.alert_id, alert.revision, instead_of)
        under_way = row_id in self.state.pending.get(name, {})
        anew = due is None or due.instead_of or due.again
        if receiver is None:
            say_removed(self.state, self.result, known, alert, self.now)
        if receiver is None or (known.saw(alert.revision) and (under_way or not anew)):
            return
        if due is not None and instead_of:
            if stood_in(known, instead_of, alert.revision) and not due.again:
                return
            alert = alert if unanswered(alert) else standing_in(alert, instead_of, due.due_at)
        self.state.remember(headed(receiver, witness(known, alert), alert), self.result)
        self.close_digest(name, self.now - TICK)
        if alert.action not in ENDING:
            link(self.state, self.result, name, alert)
        covers = lineage(alert, self.state.carried(name, alert.alert_id))
        follow(self.state, self.result, name, alert, covers)
        after_silence.follow(self.state, self.result, name, alert)
        if alert.action in ENDING:
            forgo(self.state, self.result, name, alert.alert_id)
        draft = drafted(receiver, alert, self.now, covers, instead_of)
        if due is not None:
            draft = replace(draft, attempts=due.again)
        self.place(receiver, replace(draft, released=due is None))
        self.state.forget(name, self.now, self.result)

    def place(self, receiver: Receiver, row: Pending) -> None:
        """Make a drafted row ready, let it wait, or say why it is not sent."""
        others = [
            one for one in self.state.related(row.receiver, row.covers) if one.notice_id != row.notice_id
        ]
        further, others = [one for one in others if one.beside], [one for one in others if not one.beside]
        row, told = carrying(row, others), holding(self.state, row)
        assert row.alert is not None
        receiver = as_asked(receiver, row)
        decision = decided(self.given, self.state, row, told, receiver, self.now)
        digest_id = collect.follow(self.state, self.result, row)
        if hangs(self.state, decision, row, [one for one in others if one.ready], told):
            self.supersede([one for one in others if not one.ready], row)
            self.state.put(row, self.result)
        elif digest_id and decision.reason.code == "never_told":
            self.conclude(row, "suppressed", in_digest(row, digest_id))
        elif decision.reason.code in COLLECTED:
            old_news, tell = decision.reason.code == "in_digest", self.given.tell
            window = timedelta(seconds=tell.digest_window_s if old_news else tell.budget_window_s)
            digest_id = collect.join(self.state, self.result, row, window, self.now)
            self.conclude(row, "suppressed", replace(decision.reason, ref=digest_id))
        elif not decision.send:
            if decision.reason.code in GOES_ON:
                # it burns again and the receiver still holds it: an end that has not gone out would undo that
                self.supersede([one for one in others if not one.ready and undone(one, row)], row)
            self.conclude(row, "suppressed", decision.reason)
            after_silence.keep(self.given, self.state, self.result, row, receiver, decision.reason, self.now)
        elif self.now > row.expires_at:
            self.conclude(row, "expired", Reason(code="expired", detail=row.expires_at.isoformat()))
        else:
            made = rendered(self.given.exits, receiver, row, told, decision)
            made = await_answer(self.state, self.result, made, receiver, self.given.tell, self.now)
            self.state.put(made, self.result)
            after_silence.lift(self.state, self.result, row)
            remember_place(self.state, self.result, row)
            if made.tells:
                self.supersede(further, row)
            for one in beside(self.given.exits, receiver, made, told):
                self.state.put(one, self.result)
            if made.held_until is not None:
                self.result.outputs.append(Output(NOTICE, made.receiver, held_back(made, self.now)))
            spend(self.state, self.result, receiver, made.channel, self.now)

    def supersede(self, waiting: list[Pending], row: Pending) -> None:
        """Let go of those that are older than this row."""
        for older in waiting:
            if older.revision < row.revision:
                self.conclude(older, "suppressed", superseded(row))

    def settle(self, notice: Notice) -> None:
        """Record a result; without a row of the outbox it is a repeat, or one of our own suppressions."""
        row = self.state.pending.get(notice.receiver, {}).get(notice.notice_id)
        if row is None or not row.ready or notice.outcome in {"suppressed", "undelivered"} or is_held(notice):
            return
        receiver = self.given.receivers.get(notice.receiver)
        if notice.way != row.way:  # a late word from a way that was given up; only that it was taken counts
            if notice.outcome != "accepted":
                return
            row = replace(row, way=notice.way, channel=notice.channel)
        elif further := self.handed_on(receiver, row, notice):
            take_over(self.state, self.result, further)
            self.state.put(further, self.result)
            if not further.text:
                spend(self.state, self.result, receiver, further.channel, self.now)
            return
        if notice.outcome == "retrying":
            if notice.attempts > row.attempts:
                self.state.put(replace(row, attempts=notice.attempts), self.result)
            return
        ids = tuple(self.state.lines.get(row.notice_id, ())) if row.digest else row.covers
        older = []
        if notice.outcome == "accepted":
            older = taken(self.given, self.state, self.result, row, notice, receiver, self.now)
        else:
            self.state.drop(row, self.result)
            refused(self.given, self.state, self.result, row, receiver, self.now)
        self.supersede(older, row)
        self.reconsider(row.receiver, ids)

    def handed_on(self, receiver: Receiver | None, row: Pending, notice: Notice) -> Pending | None:
        """Return the row as it goes on by another way, None when it stays or ends."""
        return handed_on(self.given.exits, receiver, self.state, row, notice, self.given.tell)

    def close_digest(self, name: str, reached: datetime) -> None:
        """Render the receiver's digest when its window ended by `reached`: nothing joins it any more."""
        row = self.state.collecting(name)
        if row is None or row.collects_until is None or reached < row.collects_until:
            return
        receiver = self.given.receivers.get(name)
        if receiver is None:
            self.conclude(row, "failed", GONE)
        elif not self.state.lines.get(row.notice_id):
            self.state.drop(row, self.result)
        else:
            way = self.given.exits[receiver.channel]
            self.state.put(collect.rendered(self.state, row, way, receiver), self.result)

    def time_out(self, name: str) -> None:
        """Try the next way for what did not arrive; tell the next in line of what was not answered."""
        receiver = self.given.receivers.get(name, Receiver(name=name))  # one who is gone has waits still
        give_up_late(self.given, self.state, self.result, receiver, self.now)
        escalate(self.given, self.state, self.result, receiver, self.now)
        for row in after_silence.over(self.state, self.result, name, self.now):
            self.place_or_say(row)

    def reconsider(self, name: str, ids: tuple[str, ...]) -> None:
        """Decide anew what waited for a result about these alerts."""
        waiting = [row for row in self.state.related(name, ids) if not row.ready]
        for row in sorted(waiting, key=lambda row: (row.due_at, row.revision)):
            self.place_or_say(row)

    def place_or_say(self, row: Pending) -> None:
        """Decide a row anew, or say that its receiver is there no more."""
        receiver = self.given.receivers.get(row.receiver)
        if receiver is None:
            self.conclude(row, "failed", GONE)
        else:
            self.place(receiver, row)

    def conclude(self, row: Pending, outcome: Outcome, reason: Reason) -> None:
        """Put out the last word on a row and take it from the outbox."""
        notice = conclude(row, outcome, self.now, reason, attempts=row.attempts)
        self.result.outputs.append(Output(NOTICE, row.receiver, notice))
        if row.notice_id in self.state.pending.get(row.receiver, {}):
            self.state.drop(row, self.result)


def _now(message: AnyNotice) -> datetime:
    return message.due_at if isinstance(message, Due) else message.at


def deliver(
    receivers: tuple[Receiver, ...],
    out: Mapping[str, Exit] | None = None,
    tell: Options | None = None,
    silences: tuple[Silencing, ...] = (),
    roster: Roster | None = None,
) -> Hop:
    """Return the hop for these receivers; raises ValueError for a channel that does not exist."""
    known = exits(in_force(Settings())) if out is None else out
    by_name = {receiver.name: receiver for receiver in receivers}
    for receiver in receivers:
        for way in ways(receiver):
            if way.channel not in known:
                raise ValueError(f"receivers.{receiver.name}.channel: no channel {way.channel!r}")
    return Hop(
        name="deliver",
        topics=(NOTICE,),
        open=lambda _given, _partition, rows: open_outbox(rows),
        step=step,
        now=_now,
        options=Deliver(by_name, known, tell or Options(), silences, roster or Roster()),
    )
