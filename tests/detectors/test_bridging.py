"""A coarse claim joins no two fires: step by step the graph makes what the definition says of the set."""

import datetime as dt

from bridged import (
    AT,
    HOURS,
    OPTIONS,
    as_they_are,
    by_definition,
    claim,
    scenes,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from detectors.association import Graph, Options
from detectors.parting import Cut


def agrees(graph, claims):
    graph.settle()
    graph.touched.clear()
    assert as_they_are(graph) == by_definition(claims, graph)


@given(scenes(), st.data())
@settings(max_examples=60, deadline=None)
def test_any_order_makes_the_fires_of_the_definition(claims, data):
    order = data.draw(st.permutations(claims))
    graph = Graph(OPTIONS)
    for count, one in enumerate(order, 1):
        graph.add(one)
        graph.refine(one)
        if count % 5 == 0 or count == len(order):
            agrees(graph, order[:count])


class Life:
    """A graph, the claims that are in it, and what may happen to it."""

    def __init__(self, claims, data):
        self.data, self.todo, self.away, self.here = data, list(claims), [], {}
        self.graph, self.count = Graph(OPTIONS), 0

    def pick(self, things):
        return self.data.draw(st.sampled_from(sorted(things)))

    def put(self, one):
        self.here[one.detection_id] = one
        self.graph.add(one)

    def comes(self):
        if self.todo:
            self.put(self.todo.pop())

    def is_taken_out(self):
        if self.here:
            self.away.append(self.here.pop(self.pick(self.here)))
            self.graph.remove(self.away[-1].detection_id)

    def is_restored(self):
        if self.away:
            self.put(self.away.pop(0))

    def elsewhere(self):
        was = self.here[self.pick(self.here)]
        off = st.floats(-0.06, 0.06)
        sigma = self.data.draw(st.sampled_from([was.sigma_km, was.sigma_km, 0.3, 2.0]))
        lon, lat = was.longitude + self.data.draw(off), was.latitude + self.data.draw(off)
        return replace(was, longitude=lon, latitude=lat, sigma_km=sigma)

    def is_refined(self):
        if self.here:
            one = self.elsewhere()
            self.here[one.detection_id] = one
            self.graph.refine(one)

    def moves(self):
        if self.here:
            found = {one.detection_id: one for one in (self.elsewhere(), self.elsewhere())}
            self.here |= found
            self.graph.move(found.values())

    def is_tied(self):
        if self.here:
            one, two = self.pick(self.here), self.pick(self.here)
            if one != two:
                self.graph.parting.tie(one, two)
                self.graph.unite(self.graph.nodes[one].fire, self.graph.nodes[two].fire)

    def is_untied(self):
        if self.graph.parting.ties:
            one = self.pick(self.graph.parting.ties)
            two = self.pick(self.graph.parting.ties[one])
            self.graph.parting.untie(one, two)
            for name in {one, two} & self.graph.nodes.keys():
                self.graph.part(self.graph.nodes[name].fire)

    def is_cut(self):
        off = st.floats(-0.06, 0.06)
        one, two = ((102.0 + self.data.draw(off), 28.0 + self.data.draw(off)) for _ in range(2))
        since_s = self.data.draw(st.sampled_from([0.0, AT.timestamp() + 72000.0]))
        cut = Cut(one=one, two=two, radius_km=self.data.draw(st.floats(3.0, 20.0)), from_s=since_s)
        self.count += 1
        self.graph.parting.cuts[str(self.count)] = cut
        for fire in list({id(node.fire): node.fire for node in self.graph.nodes.values()}.values()):
            if {-1, 1} <= {cut.side(node) for node in fire.nodes if node.fire is fire}:
                self.graph.part(fire)

    def is_uncut(self):
        if self.graph.parting.cuts:
            assert self.graph.uncut(self.pick(self.graph.parting.cuts))

    def is_linked_otherwise(self):
        self.count += 1
        draw = self.data.draw
        options = Options(
            floor_km=draw(st.sampled_from([1.0, 1.5, 3.0])),
            coarse_km=draw(st.sampled_from([0.35, 1.0, 2.2])),
            coarse_witness_km=draw(st.sampled_from([0.35, 1.0, 2.2])),
            near_h=draw(st.sampled_from([6.0, 24.0])), gap_d=draw(st.sampled_from([3.0, 5.0])),
        )  # fmt: skip
        self.graph.begin(self.count, options, AT + dt.timedelta(hours=draw(HOURS)))


ACTS = (Life.comes,) * 5 + (Life.is_taken_out, Life.is_restored, Life.is_refined, Life.is_refined, Life.moves)
ACTS += (Life.is_tied, Life.is_untied, Life.is_cut, Life.is_uncut, Life.is_linked_otherwise)


@given(scenes(most=16), st.lists(st.sampled_from(ACTS), min_size=5, max_size=40), st.data())
@settings(max_examples=50, deadline=None)
def test_whatever_happens_leaves_the_fires_of_the_definition(claims, acts, data):
    life = Life(claims, data)
    for _ in claims[:8]:
        life.comes()
    for count, act in enumerate(acts, 1):
        act(life)
        if count % 4 == 0 or count == len(acts):
            agrees(life.graph, list(life.here.values()))


def named(graph):
    """The names of the claims of each fire, the fire of the first letter first."""
    graph.settle()
    return sorted("".join(sorted(part)) for part in as_they_are(graph))


def graph_of(*claims, options=OPTIONS):
    graph = Graph(options)
    for one in claims:
        graph.add(one)
    return graph


def test_a_coarse_claim_goes_to_the_nearer_of_two_fires():
    one, two = claim("a", hours=1.0), claim("b", 5.0, hours=1.0)
    assert named(graph_of(one, two, claim("c", 2.0, sigma=2.0))) == ["ac", "b"]
    assert named(graph_of(one, two, claim("c", 3.0, sigma=2.0))) == ["a", "bc"]
    # a pixel of 2 km whose place on the ground is known joins none either
    near = claim("b", 3.4, hours=1.0)
    assert named(graph_of(one, near, claim("c", 1.5, sigma=0.58), options=Options())) == ["ac", "b"]
    assert named(graph_of(one, near, claim("c", 1.7, sigma=0.53), options=Options())) == ["abc"]
    # who stands there tells of one fire, and joins
    assert named(graph_of(one, near, claim("c", 1.7, sigma=0.9, by="ground"), options=Options())) == ["abc"]
    assert named(graph_of(one, near, claim("c", 1.5, sigma=1.1, by="ground"), options=Options())) == [
        "ac",
        "b",
    ]
    assert named(graph_of(one, two, claim("c", 2.5, sigma=1.0))) == ["abc"]


def test_a_fire_of_three_days_ago_takes_no_fresh_pixel_from_one_of_now():
    old, new = claim("a"), claim("b", 5.0, hours=71.0)
    assert named(graph_of(old, new, claim("c", 2.0, sigma=2.0, hours=72.0))) == ["a", "bc"]
    slow = Options(near_h=240.0)
    assert named(graph_of(old, new, claim("c", 2.0, sigma=2.0, hours=72.0), options=slow)) == ["ac", "b"]


def test_what_no_fine_claim_reaches_goes_as_a_whole_with_the_nearest_that_has_a_fire():
    far = [claim("c", 5.0, sigma=2.0), claim("d", 11.0, sigma=2.0), claim("e", 17.0, sigma=2.0)]
    ends = [claim("a"), claim("f", 27.0), claim("g", 21.5, sigma=2.0)]
    # e is nearer to g, which is of f, than d is to c
    assert named(graph_of(*ends, *far)) == ["ac", "defg"]
    assert named(graph_of(*far)) == ["cde"]
    assert named(graph_of(*far, claim("a"))) == ["acde"]


def test_a_new_fine_claim_parts_what_coarse_claims_held_together_and_the_oldest_keeps_the_name():
    graph = graph_of(claim("c", 2.0, sigma=2.0), claim("d", 3.0, sigma=2.0), claim("a", 0.0, hours=1.0))
    (whole,) = {node.fire for node in graph.nodes.values()}
    whole.shown = ["F"]
    graph.add(claim("b", 5.0, hours=1.0))
    assert named(graph) == ["ac", "bd"]
    assert graph.nodes["c"].fire.shown == ["F"]
    assert graph.nodes["b"].fire.shown == []
    assert graph.strayed == [graph.nodes["d"]]


def test_without_the_claim_that_an_officer_tied_two_fires_fall_apart():
    graph = graph_of(
        *(claim(name, east) for name, east in (("a", 0.0), ("b", 1.0), ("y", 30.0), ("z", 31.0)))
    )
    graph.parting.tie("b", "y")
    graph.unite(graph.nodes["b"].fire, graph.nodes["y"].fire)
    assert named(graph) == ["abyz"]
    graph.remove("b")
    assert named(graph) == ["a", "yz"]


def test_what_only_a_claim_from_before_a_cut_held_together_falls_apart_without_it():
    graph = Graph(OPTIONS)
    since_s = AT.timestamp() + 3600.0
    graph.parting.cuts["1"] = Cut(one=(101.99, 28.0), two=(102.01, 28.0), radius_km=9.0, from_s=since_s)
    for one in (claim("g"), claim("a", -0.5, hours=9.0), claim("b", 0.5, hours=9.0)):
        graph.add(one)
    assert named(graph) == ["abg"]
    graph.remove("g")
    assert named(graph) == ["a", "b"]


def test_nothing_is_measured_where_all_in_reach_is_of_one_fire(monkeypatch):
    def measured(*_args):
        raise AssertionError("measured")

    monkeypatch.setattr(Graph, "_far", measured)
    spots = [claim(f"f{k}", 0.3 * k, hours=k) for k in range(20)]
    wide = [claim(f"w{k}", 0.5 * k, 4.0, sigma=2.0, hours=k) for k in range(20)]
    assert len(named(graph_of(*wide, *spots, *(claim(f"v{k}", k, 9.0, sigma=2.0) for k in range(9))))) == 1
