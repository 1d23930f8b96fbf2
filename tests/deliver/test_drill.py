"""The daily drill: through every hop to those who take part, judged by itself, never beside a grave fire."""

from collections import deque
from datetime import timedelta
from types import SimpleNamespace

import pytest
from alerted import a_receiver, an_alert, at
from msgspec.structs import replace

from alerts.sms import message
from detectors.region import WORLD
from schemas.codec import encode
from schemas.drill import Drill, Rehearsal
from schemas.incident import Incident, Place
from schemas.notice import Due, Notice
from schemas.receiver import Office
from schemas.settings import Settings
from schemas.topics import ALERT, OBSERVATION, SILENCE
from streams.hops.build import build_hops
from streams.hops.collect import at_once
from streams.hops.desk import FireRow
from streams.hops.drill import _counties, _grave_in, alert_id_of
from streams.jurisdiction import in_force
from streams.metrics import Metrics
from streams.serve.store import Record, Store
from streams.telling.drill import asked_for, attend, drill_of, put
from streams.telling.drill_book import begin, listed
from streams.telling.hearing import Ears

DAILY = Rehearsal(name="xichang", at="16:00", longitude=102.2, latitude=27.8, within_s=60)
PARTY = a_receiver("party", drill=True)
SETTINGS = Settings(
    receivers=(PARTY, a_receiver("ranger"), a_receiver("officer")),
    office=Office(duty=("officer",)),
    drills=(DAILY,),
)


class House:
    """All hops and the history; gateways take at once unless `down`."""

    def __init__(self, path, settings=SETTINGS, *, down=False):
        self.hops = build_hops(settings, WORLD)
        self.states = {hop.name: hop.open(hop.options, 0, {}) for hop in self.hops}
        self.store, self.metrics, self.down = Store(path / "history.sqlite"), Metrics(), down
        self.rows, self.said, self.offset = {}, [], 0
        self.ears = Ears(self.store, self, settings, in_force(settings))

    async def send(self, topic, _key, value, _partition=None):
        waiting = deque([(topic.name, value)])
        while waiting:
            name, one = waiting.popleft()
            self.said.append((name, one))
            self.store.apply([Record(name, 0, self.offset, b"k", encode(one))])
            self.offset += 1
            for hop in self.hops:
                if name not in {topic.name for topic in hop.topics}:
                    continue
                result = hop.step(hop.options, self.states[hop.name], one, hop.now(one))
                self.rows.setdefault(hop.name, []).extend(result.rows)
                answers = () if self.down else at_once(result, hop.now(one))
                waiting += [(output.topic.name, output.value) for output in (*result.outputs, *answers)]

    async def attend(self, minute):
        return await attend(self.ears, self.metrics, DAILY, at(minute))

    def passed(self):
        return self.metrics.registry.get_sample_value("fenghuo_drill_passed", {"drill": "xichang"})

    def of(self, topic):
        return [one for name, one in self.said if name == topic.name]

    def told(self):
        return [one.receiver for _, one in self.said if isinstance(one, Due) and one.alert is not None]


@pytest.fixture
def house(tmp_path):
    return House(tmp_path)


async def test_it_goes_the_whole_way_to_those_who_take_part_is_judged_once_and_untold(house):
    assert await house.attend(-1) is None
    assert house.said == []
    assert [await house.attend(minute) for minute in (0.1, 0.5, 1.2, 1.3)] == [None, None, (), None]
    new, end = house.of(ALERT)
    assert (new.action, new.status, new.grade, new.pages) == ("new", "Test", "III", True)
    assert (end.action, end.alert_id, end.pages) == ("cancel", new.alert_id, False)
    assert house.told() == ["party", "party"]
    assert house.passed() == 1.0
    assert "judge" not in {name for name, rows in house.rows.items() if rows}, "a drill leaves no trace"
    assert (new.headline["zh"][:4], new.headline["en"][:8]) == ("〔演练〕", "[drill] ")
    assert "演练·研判火情Ⅲ级" in message(new, Office(), in_force(Settings()))


async def test_one_asked_for_goes_the_same_way_and_both_are_archived_as_passed(house):
    assert [await house.attend(minute) for minute in (0.1, 1.2)] == [None, ()]
    asked = asked_for(DAILY, house.ears.profile.zone, at(90))
    assert begin(house.store, "xichang", asked, at(90), "key-1")
    await put(house.ears, asked, at(90))
    assert [await house.attend(minute) for minute in (90.5, 91.1, 91.2)] == [None, (), None]
    assert house.told() == ["party"] * 4
    held = [(one.asked_by, one.outcome, one.judged_at) for one in listed(house.store, 9)]
    assert held == [("key-1", "passed", at(91.1)), ("", "passed", at(1.2))]


