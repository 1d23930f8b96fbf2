"""Scripts of looks and wind on their own clock: the real judge and reach, and who is called back by them."""

import pathlib
import tomllib

import pytest
import shapely
from alerted import at, replaced
from judged import Line, delivery, report
from test_told_scripts import Stage

from detectors.region import Layer, Region
from schemas.notice import Answer, Position
from schemas.observation import Reading
from schemas.settings import Settings
from streams.hops import turning
from streams.replay import tick

FOLDER = pathlib.Path(__file__).parent / "scripts_reach"
NAMES = sorted(path.stem for path in FOLDER.glob("*.toml"))


def forest():
    box = shapely.box(101.8, 27.8, 102.2, 28.2)
    stands = Layer.of("stands", [box], ["a"], ["a"], [{"species": "云南松", "volume_m3_ha": 90.0}])
    return Region("county", {"stands": stands})


class Judged(Stage):
    """A script whose alerts come from the judge: `look`, `wind`, and the answers of Stage; F1 is its fire."""

    def __init__(self, script, *, restarts=False):
        super().__init__(script)
        settings = Settings(carbon={"scenarios": 4})
        self.line = Line(settings, forest(), origins=1, outage_s=None, draw=None, restarts=restarts)
        self.alerts, self.fire = [], ""

    def say(self, one):
        now = at(one["at_min"])
        if one["kind"] == "look":
            saw = report(one["at_min"], one.get("east", 0.0), who=f"{one['at_min']}", radius=200.0)
            self.judge(replaced(saw, observed_at=at(one.get("seen_min", one["at_min"])), received_at=now))
        elif one["kind"] == "wind":
            air = {"temperature_c": 25.0, "relative_humidity_percent": 15.0}
            wind = {"wind_speed_ms": one["ms"], "wind_direction_deg": one["from_deg"]}
            self.judge(*(reading(now, name, value) for name, value in (air | wind).items()))
        elif one["kind"] == "tick":
            self.judge(ticks=now)
        elif one["kind"] == "answer":
            self.take(Answer(receiver=one["receiver"], alert_id=self.fire, at=now))
        else:
            place = {"longitude": one["longitude"], "latitude": 28.0}
            self.take(Position(receiver=one["receiver"], at=now, **place))

    def judge(self, *observations, ticks=None):
        told = len(self.line.outcome.alerts)
        self.line.watch(delivery(*observations) if ticks is None else tick(ticks), 0)
        self.line.drain_all()
        for alert in self.line.outcome.alerts[told:]:
            self.fire = self.fire or alert.alert_id
            self.alerts.append(f"{self.minute:g} F1.{alert.revision} {alert.action} {alert.reasons[0].code}")
            for output in self.route.step(self.route.options, self.ways, alert, alert.issued_at).outputs:
                self.take(output.value)

    def note(self, notice, what):
        super().note(notice, what)
        self.seen[-1] = self.seen[-1].replace(self.fire, "F1")


def reading(now, quantity, value):
    return Reading(
        observation_id=f"s1/{quantity}/{now.isoformat()}", source="s1", frame="wgs84", observed_at=now,
        received_at=now, longitude=102.05, latitude=28.0, quantity=quantity, value=value,
    )  # fmt: skip


@pytest.mark.parametrize("restarts", [False, True], ids=["", "restarted before every message"])
@pytest.mark.parametrize("name", NAMES)
def test_what_wind_and_looks_make_of_those_who_are_out(name, restarts):
    script = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    for ms in script.pop("winds_ms"):
        said = [
            one | ({"ms": ms} if one["kind"] == "wind" and "ms" not in one else {}) for one in script["said"]
        ]
        stage = Judged(script | {"said": said}, restarts=restarts)
        assert stage.play() == script["expect"], ms
        assert stage.alerts == script["alerts"], ms
        told = [one.wind_from_deg for one in stage.line.outcome.alerts]
        assert told == script.get("winds_told", told), ms


def played(name, ms=12.0):
    script = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    said = [one | ({"ms": ms} if one["kind"] == "wind" and "ms" not in one else {}) for one in script["said"]]
    stage = Judged(script | {"said": said})
    return stage.play(), stage.alerts, script


def test_what_looks_say_too_soon_is_told_as_time_passes_whatever_the_wind_is_now(monkeypatch):
    monkeypatch.setattr(turning, "_in_another_wind", lambda *_: [])
    seen, alerts, script = played("wind_turns_twice")
    assert (seen, alerts) == (script["expect"], script["alerts"])


@pytest.mark.parametrize("most", [1, 2])
def test_of_many_fires_the_gravest_are_told_first_and_the_others_with_the_next_reading(monkeypatch, most):
    monkeypatch.setattr(turning, "AT_ONCE", most)
    script = {"receivers": [{"name": "a"}], "said": [], "until_min": 0}
    stage, told = Judged(script), []
    stage.say({"kind": "wind", "at_min": 0, "from_deg": 270.0, "ms": 8.0})
    for minute, east in ((1, -12.0), (2, 0.0), (3, 0.0), (4, 12.0)):
        stage.say({"kind": "look", "at_min": minute, "east": east})
    for minute in (200, 201, 202, 203, 260):
        before = len(stage.line.outcome.alerts)
        stage.say({"kind": "wind", "at_min": minute, "from_deg": 180.0, "ms": 8.0})
        told.append([one.grade for one in stage.line.outcome.alerts[before:]])
    every = [grade for grades in told for grade in grades]
    assert every == ["IV", "task", "task"]
    assert [len(grades) for grades in told] == {1: [1, 1, 1, 0, 0], 2: [2, 1, 0, 0, 0]}[most]
