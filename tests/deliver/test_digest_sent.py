"""The window of a digest as a setting, by the clock, on the way to a gateway and through every hop."""

import datetime as dt
import json

import pytest
from alerted import a_receiver
from deskside import Deskside, late, listed
from gateway import Gateway, Post, answers, replaced_limits
from judged import delivery, hotspot

from alerts.digest import Options
from detectors.region import WORLD
from schemas.notice import Due
from schemas.reason import Reason
from schemas.settings import Settings
from streams.config import ConfigError
from streams.hops.build import build_hops
from streams.hops.deliver import deliver
from streams.replay import run

RANGER = a_receiver()


def test_the_window_is_a_setting_and_a_typo_in_it_is_refused():
    settings = Settings(receivers=(RANGER,), tell={"digest_window_s": 600})
    hop = next(hop for hop in build_hops(settings, WORLD) if hop.name == "deliver")
    assert hop.options.tell.digest_window_s == 600
    assert deliver((RANGER,)).options.tell == Options()
    with pytest.raises(ConfigError, match="digest_window_s"):
        build_hops(Settings(tell={"digest_windows": 1}), WORLD)


def test_with_no_window_only_one_instant_is_told_together():
    desk = Deskside(RANGER)
    desk.hop = deliver((RANGER,), tell=Options(digest_window_s=0))
    desk.restart()
    for alert in (
        late(alert_id="A", minutes=0),
        late(alert_id="B", minutes=0),
        late(alert_id="C", minutes=1),
    ):
        desk.due(alert)
    (row,) = desk.ready()
    assert listed(row) == {("A", 1, "new"), ("B", 1, "new")}


async def test_the_sender_closes_the_window_by_the_clock_and_sends_one_message():
    async with Gateway(answers(500, 200)).open() as gateway:
        receiver = a_receiver(url=gateway.url, allow_private=True)
        post = Post(receiver)
        post.hop = deliver((receiver,), tell=Options(digest_window_s=0.5))
        post.restart()
        now = dt.datetime.now(dt.UTC)
        for k in range(3):
            alert = late(alert_id=f"A{k}")
            post.take(Due(receiver="ranger", due_at=now, alert=alert))
        async with post.sending():
            await post.until(lambda: gateway.got)
            assert dt.datetime.now(dt.UTC) - now >= dt.timedelta(seconds=0.5)
            await post.empty()
    assert len(gateway.got) == 2
    assert len(set(gateway.ids)) == 1
    assert json.loads(gateway.got[1][1])["data"]["count"] == 3
    assert [one.outcome for one in post.results if not isinstance(one, Due)] == ["retrying", "accepted"]


async def test_the_end_of_a_window_that_cannot_be_written_is_said_again():
    class Full(Post):
        full = 2

        async def send(self, topic, key, value, partition=None):
            if isinstance(value, Due) and self.full:
                self.full -= 1
                raise OSError("disk full")
            await super().send(topic, key, value, partition)

    async with Gateway(answers(200)).open() as gateway:
        post = Full(a_receiver(url=gateway.url, allow_private=True), limits=replaced_limits(ask_s=0.05))
        now = dt.datetime.now(dt.UTC)
        post.take(Due(receiver="ranger", due_at=now - dt.timedelta(hours=1), alert=late()))
        async with post.sending():
            await post.empty()
    assert len(gateway.got) == 1


def test_2_through_every_hop_a_backlog_is_one_digest_and_no_page():
    hour = 60
    old = [hotspot(0, 0.4 * i, north, frp=80.0, lag=30 * hour) for i in range(12) for north in (0, 60, 120)]
    fresh = [hotspot(29 * hour, 0.4 * i, -120, frp=80.0, lag=hour) for i in range(12)]
    outcome = run([delivery(*old), delivery(*fresh)], Settings(receivers=(RANGER,)))
    assert len([a for a in outcome.alerts if a.late and a.action == "new" and a.grade != "task"]) == 3
    accepted = [(notice.action, notice.grade) for notice in outcome.notices if notice.outcome == "accepted"]
    assert sorted(action for action, _ in accepted) == ["digest", "new"]
    codes = [notice.reason.code for notice in outcome.notices if notice.outcome == "suppressed"]
    assert codes.count("in_digest") == 6
    assert Reason(code="in_digest").code in codes