async def test_the_same_drill_again_tells_nobody_again(house):
    await house.attend(0.1)
    (first,) = house.of(OBSERVATION)
    await house.send(OBSERVATION, "drill", first)
    sent = [one for _, one in house.said if isinstance(one, Notice) and one.outcome == "accepted"]
    assert len(sent) == 1


async def test_a_gateway_that_is_down_is_loud_and_told_to_the_officer(tmp_path, caplog):
    house = House(tmp_path, down=True)
    await house.attend(0.1)
    assert await house.attend(1.2) == ("party: open",)
    assert house.passed() == 0.0
    assert "did not pass: party: open" in caplog.text
    (note,) = [one for _, one in house.said if type(one).__name__ == "Note"]
    assert (note.receiver, note.code, note.values) == ("officer", "drill_failed", {"text": "party: open"})


async def test_a_drill_that_nobody_takes_part_in_or_that_the_log_lost_proves_nothing(tmp_path):
    alone = replace(SETTINGS, receivers=SETTINGS.receivers[1:])
    house = House(tmp_path / "a", alone)
    await house.attend(0.1)
    assert await house.attend(1.2) == ("nobody takes part",)
    lost = House(tmp_path / "b")
    lost.hops = ()
    await lost.attend(0.1)
    assert await lost.attend(1.2) == ("no alert came of it",)


def grave(house, grade, county, **fields):
    alert = an_alert(grade=grade)
    shared = {name: getattr(alert, name) for name in Incident.__struct_fields__ if hasattr(alert, name)}
    shared |= {"status": "open", "opened_at": at(0), "last_observed_at": at(0), "judged_at": at(0)}
    places = (Place(layer="county", place_id=county, name="西昌市", relation="inside"),) if county else ()
    row = FireRow(incident=Incident(**{**shared, "places": places, **fields}))
    house.states["judge"].rows[row.incident.incident_id] = row
    return row.incident


@pytest.mark.parametrize(
    ("grade", "fields", "held"),
    [
        ("I", {}, False),
        ("II", {}, False),
        ("III", {}, True),
        ("I", {"status": "closed"}, True),
    ],
)
async def test_none_is_held_while_a_fire_of_grade_one_or_two_is_open_there(house, grade, fields, held):
    grave(house, grade, "513401", **fields)
    await house.attend(0.1)
    assert bool(house.of(ALERT)) == held
    assert await house.attend(1.2) == (() if held else ("put off",))
    if not held:
        (silence,) = house.of(SILENCE)
        assert (silence.reason.code, silence.reason.ref) == ("drill_put_off", "F20200330-AAAAAAAA")
        assert house.passed() is None
        assert house.told() == []


@pytest.mark.parametrize(
    ("theirs", "ours", "held_up"),
    [("513401", "513401", True), ("513401", "513402", False), ("", "513402", True), ("513401", "", True)],
)
def test_a_grave_fire_in_another_county_holds_nothing_up_but_one_of_no_county_does(
    house, theirs, ours, held_up
):
    grave(house, "II", theirs)
    there = (Place(layer="county", place_id=ours, name=ours, relation="inside"),) if ours else ()
    sitting = SimpleNamespace(desk=house.states["judge"])
    assert bool(_grave_in(sitting, there)) == held_up


def test_a_fire_counts_in_every_county_it_may_lie_in_and_each_day_has_its_own_drill():
    both = [Place(layer="county", place_id=one, name=one, relation="possibly_inside") for one in ("1", "2")]
    assert _counties(both) == {"1", "2"}
    today, tomorrow = (drill_of(DAILY, "Asia/Shanghai", at(0) + timedelta(days=n)) for n in (0, 1))
    assert tomorrow.at - today.at == timedelta(days=1)
    assert alert_id_of(today) != alert_id_of(tomorrow)
    assert isinstance(today, Drill)


@pytest.mark.parametrize(("grade", "cut"), [("II", True), ("III", False)])
async def test_a_grave_fire_that_opens_beside_a_drill_ends_it_at_once(house, grade, cut):
    await house.attend(0.1)
    one = grave(house, grade, "513401")
    house.store.apply([Record("incident.v1", 0, 10**6, b"k", encode(one))])
    outcome = await house.attend(0.2)
    assert outcome is None
    alerts = house.of(ALERT)
    assert [one.action for one in alerts] == (["new", "cancel"] if cut else ["new"])
    await house.attend(1.2)
    assert [one.action for one in house.of(ALERT)] == ["new", "cancel"]
    (held,) = listed(house.store, 9)
    why = "put off: F20200330-AAAAAAAA" if cut else ""
    assert (held.outcome, held.why) == (("put off" if cut else "passed"), why)
    assert house.passed() == (None if cut else 1.0)
