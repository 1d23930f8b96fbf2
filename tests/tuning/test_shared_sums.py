"""What one side worked out the other reads, and it is what would be worked out anew."""

import pytest
from judged import hotspot
from msgspec.structs import replace

from detectors.association import Graph, Options
from detectors.hotspot import HOTSPOT
from detectors.region import WORLD
from detectors.running import FROM, summaries
from detectors.shape import Sketch, shape_of
from schemas.settings import Settings
from streams.hops.build import build_hops
from streams.region import demo_region
from streams.tables import load_tables
from streams.tuning import summing
from streams.tuning.lean import is_drawn
from streams.tuning.season import plain

TABLE = load_tables().evidence


def burning(pixels):
    graph = Graph(Options())
    for k in range(pixels):
        seen = hotspot(60 * (k // 6), 0.5 * (k % 6), 0.4 * (k // 6), frp=5.0 + k)
        graph.add(HOTSPOT.judge(HOTSPOT.options(), seen, seen.received_at))
    (fire,) = {id(node.fire): node.fire for node in graph.nodes.values()}.values()
    return fire


@pytest.mark.parametrize("outlined", [True, False])
@pytest.mark.parametrize("pixels", [2, FROM, 3 * FROM])
def test_what_is_read_is_what_would_be_worked_out(pixels, outlined, monkeypatch):
    known = summing.Shared(drawn=outlined)
    first = known.sums(TABLE, [burning(pixels)])
    drawn = shape_of(burning(pixels), first[0], known.draw)
    asked = []
    monkeypatch.setattr(
        summing,
        "summaries",
        lambda table, fires, **how: asked.append(fires) or summaries(table, fires, **how),
    )
    again = known.sums(TABLE, [burning(pixels)])
    assert again == first == summaries(TABLE, [burning(pixels)], drawn=outlined)
    assert shape_of(burning(pixels), again[0], known.draw) == drawn
    assert drawn == shape_of(burning(pixels), again[0], Sketch.rough)
    assert [len(fires) for fires in asked] == [int(pixels < FROM and outlined)]


def test_a_fire_that_is_not_drawn_is_the_same_but_for_its_outline():
    (bare,), (whole,) = (summaries(TABLE, [burning(FROM)], drawn=drawn) for drawn in (False, True))
    assert bare.footprint == {}
    assert replace(bare, footprint=whole.footprint) == whole


def test_footprints_are_drawn_wherever_a_region_has_areas():
    drawn = []
    for region in (WORLD, plain(demo_region())):
        _, judge, *_ = build_hops(Settings(), region)
        drawn.append(is_drawn(judge.options, carbon=False, says=False))
    assert drawn == [False, True]


def test_a_fire_of_other_claims_is_worked_out_anew():
    known = summing.Shared()
    known.sums(TABLE, [burning(FROM)])
    fire = burning(FROM)
    node = fire.nodes[-1]
    node.claim = HOTSPOT.judge(
        HOTSPOT.options(probability=0.6), hotspot(180, 2.5, 1.2, frp=99.0), node.claim.received_at
    )
    assert known.sums(TABLE, [fire]) == summaries(TABLE, [fire])
    assert known.sums(TABLE, [burning(FROM)]) != known.sums(TABLE, [fire])
