"""WeCom and DingTalk robots: the code in the body decides, and bytes are counted, not letters."""

import json

import pytest
from alerted import a_receiver, an_alert
from hypothesis import given
from hypothesis import strategies as st
from vendors import ways

from alerts.channels import dingtalk, rich, wecom
from alerts.channels.base import Rate, Response
from alerts.digest import line


@pytest.mark.parametrize(
    ("channel", "code", "outcome", "wait_s"),
    [
        (wecom, 0, "accepted", 0),
        (wecom, 45009, "retry", 60),
        (wecom, 93000, "failed", 0),
        (wecom, -1, "retry", 0),
        (dingtalk, 0, "accepted", 0),
        (dingtalk, 130101, "retry", 600),
        (dingtalk, 300001, "failed", 0),
        (dingtalk, 310000, "retry", 0),
    ],
)
def test_http_200_with_a_code_is_what_the_code_says(channel, code, outcome, wait_s):
    said = channel.ROBOT.accepted(None, Response(200, json.dumps({"errcode": code, "errmsg": "m"}).encode()))
    assert (said.outcome, said.wait_s) == (outcome, wait_s)


@pytest.mark.parametrize("body", [b"", b"ok", b"[0]", b'{"errcode":"0"}', b'{"code":0}'])
def test_an_answer_without_a_code_is_no_success(body):
    assert wecom.ROBOT.accepted(None, Response(200, body)).outcome == "retry"
    assert dingtalk.ROBOT.accepted(None, Response(200, body)).outcome == "retry"


WILD = st.text(alphabet="火🔥a\n*`<@>[]()县", max_size=3000)


@given(WILD, WILD)
def test_no_text_is_longer_than_a_robot_takes_or_brings_markup_along(headline, description):
    exits = WAYS
    alert = an_alert(headline={"zh": headline}, description={"zh": description[:4000]})
    for name, most in (("wecom", 4096), ("dingtalk", 18_000)):
        body = exits[name].render(alert, a_receiver()).body
        assert len(body.encode()) <= most
        assert "<@" not in body
        assert body.startswith("**研判火情Ⅳ级 7KQ2**")
        old = exits[name].digest((line("r", "d", alert),) * 300, a_receiver()).body
        assert len(old.encode()) <= most


WAYS = ways()


@given(st.lists(st.text(alphabet="火a🔥", min_size=1, max_size=2000), min_size=1, max_size=30))
def test_joined_texts_stay_under_the_limit_and_lose_none(bodies):
    bodies = [body for body in bodies if len(body.encode()) <= 4096] or ["火"]
    left, said = bodies, []
    while left:
        text, taken = wecom.ROBOT.merge(tuple(left))
        assert 1 <= taken <= len(left)
        assert len(text.encode()) <= 4096
        said += text.split(rich.BREAK)
        left = left[taken:]
    assert set(said) == set(bodies)


def test_the_limits_are_those_of_the_vendors():
    assert (wecom.WECOM.rate, dingtalk.DINGTALK.rate) == (Rate(20, 60.0), Rate(20, 60.0))
