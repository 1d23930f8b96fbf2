"""Claims come, go and are forgotten beside other fires: what is left is what the definition says."""

import datetime as dt
import random

from bridged import AT, OPTIONS, SIGMAS, STRICT, STRICT_OPTIONS, as_they_are, by_definition, claim
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from detectors.association import Graph, Options


def agrees(graph, claims):
    graph.settle()
    graph.touched.clear()
    assert as_they_are(graph) == by_definition(claims, graph)


def crowd(draw, sigmas):
    """Many claims of twenty days round a few places, as they come, some of them five days late."""
    wide, share = draw.choice([4, 6, 10, 14]), draw.choice([0.4, 0.6, 0.8])
    places = [(draw.uniform(-wide, wide), draw.uniform(-wide, wide)) for _ in range(draw.randint(2, 5))]
    claims = []
    for number in range(draw.randint(15, 45)):
        is_coarse = draw.random() < share
        off = draw.choice([0.5, 3.0, 9.0]) if is_coarse else 0.4
        east, north = (at + draw.uniform(-off, off) for at in draw.choice(places))
        sigma, hours = draw.choice(sigmas[is_coarse]), draw.uniform(0.0, 500.0)
        claims.append(claim(f"c{number:02}", east, north, sigma=sigma, hours=hours))
    late_h = draw.choice([1.0, 90.0, 130.0])
    return sorted(claims, key=lambda one: one.observed_at + dt.timedelta(hours=draw.uniform(0.0, late_h)))


@given(st.integers(0, 2**32), st.booleans(), st.sampled_from([0.0, 0.4]))
@settings(max_examples=30, deadline=None)
@example(3, False, 0.0)
@example(5, False, 0.0)
@example(80, False, 0.0)
@example(155, False, 0.0)
@example(256, True, 0.0)
@example(146, True, 0.4)
@example(419, False, 0.4)
def test_what_the_grid_has_forgotten_still_decides(seed, strict, leave):
    draw = random.Random(seed)
    order = crowd(draw, STRICT if strict else SIGMAS)
    graph, here = Graph(STRICT_OPTIONS if strict else OPTIONS), {}
    for count, one in enumerate(order, 1):
        here[one.detection_id] = one
        graph.add(one)
        agrees(graph, list(here.values()))
        while draw.random() < leave:
            graph.remove(here.pop(draw.choice(sorted(here))).detection_id)
            if not here:
                break
            agrees(graph, list(here.values()))
        oldest = min([later.observed_at for later in order[count:]], default=AT) - dt.timedelta(
            days=5, hours=1
        )
        for node in graph.nodes.values():
            if node.seconds < oldest.timestamp() <= node.fire.newest_s:
                graph.forget(node)


@given(st.integers(0, 2**32), st.booleans())
@settings(max_examples=40, deadline=None)
@example(226, True)
@example(1248, False)
@example(180, True)
def test_claims_that_come_and_go_beside_other_fires_leave_what_the_definition_says(seed, strict):
    draw = random.Random(seed)
    within = dt.timedelta(hours=draw.choice([1, 20, 100, 300]))
    slow = 500.0 / (within / dt.timedelta(hours=1))
    todo = [
        replace(
            one,
            observed_at=AT + (one.observed_at - AT) / slow,
            source_class=draw.choice(["satellite", "ground"]),
        )
        for one in crowd(draw, STRICT if strict else SIGMAS)
    ]
    draw.shuffle(todo)
    graph, here = Graph(Options() if strict else OPTIONS), {}
    for _ in range(90):
        if todo and (not here or draw.random() < 0.55):
            one = todo.pop(0)
            here[one.detection_id] = one
            graph.add(one)
        elif here:
            one = here.pop(draw.choice(sorted(here)))
            graph.remove(one.detection_id)
            todo += [one] * draw.randrange(2)
        if draw.random() < 0.3:
            agrees(graph, list(here.values()))
    agrees(graph, list(here.values()))
