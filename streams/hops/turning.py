"""A wind that turns or rises after a fire was last seen: its reach is told anew, for those who are out.

The fire itself stays what its looks say; only the alert speaks of the wind since. What came too soon after
the last such word is told with the time that passes.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from msgspec.structs import replace

from alerts import lifecycle
from alerts.heading import turned
from alerts.lifecycle import Issued
from detectors.running import summed
from schemas.incident import Incident
from schemas.weather import Conditions
from streams.hops.nearing import STEERS_MS
from streams.hops.settle import classes_of, turn_of
from streams.hops.sitting import Sitting
from streams.hops.telling import tell

ROSE_MS = 2.0
"""A wind that rose by more may carry a fire further; a gust of a force or less is no news of its reach."""

AGAIN = timedelta(minutes=10)
"""So long after it may be told again, what was put off is looked for as time passes."""

OF_REACH = frozenset({"reach_turned", "reach_grew", "newly_threatened"})
"""What a wind may bring, read after the last look."""


def follow_wind(sitting: Sitting, names: Iterable[str], *, anew: bool = False) -> None:
    """Tell of these fires that burn where the wind of now carries them, if that is news.

    `anew`: they are looked at whether or not the wind is another than what was told.
    """
    for name in sorted(names):
        row = sitting.desk.rows.get(name)
        if row is None or row.issued is None or not _burns(sitting, row.incident, row.issued):
            continue
        if not (anew or _is_news(sitting, row.incident, row.issued)):
            continue
        asked = replace(row, issued=replace(row.issued, wind_at=sitting.now))
        classes = classes_of(sitting.desk.by_id[name])
        turn = turn_of(sitting, asked, classes)
        if turn is not None and turn.action == "update" and turn.reason.code in OF_REACH:
            sitting.keep(tell(sitting, asked, turn, classes))


def put_off(sitting: Sitting) -> Iterator[str]:
    """Yield the fires of whose reach something was told a few minutes ago: more may have come since."""
    for name, row in sitting.desk.rows.items():
        said = None if row.issued is None else row.issued.moved_at
        if said is None:
            continue
        waited = timedelta(minutes=sitting.given.local.at(row.incident.places).lifecycle.reach_min)
        if waited <= sitting.now - said <= waited + AGAIN:
            yield name


def _burns(sitting: Sitting, one: Incident, issued: Issued) -> bool:
    """Return whether anybody may be out at this fire, and it is known well enough to say where it goes."""
    fire = sitting.desk.by_id.get(one.incident_id)
    if fire is None or one.kind != "fire" or one.status != "open" or issued.ended or issued.late:
        return False
    if one.incident_id in sitting.desk.held or sitting.now <= one.last_observed_at:
        return False
    if lifecycle.old_news(sitting.given.lifecycle, one, sitting.now) is not None:
        return False
    return one.reach_1h is not None or summed(sitting.given.evidence, fire).sector is None


def _is_news(sitting: Sitting, one: Incident, issued: Issued) -> bool:
    """Return whether the wind of now is another than that of what was told; unknown is no wind at all."""
    weather = sitting.desk.weather
    now = weather.at(one.longitude, one.latitude, sitting.now)
    if now is None or now.wind_ms is None:
        return False
    if issued.reach_1h is None:
        return True
    told_at = one.last_observed_at if issued.wind_at is None else max(one.last_observed_at, issued.wind_at)
    then = weather.at(one.longitude, one.latitude, told_at)
    rules = sitting.given.local.at(one.places).lifecycle
    head = _head(now)
    return (head is not None and turned(issued.head_deg, head, rules.reach_turn_deg)) or _rose(then, now)


def _head(now: Conditions) -> float | None:
    steers = now.wind_from_deg is not None and now.wind_ms is not None and now.wind_ms >= STEERS_MS
    return None if now.wind_from_deg is None or not steers else (now.wind_from_deg + 180.0) % 360.0


def _rose(then: Conditions | None, now: Conditions) -> bool:
    assert now.wind_ms is not None
    return then is None or then.wind_ms is None or now.wind_ms - then.wind_ms > ROSE_MS
