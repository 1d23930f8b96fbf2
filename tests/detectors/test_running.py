"""A great fire's running summary is what all its claims say at once, whatever came and went, in any order."""

import math
import random

from claimed import claim
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from detectors import running
from detectors.assembly import assemble
from detectors.association import Graph, Options
from detectors.exact import ExactSum
from detectors.outline import UNION_MOST
from detectors.running import FROM, Running, seen_between, summed
from streams.tables import load_tables

TABLE = load_tables().evidence
KINDS = ["N20/VIIRS", "NPP/VIIRS", "Aqua/MODIS", "AHI", "12119"]
SCANS = {"N20/VIIRS": 0.4, "NPP/VIIRS": 0.55, "Aqua/MODIS": 1.1, "AHI": 2.0}
CORNERS = st.sampled_from([(102.0, 28.0), (179.99, -16.5), (-120.0, 61.0), (25.0, -33.0)])


@st.composite
def claims(draw, least=1, most=40):
    """Claims of one neighbourhood: few places and times, so that many are alike."""
    lon, lat = draw(CORNERS)
    found = {}
    for _ in range(draw(st.integers(least, most))):
        look = draw(st.sampled_from(KINDS))
        at = (
            (lon + draw(st.integers(-6, 6)) * 0.004 + 180) % 360 - 180,
            lat + draw(st.integers(-6, 6)) * 0.004,
        )
        kind = "public" if look == "12119" else "satellite"
        one = claim(
            draw(st.integers(0, 60)) * 11.0, *at, look=look, kind=kind,
            scan=SCANS.get(look, 0.0) * draw(st.sampled_from([1.0, 1.0, 0.7])),
            frp_mw=draw(st.sampled_from([None, 3.0, 20.0, 150.0])),
            sigma_km=draw(st.sampled_from([0.1, 0.3])),
            rank=draw(st.integers(0, 2)) << 32, reconstruction=draw(st.integers(0, 9)) == 0,
        )  # fmt: skip
        found[one.detection_id] = one
    return list(found.values())


@given(claims(), st.data())
@settings(max_examples=25, deadline=None)
def test_whatever_comes_and_goes_the_sum_is_that_of_what_is_there(given, data):
    start = data.draw(st.integers(1, len(given)))
    now = {one.detection_id: one for one in given[:start]}
    kept, come = Running(TABLE, list(now.values())), []
    for one in data.draw(st.permutations(given[start:] + given)):
        if one.detection_id not in now:
            now[one.detection_id] = one
            come.append(one)
            continue
        # what has come is put in together, before anything goes
        kept.add(come)
        come = []
        if len(now) > 1 and data.draw(st.booleans()):
            kept.drop([now.pop(one.detection_id)])
        else:
            better = replace(one, frp_mw=77.0, scan_km=one.scan_km * 0.9, rank=one.rank + (1 << 32))
            kept.drop([now[one.detection_id]])
            now[one.detection_id] = better
            come = [better]
        if data.draw(st.integers(0, 3)) == 0:
            kept.add(come)
            come = []
            assert kept.summary() == assemble(TABLE, list(now.values()))
    kept.add(come)
    assert kept.summary() == assemble(TABLE, list(now.values()))


def test_so_it_is_for_a_fire_of_many_pixels_outlined_by_its_hull():
    dice = random.Random(1)
    many = [
        claim(
            60.0 * k, 102 + dice.random() / 5, 28 + dice.random() / 5, look=dice.choice(KINDS[:4]), scan=0.4
        )
        for k in range(UNION_MOST + 60)
    ]
    many += [
        claim(7.0, 102.3, 28.1, look="12119", kind="public"),
        claim(8.0, 102.1, 28.1, look="GOES", scan=2.0),
    ]
    kept = Running(TABLE, many[:20])
    for k, one in enumerate(many[20:]):
        kept.add([one])
        if k % 90 == 0:
            assert kept.summary() == assemble(TABLE, many[: k + 21])
    left = many[:]
    for _ in range(6):
        gone = left.pop(dice.randrange(len(left)))
        kept.drop([gone])
        assert kept.summary() == assemble(TABLE, left)


@given(claims(least=2, most=45), st.data())
@settings(max_examples=25, deadline=None)
def test_a_fire_of_a_graph_says_what_its_claims_say(given, data):
    graph, there = Graph(Options()), {}
    for one in data.draw(st.permutations(given + given[::3] + given[::4])):
        name = one.detection_id
        if name not in there:
            there[name] = one
            graph.add(one)
        elif data.draw(st.booleans()):
            there.pop(name)
            graph.remove(name)
        else:
            there[name] = replace(one, frp_mw=9.0)
            graph.refine(there[name])
        for fire in list(graph.touched.values()) if data.draw(st.integers(0, 4)) == 0 else []:
            assert summed(TABLE, fire) == assemble(TABLE, [node.claim for node in fire.nodes])
    fires = {id(node.fire): node.fire for node in graph.nodes.values()}.values()
    after_s, before_s = sorted(data.draw(st.tuples(*[st.sampled_from(sorted(_times(graph)))] * 2)))
    for fire in fires:
        assert summed(TABLE, fire) == assemble(TABLE, [node.claim for node in fire.nodes])
        asked = [node.claim.detection_id for node in fire.nodes if after_s < node.seconds < before_s]
        assert sorted(seen_between(fire, after_s, before_s)) == sorted(asked)
    assert _parts(fires) == _parts(_joined(there.values()))


def _times(graph):
    return {node.seconds for node in graph.nodes.values()} | {0.0, 1e12}


def _joined(claims):
    fresh = Graph(Options())
    for one in claims:
        fresh.add(one)
    return {id(node.fire): node.fire for node in fresh.nodes.values()}.values()


def _parts(fires):
    for fire in fires:
        assert fire.anchor() is min(fire.nodes, key=lambda node: node.key)
        assert fire.newest_s == max(node.seconds for node in fire.nodes)
    return sorted(sorted(node.claim.detection_id for node in fire.nodes) for fire in fires)


def test_a_running_sum_is_kept_and_not_made_anew(monkeypatch):
    graph = Graph(Options())
    fires = [graph.add(claim(float(k), 102 + k % 7 / 1000, 28.0)) for k in range(FROM)]
    summed(TABLE, fires[-1])
    monkeypatch.setattr(running, "Running", lambda *_: 1 / 0)
    monkeypatch.setattr(running, "isinstance", lambda *_: True, raising=False)
    fire = graph.add(claim(FROM + 1.0, 102.005, 28.003))
    assert summed(TABLE, fire).observation_count == FROM + 1
    graph.remove(fire.nodes[3].claim.detection_id)
    assert summed(TABLE, fire).observation_count == FROM


@given(st.lists(st.floats(-1e12, 1e12), max_size=30), st.data())
def test_a_sum_forgets_what_is_taken_out(terms, data):
    total = ExactSum()
    gone = data.draw(st.lists(st.floats(-1e300, 1e300), max_size=10))
    for term in data.draw(st.permutations([*terms, *gone, *(-one for one in gone)])):
        total.add(term)
    assert total.value() == math.fsum(terms)
    more = data.draw(st.lists(st.floats(-1e12, 1e12), max_size=30))
    total.extend(more)
    total.add(0.1)
    total.extend([-one for one in terms])
    assert total.value() == math.fsum([*more, 0.1])
