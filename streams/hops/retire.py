"""Forget what nothing can be linked to any more, so that a year of fires needs the memory of two weeks."""

from datetime import datetime, timedelta

from schemas.hop import Result
from streams.hops.desk import Desk, Judge


def retire(given: Judge, desk: Desk, now: datetime, result: Result) -> None:
    """Once a day, drop fires, masked claims, looks and hits that the time `now` has outlived.

    A claim may arrive `lateness_limit` (7 d) late and link over `gap_d` (5 d), so 13 days are kept.
    """
    if desk.swept_at is not None and now - desk.swept_at < timedelta(days=1):
        return
    desk.swept_at = now
    oldest = now - timedelta(days=given.keep_d)
    _fires(desk, oldest, result)
    for detection_id in [k for k, kept in desk.masked.items() if kept.claim.observed_at < oldest]:
        del desk.masked[detection_id]
        result.rows[f"c/{detection_id}"] = None
    for key in [k for k, looks in desk.looks.items() if all(look.observed_at < oldest for look in looks)]:
        del desk.looks[key]
        result.rows[key] = None
    last_day = now.toordinal() - given.static_heat.memory_d
    for key in [k for k in desk.hits if int(k.split("/")[1]) < last_day]:
        desk.heat.forget(desk.hits.pop(key))
        result.rows[key] = None


def _fires(desk: Desk, oldest: datetime, result: Result) -> None:
    limit = oldest.timestamp()
    for one, fire in list(desk.by_id.items()):
        newest = max(node.seconds for node in fire.nodes)
        if newest >= limit:
            for node in fire.nodes:
                if node.seconds < limit:
                    desk.graph.bins.drop(node)
            continue
        desk.graph.leave(fire.nodes)
        for node in fire.nodes:
            result.rows[f"c/{node.claim.detection_id}"] = None
        del desk.by_id[one]
        if desk.rows.pop(one, None) is not None:
            result.rows[f"f/{one}"] = None
