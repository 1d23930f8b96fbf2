"""Who is expected: settings that cannot be right are refused, known rhythms need no figure."""

import logging

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import judge
from lost import REGION, at, blind_of, expecting, frame, passing

from alerts.blind import Grading, grade
from detectors.region import WORLD
from detectors.trust.expected import Expected, Expecting
from schemas.receiver import Receiver
from schemas.settings import Settings
from streams.config import ConfigError
from streams.hops.build import build_hops, is_expecting
from streams.replay import ticks
from streams.tables import load_rhythms, load_sensors


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ({"source": "camera/9"}, "how often camera/9 speaks is not known"),
        ({"layer": "cameras"}, "how often cameras speaks is not known"),
        ({"source": "a", "layer": "cameras", "every_s": 60}, "either a source or a layer"),
        ({"every_s": 60}, "either a source or a layer"),
        ({"source": "a", "evry_s": 60}, "did you mean every_s"),
        ({"source": "a", "every_s": 60, "gaps": [{"from_utc": "2:40", "to_utc": "02:50"}]}, "from_utc"),
    ],
)
def test_a_line_that_cannot_be_right_is_refused_with_its_place(line, why):
    with pytest.raises(ConfigError, match=r"settings: \$\.blind") as refused:
        build_hops(expecting(line), WORLD)
    assert why in str(refused.value)


def test_known_satellites_bring_their_rhythm_and_gaps_and_settings_go_first():
    known = Expecting(
        [Expected(source="Himawari-9/AHI"), Expected(source="N20/VIIRS", every_s=60.0)], load_rhythms()
    )
    himawari, viirs = (known.match(name).rhythm for name in ("Himawari-9/AHI", "N20/VIIRS"))
    assert (himawari.every_s, [gap.from_utc for gap in himawari.gaps]) == (600.0, ["02:40", "14:40"])
    assert (viirs.every_s, viirs.grace_s) == (60.0, 14400.0)
    assert known.match("N21/VIIRS") is None
    assert {one.status for one in load_sensors().quantity} <= {"memory", "placeholder", "verified", "derived"}


def test_nobody_is_missed_where_nobody_is_expected_and_time_then_passes_as_it_did():
    assert not is_expecting(Settings(), REGION)
    assert is_expecting(expecting({"source": "a", "every_s": 60}), WORLD)
    assert list(ticks(at(0), at(35), every=False)) == [at(0)]
    assert list(ticks(at(0), at(35), every=True)) == [at(0), at(10), at(20), at(30)]


def test_a_loss_that_nobody_asked_to_hear_of_is_said_at_start(caplog):
    line = {"source": "a", "every_s": 60}
    ranger = Receiver(name="ranger", channel="file")
    with caplog.at_level(logging.WARNING):
        build_hops(Settings(blind={"expected": [line]}, receivers=(ranger,)), WORLD)
        assert "no receiver names blind" in caplog.text
        caplog.clear()
        desk = Receiver(name="desk", channel="file", kinds=("fire", "blind"))
        build_hops(Settings(blind={"expected": [line]}, receivers=(ranger, desk)), WORLD)
    assert caplog.text == ""


def test_a_named_camera_by_day_rests_at_night_where_it_says_that_it_stands():
    line = {"source": "cam", "every_s": 600, "missed": 2, "daylight": True}
    frames = [frame("cam", m, None, saw="unknown") for m in range(0, 695, 10)]
    assert blind_of(judge(passing(*frames, until=700), settings=expecting(line))) == []


@settings(max_examples=60)
@given(st.none() | st.integers(0, 7), st.booleans())
def test_more_danger_never_makes_a_loss_less_grave_and_others_never_more(danger, others):
    order = ["task", "IV", "III", "II", "I"]
    held, reasons = grade(Grading(), danger, others_watch=others)
    more, _ = grade(Grading(), 5 if danger is None else danger + 1, others_watch=others)
    alone, _ = grade(Grading(), danger, others_watch=False)
    assert danger is None or order.index(more) >= order.index(held)
    assert order.index(alone) >= order.index(held)
    assert reasons[0].code == "fire_danger"
