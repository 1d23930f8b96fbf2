"""What state is kept by, taken up at the step that is first judged by another settings document.

Fires stay joined as they were: a claim is joined to the others by the options of the version in force when it
was received, also when it was judged late or again, so that neither order nor a restart matters. Bearings are
crossed anew, by the newest options, when something comes that concerns them. Who is expected is asked anew,
stations are asked by the new reach, and the grid of sparks is laid as wide as it must be.
"""

from msgspec.structs import replace

from detectors.crossing import Options as Crossing
from streams.hops.desk import Desk
from streams.hops.desk_rows import Switched
from streams.hops.documents import begun
from streams.hops.sitting import Sitting


def switch(sitting: Sitting) -> bool:
    """Let what is remembered follow the document in force; return whether fires may be others by it."""
    desk, given = sitting.desk, sitting.given
    if not desk.documents:
        return False
    desk.weather.follow(given.weather)
    desk.board.follow(given.watching.options)
    return _joining(sitting)


def _joining(sitting: Sitting) -> bool:
    """Begin another era with the first version that joins, crosses or looks for sparks by other options."""
    desk, one = sitting.desk, begun(sitting.desk.documents, sitting.now)
    if one is None:
        return False
    known = desk.switched[max(version for version in desk.switched if version <= one.setting.version)]
    found = Switched.of(sitting.given, one.since)
    if replace(found, since=known.since) == known:
        return False
    version = one.setting.version
    desk.switched[version] = sitting.result.rows[f"0/{version:06d}"] = found
    desk.graph.begin(version, found.association, one.since)
    desk.kin.reach(found.reach_km)
    return True


def crossed_by(desk: Desk, given: Crossing) -> tuple[Crossing, Crossing]:
    """Return by what bearings are crossed now, and the widest by which any may have been."""
    if len(desk.switched) == 1:
        return given, given
    every = [one.crossing for one in desk.switched.values()]
    now = desk.switched[max(desk.switched)].crossing
    return now, replace(
        now,
        window_min=max(one.window_min for one in every),
        same_h=max(one.same_h for one in every),
        passes_h=max(one.passes_h for one in every),
    )
