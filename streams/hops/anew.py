"""Open fires that another version of the region placed are judged again when a new one is in force."""

from datetime import datetime

from schemas.incident import Incident
from streams.hops.settle import settle
from streams.hops.sitting import Sitting


def place_anew(sitting: Sitting) -> None:
    """Judge every open fire again, the oldest first, that a version no longer in force placed.

    Also one that is taken up late counts. What was judged ahead of the time that has passed is left alone.
    """
    rows, version = sitting.desk.rows, sitting.given.region.at(sitting.now).version
    living = {
        id(fire): fire
        for one, fire in sitting.desk.by_id.items()
        if one in rows and _is_outdated(rows[one].incident, version, sitting.now)
    }
    settle(sitting, sorted(living.values(), key=lambda fire: fire.anchor().key), hold=False)


def _is_outdated(one: Incident, version: str, now: datetime) -> bool:
    return one.status == "open" and one.judged_at <= now and one.placed_by != version
