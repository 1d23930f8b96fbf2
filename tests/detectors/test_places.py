import csv
import json
import time

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.region import WORLD, Layer, Region
from detectors.region.footprint import circles, cones
from detectors.region.places import NEAR_KM
from streams.region import demo_region, load_region
from streams.serve import layers
from streams.serve.layers import layer_geojson

WGS84 = pyproj.Geod(ellps="WGS84")
SQUARE = shapely.box(100, 30, 101, 31)
NEXT = shapely.box(101, 30, 102, 31)
DEG = st.floats(99.5, 102.5)
NORTH = st.floats(29.5, 31.5)


def region(**layers):
    built = {
        name: Layer.of(
            name,
            shapes,
            [f"{name}-{n}" for n in range(len(shapes))],
            [f"{name} {n}" for n in range(len(shapes))],
        )
        for name, shapes in layers.items()
    }
    return Region("test", built, Layer.of("boundary", [shapely.union_all([SQUARE, NEXT])], ["b"], ["b"]))


TWO = region(
    county=[SQUARE, NEXT], settlements=[shapely.Point(100.5, 30.5), shapely.box(101.4, 30.4, 101.6, 30.6)]
)


def named(places, relation):
    return [place.place_id for place in places if place.relation == relation]


def test_a_position_on_the_border_is_inside_both_neighbours():
    assert named(TWO.places(101, 30.5, 0), "inside") == ["county-0", "county-1"]
    assert named(TWO.places(100, 30, 0), "inside") == ["county-0"]
    assert TWO.inside([100, 102, 102.0001], [30, 31, 31]).tolist() == [True, True, False]
    assert TWO.holds(100, 30.5)
    assert not TWO.holds(99.9999, 30.5)
    assert TWO.chain([101.0, 99.0], [30.5, 30.5]) == [(("county", "county-0", "county 0"),), ()]


def test_every_candidate_within_the_radius_is_told_and_no_other():
    # One thousandth of a degree of longitude at 30.5 N is 95.8 m.
    assert named(TWO.places(100.999, 30.5, 90), "possibly_inside") == []
    assert named(TWO.places(100.999, 30.5, 97), "possibly_inside") == ["county-1"]
    assert named(TWO.places(99.999, 30.5, 97), "possibly_inside") == ["county-0"]


def test_every_candidate_township_of_any_footprint_is_told_with_its_probability():
    towns = region(township=[SQUARE, NEXT, shapely.box(110, 30, 111, 31)], county=[SQUARE])
    circle, far = towns.townships(circles([100.999, 50.0], [30.5, 0.0], 500.0))
    assert [(one.place_id, one.relation) for one in circle] == [
        ("township-0", "inside"),
        ("township-1", "possibly_inside"),
    ]
    assert sum(one.probability for one in circle) == pytest.approx(1.0, abs=2e-4)
    assert far == ()
    # a camera 48 km west of the border looks east: most of what it sees lies beyond
    (cone,) = towns.townships(cones([100.5], [30.5], [90.0], [10.0], [0.0], [100_000.0]))
    found = {one.place_id: one.probability for one in cone}
    assert found["township-1"] == pytest.approx(1 - (47.98 / 100) ** 2, abs=0.02)
    assert found["township-0"] == pytest.approx((47.98 / 100) ** 2, abs=0.02)


def test_the_nearest_settlement_is_told_with_its_distance_up_to_five_kilometres():
    near = TWO.places(100.52, 30.5, 10)[-1]
    assert near.relation == "near"
    assert near.place_id == "settlements-0"
    assert near.distance_km == pytest.approx(WGS84.inv(100.52, 30.5, 100.5, 30.5)[2] / 1000, abs=1e-3)
    assert named(TWO.places(100.56, 30.5, 10), "near") == []


@pytest.mark.parametrize(
    ("lon", "lat", "azimuth"), [(100.52, 30.5, 90), (100.5, 30.53, 0), (100.48, 30.5, 270)]
)
def test_a_near_place_says_in_which_direction_the_position_lies_from_it(lon, lat, azimuth):
    assert TWO.places(lon, lat, 10)[-1].azimuth_deg == pytest.approx(azimuth, abs=0.2)


