"""Weather that comes after the claims it belongs to: the fires it tells otherwise are judged again.

What is asked is the weather of the looks that a grade rests on. Of a reading that changes none of it nothing
is judged anew, so stations that speak every hour cost a fire nothing once it is older than what they say.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from detectors.association import Fire
from detectors.geodesy import KM_PER_DEGREE
from detectors.running import summed
from schemas.incident import Incident
from schemas.weather import Conditions, Measured
from streams.hops.grading import remembered_s
from streams.hops.settle import settle
from streams.hops.sitting import Sitting
from streams.hops.turning import follow_wind

AHEAD = timedelta(hours=1)
"""What is read so long after a look may still tell the weather of it (how green the ground is)."""

WIND = frozenset({"wind_speed_ms", "wind_direction_deg"})

Known = tuple[object, ...]


def take_weather(sitting: Sitting, readings: Sequence[Measured], *, hold: bool) -> None:
    """Write readings down and judge again the fires whose weather they change, closed ones too.

    They are no new sign: what was closed on quiet stays closed.
    """
    if not readings:
        return
    desk = sitting.desk
    near = list(_near(sitting, readings))
    before = [_known(sitting, fire, incident) for fire, incident in near]
    sitting.result.rows |= desk.weather.take(readings)
    changed = {
        incident.incident_id: fire
        for (fire, incident), was in zip(near, before, strict=True)
        if _known(sitting, fire, incident) != was
    }
    desk.unseen = frozenset(changed)
    settle(sitting, sorted(changed.values(), key=lambda fire: fire.anchor().key), hold=hold)
    desk.unseen = frozenset()
    if not hold and any(one.quantity in WIND for one in readings):
        follow_wind(sitting, [one.incident_id for _fire, one in _in_reach(sitting, readings)])


def _near(sitting: Sitting, readings: Sequence[Measured]) -> Iterable[tuple[Fire, Incident]]:
    """Yield the fires in reach of what spoke, unless they were last seen well before what it says."""
    desk = sitting.desk
    first = min(one.observed_at for one in readings) - AHEAD
    if any(desk.weather.is_news_of_place(one) for one in readings):
        # which stations are asked, and from how far, counts for every time
        first = datetime.min.replace(tzinfo=UTC)
    for fire, incident in _in_reach(sitting, readings):
        if incident.last_observed_at >= first:
            yield fire, incident


def _in_reach(sitting: Sitting, readings: Sequence[Measured]) -> Iterable[tuple[Fire, Incident]]:
    """Yield the fires that lie in the latitudes of what spoke."""
    desk = sitting.desk
    reach_deg = desk.weather.given.options.reach_km / KM_PER_DEGREE
    north = max(one.latitude for one in readings) + 2 * reach_deg
    south = min(one.latitude for one in readings) - 2 * reach_deg
    for name, fire in desk.by_id.items():
        row = desk.rows.get(name)
        if row is not None and south <= row.incident.latitude <= north:
            yield fire, row.incident


def _known(sitting: Sitting, fire: Fire, incident: Incident) -> list[Known]:
    """Return the weather where and when the grade of a fire, and its ties to others, ask for it."""
    last, began = incident.last_observed_at.timestamp(), fire.anchor()
    looks = {look.seconds for look in summed(sitting.given.evidence, fire).looks}
    since_s = last - remembered_s(sitting, incident.places)
    times = {last, *(one for one in looks if since_s <= one < last)}
    asked = [(incident.longitude, incident.latitude, one) for one in sorted(times)]
    asked += [(began.claim.longitude, began.claim.latitude, began.seconds)]
    at = sitting.desk.weather.at
    return [_said(at(east, north, datetime.fromtimestamp(one, UTC))) for east, north, one in asked]


def _said(one: Conditions | None) -> Known:
    if one is None:
        return ()
    air = one.temperature_c, one.humidity_pct, one.wind_ms, one.wind_from_deg
    return (*air, one.rain_24h_mm, one.danger_level)
