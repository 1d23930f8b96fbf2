import json
import os
import subprocess
import sys
import time
import tomllib
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
import shapely

from detectors.geodesy import EARTH_RADIUS_KM, distance_km
from detectors.identity import hotspot_id, key_of
from schemas.codec import decode, encode
from schemas.observation import AnyObservation, Hotspot, Pass, Report, Sighting
from streams.demo.burning import area_ha, ellipse_of
from streams.demo.season import ENDS_AT, STARTS_AT, season
from streams.demo.timeline import BEIJING, overpasses, timeline
from streams.region import demo_region

LINE = timeline()
FIRE = (LINE.xichang.longitude, LINE.xichang.latitude)
WORKS = (LINE.steel_works.longitude, LINE.steel_works.latitude)


def every(kind=object):
    return [seen for _, _, observations in season() for seen in observations if isinstance(seen, kind)]


def within(seen, place, km):
    return float(distance_km(seen.longitude, seen.latitude, *place)) <= km


def day_of(seen):
    return seen.observed_at.astimezone(BEIJING).date()


def in_county(seen, code):
    county = demo_region().layers["county"]
    return county.holding(seen.longitude, seen.latitude)[0] == county.row(code)


def test_deliveries_come_in_order_of_arrival_each_under_one_key():
    received = [at for at, _, _ in season()]
    assert received == sorted(received)
    assert received[-1] <= ENDS_AT
    for at, key, observations in season():
        assert observations
        assert {key_of(seen) for seen in observations} == {key}
        assert {seen.received_at for seen in observations} == {at}
        assert all(seen.observed_at < at for seen in observations)


def test_every_observation_says_that_it_is_a_reconstruction_and_is_said_once():
    names = [seen.observation_id for seen in every()]
    assert len(set(names)) == len(names) > 2000
    assert all(seen.reconstruction and seen.feed == "demo" for seen in every())
    assert all(seen.text.startswith("【复盘】") for seen in every((Report, Sighting)))
    for seen in every(Hotspot):
        parts = (seen.satellite, seen.instrument, seen.observed_at, seen.longitude, seen.latitude)
        assert seen.observation_id == hotspot_id(*parts)


def test_every_fact_of_the_timeline_has_a_status(root):
    words = ("published", "derived", "memory", "invented")

    def walk(path, value):
        if isinstance(value, list):
            for item in value:
                walk(path, item)
        elif isinstance(value, dict):
            said = [text for name, text in value.items() if name.endswith("status")]
            assert said or path in ((), ("root",)), path
            assert all(text.split(":")[0] in words for text in said), path
            for name, item in value.items():
                if isinstance(item, dict) or (isinstance(item, list) and item and isinstance(item[0], dict)):
                    walk((*path, name), item)

    walk((), tomllib.loads((root / "streams" / "demo" / "season.toml").read_text("utf-8")))


def test_every_observation_survives_the_wire():
    for seen in every():
        assert decode(encode(seen), AnyObservation) == seen


def test_the_season_is_the_same_on_every_run_and_made_in_a_few_seconds(root):
    script = (
        "import hashlib; from schemas.codec import encode; from streams.demo.season import season;"
        "print(hashlib.sha256(b''.join(encode(o) for _, _, os in season() for o in os)).hexdigest())"
    )
    runs = []
    for seed in ("1", "2"):
        given = {"cwd": root, "env": {**os.environ, "PYTHONHASHSEED": seed}, "timeout": 60}
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True, **given
        )
        runs.append(done.stdout)
    assert runs[0] == runs[1] != ""
    started = time.process_time()
    season.__wrapped__()
    assert time.process_time() - started < 20.0


