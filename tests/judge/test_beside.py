"""Who lives at the edge of a fire is told, though its centre be far and somebody else live nearer to that."""

from types import SimpleNamespace

import numpy as np
import pytest
import shapely
from claimed import claim
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from judged import delivery, hotspot, judge, living

from detectors.assembly import assemble
from detectors.association import Fire, Node
from detectors.fringe import edges_km
from detectors.geodesy import distance_km
from detectors.region import Layer, Region
from streams.hops.fringe import MOST, beside
from streams.hops.limits import Options
from streams.tables import load_tables

KM_EAST, KM_NORTH = 98.2, 111.195


def villages(*places):
    spots = [shapely.Point(102.0 + east / KM_EAST, 28.0 + north / KM_NORTH) for east, north in places]
    names = [f"v{number}" for number in range(len(places))]
    return Region(
        "county", {"settlements": Layer.of("settlements", spots, names, names, [{} for _ in names])}
    )


def waves(count=6):
    """A fire that runs east, 1.5 km from look to look."""
    return [
        delivery(
            *(
                hotspot(200 * k + k % 2, 1.5 * k + 0.4 * i, 0.4 * j, satellite=("N20", "NPP")[k % 2])
                for i in range(4)
                for j in range(3)
            )
        )
        for k in range(count)
    ]


BESIDE_CENTRE, AT_THE_HEAD = (4.5, 2.0), (12.5, 0.4)


def test_a_village_at_the_head_is_threatened_though_the_centre_is_far_and_another_is_nearer_to_it():
    outcome = judge(waves(8), region=villages(BESIDE_CENTRE, AT_THE_HEAD), ticks=True)
    (one,) = outcome.incidents.values()
    near, head = one.places
    assert (near.place_id, head.place_id) == ("v0", "v1")
    assert head.distance_km > 5.0
    assert head.edge_km == pytest.approx(0.8, abs=0.1)
    assert "v1" in {
        why.ref for alert in outcome.alerts for why in alert.reasons if why.code == "newly_threatened"
    }
    assert {held.code for held in one.report_duty.holds} >= {"sc_threatens", "cn_threatens"}


def test_a_grade_asks_how_far_a_village_is_from_the_edge():
    (alone,) = judge(waves(5)).incidents.values()
    (beside_it,) = judge(waves(5), region=villages((10.0, 0.4))).incidents.values()
    assert (alone.grade, beside_it.grade) == ("II", "I")
    why = next(reason for reason in beside_it.reasons if reason.rule == "near_km")
    assert (why.ref, why.threshold) == ("v0", 5.0)
    assert why.value < 5.0 < beside_it.places[0].distance_km


@given(st.data())
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_2_who_lives_at_the_edge_is_the_same_in_any_order(data):
    region, given_ = villages(BESIDE_CENTRE, AT_THE_HEAD, (0.0, -3.0)), waves(8)
    end = max(one.received_at for one in given_)
    shuffled = data.draw(st.permutations(given_))
    assert living(judge(shuffled, region=region, end=end)) == living(judge(given_, region=region, end=end))


def one_fire(*claims):
    fire = Fire(Node(claims[0]))
    for other in claims[1:]:
        fire.take(Node(other))
    return fire, assemble(load_tables().evidence, claims)


def sitting(region):
    return SimpleNamespace(given=SimpleNamespace(region=region, limits=Options()), now=None)


def square(east, north, half=0.3):
    lon, lat = 102.0 + east / KM_EAST, 28.0 + north / KM_NORTH
    return shapely.geometry.mapping(
        shapely.box(lon - half / 90, lat - half / 90, lon + half / 90, lat + half / 90)
    )


def test_in_the_reach_of_a_small_fire_every_village_is_told_and_not_the_nearest_alone():
    region = villages((-1.0, 0.0), (3.0, 0.0), (0.0, 4.0))
    fire, one = one_fire(claim())
    where = region.places(one.longitude, one.latitude, one.radius_m)
    assert [place.place_id for place in where] == ["v0"]
    told = beside(sitting(region), fire, one, where, square(3.0, 0.0))
    assert [(place.place_id, place.edge_km) for place in told] == [("v0", None), ("v1", None)]
    assert beside(sitting(region), fire, one, where, None) == where


