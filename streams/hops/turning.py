"""A wind that turns or rises after a fire was last seen: its reach is told anew, for those who are out.

The fire itself stays what its looks say; only the alert speaks of the wind since. What came too soon after
the last such word is told with the time that passes.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

import numpy as np
from msgspec.structs import replace

from alerts import lifecycle
from alerts.grade import ORDER
from alerts.heading import turned
from detectors.running import summed
from streams.hops.desk import FireRow
from streams.hops.settle import classes_of, turn_of
from streams.hops.sitting import Sitting
from streams.hops.telling import tell

AGAIN = timedelta(minutes=10)
"""So long after it may be told again, what was put off is looked for as time passes."""

OF_REACH = frozenset({"reach_turned", "reach_grew", "newly_threatened"})
"""What a wind may bring, read after the last look."""

AT_ONCE = 40
"""So many are told with one message, the gravest first; the others with the next reading of the wind."""


def follow_wind(sitting: Sitting, names: Iterable[str]) -> None:
    """Tell of these fires where the wind that was just read carries them, if it is another than was told."""
    rows = [sitting.desk.rows[name] for name in sorted(names) if name in sitting.desk.rows]
    _tell(sitting, _in_another_wind(sitting, rows))


def catch_up(sitting: Sitting) -> None:
    """Tell what came too soon after the last word of a reach to be told then: by the wind, or by a look."""
    rows = [sitting.desk.rows[name] for name in sorted(_told_lately(sitting))]
    turned_since = _in_another_wind(sitting, rows)
    _tell(sitting, turned_since)
    known = {row.incident.incident_id for row in turned_since}
    for row in rows:
        if row.incident.incident_id not in known and _burns(sitting, row):
            _say(sitting, row)


def _tell(sitting: Sitting, rows: Iterable[FireRow]) -> None:
    """Tell of these in the wind of now, the gravest first, and not of so many that all else waits."""
    told = 0
    for row in sorted(rows, key=lambda row: (-ORDER[row.incident.grade], row.incident.incident_id)):
        if row.issued is None or not _burns(sitting, row):
            continue
        told += _say(sitting, replace(row, issued=replace(row.issued, wind_at=sitting.now)))
        if told >= AT_ONCE:
            return


def _say(sitting: Sitting, row: FireRow) -> bool:
    """Put out that the reach of a fire is another, if it is; return whether."""
    classes = classes_of(sitting.desk.by_id[row.incident.incident_id])
    turn = turn_of(sitting, row, classes)
    if turn is None or turn.action != "update" or turn.reason.code not in OF_REACH:
        return False
    sitting.keep(tell(sitting, row, turn, classes))
    return True


def _told_lately(sitting: Sitting) -> Iterator[str]:
    """Yield the fires of whose reach something was told a few minutes ago: more may have come since."""
    desk = sitting.desk
    for name in sorted(desk.moved):
        row = desk.rows.get(name)
        said = None if row is None or row.issued is None else row.issued.moved_at
        if row is None or said is None:
            desk.moved.discard(name)
            continue
        if sitting.now - said > timedelta(hours=1) + AGAIN:
            continue
        waited = timedelta(minutes=sitting.given.local.at(row.incident.places).lifecycle.reach_min)
        if waited <= sitting.now - said <= waited + AGAIN:
            yield name


def _burns(sitting: Sitting, row: FireRow) -> bool:
    """Return whether anybody may be out at this fire, and it is known well enough to say where it goes."""
    one, issued = row.incident, row.issued
    fire = sitting.desk.by_id.get(one.incident_id)
    if fire is None or one.kind != "fire" or one.status != "open":
        return False
    if issued is None or issued.ended or issued.late:
        return False
    if one.incident_id in sitting.desk.held or sitting.now <= one.last_observed_at:
        return False
    if lifecycle.old_news(sitting.given.local.at(one.places).lifecycle, one, sitting.now) is not None:
        return False
    return one.reach_1h is not None or summed(sitting.given.evidence, fire).sector is None


def _in_another_wind(sitting: Sitting, rows: Sequence[FireRow]) -> list[FireRow]:
    """Return those whose wind, as stations now say it, is another than that of what was told.

    Where no station says it, nobody can tell: unknown is no turn and no calm.
    """
    if not rows:
        return []
    where = np.array([(row.incident.longitude, row.incident.latitude) for row in rows])
    speeds, whence = sitting.desk.weather.winds(where[:, 0], where[:, 1], sitting.now)
    found = zip(rows, speeds.tolist(), whence.tolist(), strict=True)
    return [row for row, ms, deg in found if _is_news(sitting, row, ms, deg)]


def _is_news(sitting: Sitting, row: FireRow, ms: float, from_deg: float) -> bool:
    issued = row.issued
    if issued is None or np.isnan(ms):
        return False
    limits = sitting.given.limits
    if issued.reach_1h is None or issued.wind_ms is None or ms - issued.wind_ms > limits.wind_rose_ms:
        return True
    rules = sitting.given.local.at(row.incident.places).lifecycle
    steers = ms >= limits.wind_steers_ms and not np.isnan(from_deg)
    return steers and turned(issued.head_deg, (from_deg + 180.0) % 360.0, rules.reach_turn_deg)