def test_the_steel_works_were_seen_on_enough_days_and_months_before_the_season():
    seen = [one for one in every(Hotspot) if within(one, WORKS, 2.0)]
    before = {day_of(one) for one in seen if one.received_at < STARTS_AT}
    assert len(before) >= 14
    assert len({(day.year, day.month) for day in before}) >= 4
    assert len({day_of(one) for one in seen if one.received_at >= STARTS_AT}) >= 3
    assert all(within(one, WORKS, 0.5) for one in seen)
    ordinary = LINE.steel_works.frp_mw[1]
    assert all(one.frp_mw <= ordinary for one in seen)


def test_only_the_steel_works_come_before_the_two_days_of_ordinary_hotspots():
    early = [one for one in every(Hotspot) if day_of(one) < date(2020, 3, 28)]
    assert all(within(one, WORKS, 2.0) for one in early)
    for day in (date(2020, 3, 28), date(2020, 3, 29)):
        assert sum(day_of(one) == day for one in every(Hotspot)) == LINE.background.before_season
    region = demo_region()
    assert all(region.holds(one.longitude, one.latitude) for one in every(Hotspot))


def test_sixty_farm_fires_burn_weakly_in_one_county_on_one_afternoon():
    county = [one for one in every(Hotspot) if in_county(one, LINE.qingming.county)]
    assert {day_of(one) for one in county} == {date(2020, 4, 4)}
    assert all(one.frp_mw <= 5.0 and one.instrument == "VIIRS" and one.is_day for one in county)
    first, second = sorted({one.observed_at for one in county})
    assert second - first == timedelta(minutes=50)
    assert sum(one.observed_at == first for one in county) == 60 + LINE.qingming.two_pixels
    assert sum(one.observed_at == second for one in county) == LINE.qingming.seen_twice


def test_the_fire_is_told_of_in_the_published_order():
    told = [one for one in every() if not isinstance(one, Pass) and one.source.split("/")[0] != "sensor"]
    told = [one for one in told if not isinstance(one, Hotspot) or within(one, FIRE, 15)]
    first = min(told, key=lambda one: one.received_at)
    assert first.source == "patrol/jingjiu"
    assert f"{first.observed_at.astimezone(BEIJING):%H:%M}" == "15:50"
    assert f"{first.received_at.astimezone(BEIJING):%H:%M}" == "15:51"
    slots = sorted({one.observed_at for one in every(Hotspot) if one.instrument == "AHI"})
    assert f"{slots[0].astimezone(BEIJING):%m-%d %H:%M}" == "03-30 15:40"
    assert not [at for at in slots if f"{at:%H:%M}" in ("02:40", "14:40")]
    assert {one.received_at - one.observed_at for one in every(Hotspot) if one.instrument == "AHI"} == {
        timedelta(minutes=25)
    }


def test_no_polar_pass_saw_the_fire_before_the_first_night():
    polar = [one for one in every(Hotspot) if one.instrument != "AHI" and within(one, FIRE, 12)]
    assert min(one.observed_at for one in polar).astimezone(BEIJING).hour >= 22
    night = [one for one in polar if one.satellite == "NPP" and day_of(one) == date(2020, 3, 31)]
    assert sum(not one.is_day for one in night) >= 15


def test_the_burned_area_is_the_published_one_and_never_shrinks():
    burn = LINE.xichang
    assert area_ha(burn, burn.area[5].at) == 1000.0
    assert area_ha(burn, ENDS_AT) == 3047.7805
    areas = [area_ha(burn, burn.ignited_at + timedelta(minutes=m)) for m in range(0, 5000, 10)]
    assert areas[0] == 0.0
    assert all(later >= earlier for earlier, later in pairwise(areas))


@pytest.mark.parametrize("ha", [1.0, 180.0, 3047.78])
def test_the_ellipse_has_the_area_it_is_said_to_have(ha):
    fire = ellipse_of(LINE.xichang)
    lon, lat = np.meshgrid(np.linspace(102.1, 102.36, 700), np.linspace(27.72, 27.92, 700))
    # One hectare is a few cells of the grid across: it is looked at closer.
    if ha < 10:
        lon, lat = FIRE[0] + (lon - 102.22) / 25, FIRE[1] + (lat - 27.79) / 25
    cell = np.radians(lon[0, 1] - lon[0, 0]) * np.radians(lat[1, 0] - lat[0, 0]) * EARTH_RADIUS_KM**2
    inside = (fire.reached(lon, lat) <= fire.reach_km(ha)) * np.cos(np.radians(lat))
    assert inside.sum() * cell * 100 == pytest.approx(ha, rel=0.01)