def test_coarse_pixels_tell_no_edge_and_of_many_places_the_nearest_are_told():
    region = villages((2.5, 0.0), *((6.0, 0.1 * k) for k in range(30)))
    coarse = [claim(n, 102.0 + 3.0 * n / KM_EAST, scan=2.0, sigma_km=1.5) for n in range(3)]
    fire, one = one_fire(*coarse)
    where = region.places(one.longitude, one.latitude, one.radius_m)
    assert {place.edge_km for place in beside(sitting(region), fire, one, where, None)} == {None}
    fine = [claim(n, 102.0 + 1.4 * n / KM_EAST) for n in range(4)]
    fire, one = one_fire(*fine)
    told = beside(sitting(region), fire, one, region.places(one.longitude, one.latitude, one.radius_m), None)
    assert len(told) == MOST + 1
    assert max(place.away_km for place in told[1:]) < 2.5


@given(
    st.lists(st.tuples(st.floats(101, 103), st.floats(27, 29)), min_size=1, max_size=6),
    st.lists(st.tuples(st.floats(101, 103), st.floats(27, 29)), min_size=1, max_size=4),
)
@settings(max_examples=40, deadline=None)
def test_the_distance_from_the_edge_is_that_of_the_nearest_pixel(pixels, places):
    nodes = [Node(claim(n, lon, lat)) for n, (lon, lat) in enumerate(pixels)]
    lon, lat = np.array(places).T
    far = [min(float(distance_km(x, y, *pixel)) for pixel in pixels) for x, y in places]
    assert edges_km(nodes, lon, lat, 1.0) == pytest.approx(far, rel=1e-3, abs=1e-3)


def ground(**layers):
    """A region of rectangles: west, south, east, north in km from 102 E 28 N."""

    def square_of(west, south, east, north):
        return shapely.box(
            102 + west / KM_EAST, 28 + south / KM_NORTH, 102 + east / KM_EAST, 28 + north / KM_NORTH
        )

    made = {
        name: Layer.of(
            name, [square_of(*one) for one in parts.values()], [*parts], [*parts], [{} for _ in parts]
        )
        for name, parts in layers.items()
    }
    return Region("county", made)


RESERVES = {"aside": (4.0, 3.5, 6.0, 6.0), "head": (11.0, -1.0, 14.0, 2.0)}
TOWNSHIPS = {"a": (-9, -9, 9, 2.5), "b": (9, -9, 30, 2.5), "c": (-9, 2.5, 30, 30)}


def test_a_reserve_beside_a_long_fire_makes_no_grade_and_one_at_its_head_does():
    region = ground(protected_areas=RESERVES, township=TOWNSHIPS)
    (one,) = judge(waves(8), region=region).incidents.values()
    assert one.radius_m > 5500.0, "the circle meets all of them"
    told = {place.place_id: place for place in one.places}
    assert set(told) == {"head", "a", "b"}
    assert told["head"].probability > 0.05
    assert told["a"].relation == "inside"
    assert told["a"].probability + told["b"].probability == pytest.approx(1.0, abs=0.001)
    coarse = [delivery(hotspot(1600, 12.0, 0.4, scan=8.0))]
    (unsure,) = judge([*waves(8), *coarse], region=region).incidents.values()
    assert "aside" in {place.place_id for place in unsure.places}, (
        "where a pixel is not sure, the circle tells"
    )


SIDE = st.floats(-6, 16)


@given(st.lists(st.tuples(SIDE, SIDE, st.floats(0.3, 4), st.floats(0.3, 4)), min_size=1, max_size=5))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_area_that_a_pixel_of_a_fire_touches_is_told_and_none_that_all_of_them_are_far_from(corners):
    boxes = {f"p{n}": (w, s, w + wide, s + high) for n, (w, s, wide, high) in enumerate(corners)}
    (one,) = judge(waves(8), region=ground(protected_areas=boxes)).incidents.values()
    told = {place.place_id for place in one.places}
    pixels = [
        shapely.box(x - 0.2, y - 0.2, x + 0.2, y + 0.2)
        for k in range(8)
        for x in (1.5 * k + 0.4 * i for i in range(4))
        for y in (0.0, 0.4, 0.8)
    ]
    away = {name: shapely.distance(shapely.box(*box), pixels).min() for name, box in boxes.items()}
    assert {name for name, km in away.items() if km < 0.0001} <= told
    assert told <= {name for name, km in away.items() if km < 1.3}
