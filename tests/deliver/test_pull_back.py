"""Those who are out leave in time: reach, turn of the wind, spot fire; past budget and quiet hours."""

import math
from datetime import timedelta

import pytest
from alerted import a_receiver, an_alert, at, replaced
from deskside import Deskside
from hypothesis import given
from hypothesis import strategies as st
from vendors import ways

from alerts.pull_back import Afield, head_deg, turned, why_back
from alerts.roster import Roster
from schemas.notice import Answer, Due, Note, Position
from schemas.reason import Reason
from schemas.receiver import Budget, Office, Quiet, Way
from schemas.settings import Settings
from streams.hops.collect import over
from streams.hops.deliver import deliver
from streams.hops.route import route
from streams.jurisdiction import in_force

FIRE = "F20200330-AAAAAAAA"
OUT = ways(gateway_sms={"url": "https://sms.example/send"}, voice={"url": "https://voice.example/call"})
RANGER = a_receiver(
    channel="gateway-sms",
    phone="13800138000",
    then=(Way(channel="voice"),),
    quiet=Quiet(start="00:00", end="23:59"),
    budget=Budget(count=1, reserve=0),
)
OFFICER = a_receiver("officer")


def ellipse(azimuth_deg, length_deg=0.05, width_deg=0.01):
    """A reach that runs so far from the fire at 102.2 E, 27.8 N."""
    angle = math.radians(azimuth_deg)
    ahead = (math.sin(angle) * length_deg / math.cos(math.radians(27.8)), math.cos(angle) * length_deg)
    side = (math.cos(angle) * width_deg, -math.sin(angle) * width_deg)
    corners = [(-1, 0), (1, 0), (1, 1), (-1, 1), (-1, 0)]
    ring = [[102.2 + s * side[0] + a * ahead[0], 27.8 + s * side[1] + a * ahead[1]] for s, a in corners]
    return {"type": "Polygon", "coordinates": [ring]}


def fire(revision=1, action="update", azimuth_deg=0.0, **fields):
    return an_alert(revision, action, "III", pages=False, reach_1h=ellipse(azimuth_deg), **fields)


class Hill(Deskside):
    """A ranger, an officer, and what the step says to itself coming back in."""

    def __init__(self, *receivers):
        super().__init__(*(receivers or (RANGER, OFFICER)), ways=OUT)
        self.hop = deliver(receivers or (RANGER, OFFICER), OUT, roster=Roster(officers=("officer",)))
        self.restart()

    def sent(self, **place):
        return self.take(Position(receiver="ranger", at=at(self.clock), alert_id=FIRE, **place))

    def looks(self, alert, *, guard=True):
        return self.take(Due(receiver="ranger", due_at=alert.issued_at, alert=alert, guard=guard))

    def called(self):
        return [row for row in self.state.rows() if row.order and row.answer_by is None]


@pytest.fixture
def hill():
    return Hill()


def test_the_reach_touching_the_last_known_place_calls_back_at_once(hill):
    hill.sent(longitude=102.2, latitude=27.83, radius_m=50.0)
    hill.looks(fire(1))
    (row,) = hill.called()
    assert (row.ready, row.held_until, row.reason.detail) == (True, None, "reach")
    assert row.body.startswith("【西昌森防】撤离7KQ2:")
    assert "立即撤离" in row.body
    assert "回7KQ2收到" in row.body


def test_out_of_reach_nobody_is_called(hill):
    hill.sent(longitude=102.2, latitude=27.9, radius_m=50.0)
    hill.looks(fire(1))
    assert hill.called() == []


def test_a_turn_of_the_wind_calls_back_two_rangers_whose_place_is_not_known():
    hill = Hill(RANGER, replaced(RANGER, name="second"), OFFICER)
    for name in ("ranger", "second"):
        hill.take(Answer(receiver=name, alert_id=FIRE, at=at(0)))
        for revision, azimuth_deg in [(1, 0.0), (2, 20.0), (3, 100.0)]:
            alert = fire(revision, azimuth_deg=azimuth_deg)
            hill.take(Due(receiver=name, due_at=alert.issued_at, alert=alert, guard=True))
            assert len([row for row in hill.called() if row.receiver == name]) == (revision == 3)
    assert {row.reason.detail for row in hill.called()} == {"wind_turned"}
    assert len(hill.called()) == 2


