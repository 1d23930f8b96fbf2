"""A row that goes on by the receiver's next way: when its gateway refuses it, or fails three times running.

The attempts are counted on, so that two gateways that are both down are not asked ever faster. A way that
refused for good is not tried again.
"""

from collections.abc import Mapping

from msgspec.structs import replace

from alerts.channels import Exit
from alerts.ways import after, on_way
from schemas.notice import Notice
from schemas.receiver import Receiver
from streams.hops import collect
from streams.hops.outbox import Outbox, Pending

PATIENCE = 3
"""How many attempts in a row may fail before another way is tried; the third comes after 20 s."""


def handed_on(
    exits: Mapping[str, Exit], receiver: Receiver | None, state: Outbox, row: Pending, notice: Notice
) -> Pending | None:
    """Return the row rendered for the next way, or None: it stays, or ends, where it is."""
    if receiver is None or notice.outcome not in {"failed", "retrying"}:
        return None
    if notice.outcome == "retrying" and notice.attempts % PATIENCE:
        return None
    dead = (*row.dead, row.way) if notice.outcome == "failed" else row.dead
    return on_next(exits, receiver, state, replace(row, dead=dead, attempts=notice.attempts))


def on_next(exits: Mapping[str, Exit], receiver: Receiver, state: Outbox, row: Pending) -> Pending | None:
    """Return the row rendered for the way after its own that is not dead, or None: there is none."""
    number = after(receiver, row.way, row.dead)
    if number is None:
        return None
    row = replace(row, way=number)
    reached = on_way(receiver, number)
    way = exits[reached.channel]
    if row.digest:
        return replace(collect.rendered(state, row, way, reached), held_until=row.held_until)
    if row.text:
        said = way.note(row.text, reached)
        if said is None:  # a way of approved templates only
            return on_next(exits, receiver, state, replace(row, dead=(*row.dead, number)))
        return replace(row, channel=reached.channel, headers=said.headers, body=said.body)
    assert row.kept is not None, "kept where there are further ways"
    message = way.render(row.kept, reached)
    return replace(row, channel=reached.channel, headers=message.headers, body=message.body)