def test_from_a_polygon_the_direction_counts_from_its_nearest_edge_and_inside_there_is_none():
    assert TWO.places(101.5, 30.62, 10)[-1].azimuth_deg == pytest.approx(0, abs=0.2)
    inside = TWO.places(101.5, 30.5, 10)[-1]
    assert (inside.distance_km, inside.azimuth_deg) == (0.0, None)
    inside = TWO.places(101.5, 30.5, 10)[-1]
    assert (inside.place_id, inside.distance_km) == ("settlements-1", 0.0)
    beside = TWO.places(101.62, 30.5, 10)[-1]
    assert beside.distance_km == pytest.approx(WGS84.inv(101.62, 30.5, 101.6, 30.5)[2] / 1000, abs=1e-3)


def test_not_a_number_is_nowhere():
    assert TWO.inside([np.nan, 100.5], [30.5, np.nan]).tolist() == [False, False]
    assert WORLD.inside([np.nan, 0.0], [0.0, 0.0]).tolist() == [False, True]


def test_the_whole_world_has_no_names_and_no_border():
    assert WORLD.places(102.2, 27.8, 500) == ()
    assert WORLD.places_bulk([1, 2], [3, 4], [5, 6]) == [(), ()]
    assert WORLD.chain([1.0, 2.0], [3.0, 4.0]) == [(), ()]
    assert load_region(None) is WORLD


@pytest.mark.parametrize(("lon", "found"), [(179.9995, "county-1"), (-179.9995, "county-0")])
def test_a_circle_across_the_180th_meridian_touches_both_sides(lon, found):
    both = region(county=[shapely.box(179, -1, 180, 1), shapely.box(-180, -1, -179, 1)])
    assert named(both.places(lon, 0, 200), "possibly_inside") == [found]
    assert len(named(both.places(lon, 0, 200), "inside")) == 1


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(DEG, NORTH, st.floats(0, 20_000)), min_size=1, max_size=20))
def test_many_at_once_and_one_by_one_agree_with_plain_geometry(asked):
    bulk = TWO.places_bulk(*zip(*asked, strict=True))
    for (lon, lat, radius_m), told in zip(asked, bulk, strict=True):
        assert told == TWO.places(lon, lat, radius_m)
        shrink = np.array([np.cos(np.radians(lat)), 1.0])
        for number, shape in enumerate([SQUARE, NEXT]):
            flat = shapely.transform(shape, lambda xy, shrink=shrink: xy * shrink)
            gap_m = shapely.distance(flat, shapely.Point(lon * shrink[0], lat)) * 111_195
            place = f"county-{number}"
            assert (place in named(told, "inside")) == shape.intersects(shapely.Point(lon, lat))
            if gap_m < radius_m * 0.99:
                assert place in named(told, "inside") + named(told, "possibly_inside")
            if gap_m > radius_m * 1.02 + 2:
                assert place not in [told_place.place_id for told_place in told]


def test_the_version_follows_the_content_and_nothing_else():
    again = region(county=[SQUARE, NEXT], settlements=list(TWO.layers["settlements"].geometries()))
    assert again.version == TWO.version
    moved = region(county=[SQUARE, shapely.box(101, 30, 102, 31.001)])
    renamed = Region("test", {"county": Layer.of("county", [SQUARE], ["county-0"], ["other"])}, TWO.boundary)
    assert len({TWO.version, moved.version, renamed.version, WORLD.version}) == 4


def test_sichuan_has_its_three_levels_and_agrees_with_shapely_one_by_one():
    sichuan = demo_region()
    assert [len(sichuan.layers[name]) for name in ("province", "city", "county")] == [1, 21, 183]
    counties = sichuan.layers["county"]
    spots = np.random.default_rng(20200330).uniform((97.3, 26.0), (108.6, 34.4), (1500, 2))
    rows = counties.holding(spots[:, 0], spots[:, 1]).tolist()
    shapes = counties.geometries()
    for spot, row in zip(spots, rows, strict=True):
        holding = [n for n, shape in enumerate(shapes) if shape.intersects(shapely.Point(spot))]
        assert row == (holding[0] if holding else -1)
    corner = shapely.get_coordinates(shapes[100])[17]
    assert counties.ids([100])[0] in named(sichuan.places(*corner.tolist(), 1), "inside")


