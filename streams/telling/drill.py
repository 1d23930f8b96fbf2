"""Drills, daily and asked for: a mock fire goes in, what came of it is judged; what did not pass is loud."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from alerts.routing import wants
from schemas.alert import Alert
from schemas.codec import decode
from schemas.drill import Drill, Rehearsal
from schemas.observation import Delivery
from schemas.topics import OBSERVATION
from streams.hops.drill import alert_id_of
from streams.metrics import Metrics
from streams.serve import queries
from streams.telling import drill_book
from streams.telling.drill_book import PUT_OFF
from streams.telling.duty import officers
from streams.telling.hearing import Ears
from streams.telling.ledger import Entry, reconciled

LOOK_S = 5.0
LATE = timedelta(hours=1)
"""A drill that was missed for so long is not held in the middle of the night."""

PASSED = frozenset({"accepted", "delivered", "acknowledged"})

log = logging.getLogger(__name__)


async def hold_daily(
    hearing: Callable[[], Ears], metrics: Metrics, clock: Callable[[], datetime], look_s: float = LOOK_S
) -> None:
    """Hold and judge drills until cancelled; what fails is said and looked at again."""
    while True:
        try:
            ears = hearing()
            for one in ears.settings.drills:
                await attend(ears, metrics, one, clock())
        except Exception:
            log.exception("the drill could not be held or judged; again in %.0f s", look_s)
        await asyncio.sleep(look_s)


async def attend(ears: Ears, metrics: Metrics, one: Rehearsal, now: datetime) -> tuple[str, ...] | None:
    """Begin the drill of today when it is time; judge and end those whose time is over, also asked-for ones.

    Returns why the last of them did not pass, nothing when it did, None when there was nothing to judge.
    """
    drill = drill_of(one, ears.profile.zone, now)
    if drill.at <= now < drill.at + LATE and await asyncio.to_thread(
        drill_book.begin, ears.store, one.name, drill, now
    ):
        await put(ears, drill, now)
    why = None
    for held in await asyncio.to_thread(drill_book.under_way, ears.store, one.name):
        if fire := await asyncio.to_thread(_grave, ears, held.drill):
            await _cut_short(ears, held.drill, fire, now)
        elif now - held.begun_at >= timedelta(seconds=one.within_s):
            why = await _judge(ears, metrics, one, held.drill, now)
    return why


def _grave(ears: Ears, drill: Drill) -> str:
    """Return the fire of grade I or II that has opened beside a mock fire; empty: none."""
    found = queries.alert(ears.store, alert_id_of(drill))
    alert = None if found is None else decode(found[1], Alert)
    return drill_book.grave(ears.store, alert.places) if isinstance(alert, Alert) else ""


async def _cut_short(ears: Ears, drill: Drill, fire: str, now: datetime) -> None:
    """End a drill beside which it burns: whoever was told of it hears at once that it was none."""
    await put(ears, drill, now, ends=True)
    if await asyncio.to_thread(drill_book.conclude, ears.store, drill, (f"{PUT_OFF}: {fire}",), now):
        log.warning("drill=%s cut short: %s, a fire of grade I or II, is open there", drill.drill_id, fire)


async def _judge(
    ears: Ears, metrics: Metrics, one: Rehearsal, drill: Drill, now: datetime
) -> tuple[str, ...] | None:
    why = await asyncio.to_thread(judged, ears, one, drill, now)
    if not await asyncio.to_thread(drill_book.conclude, ears.store, drill, why, now):
        return None
    await _tell(ears, metrics, drill, why, now)
    return why


def drill_of(one: Rehearsal, zone: str, now: datetime) -> Drill:
    """Return the drill of this local day."""
    there = now.astimezone(ZoneInfo(zone))
    at = datetime.combine(there.date(), time.fromisoformat(one.at), ZoneInfo(zone)).astimezone(now.tzinfo)
    return _named(one, f"{there:%Y%m%d}", at)


def asked_for(one: Rehearsal, zone: str, now: datetime) -> Drill:
    """Return the drill that begins at `now`, named by its second."""
    return _named(one, f"{now.astimezone(ZoneInfo(zone)):%Y%m%dT%H%M%S}", now)


def _named(one: Rehearsal, when: str, at: datetime) -> Drill:
    name = f"drill/{one.name}/{when}"
    return Drill(drill_id=name, at=at, longitude=one.longitude, latitude=one.latitude, grade=one.grade)


def judged(ears: Ears, one: Rehearsal, drill: Drill, now: datetime) -> tuple[str, ...]:
    """Return why a drill did not pass; nothing when every receiver that takes part was told in time."""
    found = queries.alert(ears.store, alert_id_of(drill))
    alert = None if found is None else decode(found[1], Alert)
    if not isinstance(alert, Alert):
        held = ears.store.read(
            "SELECT 1 FROM silence WHERE observation_id = ? AND code = 'drill_put_off'", (drill.drill_id,)
        )
        return (PUT_OFF,) if held else ("no alert came of it",)
    entries = [
        entry
        for entry in reconciled(ears.store.read, drill.at, now + timedelta(seconds=1), now)
        if entry.alert_id == alert.alert_id
    ]
    expected = [each.name for each in ears.settings.receivers if each.drill and wants(alert, each)]
    return ruled(entries, expected, one.within_s)


def ruled(entries: Iterable[Entry], expected: Iterable[str], within_s: float) -> tuple[str, ...]:
    """Return what is wrong with what each receiver got, by receiver; a drill that nobody gets proves nothing.

    >>> ruled([], [], 60.0)
    ('nobody takes part',)
    """
    known, wanted = {entry.receiver: entry for entry in entries}, sorted(expected)
    if not wanted:
        return ("nobody takes part",)
    why = []
    for name in wanted:
        entry = known.get(name)
        if entry is None:
            why.append(f"{name}: never due")
        elif entry.state not in PASSED:
            why.append(f"{name}: {entry.state} {entry.reason}".rstrip())
        elif entry.seconds is not None and entry.seconds > within_s:
            why.append(f"{name}: took {entry.seconds:.0f} s")
    why += [f"{name}: takes no part" for name in sorted(known) if name not in wanted]
    return tuple(why)


async def _tell(ears: Ears, metrics: Metrics, drill: Drill, why: tuple[str, ...], now: datetime) -> None:
    name = drill.drill_id.split("/")[1]
    if why == (PUT_OFF,):
        log.warning("drill=%s put off: a fire of grade I or II is open there", name)
        return
    metrics.drill_passed.labels(name).set(0.0 if why else 1.0)
    metrics.drill_judged_at.labels(name).set(now.timestamp())
    if why:
        said = "; ".join(why)
        log.critical("drill=%s did not pass: %s", name, said)
        await ears.note(officers(ears, now), "drill_failed", drill.drill_id, {"text": said[:200]}, now)
    else:
        log.info("drill=%s passed", name)
    if why != ("no alert came of it",):
        await put(ears, drill, now, ends=True)


async def put(ears: Ears, drill: Drill, now: datetime, *, ends: bool = False) -> None:
    """Put a drill, or its end, on the log where observations come in."""
    name = f"{drill.drill_id}{'/end' if ends else ''}"
    one = replace(drill, ends=ends)
    await ears.writer.send(
        OBSERVATION, drill.drill_id, Delivery(delivery_id=name, received_at=now, drills=(one,))
    )
