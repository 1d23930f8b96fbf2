"""A coarse claim that may be of several fires says which it was given to; a front that ran, from where."""

import heapq
from datetime import timedelta

from detectors.association import Fire
from detectors.spotting import apart_km
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


def ran(sitting: Sitting, fire: Fire) -> tuple[Reason, ...]:
    """Return the reason of each of the newest claims that a front ran to, the oldest first.

    `value` is how far, km, `threshold` how far at most; `ref` the observation from where, `detail` to where.
    """
    graph = sitting.desk.graph
    if not fire.rivalled or not graph.carried:
        return ()
    mine = [(there, here) for there, here in graph.carried.items() if there.fire is fire]
    return tuple(
        Reason(
            code="front_ran",
            ref=here.claim.observation_id[:200],
            value=(away_km := round(apart_km(here, there), 2)),
            threshold=(reach_km := graph.eras.by[there.era].max_reach_km),
            margin=round(reach_km - away_km, 2),
            unit="km",
            detail=there.claim.observation_id,
        )
        for there, here in sorted(mine, key=lambda pair: pair[0].key)[-MOST:]
    )
