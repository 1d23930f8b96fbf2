"""Traps that nobody reads are a loss too: a task, whatever the fire danger, and unread is not empty."""

import msgspec
import pytest
from judged import judge
from lost import START, at, blind_of, expecting, layer, looked, passing, told
from shapely import Point

from detectors.region import Region
from detectors.trust.rhythm import Rhythm, overdue
from schemas.observation import TrapCount

DAY = 1440
REGION = Region("r", {"traps": layer("traps", [Point(102.0, 28.0)], [{"every_s": 7 * 86400.0}])})
WEEKLY = {"layer": "traps", "every_s": 7 * 86400, "grace_s": 2 * 86400, "missed": 1}


def visit(day, status="ok", source="traps-0", catch=3.0):
    return TrapCount(
        observation_id=f"{source}/{day}",
        source=source,
        observed_at=at(day * DAY),
        received_at=at(day * DAY + 60),
        started_at=at((day - 7) * DAY),
        frame="wgs84",
        longitude=102.0,
        latitude=28.0,
        species="Monochamus alternatus",
        status=status,
        catch=catch if status == "ok" else None,
    )


def run(*visits, until=30, line=WEEKLY):
    given = passing(*visits, every=6 * 60, until=until * DAY)
    return judge(given, settings=expecting(line), region=REGION)


def test_a_trap_that_is_not_read_beyond_its_rhythm_is_a_task_and_its_next_count_ends_it():
    outcome = run(visit(0), visit(7), visit(27))
    (lost,) = blind_of(outcome)
    assert (lost.status, lost.opened_at) == ("closed", at(7 * DAY))
    opened, *updates, ended = [one for one in outcome.alerts if one.kind == "blind"]
    assert (opened.action, opened.grade, opened.pages) == ("new", "task", False)
    assert at(16 * DAY) <= opened.issued_at <= at(16 * DAY + 6 * 60)
    assert {one.action for one in updates} == {"update"}
    assert ended.action == "close"
    assert {"overdue", "traps_unread"} <= {reason.code for reason in opened.reasons}


def test_its_words_say_nothing_of_fire_and_that_unread_is_not_empty():
    opened = next(one for one in run(visit(0)).alerts if one.kind == "blind")
    assert "不等于空诱捕器" in opened.description["zh"]
    assert "unread trap is not an empty trap" in opened.description["en"]
    said = [*opened.description.values(), opened.legal.caution, opened.legal.measures]
    assert not [text for text in said if "火" in text or "fire" in text]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"status": "ok"}, None),
        ({"status": "lure_expired"}, None),
        ({"status": "missing", "catch": None}, "not_read"),
        ({"status": "damaged", "catch": None}, "not_read"),
        ({"status": "damaged"}, "not_read"),
        ({"status": "lure_expired", "catch": None}, "not_read"),
        ({"status": "ok", "working_traps": 0}, "not_read"),
        ({"status": "full"}, "at_least"),
    ],
)
def test_a_visit_that_gives_no_count_is_no_reading_and_the_task_says_why(fields, code):
    """A damaged or full trap catches nothing more that could be counted, though somebody stood before it."""
    rounds = [msgspec.structs.replace(visit(day), **fields) for day in (7, 14)]
    outcome = run(visit(0), *rounds, until=18)
    assert [one.reasons[0].code for one in blind_of(outcome)] == ([] if code is None else [code])
    if code == "at_least":
        opened = next(one for one in outcome.alerts if one.kind == "blind")
        assert "清空并清点" in opened.description["zh"]
        assert "empty it and count" in opened.description["en"]


def test_out_of_season_nobody_is_expected_and_in_it_again():
    # the days begin on the first of March
    season = {**WEEKLY, "months": [4, 5, 6]}
    assert blind_of(run(visit(0), until=31 + 6, line=season)) == []
    (lost,) = blind_of(run(visit(0), until=31 + 12, line=season))
    assert lost.sources == ("traps-0",)


def test_a_winter_longer_than_is_counted_is_no_loss():
    rhythm = Rhythm(every_s=7 * 86400, missed=1, months=(4, 5, 6, 7, 8, 9, 10))
    october, march = START.replace(month=10, day=28), START.replace(year=START.year + 1, month=3, day=30)
    assert overdue(rhythm, "trap", october, march) is None
    assert overdue(rhythm, "trap", october, march.replace(month=4, day=20)).code == "overdue"
    assert overdue(msgspec.structs.replace(rhythm, months=()), "trap", october, march).code == "overdue"


def test_a_lost_camera_beside_it_is_graded_as_before():
    outcome = run(visit(0), looked("cam", 0), line={"source": "cam", "every_s": 600}, until=1)
    assert next(row[:2] for row in told(outcome)) == ("new", "IV")
