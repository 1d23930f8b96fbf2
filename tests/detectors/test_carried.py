"""A front that ran while a satellite with coarse pixels followed it is the older fire; a spark is not."""

import pytest
from bridged import OPTIONS, as_they_are, claim
from msgspec.structs import replace

from detectors.association import Graph, Options
from detectors.parting import Cut
from schemas.detection import Placing

OLD = claim("old", sigma=0.4)
HEAD = claim("head", 4.0, sigma=0.4, hours=4.0)


def wide(name, east, hours, *, north=0.0, sigma=1.3):
    """A pixel of a satellite; where errors differ, so do satellites."""
    return claim(f"w{name}", east, north, sigma=sigma, hours=hours)


def heat(*cells, every=0.5, last=4.0):
    """Pixels that are hot from an hour on, each as (east, from hour), looked at ever so often."""
    return [
        wide(f"{east}/{step:02}", east, step * every)
        for east, since in cells
        for step in range(int(last / every) + 1)
        if step * every >= since
    ]


RUN = heat((0.0, 0.0), (2.0, 1.5), (4.0, 3.0))
"""The heat of a front that runs a kilometre an hour."""


def parts(*claims, options=OPTIONS, cut=None):
    """The fine claims of each fire, by name."""
    graph = Graph(options)
    if cut is not None:
        graph.parting.cuts["1"] = cut
    for one in claims:
        graph.add(one)
    graph.settle()
    fires = [sorted(name for name in part if name[0] != "w") for part in as_they_are(graph)]
    return sorted(filter(None, fires))


ONE, TWO = [["head", "old"]], [["head"], ["old"]]


def test_what_is_seen_where_the_heat_ran_to_is_of_the_older_fire():
    assert parts(OLD, *RUN, HEAD) == ONE
    assert parts(HEAD, *reversed(RUN), OLD) == ONE
    assert parts(OLD, HEAD) == TWO


def test_a_spark_ahead_of_heat_that_stays_is_a_fire_of_its_own():
    assert parts(OLD, *heat((0.0, 0.0)), HEAD) == TWO
    # wide from the first is no run either: the pixel was hot when the older was seen
    assert parts(OLD, *heat((0.0, 0.0), (2.0, 0.0), (4.0, 0.0)), HEAD) == TWO


def test_heat_that_comes_after_the_look_says_nothing_of_how_it_came_there():
    assert parts(OLD, *heat((0.0, 0.0), (2.0, 1.5)), HEAD, wide("late", 4.0, 4.1)) == TWO


def test_it_lies_where_the_heat_ran_not_anywhere_near():
    aside = replace(HEAD, latitude=HEAD.latitude + 2.0 / 111.195)
    assert parts(OLD, *RUN, aside) == TWO
    assert parts(OLD, *heat((0.0, 0.0), (2.0, 1.5)), HEAD) == TWO


@pytest.mark.parametrize("north", [2.0, -3.5])
def test_an_error_that_all_pixels_of_a_satellite_share_changes_nothing(north):
    moved = [replace(one, latitude=one.latitude + north / 111.195) for one in RUN]
    assert parts(OLD, *moved, HEAD) == ONE


def test_a_gap_in_looks_or_between_pixels_ends_the_following():
    gap = heat((0.0, 0.0), last=0.5) + [one for one in RUN if one.observed_at >= RUN[-2].observed_at]
    assert parts(OLD, *gap, HEAD) == TWO
    assert parts(OLD, *gap, HEAD, options=Options(follow_h=3.5)) == ONE
    assert parts(OLD, *heat((0.0, 0.0), (4.0, 3.0)), HEAD) == TWO
    assert parts(OLD, *heat((0.0, 0.0), (4.0, 3.0)), HEAD, options=Options(step_km=4.5)) == ONE
    assert parts(OLD, *RUN, HEAD, options=Options(step_km=0.0)) == TWO


def test_a_front_is_followed_until_it_is_seen_and_for_a_day_at_most():
    late = claim("head", 4.0, sigma=0.4, hours=7.0)
    assert parts(OLD, *RUN, late) == TWO
    slow = [
        *heat((0.0, 0.0), (2.0, 20.0), every=1.0, last=30.0),
        *heat((4.0, 28.0), every=1.0, last=30.0),
    ]
    head = claim("head", 4.0, sigma=0.4, hours=30.0)
    assert parts(OLD, *slow, head) == TWO
    assert parts(claim("old", sigma=0.4, hours=7.0), *slow, head) == ONE


def test_only_what_satellites_see_shows_that_heat_moves():
    assert parts(OLD, *(replace(one, source_class="public") for one in RUN), HEAD) == TWO


def test_an_old_sight_that_comes_late_is_heard_kilometres_away():
    cells = heat(*((2.0 * k, float(k)) for k in range(5)), last=5.0)
    head = claim("head", 8.0, hours=5.0)
    graph = Graph(OPTIONS)
    for one in (head, *cells):
        graph.add(one)
    assert heads_fire(graph) == ["head"]
    graph.add(claim("old"))
    assert heads_fire(graph) == ["head", "old"]


