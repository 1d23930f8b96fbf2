"""Whatever a gateway answers is a ruling: what nobody understands is tried later, never anew at once."""

import msgspec
import pytest
from alerted import a_receiver, an_alert, at
from hypothesis import given
from hypothesis import strategies as st
from vendors import ways

from alerts.channels.base import Incoming, Response
from alerts.policy import Decision
from schemas.reason import Reason
from streams.config import ConfigError
from streams.hops.draft import drafted, rendered
from streams.transport.attempt import Attempts
from streams.transport.post import Answer

DEEP = b'{"a":' + b"[" * 60_000
WAYS = ways(gateway_sms={"url": "https://g.example", "taken_field": "status", "taken": "0", "charset": "gbk"})
PHONE = "13800138000"


class Says:
    """Carries nothing: the gateway has answered this."""

    def __init__(self, body):
        self.body = body

    async def carry(self, _request, *, allow_private):
        assert not allow_private
        return Answer(200, self.body, http=True)


async def attempt(body, exits):
    ranger = a_receiver(channel="gateway-sms", phone=PHONE)
    draft = drafted(ranger, an_alert(grade="II"), at(0), ("F1",))
    row = rendered(exits, ranger, draft, None, Decision(send=True, reason=Reason(code="first_notice")))
    return await Attempts({ranger.name: ranger}, exits, {}).make(Says(body), [row])


async def test_an_answer_nested_without_end_is_tried_again_later():
    said = await attempt(DEEP, WAYS)
    assert (said.outcome, said.reason.code) == ("retry", "gateway_failed")


async def test_a_rule_that_breaks_on_an_answer_is_no_reason_to_send_again_at_once(caplog):
    def broken(_given, _response):
        raise KeyError("status")

    way = WAYS["gateway-sms"]
    exits = WAYS | {"gateway-sms": type(way)(replace_rule(way.channel, broken), way.given)}
    said = await attempt(b"{}", exits)
    assert (said.outcome, said.reason.detail) == ("retry", "answer not understood: KeyError")
    assert "channel=gateway-sms" in caplog.text


def replace_rule(channel, rule):
    return type(channel)(**{**vars(channel), "accepted": rule})


@given(
    st.one_of(
        st.binary(max_size=200),
        st.recursive(
            st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["Ok", "OK", "0", "1"]),
            lambda inner: (
                st.lists(inner, max_size=2)
                | st.dictionaries(
                    st.sampled_from(["Response", "SendStatusSet", "Error", "Code", "errcode", "status"]),
                    inner,
                    max_size=3,
                )
            ),
            max_leaves=8,
        ).map(msgspec.json.encode),
    )
)
def test_any_answer_is_a_ruling_on_every_way(body):
    for way in WAYS.values():
        assert way.accepted(Response(200, body)).outcome in {"accepted", "retry", "failed"}


def test_what_is_told_in_gbk_is_taken_once():
    said = '{"status": "0", "msg": "提交成功"}'.encode("gbk")
    assert WAYS["gateway-sms"].accepted(Response(200, said)).outcome == "accepted"


@pytest.mark.parametrize("code", ["false", "true", "0.0", '"0"'])
def test_only_the_number_zero_is_a_robots_yes(code):
    for name in ("wecom", "dingtalk"):
        assert WAYS[name].accepted(Response(200, f'{{"errcode": {code}}}'.encode())).outcome == "retry"


@pytest.mark.parametrize("name", ["aliyun-sms", "tencent-sms", "gateway-sms", "voice", "dingtalk"])
def test_a_wild_callback_is_not_understood_and_breaks_nothing(name):
    way = WAYS[name]
    with pytest.raises(ValueError, match="not readable"):
        way.channel.hears(way.given, Incoming({}, DEEP))
    odd = b'[{"success": [], "report_status": {}, "phone_number": 1, "mobile": [], "text": {"content": 1}}]'
    assert all(not one.delivered for one in way.channel.hears(way.given, Incoming({}, odd)).heard)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"taken": "["}, "no regular expression"),
        ({"refused": "(-5"}, "no regular expression"),
        ({"hears": {"delivered": "*"}}, "no regular expression"),
        ({"hears": {"pending": "?"}}, "no regular expression"),
        ({"body": "t={txt}"}, r"unknown gap \{txt\}"),
        ({"url": "https://g.example/{digest}"}, r"unknown gap \{digest\}"),
        ({"hears": {"url": "https://g.example/{who}"}}, r"unknown gap \{who\}"),
        ({"digest": "md5", "digest_of": "{digest}"}, r"unknown gap \{digest\}"),
    ],
)
def test_a_description_that_can_never_be_used_is_refused_at_start(table, said):
    with pytest.raises(ConfigError, match=said):
        ways(gateway_sms=table)
    with pytest.raises(ConfigError, match=said):
        ways(voice=table)
