import doctest

import numpy as np
import pytest
import shapely
from hills import few, some
from hypothesis import given
from hypothesis import strategies as st

from detectors.geodesy import bearing_deg, destination, distance_km
from detectors.region import Layer, name_keys
from detectors.region.name_keys import folded
from detectors.region.place_names import PlaceNames, name_index

NAMES = [
    # name, lon, lat, readings, attributes
    ("长板桥", 102.20, 27.80, ["chang ban qiao", "zhang ban qiao"], {"kind": "小地名", "radius_m": 300.0}),
    ("长板桥村", 102.30, 27.80, ["chang ban qiao cun"], {"kind": "村"}),
    ("大长板桥", 102.25, 27.85, ["da chang ban qiao"], {"kind": "小地名"}),
    ("西昭线87号塔", 102.40, 27.90, ["xi zhao xian 87 hao ta"], {"kind": "tower"}),
    ("西昭线187号塔", 102.41, 27.90, ["xi zhao xian 187 hao ta"], {"kind": "tower"}),
    ("皮家山山脊", 102.22, 27.79, ["pi jia shan shan ji"], {"kind": "ridge", "aliases": "皮家梁子;P7"}),
    ("ꆈꌠ村", 102.60, 28.00, ["cun"], {"name_en": "Nuosu", "kind": "村"}),
    ("མདོ་མཁར", 101.00, 30.00, [], {"kind": "村"}),
    ("西安坡", 102.21, 27.81, ["xi an po"], {}),
    ("先坡", 102.21, 27.82, ["xian po"], {}),
    ("绿地", 102.70, 28.10, ["lü di"], {}),
]


def opened(rows):
    names, lon, lat, readings, attributes = zip(*rows, strict=True)
    ids = [f"n{at:05d}" for at in range(len(rows))]
    layer = Layer.of("place_names", shapely.points(lon, lat), ids, names, attributes)
    by_id = dict(zip(ids, readings, strict=True))
    return PlaceNames(layer, name_index(layer, [by_id[one] for one in layer.ids()]))


PLACES = opened(NAMES)


def names(text, **asked):
    return [one.name for one in PLACES.search(text, **asked)]


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(name_keys).failed == 0


@pytest.mark.parametrize(
    "text", ["长板桥", "cbq", "CBQ", "changbanqiao", "Chang ban qiao", "chángbǎnqiáo", "zbq", "ＣＢＱ"]
)
def test_a_name_is_found_as_it_is_written_spelled_or_shortened_and_stands_first(text):
    found = PLACES.search(text)
    assert (found[0].name, found[0].match) == ("长板桥", "exact")
    assert found[0].radius_m == 300.0
    assert (found[0].longitude, found[0].latitude) == (102.20, 27.80)
    assert found[0].latin == "Changbanqiao"


def test_what_begins_with_the_text_comes_before_what_holds_it():
    assert [(one.name, one.match) for one in PLACES.search("长板")] == [
        ("长板桥", "prefix"),
        ("长板桥村", "prefix"),
        ("大长板桥", "fragment"),
    ]
    assert names("板桥村") == ["长板桥村"]
    assert names("banqiaoc") == ["长板桥村"]


def test_among_equals_the_nearer_one_comes_first_and_the_far_ones_can_be_left_out():
    assert names("长板桥", near=(102.30, 27.80))[:2] == ["长板桥", "长板桥村"]
    assert names("cun", near=(102.6, 28.0))[0] == "ꆈꌠ村"
    towers = names("号塔", near=(102.411, 27.90))
    assert towers == ["西昭线187号塔", "西昭线87号塔"]
    assert names("号塔", near=(102.411, 27.90), within_m=500.0) == ["西昭线187号塔"]
    assert names("长", near=(100.0, 20.0), within_m=1000.0) == []


@pytest.mark.parametrize("text", ["西昭线87号塔", "西昭 87", "xzx87", "西昭线８７号", "xizhaoxian87haota"])
def test_a_tower_is_found_by_its_line_and_number(text):
    assert names(text)[0] == "西昭线87号塔"


def test_every_word_must_fit():
    assert names("西昭 不") == []
    assert names("xz 187") == ["西昭线187号塔"]
    assert [one.match for one in PLACES.search("西昭 187")] == ["fragment"]


def test_pinyin_begins_where_a_syllable_does():
    assert names("anpo") == ["西安坡"]
    # `xian` is both 先 and 西安, as on every keyboard
    assert set(names("xianp")) == {"西安坡", "先坡"}
    assert names("ianpo") == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("皮家梁子", "皮家山山脊"),
        ("p7", "皮家山山脊"),
        ("ꆈꌠ", "ꆈꌠ村"),
        ("nuosu", "ꆈꌠ村"),
        ("མདོ", "མདོ་མཁར"),
        ("མཁར", "མདོ་མཁར"),
        ("lvdi", "绿地"),
        ("lüdi", "绿地"),
        ("Lǜdì", "绿地"),
    ],
)
def test_aliases_and_names_in_other_scripts_are_found(text, name):
    assert names(text) == [name]


