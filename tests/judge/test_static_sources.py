"""A works on the map explains its own heat and no fire beside it (invariant 7)."""

import datetime as dt

import pytest
import shapely
from judged import START, delivery, hotspot, judge, living, report

from detectors.region import Region
from detectors.region.layer import Layer

DAY = 1440
HERE = shapely.box(101.99, 27.99, 102.01, 28.01)


def region(geometry=HERE, **known):
    return Region("r", {"static_sources": Layer.of("static_sources", [geometry], ["w1"], ["Works"], [known])})


def pixel(minutes=700, east=0.0, north=0.0, frp=12.0, **said):
    return hotspot(minutes, east, north, frp=frp, **said)


def silent(one, where, *others):
    outcome = judge([delivery(o) for o in (*others, one)], region=where)
    return outcome.silences.get(one.observation_id)


def test_7_a_works_without_dates_and_baseline_masks_any_strength():
    reason = silent(pixel(frp=900.0), region(kind="steel_works")).reason
    assert (reason.code, reason.ref, reason.threshold) == ("masked_by", "static_sources/w1", None)
    assert reason.rule == "steel_works: Works"


def test_7_above_its_own_baseline_it_opens():
    works = region(kind="brick_kiln", baseline_frp_mw=20.0)
    assert silent(pixel(frp=19.0), works).reason.margin == 1.0
    assert silent(pixel(frp=21.0), works) is None


def test_7_without_a_baseline_it_learns_one_from_its_own_days():
    past = [pixel(day * DAY, frp=10.0 + day % 3) for day in range(12)]
    strong, usual = pixel(20 * DAY, frp=80.0), pixel(20 * DAY, frp=11.0)
    assert silent(strong, region(kind="steel_works"), *past) is None
    assert silent(usual, region(kind="steel_works"), *past).reason.threshold < 80.0
    assert silent(strong, region(kind="steel_works"), *past[:5]).reason.code == "masked_by"


@pytest.mark.parametrize("before", [True, False])
def test_7_a_second_kind_of_source_opens_it_whichever_comes_first(before):
    one, call = pixel(), report(720, 0.2, 0.1)
    order = (call, one) if before else (one, call)
    outcome = judge([delivery(o) for o in order], region=region(kind="steel_works"))
    assert one.observation_id not in outcome.silences
    assert any(len(i.sources) == 2 for i in outcome.incidents.values())


@pytest.mark.parametrize(
    ("known", "is_masked"),
    [
        ({"first_seen": "2024-02-28"}, True),
        ({"first_seen": "2024-03-02"}, False),
        ({"first_seen": "2010-01-01"}, False),
        ({"first_seen": "2010-01-01", "last_confirmed": "2023-05-01"}, True),
        ({"last_confirmed": "2020-01-01"}, False),
        ({"source_class": "video"}, False),
        ({"source_class": "satellite"}, True),
    ],
)
def test_7_a_works_masks_from_first_seen_until_nobody_confirmed_it_for_long(known, is_masked):
    assert (silent(pixel(), region(kind="steel_works", **known)) is not None) == is_masked


def test_a_solar_farm_is_hot_by_day_only():
    farm = region(kind="光伏电站")
    assert silent(pixel(6 * 60), farm).reason.code == "masked_by"
    assert silent(pixel(18 * 60), farm) is None


def test_a_fire_beside_the_works_is_no_part_of_it():
    assert silent(pixel(east=1.2), region(kind="steel_works")) is not None
    assert silent(pixel(east=1.6), region(kind="steel_works")) is None


@pytest.mark.parametrize(("kind", "reach"), [("flare", 1.1), ("brick_kiln", 0.5), ("unheard of", 1.1)])
def test_a_works_that_is_a_point_reaches_as_far_as_its_kind(kind, reach):
    where = region(shapely.Point(102.0, 28.0), kind=kind)
    assert silent(pixel(east=reach + 0.45), where) is not None
    assert silent(pixel(east=reach + 0.55), where) is None


def test_2_masks_of_works_do_not_depend_on_the_order_of_arrival():
    past = [pixel(day * DAY, frp=10.0 + day % 3) for day in range(14)]
    strong = pixel(9 * DAY + 30, 0.3, frp=60.0), pixel(20 * DAY, frp=80.0)
    given = [delivery(one) for one in (*past, *strong)]
    end = START + dt.timedelta(days=22)
    where = region(kind="steel_works")
    assert living(judge(given, region=where, end=end)) == living(judge(given[::-1], region=where, end=end))