def test_the_origin_of_xichang_is_told_to_both_townships_up_to_the_province():
    told = demo_region().places(102.22, 27.79, 500)
    inside = [place.name for place in told if place.relation != "near"]
    assert inside[:5] == ["四川省", "凉山彝族自治州", "西昌市", "经久乡（示意界）", "安哈镇（示意界）"]
    assert {place.layer for place in told if place.relation == "near"} >= {"settlements", "facilities"}
    assert all(place.illustrative == ("示意" in place.name) for place in told)
    assert all(place.distance_km <= NEAR_KM for place in told if place.distance_km is not None)


def test_county_of_every_modis_row_is_that_of_a_look_up_by_hand(shared_data):
    text = (shared_data / "boundaries" / "tianditu_sichuan_district.geojson").read_text("utf-8")
    features = json.loads(text)["features"]
    shapes = [shapely.from_geojson(json.dumps(feature["geometry"])) for feature in features]
    table = (shared_data / "firms" / "modis_sichuan_2021_2025q1.csv").read_text("utf-8")
    rows = list(csv.DictReader(table.splitlines()))
    lon = np.array([float(row["longitude"]) for row in rows])
    lat = np.array([float(row["latitude"]) for row in rows])
    counties = demo_region().layers["county"]
    found = counties.holding(lon, lat)
    held = 0
    for point, row in zip(shapely.points(lon, lat), found.tolist(), strict=True):
        by_hand = next((n for n, shape in enumerate(shapes) if shape.covers(point)), -1)
        assert (row < 0) == (by_hand < 0)
        assert row < 0 or counties.ids([row])[0] == str(features[by_hand]["properties"]["district_adcode"])
        held += row >= 0
    assert len(rows) == 1445
    assert held > 700
    assert np.array_equal(demo_region().inside(lon, lat), found >= 0)


def test_asking_in_bulk_costs_far_less_than_asking_one_by_one():
    opened = demo_region()
    spots = np.random.default_rng(7).uniform((98.0, 26.2), (108.0, 33.8), (4_000, 2))
    opened.places(102.0, 28.0, 500)
    started = time.process_time()
    opened.places_bulk(spots[:, 0], spots[:, 1], np.full(len(spots), 500.0))
    bulk = (time.process_time() - started) / len(spots)
    started = time.process_time()
    for lon, lat in spots[:400]:
        opened.places(float(lon), float(lat), 500)
    assert bulk < (time.process_time() - started) / 400 / 2


def test_the_page_gets_every_layer_small_and_still_a_coverage():
    for name, part in demo_region().layers.items():
        text = json.dumps(layer_geojson(part), ensure_ascii=False)
        assert len(text.encode()) < 1_500_000, name
        features = json.loads(text)["features"]
        assert [feature["id"] for feature in features] == sorted(part.ids())
        assert {feature["properties"]["name"] for feature in features} == set(part.names())


def test_only_the_answer_that_every_page_asks_for_is_kept():
    part = region(stands=[SQUARE, NEXT, SQUARE]).layers["stands"]
    layers.whole_layer.cache_clear()
    few = [json.loads(layers.body_of(part, (), limit)) for limit in (1, 2, 3, layers.LIMIT)]
    assert [(one["numberReturned"], one["numberMatched"]) for one in few] == [(1, 3), (2, 3), (3, 3), (3, 3)]
    assert layers.whole_layer.cache_info().currsize == 1


def test_a_folder_of_plain_files_is_answered_with_the_command_that_builds_a_region(tmp_path):
    with pytest.raises(ValueError, match="no built region; `fenghuo region build` makes one"):
        load_region(tmp_path / "missing")
    (tmp_path / "county.geojson").write_text("{}", "utf-8")
    (tmp_path / "boundary.geojson").write_text("{}", "utf-8")
    with pytest.raises(
        ValueError, match=r"plain files; build one: fenghuo region build .*-region "
    ) as refused:
        load_region(tmp_path)
    assert f"--boundary {tmp_path / 'boundary.geojson'} --layer county=" in str(refused.value)
