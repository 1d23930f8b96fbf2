"""Gateways that call back and links that are tapped, over a real server: safe, matched and counted."""

import io
import re
from datetime import timedelta

import msgspec
import pytest
from alerted import a_receiver
from serve_words import NOON, LogInMemory, alerts, make_alert

from alerts.link import PATH, token
from schemas.codec import encode
from schemas.notice import Answer, Notice
from schemas.settings import Settings
from streams.serve.store import Record

KEY = "0123456789abcdef0123456789abcdef"
ENVIRON = {"CALLBACK": "secretword", "LINKS": KEY}
TABLE = {
    "url": "https://sms.example/send",
    "callback_env": "CALLBACK",
    "hears": {"by": "callback", "status": "s", "id": "id", "ref": "ref", "text": "t"},
}
SETTINGS = msgspec.convert(
    {
        "office": {"link_secret_env": "LINKS", "link": "https://fire.example", "duty": ["officer"]},
        "channels": {"gateway-sms": TABLE, "voice": TABLE},
    },
    Settings,
)
WAY = "/v1/gateways/gateway-sms/secretword"
NOTICE = "notice_" + "a" * 32


def told(offset=0, **fields):
    notice = Notice(
        notice_id=NOTICE,
        receiver="ranger",
        channel="gateway-sms",
        alert_id="fire-1",
        incident_id="fire-1",
        revision=1,
        action="new",
        grade="III",
        outcome="accepted",
        at=NOON - timedelta(minutes=1),
        ref="900^0",
    )
    notice = msgspec.structs.replace(notice, **fields)
    return Record("notice.v1", 0, offset, b"ranger", encode(notice))


@pytest.fixture
async def asked(serve, services_of, store):
    store.apply([*alerts(make_alert(1)), told()])
    log = LogInMemory()
    receivers = (a_receiver(channel="gateway-sms", phone="13800138000"), a_receiver("officer"))
    settings = msgspec.structs.replace(SETTINGS, receivers=receivers)
    services = services_of(settings=settings, writer=log, environ=ENVIRON)
    client = await serve(services)

    async def ask(path, method="GET", **more):
        async with client.request(method, path, **more) as answer:
            return answer.status, await answer.text()

    ask.log, ask.metrics, ask.services = log, services.metrics, services
    return ask


def said(asked):
    return [value for _, _, value, _ in asked.log.sent]


def counted(asked, channel, what):
    return asked.metrics.registry.get_sample_value("fenghuo_heard_total", {"channel": channel, "what": what})


async def test_a_receipt_is_on_the_log_under_its_receiver(asked):
    status, text = await asked(WAY, params={"mobile": "8613800138000", "s": "DELIVRD", "id": NOTICE})
    assert (status, text) == (200, "0")
    (one,) = said(asked)
    assert (one.receiver, one.delivered, one.notice_id) == ("ranger", True, NOTICE)
    assert counted(asked, "gateway-sms", "receipt") == 1


async def test_a_receipt_without_a_number_is_found_by_the_gateways_own_id(asked):
    await asked(WAY, params={"s": "UNDELIV", "ref": "900^0"})
    (one,) = said(asked)
    assert (one.receiver, one.delivered, one.ref, one.detail) == ("ranger", False, "900^0", "UNDELIV")


async def test_an_uplink_is_matched_by_code_and_sender(asked):
    await asked(WAY, "POST", data={"mobile": "13800138000", "t": "A001有"})
    (one,) = said(asked)
    assert (one.receiver, one.alert_id, one.says, one.via) == ("ranger", "fire-1", "yes", "sms")


async def test_an_unreadable_answer_goes_to_the_officer_and_is_replied_to(asked):
    for _ in range(2):
        await asked(WAY, "POST", data={"mobile": "13800138000", "t": "我在山上"})
    notes = [(one.receiver, one.code, one.note_id) for one in said(asked)]
    assert [note[:2] for note in notes[:2]] == [("officer", "unreadable"), ("ranger", "how_to_answer")]
    assert len(set(notes)) == 2, "a gateway that calls twice means one note"


async def test_a_strangers_uplink_and_receipt_change_nothing_and_are_counted(asked):
    await asked(WAY, "POST", data={"mobile": "13900139000", "t": "A001无"})
    await asked(WAY, params={"mobile": "13900139000", "s": "DELIVRD", "id": "notice_other"})
    assert said(asked) == []
    assert counted(asked, "gateway-sms", "stranger") == 2


