"""Claims in kilometres, and the fires of a set of them straight from the definition, by brute force."""

import datetime as dt
from itertools import combinations, product

from hypothesis import strategies as st
from msgspec.structs import replace

from detectors.association import Node, Options, linked
from detectors.clump import measure
from detectors.link import is_coarse
from schemas.detection import Detection, Placing

AT = dt.datetime(2024, 3, 1, tzinfo=dt.UTC)
KM = 1 / 111.195
OPTIONS = Options(coarse_km=1.0)
STRICT_OPTIONS = Options(coarse_km=0.55, coarse_witness_km=0.55)


def claim(name, east=0.0, north=0.0, *, sigma=0.2, hours=0.0, bound="", by=""):
    at = AT + dt.timedelta(hours=hours)
    placing = Placing(how="nowhere", track=bound) if bound else None
    return Detection(
        detection_id=name, detector="hotspot", kind="fire", observation_id=name, source=f"s{sigma}",
        source_class=by or ("satellite" if sigma < 2.5 else "ground"), look="s", observed_at=at,
        received_at=at, longitude=102.0 + east * KM / 0.8829,
        latitude=28.0 + north * KM, sigma_km=sigma, probability=0.15, placing=placing,
    )  # fmt: skip


def components(things, related):
    """Chains of related things, by brute force."""
    parts = [{one} for one in things]
    for one, two in combinations(things, 2):
        mine, theirs = (next(part for part in parts if thing in part) for thing in (one, two))
        if mine is not theirs and related(one, two):
            parts.remove(theirs)
            mine |= theirs
    return parts


def by_definition(claims, graph):
    """The fires of a set of claims, straight from the definition."""
    eras, parting = graph.eras, graph.parting
    nodes = [Node(one, eras.of(one.received_at)) for one in claims]

    def related(one, two):
        return linked(eras.between(one, two), one, two) and not parting.apart(one, two)

    def far(one, two):
        return measure(eras.between(one, two), one, two)

    fine = [one for one in nodes if not is_coarse(eras.by[one.era], one)]
    coarse = [one for one in nodes if one not in fine]
    fires = components(fine, related)
    fire_of = {one: fire for fire in fires for one in fire}
    held, loose = {}, []
    for one in coarse:
        near = [other for other in fine if related(one, other)]
        if near:
            held[one] = fire_of[min(near, key=lambda other: (far(one, other), other.key))]
        else:
            loose.append(one)
    for band in components(loose, related):
        pairs = [(far(*pair), pair[0].key, pair[1].key, held[pair[1]]) for pair in product(band, held)
                 if related(*pair)]  # fmt: skip
        fire = min(pairs, key=lambda pair: pair[:3])[3] if pairs else set()
        fire |= band
        fires += [] if pairs else [fire]
    for one, fire in held.items():
        fire.add(one)
    return tied([{one.claim.detection_id for one in fire} for fire in fires], parting.ties)


def tied(parts, ties):
    """What officers tied is one."""
    for one, others in ties.items():
        for two in others:
            ends = [part for part in parts if one in part or two in part]
            if len(ends) == 2:
                parts.remove(ends[1])
                ends[0] |= ends[1]
    return {frozenset(part) for part in parts}


def as_they_are(graph):
    """The fires of a graph, each checked for what it keeps of itself."""
    fires = {id(node.fire): node.fire for node in graph.nodes.values()}
    for fire in fires.values():
        assert fire.first is min(fire.nodes, key=lambda node: node.key)
        assert fire.newest_s == max(node.seconds for node in fire.nodes)
        assert fire.fine == sum(not node.coarse for node in fire.nodes)
        assert all(node.fire is fire and graph.nodes[node.claim.detection_id] is node for node in fire.nodes)
    for bins in (graph.bins, graph.coarse):
        for node in graph.nodes.values():
            assert all(len({id(one.fire) for one in clump.nodes}) == 1 for clump in bins.clumps(node))
    parts = [frozenset(node.claim.detection_id for node in fire.nodes) for fire in fires.values()]
    assert sum(map(len, parts)) == len(graph.nodes)
    return set(parts)


SIGMAS = {False: [0.2, 0.2, 0.3, 0.36, 1.0], True: [1.01, 1.3, 2.0, 2.0, 2.5, 3.5]}
STRICT = {False: [0.2, 0.2, 0.3, 0.36, 0.55], True: [0.56, 1.0, 1.3, 2.0, 2.0, 2.5, 3.5]}
"""Where a pixel of 2 km on known ground is coarse too."""
HOURS = st.sampled_from([0.0, 0.0, 0.5, 5.0, 30.0, 90.0, 119.0, 121.0, 180.0])


@st.composite
def scenes(draw, most=22):
    wide = draw(st.sampled_from([6.0, 6.0, 12.0]))
    places = draw(st.lists(st.tuples(*[st.floats(-wide, wide)] * 2), min_size=2, max_size=5))
    claims = []
    for number in range(draw(st.integers(3, most))):
        is_coarse = draw(st.booleans())
        sigma = draw(st.sampled_from(SIGMAS[is_coarse]))
        off = draw(st.sampled_from([0.5, 3.0, 9.0])) if is_coarse else 0.4
        east, north = (at + draw(st.floats(-off, off)) for at in draw(st.sampled_from(places)))
        bound = draw(st.sampled_from(["", "", "", "t1 30"])) if sigma > 3 else ""
        late_h = draw(st.sampled_from([0.0, 0.0, 50.0]))
        by = draw(st.sampled_from(["", "", "ground"]))
        one = claim(f"c{number:02}", east, north, sigma=sigma, hours=draw(HOURS), bound=bound, by=by)
        claims.append(replace(one, received_at=one.observed_at + dt.timedelta(hours=late_h)))
    return claims
