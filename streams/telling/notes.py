"""A note in the outbox: a few words for one receiver, sent like an alert but told of no incident."""

from collections.abc import Mapping
from datetime import timedelta

from msgspec.structs import replace

from alerts.channels import Exit
from alerts.note import words_of_note
from alerts.policy import Told
from alerts.ways import on_way
from schemas.hop import Output, Result
from schemas.notice import Note, Notice
from schemas.reason import Reason
from schemas.receiver import Receiver
from schemas.topics import NOTICE
from streams.hops.concluding import GONE, conclude
from streams.hops.handing import on_next
from streams.hops.outbox import Outbox, Pending

TRIED_FOR = timedelta(hours=6)
"""How long a note is tried; what an officer must know now is no news tomorrow."""

NO_WAY = Reason(code="gateway_refused", detail="no way of this receiver takes free text")


def noted(
    state: Outbox, result: Result, note: Note, receiver: Receiver | None, exits: Mapping[str, Exit]
) -> None:
    """Put a note into the outbox, on the first way that takes free words; a repeat changes nothing."""
    mine = state.told.get(note.receiver, {}), state.pending.get(note.receiver, {})
    if any(note.note_id in known for known in mine):
        return
    row = Pending(
        notice_id=note.note_id,
        receiver=note.receiver,
        channel="",
        alert_id=note.note_id,
        incident_id=note.note_id,
        revision=1,
        action="update",
        grade="task",
        covers=(),
        due_at=note.at,
        expires_at=note.at + TRIED_FOR,
        reason=Reason(code="note", detail=note.code),
    )
    made = None if receiver is None else _rendered(state, row, note, receiver, exits)
    if made is None:
        why = GONE if receiver is None else NO_WAY
        result.outputs.append(
            Output(NOTICE, note.receiver, conclude(row, "failed", note.at, why, attempts=0))
        )
        return
    state.put(made, result)


def follow_up(
    state: Outbox, result: Result, row: Pending, receiver: Receiver | None, exits: Mapping[str, Exit]
) -> None:
    """Put what follows a row that was taken into the outbox, on the same way; a repeat changes nothing."""
    name = f"{row.notice_id}_2"
    if not row.second or receiver is None or name in state.told.get(row.receiver, {}):
        return
    way = exits[row.channel]
    said = way.note(row.second, on_way(receiver, row.way)) if way.channel.second is not None else None
    if said is not None:
        own = {"notice_id": name, "alert_id": name, "incident_id": name, "covers": (), "kept": None}
        made = replace(row, **own, text=row.second, second="", grade="task", action="update", attempts=0)
        reason = Reason(code="note", detail="second_part")
        state.put(replace(made, headers=said.headers, body=said.body, reason=reason), result)


def note_told(state: Outbox, result: Result, row: Pending, notice: Notice) -> None:
    """Remember that a note was taken, so that its repeat is not sent again."""
    state.remember(
        Told(receiver=row.receiver, alert_id=row.notice_id, touched_at=notice.at, revision=1), result
    )


def _rendered(
    state: Outbox, row: Pending, note: Note, receiver: Receiver, exits: Mapping[str, Exit]
) -> Pending | None:
    first = on_way(receiver, 0)
    way = exits[first.channel]
    text = words_of_note(way.given, note, receiver)
    said = way.note(text, first)
    kept = replace(row, channel=first.channel, text=text)
    if said is None:
        return on_next(exits, receiver, state, replace(kept, dead=(0,)), note.at)
    return replace(kept, headers=said.headers, body=said.body)
