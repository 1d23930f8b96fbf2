"""Places are named in the language of the jurisdiction: by what the region gives, else as they are read."""

import pytest
import shapely
from latin import CJK, latin_region

from detectors.region import Layer, Region
from streams.naming import as_read, in_language
from streams.region import demo_region

GIVEN = [
    ("a", "西昌市", {"name_en": "Xichang City", "pinyin": "xichang"}, "Xichang City"),
    ("b", "会理市", {"pinyin": "Huili"}, "Huili"),
    ("c", "皮家山（示意）", {}, "Pijiashan"),
    ("d", "Avery", {}, "Avery"),
    ("e", "ꀒꃀꐚ", {}, "ꀒꃀꐚ"),
    ("f", "经久110kV变电站（示意）", {"name_en": " "}, None),
]


def a_region():
    shapes = [shapely.Point(102 + k / 10, 28) for k in range(len(GIVEN))]
    ids, names = [one[0] for one in GIVEN], [one[1] for one in GIVEN]
    return Region(
        "test", {"settlements": Layer.of("settlements", shapes, ids, names, [one[2] for one in GIVEN])}
    )


def names_of(region):
    part = region.layers["settlements"]
    return dict(zip(part.ids(), part.names(), strict=True))


def test_each_is_named_by_the_best_there_is():
    named = names_of(in_language(a_region(), "en"))
    assert {one: named[one] for one, _, _, wanted in GIVEN if wanted} == {
        one: wanted for one, _, _, wanted in GIVEN if wanted
    }
    assert not CJK.search(named["f"])


def test_in_chinese_nothing_changes_and_nothing_is_copied():
    region = a_region()
    assert in_language(region, "zh") is region


def test_the_version_is_that_of_the_region_as_it_was_built():
    region = latin_region()
    assert in_language(region, "en").version == region.version


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("皮家山01号小班（示意）", "Pijiashan 01 Haoxiaoban"),
        ("什邡市", "Shifangshi"),
        ("西昭线87号塔", "Xizhaoxian 87 Haota"),
        ("（示意）", "Shiyi"),
    ],
)
def test_a_chinese_name_is_written_as_it_is_read(name, read):
    assert as_read(name) == read


def test_every_name_of_the_demo_can_be_read_abroad():
    named = in_language(demo_region(), "en")
    for part in named.layers.values():
        assert [name for name in part.names() if CJK.search(name)] == []
        assert all(name.strip() for name in part.names())


def test_owner_level_and_zone_are_read_too_and_a_receiver_names_the_owner_as_alerts_do():
    box = shapely.box(102, 27, 103, 28)
    region = Region("x", {"stands": Layer.of("stands", [box], ["s"], ["s"], [{"owner": "西昌林场"}])})
    abroad = in_language(region, "en")
    (place,) = abroad.places(102.5, 27.5, 10)
    assert place.owner == "Xichanglinchang"
    assert in_language(region, "zh").places(102.5, 27.5, 10)[0].owner == "西昌林场"
