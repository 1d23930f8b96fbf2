"""Until when a fire threw sparks, by what people say of it: a denied one never did, one declared out no more.

A lone night pixel ahead of such a fire is no task on it: it is whatever it is by itself.
"""

import math
from collections.abc import Iterable
from datetime import UTC, datetime

from alerts.feedback import is_denied
from detectors.association import Fire
from streams.hops.acts import acts_of, ended
from streams.hops.answers import names_of, said_of
from streams.hops.desk import incident_id
from streams.hops.sitting import Sitting


def burnt_until(sitting: Sitting, fire: Fire) -> float | None:
    """Return the time, s, until which a fire may have thrown sparks; None: it burns for all that is known."""
    desk = sitting.desk
    if not desk.acts and not desk.verdicts:
        return None
    said = said_of(sitting, fire)
    if said is not None and is_denied(said):
        return -math.inf
    out = ended(acts_of(desk, fire), datetime.fromtimestamp(fire.newest_s, UTC))
    return None if out is None else out.at.timestamp()


def changed(sitting: Sitting, fires: Iterable[Fire]) -> list[Fire]:
    """Return the fires of which people say another end than when they were last judged, and note it."""
    desk = sitting.desk
    if not (desk.acts or desk.verdicts or desk.kin.over):
        return []
    found = []
    for fire in fires:
        until, before = burnt_until(sitting, fire), [desk.kin.over.pop(name, None) for name in names_of(fire)]
        if {until} != {next((one for one in before if one is not None), None)}:
            found.append(fire)
        if until is not None:
            desk.kin.over[incident_id(fire.anchor())] = until
    return found
