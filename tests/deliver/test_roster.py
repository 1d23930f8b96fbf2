"""Who is on duty: by day and hour, over midnight, with a fallback; and what that means for telling."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from alerted import a_receiver, an_alert, at
from deskside import Deskside
from hypothesis import given
from hypothesis import strategies as st

from alerts.roster import Roster, covers
from schemas.notice import Due
from schemas.roster import Group, Shift
from schemas.settings import Settings
from streams.config import ConfigError
from streams.hops.collect import over
from streams.hops.deliver import deliver
from streams.hops.route import route
from streams.hops.whom import in_service
from streams.region import demo_region

ZONE = ZoneInfo("Asia/Shanghai")
DAY = Shift(who=("day",), start="08:00", end="20:00")
NIGHT = Shift(who=("night",), start="20:00", end="08:00", days=(1, 2, 3, 4, 5))
DUTY = Group(name="duty", shifts=(DAY, NIGHT), fallback=("chief",))
ROSTER = Roster({"duty": DUTY}, "Asia/Shanghai")


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("when", "who"),
    [
        ("2026-04-06T08:00", "day"),
        ("2026-04-06T19:59", "day"),
        ("2026-04-06T20:00", "night"),
        ("2026-04-07T07:59", "night"),
        ("2026-04-11T03:00", "night"),
        ("2026-04-12T03:00", "chief"),
        ("2026-04-11T21:00", "chief"),
        ("2026-04-11T12:00", "day"),
    ],
)
def test_who_is_on_duty(when, who):
    assert ROSTER.on_duty("duty", local(when)) == (who,)


CLOCKS = st.times().map(lambda one: one.strftime("%H:%M"))


@given(CLOCKS, CLOCKS, st.sets(st.integers(1, 7), min_size=1), st.integers(0, 500_000))
def test_a_shift_covers_what_counting_its_minutes_covers(start, end, days, minute):
    there = datetime(2026, 1, 2, tzinfo=ZONE) + timedelta(minutes=minute)
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    shift = Shift(who=("x",), start=start, end=end, days=tuple(days), first=first, last=last)

    def counted():
        for back in (0, 1):
            day = there.date() - timedelta(days=back)
            begins = datetime.combine(day, time.fromisoformat(start))
            ends = datetime.combine(day, time.fromisoformat(end))
            ends += timedelta(days=1) if ends <= begins else timedelta()
            if day.isoweekday() in days and begins <= there.replace(tzinfo=None) < ends:
                yield day

    assert covers(shift, there) == any(counted())


class Line(Deskside):
    def __init__(self, *receivers):
        super().__init__(*receivers)
        self.hop = deliver(receivers, roster=ROSTER)
        self.restart()


PEOPLE = tuple(a_receiver(name, minimum_grade="I") for name in ("day", "night", "chief"))


def test_no_answer_goes_to_whoever_is_on_duty_then():
    line = Line(a_receiver(escalate_to=("duty",)), *PEOPLE)
    line.due(an_alert(grade="I"))
    line.accept_all()
    (wait,) = [row for row in line.state.rows() if row.answer_by]
    sent = [one.value for one in line.take(over(wait)).outputs]
    assert at(4).astimezone(ZONE).hour == 16
    assert [(one.receiver, one.instead_of) for one in sent if isinstance(one, Due)] == [("day", "ranger")]


def test_who_is_off_duty_is_not_told_and_hears_the_end_of_what_they_were_told():
    line = Line(a_receiver("night", on_duty_in="duty"), a_receiver("day", on_duty_in="duty"))
    for name in ("night", "day"):
        line.due(an_alert(), name)
    line.accept_all()
    assert line.reasons() == [(1, "suppressed", "off_duty")]
    evening = an_alert(2, "cancel", minutes=5 * 60)
    for name in ("night", "day"):
        line.due(evening, name)
    assert [(row.receiver, row.action) for row in line.ready()] == [("day", "cancel")]


@pytest.mark.parametrize(("grade", "minutes"), [("I", 12 * 60), ("IV", 12 * 60), ("I", 60)])
def test_an_empty_shift_keeps_no_alert_from_everybody(grade, minutes):
    """08:00 to 20:00 local time is somebody's shift, and at night there is neither shift nor fallback."""
    days = Group(name="days", shifts=(Shift(who=("day",), start="08:00", end="20:00"),))
    line = Deskside(a_receiver("night", on_duty_in="days"), a_receiver("day", on_duty_in="days"))
    line.hop = deliver(tuple(line.hop.options.receivers.values()), roster=Roster({"days": days}, ZONE.key))
    line.restart()
    for name in ("night", "day"):
        line.due(an_alert(grade=grade, minutes=minutes), name)
    told = {row.receiver for row in line.ready()}
    assert told == ({"night", "day"} if minutes > 4 * 60 else {"day"})


def test_everybody_of_a_group_may_hold_what_they_were_told_in_somebodys_place():
    receivers = (a_receiver(escalate_to=("duty",)), *PEOPLE)
    hop = route(receivers, ROSTER)
    circles = {}
    hop.step(hop.options, circles, an_alert(), at(1))
    assert set(circles["F20200330-AAAAAAAA"].names) == {"ranger", "day", "night", "chief"}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"groups": [{"name": "duty", "members": ["nobody"]}]}, r"\$.groups\[0\].members\[0\]"),
        ({"groups": [{"name": "ranger"}]}, r"\$.groups\[0\].name"),
        ({"groups": [{"name": "a", "shifts": [{"who": ["rangr"]}]}]}, "did you mean ranger"),
        ({"office": {"duty": ["nobody"]}}, r"\$.office.duty\[0\]"),
        ({"on_duty_in": "nowhere"}, r"\$.receivers\[0\].on_duty_in"),
    ],
)
def test_a_name_that_is_nobody_is_refused_at_start(change, path):
    ranger = {"name": "ranger", "url": "https://x.example/"} | {
        name: change.pop(name) for name in ("on_duty_in",) if name in change
    }
    settings = msgspec.convert({"receivers": [ranger], **change}, Settings)
    with pytest.raises(ConfigError, match=path):
        in_service(settings, demo_region())


def test_a_group_is_found_in_settings():
    ranger = {"name": "ranger", "url": "https://x.example/"}
    group = {"name": "duty", "shifts": [{"who": ["ranger"], "first": "2026-01-01"}]}
    settings = msgspec.convert({"receivers": [ranger], "groups": [group]}, Settings)
    assert in_service(settings, demo_region())
    roster = Roster({one.name: one for one in settings.groups})
    assert roster.on_duty("duty", datetime(2026, 4, 5, tzinfo=UTC)) == ("ranger",)
