"""A coarse claim that may be of several fires says which it was given to, and by what margin."""

import heapq
from datetime import timedelta

from detectors.association import Fire
from schemas.reason import Reason
from streams.hops.desk import incident_id
from streams.hops.sitting import Sitting

MOST = 8
"""Of so many of the newest coarse claims of a fire it is said."""

SINCE = timedelta(days=7)
"""Older ones may have been linked to what is remembered no more."""


def chosen(sitting: Sitting, fire: Fire) -> tuple[Reason, ...]:
    """Return the reason of each of the newest coarse claims that had a choice, the oldest first.

    `value` is how many errors it is from its fire, `threshold` from the next, `detail` the observation.
    """
    if not fire.rivals:
        return ()
    since_s = (sitting.now - SINCE).timestamp()
    coarse = [node for node in fire.nodes if node.coarse and node.seconds >= since_s]
    found = []
    for node in sorted(heapq.nlargest(MOST, coarse, key=lambda one: one.key), key=lambda one: one.key):
        choice = sitting.desk.graph.choice(node)
        if choice is None:
            continue
        own, following, other = choice
        found.append(
            Reason(
                code="nearest_of",
                ref=incident_id(other.anchor()),
                value=round(own, 2),
                threshold=round(following, 2),
                margin=round(following - own, 2),
                unit="errors",
                detail=node.claim.observation_id,
            )
        )
    return tuple(found)
