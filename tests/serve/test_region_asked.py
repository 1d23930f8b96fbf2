"""A built region is asked for a position and for a name, on the command line and over HTTP."""

import json

import pytest
from click.testing import CliRunner
from serve_words import get

from detectors.region import Region
from schemas.settings import Settings
from streams.cli import main
from streams.region import demo_region
from streams.region.demo import demo_folder


@pytest.fixture(scope="module")
def folder():
    return str(demo_folder())


def asked(*words):
    return CliRunner().invoke(main, ["region", *words])


def test_where_says_the_chain_every_candidate_township_what_is_near_and_the_name(folder):
    said = json.loads(asked("where", folder, "102.22", "27.79", "--radius-m", "1200", "--json").stdout)
    assert [one["code"] for one in said["chain"]][:3] == ["510000", "513400", "513401"]
    assert said["inside"] is True
    assert said["version"] == demo_region().version
    assert sum(one["probability"] for one in said["townships"]) == pytest.approx(1.0, abs=0.01)
    assert len(said["townships"]) == 2
    near = {one["layer"]: one for one in said["places"] if one["relation"] == "near"}
    assert set(near) == {"settlements", "facilities", "ranger_posts", "roads", "ancient_trees"}
    assert all("azimuth_deg" in one for one in near.values())
    assert said["in_words"].endswith("km")
    assert said["ground"] == {"elevation_m": None, "slope_deg": None, "aspect_deg": None}
    text = asked("where", folder, "102.22", "27.79", "--radius-m", "1200").stdout
    assert "county     西昌市 (513401)" in text
    assert "unknown: no elevation model here" in text


def test_where_speaks_the_language_of_the_jurisdiction(folder):
    text = asked("where", folder, "102.22", "27.79", "--jurisdiction", "generic-en").stdout
    assert "Xichangshi (513401)" in text
    assert text.isascii()


def test_outside_the_boundary_is_said(folder):
    assert "OUTSIDE" in asked("where", folder, "0", "0").stdout
    assert json.loads(asked("where", folder, "0", "0", "--json").stdout)["chain"] == []


@pytest.mark.parametrize("text", ["皮家山山脊", "pijiashanshanji", "pjssj", "皮家山梁子"])
def test_a_name_is_found_by_text_pinyin_initials_and_alias(folder, text):
    found = json.loads(asked("find", folder, text, "--json").stdout)["names"]
    assert "皮家山山脊（示意）" in [one["name"] for one in found]
    assert {"longitude", "latitude", "radius_m"} <= set(found[0])


def test_what_cannot_be_found_or_asked_is_said_in_one_line(folder, tmp_path):
    assert asked("find", folder, "zzzz").stdout == "no name fits zzzz\n"
    for words, told in (
        (("find", folder, "a", "--near", "x"), "LON,LAT is expected"),
        (("find", str(tmp_path), "a"), "no built region"),
        (("where", str(tmp_path), "1", "2"), "no built region"),
        (("where", folder, "181", "2"), "181"),
        (("where", folder, "1", "2", "--jurisdiction", "mars"), "mars"),
    ):
        answer = asked(*words)
        assert answer.exit_code != 0
        assert told in answer.output
        assert "Traceback" not in answer.output


async def test_the_same_over_http(serve):
    client = await serve(open_reading=True, region=demo_region(), settings=Settings())
    said = await get(client, "/v1/where", lon="102.22", lat="27.79", radius_m="1200")
    assert [one["name"] for one in said["chain"]][:3] == ["四川省", "凉山彝族自治州", "西昌市"]
    names = (await get(client, "/v1/place-names", q="pjssj", near="102.22,27.79"))["names"]
    assert names[0]["name"] == "皮家山山脊（示意）"
    assert names[0]["distance_m"] < 2000
    for lon, lat in (("x", "1"), ("nan", "1"), ("1", ""), ("1", "99")):
        await get(client, "/v1/where", 400, lon=lon, lat=lat)
    for wrong in ({}, {"q": " "}, {"q": "a" * 101}, {"q": "a", "near": "1"}, {"q": "a", "limit": "0"}):
        await get(client, "/v1/place-names", 400, **wrong)


async def test_a_region_without_names_says_so(serve):
    client = await serve(open_reading=True, region=Region("bare"))
    await get(client, "/v1/place-names", 404, q="a")
    assert (await get(client, "/v1/where", lon="1", lat="2"))["in_words"] is None
