"""A source that says the same of the same place without end is heard so often, and then no more.

Its looks count once within half an hour whatever their number, so nothing is lost that would weigh.
"""

from detectors.link import Node
from detectors.spotting import apart_km
from schemas.detection import Detection
from schemas.reason import Reason
from streams.hops.hush import silent
from streams.hops.sitting import Sitting


def repeats_itself(sitting: Sitting, one: Detection) -> bool:
    """Return whether a source has said this of this place often enough, and say so; never of a satellite.

    What satellites repeat is read once: the place of a pixel is part of its identity.
    """
    desk, limits = sitting.desk, sitting.given.limits
    is_known = one.detection_id in desk.graph.nodes or one.detection_id in desk.masked
    if one.source_class == "satellite" or is_known:
        return False
    node, span_s = Node(one), sitting.given.evidence.look.minutes * 60.0
    said = sum(
        1
        for other in desk.graph.witnesses.near(node)
        if abs(other.seconds - node.seconds) < span_s
        and other.claim.source == one.source
        and apart_km(node, other) * 1000.0 <= limits.repeats_m
    )
    if said < limits.repeats:
        return False
    why = Reason(code="repeats_itself", ref=one.source, value=float(said), threshold=float(limits.repeats))
    silent(sitting, one, why)
    return True
