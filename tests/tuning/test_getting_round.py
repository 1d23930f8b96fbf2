"""The ways round the guard of protected areas: each is seen, and what hides nothing is not held up."""

import datetime as dt

import pytest

from schemas.settings import Settings
from streams.hops.build import OWNERS
from streams.tuning.publishing import DocumentError, Door, Wish, checked, publish

NOW = dt.datetime(2026, 9, 1, 8, tzinfo=dt.UTC)


def rules(*given):
    """Rules of grades that no small fire keeps to."""
    every = ", ".join(
        f'{{ grade = "{grade}", probability = {sure}, any = [{{ pixels = 99 }}] }}' for grade, sure in given
    )
    return f"grade = {{ rule = [{every}] }}\n"


COUNTY = '[[layers]]\nscope = "county:1"\n' + rules(("IV", 0.5))
AREA = '[[layers]]\nscope = "area:P"\n' + rules(("III", 0.7), ("II", 0.9), ("I", 0.95))
BANS = '[permits]\nbans = [{ from = "2026-08-01", to = "2026-09-30", ref = "autumn" }]\n'
EXPECT = '[blind]\nexpected = [{ layer = "cameras", every_s = 300 }]\n'


@pytest.fixture
def door(tmp_path):
    return Door(tmp_path / "settings", Settings(), OWNERS)


def seen(door, text):
    return "\n".join(checked(door, text, NOW)[1].silences)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[lifecycle]\npage_limit_h = 0.5", "1 h after it was seen pages no more"),
        ('[[layers]]\nscope = "area:P"\nlifecycle = { page_limit_h = 2.0 }', "area:P: .* 3 h after"),
        ("[observe]\nlateness_limit_d = 0.5", "1 days after it was seen is told no more"),
        ("[grade]\nwet_level_1 = 5.0", "no more on a wet day"),
        ("[static_heat]\ndays = 5", "hot on 9 days in 3 months"),
        ("[static_heat]\nmonths = 1\ndays = 9", "hot on 9 days in 2 months|hot on 9 days in 1 months"),
        ("[static_heat]\nbaseline_sigmas = 9.0", "4 deviations above its past"),
        ("[static_heat]\nwitness_h = 2.0", "3 h apart"),
        ("[association]\nfloor_km = 50.0\nmax_reach_km = 50.0", "5 km from another"),
        ("[association]\nchi_square = 1e6", "5 km from another"),
        ("[association]\ncoarse_km = 0.4", "of which a pixel known to 0.55 km tells first"),
        ("[association]\ncoarse_witness_km = 0.6", "of which a report known to 0.75 km tells first"),
        (
            "[association]\ncoarse_witness_km = 2.0",
            "3 km from another, with a report of 2.5 km around",
        ),
        ("[association]\ncoarse_km = 0.6", "3 km from another, with a pixel of 2 km between"),
        ("[association]\ngap_d = 60.0", "10 days after another"),
        ("[association]\nfloor_km = 0.01\nmax_reach_km = 0.01", "two calls, then a pixel pages no more"),
        ("[detectors.hotspot]\nprobability = 0.001", "six satellites see within a day pages no more"),
        ("[detectors.report]\nground = 0.1", r"a report \(ground\) pages no more"),
        ("[permits]\nmost_tolerance_km = 10.0", "2 km outside a permitted burn"),
        ('[blind.grade]\nunknown = "task"', "danger level unknown"),
        ("[outbreak.telling]\npage_limit_d = 3.0", "a sign 7 days old"),
        ("[outbreak.finding.counting]\nmost_per_trap_day = 0.01", "slip of the pen"),
    ],
)
def test_what_hides_before_any_grade_is_asked_is_seen(door, text, words):
    with pytest.raises(DocumentError, match=words) as caught:
        publish(door, Wish(text=text, author="Li Ming", reason="straw", effective_at=NOW), NOW)
    assert "nobody insists" in str(caught.value)


def test_a_coarser_pixel_between_two_fires_is_asked_for_where_finer_ones_join_already(tmp_path):
    door = Door(tmp_path / "settings", Settings(association={"coarse_km": 1.0}), OWNERS)
    assert "3 km from another, with a pixel of 4 km between" in seen(door, "[association]\ncoarse_km = 2.0")


def test_layers_that_silence_a_reserve_together_are_seen_though_neither_does_alone(door):
    assert seen(door, COUNTY) == seen(door, AREA) == ""
    assert seen(door, COUNTY + AREA).startswith(
        "county:1 + area:P: in a protected area, even probability 0.99"
    )


@pytest.mark.parametrize(
    ("text", "words"), [(BANS, "in spite of the ban autumn"), (EXPECT, "cameras no longer looks")]
)
def test_what_a_document_or_a_way_back_leaves_out_is_seen(door, text, words):
    publish(door, Wish(text=text, author="Li Ming", reason="autumn", effective_at=NOW), NOW)
    assert words in seen(door, "")
    assert not seen(door, text)


def test_it_is_compared_with_what_will_be_in_force_when_it_begins(door):
    def wish(task, hours, **more):
        text = f"[grade]\ntask = {task}\ntask_protected = {task}\n"
        at = NOW + dt.timedelta(hours=hours)
        return Wish(text=text, author="Li Ming", reason="straw", effective_at=at, **more)

    publish(door, wish(0.3, 0, insists=True), NOW)
    publish(door, wish(0.0, 5), NOW)
    with pytest.raises(DocumentError, match="told no more"):
        publish(door, wish(0.3, 6), NOW)
    publish(door, wish(0.3, 4), NOW)


@pytest.mark.parametrize(
    "text",
    [
        '[[layers]]\nscope = "county:513401"\ngrade = { task = 0.1 }',
        "[association]\nfloor_km = 3.0",
        "[lifecycle]\npage_limit_h = 48.0\nquiet_h = 12.0",
        "[static_heat]\ndays = 20\nwitness_h = 48.0",
        "[detectors.hotspot]\nprobability = 0.1",
        "[grade]\nslack = 0.2\nwet_level_1 = 1.2",
    ],
)
def test_what_hides_nothing_is_not_held_up(door, text):
    assert seen(door, text) == ""
