"""What the law asks for at once: cases that hold, that a person must decide, and that nobody can know yet."""

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace
from reported import T0, a_place, at

from alerts.report_duty import Facts, Options, Told, any_of, deciding, holds_on, report_duty
from schemas.jurisdiction import Span
from schemas.settings import Settings
from streams.jurisdiction import in_force

PROFILE = in_force(Settings())
ABROAD = in_force(Settings(jurisdiction="generic-en"))
LAYERS = frozenset({"province", "county", "city", "township", "settlements", "facilities", "protected_areas"})
NOTHING = Facts(
    opened_at=T0, last_observed_at=at(1), now=at(1), pixels=1, places=(), layers=LAYERS
)  # 15 March 2024, 14:30 in Sichuan: the last day of the national sessions


def duty(before=None, profile=PROFILE, **known):
    return report_duty(profile, Options(), replace(NOTHING, **known), before)


def codes(found):
    return {one.code for one in found.holds}


def test_the_dead_that_nobody_has_counted_are_unknown_and_not_none():
    found = duty()
    assert {"sc_casualties", "sc_damaged_forest", "cn_class", "sc_told_elsewhere"} <= set(found.unknown)
    none_dead = duty(told=Told(deaths=0, serious_injuries=0))
    assert "sc_casualties" not in {*found.asks, *none_dead.unknown, *codes(none_dead)}
    assert "sc_casualties" in codes(duty(told=Told(serious_injuries=10)))
    assert "sc_casualties" not in codes(duty(told=Told(deaths=2, serious_injuries=9)))


@pytest.mark.parametrize(("pixels", "holds"), [(2, False), (3, True)])
def test_three_pixels_are_reported(pixels, holds):
    assert ("sc_satellite_pixels" in codes(duty(pixels=pixels))) is holds


def near(km, layer="settlements"):
    return (a_place("大箐村", layer, "near", distance_km=km),)


def test_a_settlement_is_threatened_by_distance_by_reach_or_nobody_knows():
    assert "sc_threatens" in codes(duty(places=near(2.0)))
    assert "sc_threatens" not in codes(duty(places=near(2.01)))
    assert "sc_threatens" not in {*duty(places=near(2.01)).unknown}
    assert "sc_threatens" in codes(duty(in_reach=True))
    assert "sc_threatens" in duty(layers=frozenset()).unknown


def test_between_two_provinces_a_fire_is_on_the_border_and_between_counties_a_person_is_asked():
    both = [a_place("四川省", "province", probability=0.6), a_place("云南省", "province", "possibly_inside")]
    assert "sc_province_border" in codes(duty(places=tuple(both)))
    counties = (a_place("木里县", "county"), a_place("西昌市", "county", "possibly_inside"))
    asked = duty(places=(a_place("四川省", "province", probability=1.0), *counties))
    assert "sc_province_border" not in {*codes(asked), *asked.unknown}
    assert "sc_city_or_county_border" in asked.asks
    assert "sc_city_or_county_border" in codes(duty(places=counties, told=Told(is_dangerous=True)))
    calm = duty(places=counties, told=Told(is_dangerous=False))
    assert "sc_city_or_county_border" not in {*codes(calm), *calm.asks, *calm.unknown}


def test_a_national_reserve_asks_a_person_and_a_primeval_forest_is_unknown():
    reserve = a_place("贡嘎山", "protected_areas", level="国家级自然保护区")
    assert "sc_sensitive_area" in duty(places=(reserve,)).asks
    assert "sc_sensitive_area" in duty(places=(replace(reserve, level="省级自然保护区"),)).unknown
    assert "cn_primeval_forest" in duty().unknown


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2024-04-01", None), ("2024-04-02", True), ("2024-04-06", True), ("2024-04-07", None),
     ("2026-02-15", None), ("2026-02-16", True), ("2026-02-23", True), ("2026-05-05", True)],
)  # fmt: skip
def test_sensitive_days(day, expected):
    moment = dt.datetime.fromisoformat(f"{day}T12:00+08:00")
    found = duty(opened_at=moment, last_observed_at=moment)
    assert ("sc_sensitive_period" in codes(found)) is (expected is True)
    assert ("sc_sensitive_period" in found.unknown) is (expected is None), "nobody has named the congress"


DAYS = st.dates(dt.date(2023, 6, 1), dt.date(2025, 9, 1))
YEARLY = st.tuples(DAYS, DAYS).map(lambda two: {"first": f"{two[0]:%m-%d}", "last": f"{two[1]:%m-%d}"})
NAMED = st.lists(
    st.tuples(DAYS, st.integers(0, 40)).map(lambda s: Span(first=s[0], last=s[0] + dt.timedelta(days=s[1]))),
    max_size=3,
).map(lambda spans: {"span": tuple(spans)})


