"""Robots on loopback and a real sender: a flood is merged instead of refused, signatures are checked."""

import asyncio

from alerted import a_receiver
from gateway import Post
from vendors import Robot, served, ways

from alerts.channels import rich

SIGN = "SEC0123456789"


def wecom_robot(**more):
    return Robot(most_bytes=4096, too_often=45009, **more)


def group_of(channel, url, environ):
    receiver = a_receiver(channel=channel, secret_env="ROBOT", url="", allow_private=True)
    return Post(receiver, ways=ways(**{channel: {"url": url}}), environ=environ)


async def test_wecom_is_told_of_each_alert_by_its_robot():
    async with served(robot := wecom_robot()) as url:
        group = group_of("wecom", url, {"ROBOT": "key-1"})
        async with group.sending():
            group.tell(alert_id="A1", grade="II")
            group.tell(alert_id="A2", grade="I")
            await group.empty()
    assert group.outcomes() == ["accepted", "accepted"]
    assert [text.splitlines()[0] for text in robot.got] == ["**研判火情Ⅰ级 7KQ2**", "**研判火情Ⅱ级 7KQ2**"]


async def test_what_is_more_than_the_robot_takes_goes_out_in_one_message():
    async with served(robot := wecom_robot()) as url:
        group = group_of("wecom", url, {"ROBOT": "key-1"})
        for k in range(30):
            group.tell(alert_id=f"A{k}", grade="I" if k == 29 else "IV", headline={"zh": f"火情{k}"})
        async with group.sending():
            await group.empty()
    assert group.outcomes() == ["accepted"] * 30
    assert robot.refused == 0
    assert len(robot.got) < 20
    assert "火情29" in robot.got[0].split(rich.BREAK)[0]
    said = [part for text in robot.got for part in text.split(rich.BREAK)]
    assert sorted(part.splitlines()[1] for part in said) == sorted(f"火情{k}" for k in range(30))


async def test_a_grave_fire_does_not_wait_behind_ordinary_ones_that_used_the_robot_up():
    async with served(robot := wecom_robot()) as url:
        group = group_of("wecom", url, {"ROBOT": "key-1"})
        async with group.sending():
            for k in range(16):
                group.tell(alert_id=f"A{k}", grade="IV")
                await group.empty()
            group.tell(alert_id="A16", grade="III", headline={"zh": "火情16"})
            await asyncio.sleep(0.2)
            assert len(robot.got) == 16
            group.tell(alert_id="A17", grade="I", headline={"zh": "火情17"})
            await group.until(lambda: len(group.outcomes()) >= 17)
    assert "火情17" in robot.got[16]


async def test_dingtalk_checks_the_signature_of_now():
    async with served(robot := Robot(most_bytes=20000, too_often=130101, sign=SIGN)) as url:
        group = group_of("dingtalk", url, {"ROBOT": f"token {SIGN}"})
        async with group.sending():
            group.tell(grade="II")
            await group.empty()
        assert group.outcomes() == ["accepted"]
        other = group_of("dingtalk", url, {"ROBOT": "token SECwrong"})
        async with other.sending():
            other.tell(grade="II")
            await other.until(lambda: len(other.results) >= 1)
    assert other.outcomes()[0] == "retrying"
    assert "310000" in other.results[0].reason.detail
    assert len(robot.got) == 1