def test_every_pixel_of_the_fire_lies_on_ground_that_burns_or_burned():
    fire = ellipse_of(LINE.xichang)
    for one in every(Hotspot):
        if one.instrument == "VIIRS" and within(one, FIRE, 15) and one.observed_at > LINE.xichang.ignited_at:
            place = np.array([one.longitude]), np.array([one.latitude])
            now = fire.reach_km(area_ha(LINE.xichang, one.observed_at))
            spots = distance_km(
                one.longitude, one.latitude, *fire.head(area_ha(LINE.xichang, one.observed_at))
            )
            assert fire.reached(*place)[0] <= now + 0.15 or float(spots) < 4.0
            assert not one.observed_at > LINE.xichang.area[-1].at


def test_a_pass_that_saw_nothing_contradicts_no_hotspot_of_the_same_pass():
    looks = every(Pass)
    assert {one.looked for one in looks} == {True, False}
    assert all(one.looked or one.reason for one in looks)
    hotspots = every(Hotspot)
    for look in looks:
        same = [one for one in hotspots if (one.source, one.observed_at) == (look.source, look.observed_at)]
        held = [
            one
            for one in same
            if look.west <= one.longitude <= look.east and look.south <= one.latitude <= look.north
        ]
        assert not held
    over = [one for one in looks if one.west <= FIRE[0] <= one.east and one.south <= FIRE[1] <= one.north]
    assert any(one.observed_at < LINE.xichang.ignited_at for one in over)
    assert any(one.observed_at > LINE.xichang.area[-1].at for one in over)


def test_overpasses_keep_the_two_viirs_fifty_minutes_apart():
    for day in range(1, 29):
        for is_day in (True, False):
            pair = [one for one in overpasses(date(2020, 3, day)) if one.satellite.instrument == "VIIRS"]
            early, late = sorted(one.observed_at for one in pair if one.is_day is is_day)
            assert late - early == timedelta(minutes=50)


def test_the_first_word_of_the_fire_is_on_screen_in_time():
    first = min(one.received_at for one in every(Report))
    for speed in (600, 1200):
        assert (first - STARTS_AT).total_seconds() / speed < 20.0


def test_every_illustrative_feature_says_so_in_its_name_and_lies_in_the_region(root):
    region = demo_region()
    files = sorted((root / "streams" / "demo" / "region").glob("*.geojson"))
    assert {"protected_areas", "stands", "settlements", "facilities", "cameras", "towers", "traps"} <= {
        file.stem for file in files
    }
    for file in files:
        for feature in json.loads(file.read_text("utf-8"))["features"]:
            assert feature["properties"]["illustrative"] is True
            assert "示意" in feature["properties"]["name"]
        part = region.layers[file.stem]
        assert len(set(part.ids())) == len(part)
        assert shapely.is_valid(part.geometries()).all()
        assert shapely.intersects(region.boundary.geometries()[0], part.geometries()).all()


def test_stands_do_not_overlap_and_carry_their_true_area():
    stands = demo_region().layers["stands"]
    shapes = stands.geometries()
    left, right = shapely.STRtree(shapes).query(shapes, predicate="overlaps")
    assert len(left) == len(right) == 0
    for row, shape in enumerate(shapes):
        said = stands.attributes(row)
        squeeze = np.cos(np.radians(shape.centroid.y))
        assert shape.area * 111.195**2 * squeeze * 100 == pytest.approx(said["area_ha"], rel=0.01)
        assert said["volume_m3_ha"] > 0
        assert said["age_a"] > 0
        assert said["species"]
