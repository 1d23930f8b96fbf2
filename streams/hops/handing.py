"""A row that goes on by the receiver's next way: when its gateway refuses it, keeps failing, or stalls.

A gateway that asks for a longer wait than the message can bear is left at once, where another way lives, and
not asked again before. The attempts are counted on, so that two gateways that are both down are not asked
ever faster. A way that refused for good is not tried again.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import inf

from msgspec.structs import replace

from alerts.channels import Exit
from alerts.digest import Options
from alerts.quiet import NEVER_HELD
from alerts.ways import after, on_way
from schemas.notice import Notice
from schemas.receiver import Receiver
from streams.hops import collect
from streams.hops.outbox import Outbox, Pending

PATIENCE = 3
"""How many attempts in a row may fail before another way is tried; the third comes after 20 s."""


def handed_on(  # noqa: PLR0913, PLR0917 - by which ways, of what, after which result
    exits: Mapping[str, Exit],
    receiver: Receiver | None,
    state: Outbox,
    row: Pending,
    notice: Notice,
    tell: Options,
) -> Pending | None:
    """Return the row rendered for the next way, or None: it stays, or ends, where it is."""
    if receiver is None or row.beside or notice.outcome not in {"failed", "retrying"}:
        return None
    if notice.outcome == "retrying":
        if notice.attempts % PATIENCE and notice.wait_s <= patience_s(row, tell):
            return None
        if notice.wait_s:
            until = notice.at + timedelta(seconds=notice.wait_s)
            row = replace(row, shut=(*row.shut, (row.way, until)))
    dead = (*row.dead, row.way) if notice.outcome == "failed" else row.dead
    return on_next(exits, receiver, state, replace(row, dead=dead, attempts=notice.attempts), notice.at)


def patience_s(row: Pending, tell: Options) -> float:
    """Return how long a wait a message can bear when there is another way, s; a digest or task any."""
    if row.order or row.text:
        return tell.patience_grave_s
    if row.digest or row.grade == "task" or row.kept is None:
        return inf
    grave = row.kept.kind == "fire" and row.grade in NEVER_HELD
    return tell.patience_grave_s if grave else tell.patience_s


def on_next(
    exits: Mapping[str, Exit], receiver: Receiver, state: Outbox, row: Pending, now: datetime
) -> Pending | None:
    """Return the row rendered for the way after its own that may be asked now, or None: there is none.

    A row whose own way is dead waits for one that only asked to be left alone for a while.
    """
    shut = {way: until for way, until in row.shut if until > now}
    number = after(receiver, row.way, {*row.dead, *shut})
    if number is None and row.way in row.dead:
        number = after(receiver, row.way, row.dead)
    if number is None:
        return None
    return _rendered(exits, receiver, state, replace(row, shut=tuple(shut.items())), number, now)


def _rendered(  # noqa: PLR0913, PLR0917 - what is rendered, for which way, when
    exits: Mapping[str, Exit], receiver: Receiver, state: Outbox, row: Pending, number: int, now: datetime
) -> Pending | None:
    held = max((one for one in (row.held_until, dict(row.shut).get(number)) if one is not None), default=None)
    row = replace(row, way=number, held_until=held)
    reached = on_way(receiver, number)
    way = exits[reached.channel]
    if row.digest:
        return replace(collect.rendered(state, row, way, reached), held_until=held)
    if row.text:
        said = way.note(row.text, reached)
        if said is None:  # a way of approved templates only
            return on_next(exits, receiver, state, replace(row, dead=(*row.dead, number)), now)
        return replace(row, channel=reached.channel, headers=said.headers, body=said.body)
    if row.kept is None:  # rendered before the receiver had further ways
        return None
    message = way.render(row.kept, reached)
    return replace(row, channel=reached.channel, headers=message.headers, body=message.body)
