"""Heat that is always there: what hotspots are remembered for it, and which works on the map explain them.

The map is that of the region in force when a hotspot was received.
"""

from collections.abc import Sequence

from detectors import static_heat, static_sources
from detectors.static_heat import Hit
from schemas.detection import Detection
from schemas.reason import Reason
from streams.hops.heat import keep_heat
from streams.hops.sitting import Sitting


def remembered(sitting: Sitting, claims: Sequence[Detection]) -> dict[str, Hit]:
    """Keep the hits of new hotspots; return those that a mask may concern, by id."""
    hits = static_heat.hits_of(claims)
    if not hits:
        return {}
    desk, given = sitting.desk, sitting.given
    sitting.result.rows |= keep_heat(desk.heat, desk.hits, hits)
    hot = static_sources.touching(given.heat_kinds, given.region.at(sitting.now), hits)
    if desk.heat.is_young(given.static_heat):
        return {hit.detection_id: hit for hit in hits if hit.detection_id in hot}
    quiet: dict[tuple[range, range], bool] = {}
    loud: dict[str, Hit] = {}
    for hit in hits:
        bins = static_heat.bins_round(hit)
        if bins not in quiet:
            # the pixels of one fire lie in the same bins
            quiet[bins] = desk.heat.quiet(given.static_heat, *bins)
        if hit.detection_id in hot or not quiet[bins]:
            loud[hit.detection_id] = hit
    return loud


def works(sitting: Sitting, one: Detection, hit: Hit) -> Reason | None:
    """Return why a hotspot is masked by a works; None: it is not."""
    given = sitting.given
    map_of_day = static_sources.Map(given.heat_kinds, given.static_heat, given.region.at(one.received_at))
    return static_sources.reason(map_of_day, sitting.desk.heat, hit, one.observed_at)