def test_pixels_of_different_satellites_do_not_follow_each_other():
    other = [replace(one, source="other") for one in RUN if one.longitude > OLD.longitude + 0.03]
    rest = [one for one in RUN if one.longitude <= OLD.longitude + 0.03]
    assert parts(OLD, *rest, *other, HEAD) == TWO
    assert parts(OLD, *rest, *(replace(one, source=rest[0].source) for one in other), HEAD) == ONE


def test_two_fires_that_one_look_shows_apart_are_two():
    still = claim("still", 0.0, sigma=0.4, hours=4.0)
    assert parts(OLD, *RUN, HEAD, still) == [["head"], ["old", "still"]]
    other = replace(still, look="another")
    assert parts(OLD, *RUN, HEAD, other) == [["head", "old", "still"]]


def test_what_is_linked_to_something_older_is_of_that():
    there = claim("there", 4.5, sigma=0.4, hours=-30.0)
    assert parts(there, OLD, *RUN, HEAD) == [["head", "there"], ["old"]]
    # if only what lies at the other end of what the look saw is linked to it, too
    long = [claim(f"head{k}", 4.0 + 1.2 * k, hours=4.0) for k in range(4)]
    there = claim("there", 8.8, hours=-30.0)
    assert parts(there, OLD, *RUN, *long) == [["head0", "head1", "head2", "head3", "there"], ["old"]]


def test_one_look_may_show_a_long_front_of_which_any_part_is_where_the_heat_ran():
    long = [claim(f"head{k}", 4.0 + 0.8 * k, hours=4.0) for k in range(5)]
    first = min(one.detection_id for one in long)
    ids = [first, *(f"head{k}" for k in range(1, 5)), "old"]
    assert parts(OLD, *RUN, *long) == [sorted(ids)]
    graph = Graph(OPTIONS)
    for one in (OLD, *RUN, *long):
        graph.add(one)
    graph.settle()
    assert [there.claim.detection_id for there in graph.carried] == [first]
    backwards = [replace(one, detection_id=f"head{4 - k}") for k, one in enumerate(long)]
    assert parts(OLD, *RUN, *backwards) == [sorted(ids)]


def test_of_two_fires_it_is_of_the_nearer():
    other = claim("other", 0.0, -2.0, sigma=0.4)
    both = heat((0.0, 0.0), (2.0, 1.5), (4.0, 3.0))
    slant = [wide(f"s{k}", 2.0 * k, 1.5 * k, north=2.0 * k - 2.0) for k in range(3)]
    assert parts(OLD, other, *both, *slant, HEAD) == [["head", "old"], ["other"]]


def test_an_officer_who_cut_the_two_apart_is_heard():
    cut = Cut(one=(102.0, 28.0), two=(HEAD.longitude, 28.0), radius_km=9.0, from_s=0.0)
    assert parts(OLD, *RUN, HEAD, cut=cut) == TWO


def test_it_is_asked_again_when_what_decided_is_taken_out_and_comes_back():
    graph = Graph(OPTIONS)
    for one in (OLD, *RUN, HEAD):
        graph.add(one)
    assert len(graph.fires()) == 1
    for gone in [one for one in RUN if 0.03 > one.longitude - OLD.longitude > 0.01]:
        graph.remove(gone.detection_id)
    assert len(graph.fires()) == 2
    for one in RUN:
        if one.detection_id not in graph.nodes:
            graph.add(one)
    assert len(graph.fires()) == 1
    assert {(there.claim.detection_id, here.claim.detection_id) for there, here in graph.carried.items()} == {
        ("head", "old")
    }


def beside(east, north):
    """What the same look as that at the head shows elsewhere."""
    return claim("beside", east, north, sigma=0.4, hours=4.0)


def followed(*more):
    graph = Graph(OPTIONS)
    for one in (OLD, *RUN, HEAD, *more):
        graph.add(one)
    return graph


def heads_fire(graph):
    graph.settle()
    return sorted(node.claim.detection_id for node in graph.nodes["head"].fire.nodes if not node.coarse)


def test_it_is_asked_again_when_what_the_look_showed_apart_is_gone_or_elsewhere():
    apart = followed(beside(4.0, 6.0))
    assert heads_fire(apart) == ["head"]
    apart.remove("beside")
    assert heads_fire(apart) == ["head", "old"]
    apart = followed(beside(4.0, 6.0))
    assert heads_fire(apart) == ["head"]
    apart.move([beside(4.0, 60.0)])
    assert heads_fire(apart) == ["head", "old"]
    apart.move([beside(4.0, 6.0)])
    assert heads_fire(apart) == ["head"]


def test_a_direction_without_a_place_shows_nothing_apart():
    bearing = replace(beside(4.0, 6.0), placing=Placing(how="nowhere", track="t1 30"))
    assert heads_fire(followed(bearing)) == ["head", "old"]


def test_what_is_made_anew_comes_back_in_one_piece():
    graph = followed()
    graph.settle()
    (piece,) = graph.remove(RUN[0].detection_id)
    assert len(piece.nodes) == len(RUN) + 1
    (piece,) = graph.part(piece)
    assert len(piece.nodes) == len(RUN) + 1