@example(
    {"span": tuple(Span(first=dt.date(y, 6, 1), last=dt.date(y, 6, 2)) for y in (2023, 2025))},
    dt.date(2023, 12, 1),
    400,
)
@given(st.one_of(YEARLY, NAMED), DAYS, st.integers(0, 500))
def test_a_few_days_decide_for_all_days_of_a_fire(when, first, long):
    period = replace(
        next(iter(PROFILE.sensitive_period)), **{"first": None, "last": None, "span": (), **when}
    )
    last = first + dt.timedelta(days=long)
    every = [first + dt.timedelta(days=n) for n in range(long + 1)]
    asked = deciding(period, first, last)
    assert set(asked) <= set(every)
    assert len(asked) <= 10
    assert any_of(holds_on(period, day) for day in asked) is any_of(holds_on(period, day) for day in every)


@pytest.mark.parametrize(("first", "last"), [(1, 7), (1, 4), (4, 9), (3, 5)])
def test_a_fire_that_burnt_through_sensitive_days_burnt_on_them(first, last):
    day = {n: dt.datetime.fromisoformat(f"2024-04-{n:02d}T12:00+08:00") for n in (first, last)}
    assert "sc_sensitive_period" in codes(duty(opened_at=day[first], last_observed_at=day[last]))


def test_a_class_of_grassland_is_none_of_a_forest_fire():
    assert "cn_class" in codes(duty(told=Told(rank=3, land="forest")))
    assert "cn_class" not in {*codes(duty(told=Told(rank=3, land="grassland")))}


def test_a_day_is_one_of_the_jurisdictions_zone():
    late = dt.datetime(2024, 4, 1, 16, 0, tzinfo=dt.UTC)
    assert "sc_sensitive_period" in codes(duty(opened_at=late, last_observed_at=late))


def test_a_feast_whose_days_nobody_has_written_down_is_unknown():
    spring = next(one for one in PROFILE.sensitive_period if one.code == "spring_festival")
    assert holds_on(spring, dt.date(2027, 2, 6)) is True
    assert holds_on(spring, dt.date(2027, 3, 6)) is False
    assert holds_on(spring, dt.date(2031, 1, 24)) is None


@pytest.mark.parametrize(
    ("hours", "told", "holds"),
    [(23.9, {}, False), (24.0, {}, True), (1.0, {"confirmed_at": T0}, True),
     (1.0, {"confirmed_at": T0, "out_at": at(20)}, False)],
)  # fmt: skip
def test_burning_for_a_day(hours, told, holds):
    found = duty(last_observed_at=at(hours), now=at(30), told=Told(**told))
    assert ("sc_day_burning" in codes(found)) is holds


def test_the_clock_runs_from_confirmation_and_a_later_case_from_when_it_was_known():
    first = duty(pixels=3)
    assert [(one.since_at, one.due_at) for one in first.holds if one.code == "sc_satellite_pixels"] == [
        (at(1), None)
    ]
    assert first.deadlines == ()
    told = Told(confirmed_at=at(2), reported_at=at(2.5))
    later = duty(first, pixels=3, places=near(1.0), now=at(3), told=told)
    due = {one.code: (one.since_at, one.due_at) for one in later.holds}
    ten = dt.timedelta(minutes=10)
    assert due["sc_satellite_pixels"] == (at(1), at(2) + ten)
    assert due["sc_threatens"] == (at(3), at(3) + ten)
    clocks = {one.clock: one.due_at for one in later.deadlines}
    assert clocks == {"first_written": at(2.5), "within_two_hours": at(4), "further": at(4.5)}
    out = duty(first, pixels=3, told=Told(confirmed_at=at(2), reported_at=at(2.5), out_at=at(5)))
    assert {one.clock: one.due_at for one in out.deadlines}["final"] == at(6)
    assert "further" not in {one.clock for one in out.deadlines}


def test_every_kind_of_condition_is_asked_abroad_too():
    assert {*codes(duty(profile=ABROAD, pixels=9)), *duty(profile=ABROAD).unknown} >= {"casualties", "large"}


TRUTHS = st.lists(st.sampled_from([True, False, None]), min_size=1)


@given(TRUTHS, st.sampled_from([True, False]))
def test_telling_what_was_unknown_changes_only_what_was_unknown(truths, told):
    known = any_of(told if one is None else one for one in truths)
    assert any_of(truths) in {known, None}
