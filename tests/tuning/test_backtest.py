"""On a season with known truth a candidate that spares people and one that loses fires are told apart."""

import datetime as dt

import pytest
from independent import figures as independent
from msgspec import structs

from alerts.tuning.compare import Run, compare
from alerts.tuning.figures import Messages, Scale
from alerts.tuning.known import Known
from schemas.codec import encode
from schemas.settings import Layer, Settings
from streams.files import write_whole
from streams.lines import write_out
from streams.recorded import FileCount, Recorded, deliveries
from streams.region import demo_region
from streams.replay import _told as as_written
from streams.replay import run
from streams.tables import load_tables
from streams.tuning.backtest import Past, Side
from streams.tuning.evidence import Evidence
from streams.tuning.report import page as pages
from streams.tuning.report.page import page
from streams.tuning.season import plain, season, written
from streams.tuning.stories import stories_of
from streams.tuning.tuned import tuned

SEED, DAYS = 1, 42
SPARING = Settings(name="sparing", layers=(Layer(scope="county:513401", grade={"task": 0.1}),))
LOSING = Settings(name="losing", grade={"task": 0.45})


class World:
    """The season judged once under each of the settings."""

    def __init__(self):
        self.season = season(SEED, DAYS)
        self.deliveries = deliveries(self.season.observations)
        self.region = plain(demo_region())
        first, last = self.deliveries[0].received_at, self.deliveries[-1].received_at
        self.scale = Scale(from_at=first, to_at=last, seed="season")
        self.outcomes = {
            one.name: run(self.deliveries, one, self.region) for one in (Settings(), SPARING, LOSING)
        }
        table = load_tables().evidence.surroundings
        self.runs = {
            name: Run(name=name, settings=name, stories=stories_of(outcome, table))
            for name, outcome in self.outcomes.items()
        }

    def compared(self, name):
        return compare(self.runs["default"], self.runs[name], self.season.known, self.scale)


@pytest.fixture(scope="module")
def world():
    return World()


def test_who_spares_a_county_half_its_false_tasks_and_loses_no_fire_is_seen(world):
    found = world.compared("sparing")
    assert found.lost_fires == ()
    assert found.recall_change.value == 0.0
    assert found.after.false_tasks_per_day.value <= 0.5 * found.before.false_tasks_per_day.value
    assert found.false_task_change.high < 0.0
    assert found.thin == ()
    assert found.counts["lost_fires"] == 0
    counties = {one.after[0].county for one in found.changed if "lost" in one.what}
    assert counties == {"513401"}


def test_who_loses_fires_is_seen_with_their_names_and_their_carbon(world):
    found = world.compared("losing")
    lost = [one for one in world.season.known if one.known_id in found.lost_fires]
    assert len(lost) >= 3
    assert found.recall_change.high < 0.0
    assert found.carbon_lost_t == pytest.approx(sum(one.carbon_t for one in lost), abs=0.01)
    assert {one.is_fire for one in found.changed if "lost" in one.what} == {True, False}


@pytest.mark.parametrize("name", ["default", "sparing", "losing"])
def test_an_independent_script_finds_the_same_figures(world, name, tmp_path):
    recorded = Recorded(world.season.observations, (), (FileCount("x", "ndjson", 1, 0),))
    write_out(recorded, as_written(world.outcomes[name]), tmp_path, 1.0)
    for file, content in written(world.season):
        write_whole(tmp_path / file, content)
    days = (world.scale.to_at.date() - world.scale.from_at.date()).days + 1
    expected = independent(tmp_path, tmp_path / "truth.ndjson", days)
    found = world.compared(name).after
    for figure in (
        "recall_task",
        "recall_alert",
        "incidents_per_fire",
        "false_tasks_per_day",
        "false_alerts_per_day",
    ):
        assert getattr(found, figure).value == pytest.approx(expected[figure], abs=6e-5), figure
    assert found.minutes_to_task.value == pytest.approx(expected["minutes_to_task"], abs=0.06)
    assert found.curve[0].precision == pytest.approx(expected["precision"], abs=6e-5)
    # the interval of the curve where all is told is that of the figure, and of each point holds it
    assert found.curve[0].recall_span == pytest.approx(
        (found.recall_task.low, found.recall_task.high), abs=0.03
    )
    for one in found.curve:
        assert one.recall_span[0] <= one.recall <= one.recall_span[1]
    for one in found.told_within:
        assert one.span[0] <= one.share <= one.span[1]