@pytest.mark.parametrize("text", ["", "   ", "。", "\0", "不在此处", "zzzz", "长\0板"])
def test_what_fits_nothing_finds_nothing(text):
    assert names(text) in ([], ["长板桥", "长板桥村", "大长板桥"])


@given(st.text(max_size=12))
def test_no_text_breaks_the_search(text):
    assert len(PLACES.search(text)) <= 20


def test_a_position_that_is_none_is_refused():
    with pytest.raises(ValueError, match="no position"):
        PLACES.search("长", near=(float("nan"), 27.0))
    assert PLACES.nearest(float("nan"), 27.0) is None
    assert PLACES.nearest(102.0, float("nan")) is None


SYLLABLES = {"山": "shan", "沟": "gou", "坪": "ping", "桥": "qiao", "长": "chang", "西": "xi", "安": "an"}
ROWS = st.lists(
    st.tuples(st.text("山沟坪桥长西安", min_size=1, max_size=4), st.floats(101, 103), st.floats(27, 29)),
    min_size=1,
    max_size=30,
)


@few
@given(ROWS, st.text("山沟坪桥长西安", min_size=1, max_size=3))
def test_search_finds_what_looking_through_all_names_finds(rows, text):
    spelled = [[" ".join(SYLLABLES[one] for one in name)] for name, _, _ in rows]
    places = opened([(*row, reading, {}) for row, reading in zip(rows, spelled, strict=True)])
    letters = "".join(SYLLABLES[one][0] for one in text)
    for asked, of in ((text, lambda n: n), (letters, lambda n: "".join(SYLLABLES[c][0] for c in n))):
        found = [(one.place_id, one.match) for one in places.search(asked, limit=100)]
        by_hand = {
            f"n{at:05d}": "exact"
            if of(name) == asked
            else "prefix"
            if of(name).startswith(asked)
            else "fragment"
            for at, (name, _, _) in enumerate(rows)
            if asked in of(name)
        }
        missed = {one: match for one, match in by_hand.items() if (one, match) not in found}
        # letters may also be the beginning of a whole spelling
        assert {one: m for one, m in missed.items() if one not in dict(found)} == {}
        assert asked is letters or dict(found) == by_hand
        order = [("exact", "prefix", "fragment").index(match) for _, match in found]
        assert order == sorted(order)


@some
@given(ROWS, st.floats(101, 103), st.floats(27, 29))
def test_the_nearest_name_is_the_nearest_of_all(rows, lon, lat):
    places = opened([(*row, [], {}) for row in rows])
    apart = [float(distance_km(lon, lat, x, y)) * 1000 for _, x, y in rows]
    told = places.nearest(lon, lat)
    if min(apart) > 20_050.0:
        assert told is None
    elif min(apart) < 19_950.0:
        assert told is not None
        assert told.distance_m == pytest.approx(min(apart), abs=0.1)
        there = next(
            (x, y)
            for _, x, y in rows
            if abs(float(distance_km(lon, lat, x, y)) * 1000 - told.distance_m) < 0.1
        )
        if told.distance_m > 10.0:
            turn = told.azimuth_deg - float(bearing_deg(*there, lon, lat))
            assert abs((turn + 180) % 360 - 180) < 0.5 or apart.count(min(apart)) > 1


def test_the_nearest_name_says_in_which_direction_from_it_a_position_lies():
    told = PLACES.nearest(*map(float, destination(102.20, 27.80, 225.0, 1.2)))
    assert (told.name, told.latin) == ("长板桥", "Changbanqiao")
    assert told.distance_m == pytest.approx(1200.0, abs=1.0)
    assert told.azimuth_deg == pytest.approx(225.0, abs=0.1)


def test_folding_twice_is_folding_once():
    for text in ("Xi'an", "ﬀ Ａ", "གཙང་", "İ"):
        assert folded(folded(text)) == folded(text)


def test_ridges_and_areas_have_a_point_on_them():
    ridge = shapely.LineString([(102.0, 27.0), (102.1, 27.0), (102.2, 27.0)])
    area = shapely.box(103.0, 27.0, 103.2, 27.2)
    layer = Layer.of("place_names", [ridge, area], ["r", "a"], ["梁子", "林场"])
    found = PlaceNames(layer, name_index(layer, [[], []]))
    assert (found.search("梁子")[0].longitude, found.search("梁子")[0].latitude) == (102.1, 27.0)
    assert found.search("林场")[0].longitude == pytest.approx(103.1)
    assert np.isfinite(found.arrays["lon"]).all()
