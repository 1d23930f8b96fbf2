"""How far time has come when a clock jumps: a leap is believed once it stands, a return at once.

One tick of a clock that is a year ahead would close and forget every fire, and nothing would close again
until that year had come. So live a leap of more than a day must stand for two minutes, which is all that
it costs after a real outage. A clock that comes back by more than a day was wrong: time goes on from there.
"""

import logging
from datetime import datetime, timedelta

from msgspec.structs import replace

from schemas.detection import Claims
from streams.hops.desk_rows import Clock
from streams.hops.sitting import Sitting

log = logging.getLogger(__name__)

LEAP = timedelta(days=1)
"""More than this between two ticks is a leap, and no late message."""

STANDS = timedelta(minutes=2)
"""A leap that lasts so long is believed (ours): clocks are set right sooner after a start."""


def says_time_only(claims: Claims) -> bool:
    """Return whether a message tells nothing but that time has passed."""
    said = (claims.detections, claims.looks, claims.withdrawn, claims.silences, claims.permits, claims.heard)
    return not any((*said, claims.weather, claims.verdicts, claims.acts, claims.pests, claims.drills))


def while_stopped(sitting: Sitting, claims: Claims) -> bool:
    """Return whether this was received while no worker ran: nobody had said for a while that time passes.

    The log says so, not the clock of this worker: what is judged again after a crash comes out the same.
    Were it held this time and told last time, another revision would go out under a number that is taken.
    """
    outage_s, ticked_at = sitting.given.outage_s, sitting.desk.clocks.get(claims.origin)
    if outage_s is None:
        return False
    return ticked_at is None or (sitting.now - ticked_at).total_seconds() > outage_s


def advance(sitting: Sitting, claims: Claims) -> None:
    """Note how far one origin has come; live, a leap is only noted until it has lasted."""
    desk, origin, at = sitting.desk, claims.origin, claims.received_at
    known = desk.clocks.get(origin)
    is_live = sitting.given.outage_s is not None
    if known is None or (not is_live and at > known):
        desk.clocks[origin] = at
    elif is_live and known - at > LEAP:
        log.error("the clock of partition %d was ahead: time goes back from %s to %s", origin, known, at)
        desk.clocks[origin] = at
        desk.leaps.pop(origin, None)
        _unhold(sitting, at)
    elif is_live and at - known > LEAP:
        _leap(sitting, origin, at)
    else:
        desk.clocks[origin] = max(known, at)
        desk.leaps.pop(origin, None)
    sitting.result.rows[f"k/{origin}"] = Clock(at=desk.clocks[origin], leap_at=desk.leaps.get(origin))


def _leap(sitting: Sitting, origin: int, at: datetime) -> None:
    desk = sitting.desk
    since = desk.leaps.setdefault(origin, at)
    if at < since:
        desk.leaps[origin] = at
    elif at - since >= STANDS:
        desk.clocks[origin] = at
        del desk.leaps[origin]


def _unhold(sitting: Sitting, at: datetime) -> None:
    """Let nothing wait for a time that a wrong clock said."""
    desk = sitting.desk
    if desk.swept_at is not None and desk.swept_at > at:
        desk.swept_at = None
    for name in sorted(desk.held):
        row = desk.rows.get(name)
        if row is not None and row.held_at is not None and row.held_at > at:
            sitting.keep(replace(row, held_at=at))