def whole(world, name, **more):
    past = Past(read=1, accepted=1, rejected={}, from_at=world.scale.from_at, to_at=world.scale.to_at,
                days=DAYS, holes=("2026-03-04",), sources={})  # fmt: skip
    sides = [Side(run=world.runs[one], past=past, misses=(), verdicts=()) for one in ("default", name)]
    known = Evidence(world.season.known, ())
    return tuned(sides, known, software="1", region="r", zone="Asia/Shanghai", **more)


def test_held_out_weeks_lie_within_the_intervals_of_the_rest(world):
    held = whole(world, "losing", held_out_days=14).comparison.held_out
    assert [one.figure for one in held if one.agrees is False] == []
    assert {one.figure for one in held if one.agrees} >= {"recall_task", "recall_alert"}


def test_the_report_is_the_same_twice_says_what_is_lost_and_needs_nothing_else(world):
    found = whole(world, "losing")
    assert encode(found) == encode(whole(world, "losing"))
    for language, words in (("en", "LOST"), ("zh", "丢失")):
        html = page(found, language)
        assert page(found, language) == html
        assert words.lower() in html.lower()
        assert found.comparison.lost_fires[0] in html
        assert ("· task ·" in html) == (language == "en")
        assert ("· 核查任务 ·" in html) == (language == "zh")
        assert ("基准概率" in html) == (language == "zh")
        assert "<small>[prior]</small>" in html
        assert "prefers-color-scheme:dark" in html
        assert "2026-03-04" in html
        assert html.count('<path class="w1"') > 20
        assert "<script" not in html
        assert "style=" not in html
        assert "http" not in html.replace("http-equiv", "")
    assert not any(
        "一" <= letter <= "鿿" for letter in page(found, "en").replace("西昌市", "") if letter in "阈值回测"
    )


def test_the_report_shows_messages_by_the_hour_and_says_where_its_list_is_cut(world, monkeypatch):
    found = whole(world, "losing")
    busy = Messages(by_receiver={"Jimu": 5}, by_hour=(5, *[0] * 23))
    compared = structs.replace(found.comparison, after=structs.replace(found.comparison.after, messages=busy))
    monkeypatch.setattr(pages, "MOST", 2)
    html = page(structs.replace(found, comparison=compared), "en")
    assert "<title>00: 5</title>" in html
    assert f"the first 2 of {len(compared.changed)}" in html
    assert html.count("<details") == 2
    assert "Messages by local hour" not in page(found, "en")


def test_where_little_is_known_the_report_says_so(world):
    few = [one for one in world.season.known if one.is_fire][:3]
    short = Scale(from_at=world.scale.from_at, to_at=world.scale.from_at + dt.timedelta(days=5))
    found = compare(world.runs["default"], world.runs["default"], few, short)
    assert {one.of for one in found.thin} == {"fires", "others", "days", "unlabelled", "no_difference"}


def test_nothing_known_claims_nothing(world):
    found = compare(world.runs["default"], world.runs["losing"], (), world.scale)
    assert found.after.recall_task.value is None
    assert found.after.curve[0].recall is None
    assert found.counts["lost_unlabelled"] == found.counts["lost"] > 0


def test_unknown_is_not_false(world):
    unknown = [
        Known(known_id=one.known_id, is_fire=None, from_at=one.from_at, to_at=one.to_at,
              longitude=one.longitude, latitude=one.latitude, radius_km=0.5)
        for one in world.season.known
    ]  # fmt: skip
    found = compare(world.runs["default"], world.runs["losing"], unknown, world.scale)
    assert found.after.false_tasks_per_day.value == 0.0
    assert found.known == {"fires": 0, "others": 0, "unknown": len(unknown)}