async def test_a_key_pressed_in_a_call_acknowledges_what_was_read(asked):
    await asked("/v1/gateways/voice/secretword", params={"mobile": "1", "t": "1", "id": NOTICE})
    (one,) = said(asked)
    assert (one.receiver, one.alert_id, one.says, one.via) == ("ranger", "fire-1", "seen", "voice")


async def test_what_is_said_to_a_robot_in_its_group_answers_for_the_group_and_for_no_other(asked):
    from msgspec.structs import replace

    own = a_receiver("巡护一组", channel="dingtalk", secret_env="ROBOT")
    settings = replace(
        asked.services.settings,
        receivers=(own,),
        channels={"dingtalk": {"callback_env": "CALLBACK"}},
    )
    object.__setattr__(asked.services, "settings", settings)
    asked.services.store.apply([told(1, notice_id="notice_" + "b" * 32, receiver="巡护一组")])
    for group, text in [("巡护一组", " A001有 "), ("别的群", "A001无"), ("巡护一组", "收到")]:
        body = {"msgtype": "text", "text": {"content": text}, "conversationTitle": group, "senderNick": "甲"}
        assert await asked("/v1/gateways/dingtalk/secretword", "POST", json=body) == (200, "{}")
    answer, *notes = said(asked)
    assert (answer.receiver, answer.alert_id, answer.says, answer.via) == (
        "巡护一组",
        "fire-1",
        "yes",
        "robot",
    )
    assert [note.code for note in notes] == ["unreadable", "how_to_answer"]
    assert counted(asked, "dingtalk", "stranger") == 1


@pytest.mark.parametrize("path", [WAY[:-1], WAY.replace("gateway-sms", "webhook"), WAY.replace("sms/", "x/")])
async def test_a_wrong_word_or_gateway_opens_nothing(asked, path):
    assert (await asked(path, params={"mobile": "13800138000", "t": "A001有"}))[0] == 404
    for _ in range(11):
        status, _ = await asked(path)
    assert status == 429
    assert said(asked) == []


async def test_what_cannot_be_read_or_written_is_said(asked):
    assert (await asked(WAY, "POST", data=b"{broken"))[0] == 400
    assert (await asked(WAY, "POST", data=io.BytesIO(b"x" * (1024 * 1024 + 1))))[0] == 413
    asked.log.fails = TimeoutError()
    assert (await asked(WAY, "POST", data={"mobile": "13800138000", "t": "A001有"}))[0] == 503


def reply(receiver="ranger", hours=1, key=KEY):
    return PATH + token(key.encode(), receiver, "fire-1", NOON + timedelta(hours=hours))


async def test_get_shows_the_buttons_and_answers_nothing(asked):
    status, text = await asked(reply())
    assert status == 200
    assert re.findall(r'value="(\w+)"', text) == ["seen", "yes", "no"]
    assert "A001" in text
    assert said(asked) == []


async def test_post_answers_once_that_it_was_read_and_once_what_was_found(asked):
    for says, status in [("seen", 200), ("seen", 410), ("yes", 200), ("no", 410), ("yes", 410)]:
        assert (await asked(reply(), "POST", data={"says": says}))[0] == status
    assert [(one.says, one.via) for one in said(asked)] == [("seen", "link"), ("yes", "link")]
    assert counted(asked, "link", "replayed") == 3


@pytest.mark.parametrize(
    "path", [reply(key="f" * 32), reply(hours=-1), reply("stranger"), PATH + "a~b~c", reply()[:-2]]
)
async def test_a_forged_or_late_link_is_refused_and_counted(asked, path):
    for method, data in [("GET", None), ("POST", {"says": "yes"})]:
        assert (await asked(path, method, data=data))[0] == 410
    assert said(asked) == []
    assert counted(asked, "link", "refused") == 2


async def test_what_was_not_written_may_be_tapped_again(asked):
    asked.log.fails = TimeoutError()
    assert (await asked(reply(), "POST", data={"says": "yes"}))[0] == 503
    asked.log.fails = None
    assert (await asked(reply(), "POST", data={"says": "yes"}))[0] == 200


def test_reaction_times_are_measured_from_acceptance(store):
    answer = Answer(receiver="ranger", alert_id="fire-1", at=NOON, says="yes")
    news = store.apply([told(), Record("notice.v1", 0, 1, b"ranger", encode(answer))])
    assert news.reactions == [("answered", "III", 60.0)]
