"""A receiver with several ways: the next one takes over, and what was told is untold where it was told."""

import json

import pytest
from alerted import a_receiver, an_alert, at, replaced
from deskside import Deskside, late
from gateway import Gateway, Post, answers
from hypothesis import given
from hypothesis import strategies as st
from vendors import Robot, served, ways

from alerts.ways import after, on_way, way_back
from schemas.reason import Reason
from schemas.receiver import Way
from schemas.settings import Settings
from streams.config import ConfigError, check_secrets
from streams.hops.collect import over
from streams.hops.deliver import conclude
from streams.hops.whom import in_service
from streams.region import demo_region

ROBOT = Way(channel="wecom", secret_env="ROBOT", allow_private=True)
SMS = Way(channel="gateway-sms", phone="13800138000", allow_private=True)
TWO = a_receiver(then=(ROBOT,))
THREE = a_receiver(then=(ROBOT, SMS))


def desk_of(receiver):
    return Deskside(receiver, ways=ways())


def the_row(desk):
    (row,) = desk.ready()
    return row


def test_what_is_refused_for_good_goes_on_by_the_next_way_under_the_same_id():
    desk = desk_of(TWO)
    desk.due(an_alert(grade="II"))
    first = the_row(desk)
    assert (first.channel, first.way) == ("webhook", 0)
    desk.outcome(first, "failed")
    second = the_row(desk)
    assert (second.channel, second.way, second.notice_id) == ("wecom", 1, first.notice_id)
    assert second.body.startswith("**研判火情Ⅱ级 7KQ2**")
    desk.outcome(second)
    told = desk.state.told["ranger"][second.alert_id]
    assert (told.grade, told.channel, told.way) == ("II", "wecom", 1)
    assert desk.state.rows() == []


def test_three_failures_running_hand_over_and_no_way_is_tried_ever_faster():
    desk = desk_of(TWO)
    desk.due(an_alert())
    seen = []
    for attempts in range(1, 10):
        desk.outcome(the_row(desk), "retrying", attempts)
        seen.append((the_row(desk).way, the_row(desk).attempts))
    assert seen == [(0, 1), (0, 2), (1, 3), (1, 4), (1, 5), (0, 6), (0, 7), (0, 8), (1, 9)]


def test_a_way_that_refused_is_not_tried_again_and_the_last_refusal_ends_it():
    desk = desk_of(THREE)
    desk.due(an_alert())
    desk.outcome(the_row(desk), "failed")
    desk.outcome(the_row(desk), "retrying", 3)
    assert the_row(desk).way == 2
    desk.outcome(the_row(desk), "retrying", 6)
    assert the_row(desk).way == 1
    desk.outcome(the_row(desk), "failed", 7)
    desk.outcome(the_row(desk), "failed", 8)
    assert desk.state.rows() == []


def test_what_was_told_on_a_later_way_is_untold_there():
    desk = desk_of(TWO)
    desk.due(an_alert(grade="II"))
    desk.outcome(the_row(desk), "failed")
    desk.accept_all()
    desk.due(an_alert(2, "cancel", "II"))
    assert (the_row(desk).channel, the_row(desk).way) == ("wecom", 1)
    assert "撤销" in the_row(desk).body


def test_a_late_yes_from_the_way_before_counts_and_a_late_no_does_not():
    desk = desk_of(TWO)
    desk.due(an_alert(grade="II"))
    first = the_row(desk)
    desk.outcome(first, "retrying", 3)
    late_no = conclude(first, "failed", at(), Reason(code="gateway_refused"), attempts=4)
    desk.take(late_no)
    assert the_row(desk).way == 1
    desk.take(conclude(first, "accepted", at(), Reason(code="first_notice"), attempts=4))
    assert desk.state.rows() == []
    assert desk.state.told["ranger"][first.alert_id].channel == "webhook"


def test_a_digest_goes_on_by_the_next_way_too():
    desk = desk_of(TWO)
    desk.due(late(grade="III"))
    desk.take(over(desk.state.collecting("ranger")))
    first = the_row(desk)
    assert json.loads(first.body)["type"] == "digest"
    desk.outcome(first, "failed")
    assert (the_row(desk).channel, the_row(desk).digest) == ("wecom", True)
    desk.outcome(the_row(desk))
    assert desk.state.told["ranger"]["F20200330-AAAAAAAA"].listed == "III"


def test_a_restart_keeps_the_way():
    desk = desk_of(TWO)
    desk.due(an_alert())
    desk.outcome(the_row(desk), "failed")
    before = the_row(desk)
    desk.restart()
    assert the_row(desk) == before


@given(st.integers(1, 5), st.sets(st.integers(0, 4)))
def test_from_any_way_all_that_are_alive_come_round(count, dead):
    receiver = a_receiver(then=(ROBOT,) * (count - 1))
    for start in range(count):
        alive = {n for n in range(count) if n not in dead and n != start}
        seen, here = set(), start
        for _ in range(count):
            found = after(receiver, here, dead | {start})
            if found is None or found in seen:
                break
            seen.add(found)
            here = found
        assert seen == alive


def test_a_way_that_is_gone_from_the_settings_is_the_first():
    assert on_way(TWO, 4) == TWO
    assert [way_back(THREE, 1, "wecom"), way_back(THREE, 1, "gateway-sms"), way_back(THREE, 9, "x")] == [
        1,
        2,
        0,
    ]
    assert on_way(THREE, 2).phone == "13800138000"


def test_every_way_is_checked_at_start_with_its_path():
    def served_with(way):
        return in_service(Settings(receivers=(a_receiver(then=(ROBOT, way)),)), demo_region())

    with pytest.raises(ConfigError, match=r"\$.receivers\[0\].then\[1\].channel: no channel 'sms'"):
        served_with(replaced(SMS, channel="sms"))
    with pytest.raises(ConfigError, match=r"\$.receivers\[0\].then\[1\].phone"):
        served_with(replaced(SMS, phone=""))
    with pytest.raises(ConfigError, match="ROBOT"):
        check_secrets(Settings(receivers=(TWO,)), {})


async def test_a_gateway_that_is_down_is_left_for_the_robot_within_three_attempts():
    robot = Robot(most_bytes=4096, too_often=45009)
    async with Gateway(answers(503)).open() as gateway, served(robot) as url:
        receiver = a_receiver(url=gateway.url, allow_private=True, then=(ROBOT,))
        post = Post(receiver, ways=ways(wecom={"url": url}), environ={"ROBOT": "key"})
        async with post.sending():
            post.tell(grade="I")
            await post.empty()
    assert post.outcomes() == ["retrying", "retrying", "retrying", "accepted"]
    assert [notice.channel for notice in post.results] == ["webhook"] * 3 + ["wecom"]
    assert (len(gateway.got), len(robot.got)) == (3, 1)