@pytest.mark.parametrize(("minutes", "why"), [(14, []), (40, ["wind_turned"])])
def test_who_set_out_from_a_village_is_called_by_the_wind_once_they_may_be_there(hill, minutes, why):
    hill.sent(longitude=102.1, latitude=27.75, radius_m=50.0)
    hill.looks(fire(1, minutes=2))
    hill.looks(fire(2, azimuth_deg=100.0, minutes=minutes))
    assert [row.reason.detail for row in hill.called()] == why


@pytest.mark.parametrize(("minutes", "why"), [(14, []), (40, ["spot_fire"])])
def test_who_set_out_from_a_village_is_called_by_a_spot_fire_once_they_may_be_there(hill, minutes, why):
    hill.sent(longitude=102.1, latitude=27.75, radius_m=50.0)
    spot = Reason(code="spotting", ref=FIRE)
    hill.looks(an_alert(1, alert_id="F20200330-BBBBBBBB", reasons=(spot,), minutes=minutes))
    assert [row.reason.detail for row in hill.called()] == why


def test_a_spot_fire_of_their_fire_calls_back(hill):
    hill.sent()
    spot = Reason(code="spotting", ref=FIRE)
    hill.looks(an_alert(1, alert_id="F20200330-BBBBBBBB", reasons=(spot,)))
    assert [row.reason.detail for row in hill.called()] == ["spot_fire"]


def test_who_is_not_out_is_told_nothing_and_nothing_is_kept(hill):
    hill.looks(fire(1))
    assert set(hill.rows) == {f"living/{FIRE}"}
    hill.sent(longitude=102.2, latitude=27.9)
    hill.sent(back=True)
    hill.looks(fire(2))
    assert set(hill.rows) == {f"living/{FIRE}"}


def test_without_an_answer_the_officer_learns_who_and_an_answer_ends_the_wait(hill):
    hill.sent(longitude=102.2, latitude=27.83)
    hill.looks(fire(1))
    hill.outcome(hill.called()[0])
    (wait,) = [row for row in hill.state.rows() if row.answer_by is not None]
    assert wait.answer_by - hill.notices[0].due_at == timedelta(minutes=3)
    result = hill.take(over(wait))
    (note,) = [output.value for output in result.outputs]
    assert isinstance(note, Note)
    assert (note.alert_id, note.revision) == (FIRE, 1)
    assert (note.receiver, note.code, note.values) == (
        "officer",
        "unanswered",
        {"who": "ranger", "code": "7KQ2"},
    )
    again = Hill()
    again.sent(longitude=102.2, latitude=27.83)
    again.looks(fire(1))
    again.outcome(again.called()[0])
    again.take(Answer(receiver="ranger", alert_id=FIRE, at=at(3)))
    assert again.state.rows() == []


def test_the_same_revision_calls_once_and_so_does_the_same_fire_within_half_an_hour(hill):
    hill.sent(longitude=102.2, latitude=27.83)
    for revision in (1, 1, 2, 29):
        hill.looks(fire(revision))
    assert len(hill.called()) == 1
    hill.outcome(hill.called()[0])
    hill.looks(fire(40))
    assert len(hill.called()) == 1


def test_a_call_back_changes_nothing_of_what_they_hold(hill):
    hill.sent(longitude=102.2, latitude=27.83)
    hill.looks(fire(1))
    hill.outcome(hill.called()[0])
    assert all(told.heard is None for told in hill.state.told["ranger"].values())
    hill.restart()
    assert hill.state.afield["ranger"].called == {FIRE: at(1)}


def test_a_refused_call_goes_on_by_telephone(hill):
    hill.sent(longitude=102.2, latitude=27.83)
    hill.looks(fire(1))
    hill.outcome(hill.called()[0], "failed")
    (row,) = hill.called()
    assert row.channel == "voice"
    assert row.body.count("立即撤离") == 2


