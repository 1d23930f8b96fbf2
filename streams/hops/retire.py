"""Forget what nothing can be linked to any more, so that a year of fires needs the memory of two weeks."""

from datetime import datetime, timedelta

from detectors.running import seen_between
from streams.hops.acting import forget_acts
from streams.hops.answering import forget
from streams.hops.heat import forget_heat, settle_heat
from streams.hops.paging import forget_pages
from streams.hops.sitting import Sitting


def retire(sitting: Sitting) -> None:
    """Once a day, drop fires, masked claims, looks and hits that the time `now` has outlived.

    A claim may arrive `lateness_limit` (7 d) late and link over `gap_d` (5 d), so 13 days are kept.
    """
    given, desk, now, rows = sitting.given, sitting.desk, sitting.now, sitting.result.rows
    if desk.swept_at is not None and now - desk.swept_at < timedelta(days=1):
        return
    desk.swept_at = now
    oldest = now - timedelta(days=given.keep_d)
    _fires(sitting, oldest)
    rows.update(desk.weather.retire(now))
    rows.update(desk.ledger.retire(now))
    desk.kin.retire(oldest.timestamp(), desk.by_id)
    forget_pages(sitting)
    for detection_id in [k for k, kept in desk.masked.items() if kept.claim.observed_at < oldest]:
        del desk.masked[detection_id]
        rows[f"c/{detection_id}"] = None
    desk.look_times.forget(oldest)
    for key in [k for k, looks in desk.looks.items() if all(look.observed_at < oldest for look in looks)]:
        del desk.looks[key]
        rows[key] = None
    for name in [k for k, back in desk.withdrawn.items() if back.observed_at < oldest]:
        del desk.withdrawn[name]
        rows[f"w/{name}"] = None
    for one in [k for k, over in desk.over.items() if over.at < oldest]:
        del desk.over[one]
        rows[f"o/{one}"] = None
    forget(sitting, oldest)
    forget_acts(sitting, oldest)
    for key in forget_heat(desk.heat, desk.hits, now.toordinal() - given.static_heat.memory_d):
        rows[key] = None
    settle_heat(desk.heat, desk.hits, now.toordinal())


def _fires(sitting: Sitting, oldest: datetime) -> None:
    """Drop fires whose newest claim is too old; of the others, what no new claim can link to any more."""
    desk, rows = sitting.desk, sitting.result.rows
    limit = oldest.timestamp()
    for one, fire in list(desk.by_id.items()):
        if fire.newest_s >= limit:
            if fire.first.seconds < limit:
                for name in seen_between(fire, fire.forgotten_s, limit):
                    desk.graph.forget(desk.graph.nodes[name])
            continue
        desk.graph.leave(fire.nodes)
        for node in fire.nodes:
            rows[f"c/{node.claim.detection_id}"] = None
        del desk.by_id[one]
        if desk.rows.pop(one, None) is not None:
            rows[f"f/{one}"] = None
