"""What officers must know without asking: answers that differ, and raises that nobody can account for."""

import asyncio
import hashlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from alerts.roster import Roster
from schemas.alert import Alert
from streams.metrics import Metrics
from streams.serve import queries
from streams.serve.rows import microseconds
from streams.serve.store import Store
from streams.telling.hearing import Ears
from streams.telling.ledger import reconciled, unaccounted

LOOK_S = 10.0
RECONCILE_EVERY = timedelta(hours=1)
LOOKED_BACK = timedelta(hours=25)
"""An hour more than a day, so that no raise falls between two looks."""

log = logging.getLogger(__name__)

_DIFFER = """
SELECT alert_id, group_concat(receiver || ' ' || says, ', ') FROM (
  SELECT * FROM reply WHERE says IN ('yes', 'no') AND at_us >= ? ORDER BY at_us)
GROUP BY alert_id HAVING count(DISTINCT says) = 2
"""


async def watch(
    hearing: Callable[[], Ears], metrics: Metrics, clock: Callable[[], datetime], look_s: float = LOOK_S
) -> None:
    """Look until cancelled, with the receivers of that moment; what fails is said and looked at again."""
    looked: datetime | None = None
    while True:
        now = clock()
        try:
            ears = hearing()
            await contradictions(ears, now)
            if looked is None or now - looked >= RECONCILE_EVERY:
                await reconcile(ears, metrics, now)
                looked = now
        except Exception:
            log.exception("the ledger of telling could not be reconciled; again in %.0f s", look_s)
        await asyncio.sleep(look_s)


def officers(ears: Ears, now: datetime) -> tuple[str, ...]:
    """Return who of the officers is on duty; while nobody is, everybody whom their groups name."""
    groups = {group.name: group for group in ears.settings.groups}
    return Roster(groups, ears.profile.zone).reached(ears.settings.office.duty, now)


async def contradictions(ears: Ears, now: datetime) -> None:
    """Tell the officers of alerts whose answers differ; each set of answers once."""
    since = microseconds(now - timedelta(days=2))
    for alert_id, said in await asyncio.to_thread(ears.store.read, _DIFFER, (since,)):
        found = await asyncio.to_thread(queries.alert, ears.store, alert_id)
        if found is None:
            continue
        alert = msgspec.json.decode(found[1], type=Alert)
        headline = next(iter(alert.headline.values()), alert_id)
        values = {"code": alert.short_code, "who": said, "headline": headline}
        mark = f"contradicted/{alert_id} {said}"
        if not await asyncio.to_thread(_known, ears.store, mark):
            # the mark comes last: what fails in between is told again, under the same id
            await ears.note(officers(ears, now), "contradicted", f"{alert_id} {said}", values, now)
            await asyncio.to_thread(_remember, ears.store, mark, now)


async def reconcile(ears: Ears, metrics: Metrics, now: datetime) -> int:
    """Return how many raises of the last day nobody can account for; loud when there are any."""
    entries = await asyncio.to_thread(reconciled, ears.store.read, now - LOOKED_BACK, now, now)
    bad = unaccounted(entries)
    metrics.unaccounted.set(len(bad))
    if bad:
        for one in bad[:20]:
            log.critical("notice=%s receiver=%s: %s %s", one.notice_id, one.receiver, one.state, one.reason)
        # as many as before need not be the same
        which = hashlib.sha256(" ".join(sorted(one.notice_id for one in bad)).encode()).hexdigest()[:16]
        mark = f"{now:%Y%m%d} {which}"
        await ears.note(officers(ears, now), "unaccounted", mark, {"count": str(len(bad))}, now)
    return len(bad)


def _known(store: Store, name: str) -> bool:
    return bool(store.read("SELECT 1 FROM mark WHERE name = ?", (name,)))


def _remember(store: Store, name: str, now: datetime) -> None:
    store.write("INSERT OR IGNORE INTO mark VALUES (?, ?)", (name, microseconds(now)))