def test_route_lets_everybody_who_goes_out_be_looked_at():
    robot = a_receiver("robot", areas=("999999",))
    walker = replaced(RANGER, areas=("999999",))
    hop = route((robot, walker))
    result = hop.step(hop.options, {}, fire(1), at(1))
    assert [(one.value.receiver, one.value.guard) for one in result.outputs] == [("ranger", True)]
    for one in (an_alert(1, "update", "III"), an_alert(1, "close", "III")):  # no reach; its end
        looked = hop.step(hop.options, {}, one, at(1)).outputs
        assert [(each.value.receiver, each.value.guard) for each in looked] == [("ranger", True)]
    quiet = hop.step(hop.options, {}, an_alert(1, "update", "III", late=True), at(1))
    assert quiet.outputs == []


@given(st.floats(0, 360), st.floats(-180, 180))
def test_only_more_than_45_degrees_is_a_turn(before, by):
    found = head_deg(fire(1, azimuth_deg=before))
    assert found is not None
    assert abs((found - before + 180) % 360 - 180) < 3
    after = head_deg(fire(1, azimuth_deg=(before + by) % 360))
    if abs(abs(by) - 45) > 5:
        assert turned(found, after) == (abs(by) > 45)


@given(st.floats(102.0, 102.4), st.floats(27.6, 28.0), st.floats(0, 3000))
def test_a_place_in_the_reach_is_always_called_and_far_ones_never(longitude, latitude, radius_m):
    import shapely

    afield = Afield(
        receiver="r",
        touched_at=at(0),
        longitude=longitude,
        latitude=latitude,
        radius_m=radius_m,
        placed_at=at(0),
    )
    reach = shapely.geometry.shape(ellipse(0.0))
    km = reach.distance(shapely.Point(longitude, latitude)) * 111.195
    why = why_back(afield, fire(1), at(1))
    if km == 0:
        assert why == "reach"
    if km * math.cos(math.radians(28)) * 1000 > radius_m * 1.02 + 20:
        assert why == ""


def test_after_three_hours_a_place_says_nothing_and_after_a_day_nobody_is_out():
    afield = Afield(
        receiver="r", touched_at=at(0), longitude=102.2, latitude=27.83, placed_at=at(0), alerts=(FIRE,)
    )
    assert why_back(afield, fire(1), at(180)) == "reach"
    assert why_back(afield, fire(1), at(181)) == ""
    spot = an_alert(1, alert_id="B", reasons=(Reason(code="spotting", ref=FIRE),))
    assert why_back(afield, spot, at(181)) == "spot_fire"
    assert why_back(afield, spot, at(24 * 60 + 1)) == ""


@pytest.mark.parametrize(("wind_ms", "said"), [(None, "远看勿近"), (10.7, "前往核查"), (10.8, "远看勿近")])
def test_at_force_6_or_an_unknown_wind_no_text_of_an_office_sends_anybody_near(wind_ms, said):
    from alerts.sms import message

    office = Office(signature="西昌森防", instruction="前往核查", instruction_by="县森防办 v1")
    assert said in message(an_alert(wind_ms=wind_ms), office, in_force(Settings()))
    anyway = replaced(office, instruction="退到安全区", instruction_any_wind=True)
    assert "退到安全区" in message(an_alert(wind_ms=wind_ms), anyway, in_force(Settings()))


def test_a_notice_names_who_approved_its_instruction_and_none_goes_unapproved():
    from msgspec import ValidationError, convert

    from detectors.region import WORLD
    from streams.config import ConfigError
    from streams.hops.build import telling

    table = {"instruction": "前往核查", "instruction_by": "县森防办 2026-03 v2"}
    desk = Deskside(a_receiver(), ways=ways(office=table))
    for revision, fields in enumerate([{"wind_ms": 3.0}, {"wind_ms": 12.0, "grade": "II"}], 1):
        desk.due(an_alert(revision, "new" if revision == 1 else "upgrade", **fields))
    assert [row.approved for row in desk.ready()] == ["县森防办 2026-03 v2", ""]
    desk.accept_all()
    for refused in ({"instruction": "前往核查"}, {"keep_away_wind_ms": 20.0}):
        with pytest.raises((ConfigError, ValidationError), match=r"instruction_by|10\.8"):
            telling(convert({"office": refused}, Settings), WORLD)
