"""The gateway described in settings: charsets, media, gaps, digests and rules, against one on loopback."""

import hashlib
import json
from datetime import UTC, datetime
from urllib.parse import parse_qs

import msgspec
import pytest
from aiohttp import web
from alerted import a_receiver, an_alert
from hypothesis import given, settings
from hypothesis import strategies as st
from vendors import served, ways

from alerts.channels.base import Message, Response, Stamp
from alerts.digest import line
from schemas.settings import Settings
from streams.config import ConfigError
from streams.hops.build import ways_out
from streams.transport.attempt import ruled
from streams.transport.post import Poster

RANGER = a_receiver(phone="13800138000", allow_private=True)
AT = datetime(2020, 3, 30, 7, 40, tzinfo=UTC)
NASTY = st.text(max_size=60)


def asked(text, *, receiver=RANGER, secrets=(), **table):
    way = ways(gateway_sms={"url": "https://g.example/{id}", **table})["gateway-sms"]
    return way.request(Message(text, {"code": "7KQ2"}), receiver, Stamp("notice_1", AT, "n", secrets))


def test_a_gbk_form_with_a_digest_of_user_password_and_local_time():
    request = asked(
        "火情 a&b=c",
        secrets=("user", "pass"),
        secret_env="SMS",
        charset="gbk",
        body="u={user}&p={digest}&m={phone}&c={text}&t={time}",
        digest="md5",
        digest_of="{user}{password}{time}",
    )
    assert request.url == "https://g.example/notice_1"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded; charset=gbk"
    got = parse_qs(request.body.decode("ascii"), encoding="gbk")
    right = hashlib.md5(b"userpass20200330154000", usedforsecurity=False).hexdigest()
    assert got == {
        "u": ["user"],
        "p": [right],
        "m": ["13800138000"],
        "c": ["火情 a&b=c"],
        "t": ["20200330154000"],
    }


def test_ucs_2_in_hex_as_cmpp_carries_it():
    assert asked("火🔥", body="{text_hex}").body == b"706BD83DDD25"


def test_a_get_request_has_everything_in_its_address():
    request = asked("火 情", method="GET", url="https://g.example/s?m={phone}&c={text}")
    assert request.url == "https://g.example/s?m=13800138000&c=%E7%81%AB%20%E6%83%85"
    assert (request.method, request.body) == ("GET", b"")


@settings(max_examples=40, deadline=None)
@given(NASTY)
def test_no_text_breaks_out_of_json_or_xml_or_a_form(text):
    got = json.loads(asked(text, media="json", body='{"to":"{phone}","t":"{text}"}').body)
    assert got == {"to": "13800138000", "t": text}
    form = asked(text, body="a=1&c={text}&z=2").body.decode("ascii")
    assert parse_qs(form, keep_blank_values=True) == {"a": ["1"], "c": [text], "z": ["2"]}
    xml = asked(text, media="xml", body="<m><t>{text}</t></m>").body.decode()
    assert xml.count("<") == 4


def test_an_unknown_gap_is_refused_and_so_is_a_typo_in_the_table():
    with pytest.raises(ValueError, match=r"unknown gap \{fone\}"):
        asked("x", body="{fone}")
    with pytest.raises(ConfigError, match=r"channels.gateway-sms.charsett.*did you mean charset"):
        ways_out(Settings(channels={"gateway-sms": {"charsett": "gbk"}}))
    with pytest.raises(ConfigError, match=r"channels.gateway_sms: unknown table; did you mean"):
        ways_out(Settings(channels={"gateway_sms": {}}))


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ('{"status": 0}', "accepted"),
        ('{"status": "0"}', "accepted"),
        ('{"status": -5}', "failed"),
        ('{"status": -1}', "retry"),
        ('{"state": 0}', "retry"),
        ("0", "retry"),
    ],
)
def test_the_rules_decide_and_not_http_200(body, outcome):
    way = ways(gateway_sms={"taken_field": "status", "taken": "0", "refused": "-5|-9"})["gateway-sms"]
    assert way.accepted(Response(200, body.encode())).outcome == outcome
    assert way.accepted(Response(500, body.encode())).outcome == "retry"


def test_a_plain_text_answer_in_gbk():
    way = ways(gateway_sms={"charset": "gbk", "taken": "成功.*"})["gateway-sms"]
    assert way.accepted(Response(200, "成功:1 13800138000".encode("gbk"))).outcome == "accepted"
    said = way.accepted(Response(200, "失败 13800138000".encode("gbk")))
    assert (said.outcome, said.reason.detail) == ("retry", "失败 138****8000")


async def test_a_real_gateway_gets_the_segment_and_says_no_in_a_200():
    got = []

    async def gateway(request):
        got.append(parse_qs((await request.read()).decode("ascii"), encoding="gbk"))
        return web.json_response({"status": "0" if len(got) == 1 else "-9"})

    async with served(gateway) as url:
        table = {"url": url, "charset": "gbk", "taken_field": "status", "taken": "0", "refused": "-9"}
        way = ways(gateway_sms={**table, "body": "m={phone}&c={text}"})["gateway-sms"]
        message = way.render(an_alert(grade="task"), RANGER)
        request = way.request(message, RANGER, Stamp("n", AT, "x"))
        async with Poster(timeout_s=5, answer_bytes=1000) as poster:
            said = [ruled(await poster.post(request, allow_private=True), way) for _ in range(2)]
    assert [one.outcome for one in said] == ["accepted", "failed"]
    assert got[0]["c"] == ["【西昌森防】核查7KQ2:西昌市,16:01。远看勿近,回7KQ2有/无。电08341234567"]


def test_a_recording_is_named_and_where_its_file_is_missing_the_text_is_read(tmp_path, caplog):
    from detectors.region import WORLD
    from schemas.settings import Settings
    from streams.hops.build import telling

    (tmp_path / "ii").mkdir()
    (tmp_path / "ii" / "fire-1.wav").write_bytes(b"RIFF")
    table = {
        "url": "https://v.example",
        "body": "say={text}&play={prompt}",
        "prompts_dir": str(tmp_path),
        "prompts": {"ii": {"fire.I": "fire-1.wav", "close": "over.wav"}},
    }
    yi = a_receiver(channel="voice", phone="13800138000", language="ii")
    whole = msgspec.convert({"channels": {"voice": table}}, Settings)
    way = telling(msgspec.structs.replace(whole, receivers=(yi,)), WORLD).ways["voice"]
    played = {}
    for alert in (an_alert(grade="I"), an_alert(grade="II"), an_alert(2, "close", "I")):
        request = way.request(way.render(alert, yi), yi, Stamp("n", AT, "x"))
        played[alert.action, alert.grade] = request.body.decode().partition("&play=")[2]
        assert "say=%E" in request.body.decode()
    assert played == {("new", "I"): "fire-1.wav", ("new", "II"): "", ("close", "I"): ""}
    assert "prompts in ii are missing, the text is read out instead: fire.II, fire.III" in caplog.text
    plain = a_receiver(channel="voice", phone="13800138000")
    for alert, receiver in ((an_alert(grade="I"), plain), (an_alert(grade="I", status="Test"), yi)):
        assert "prompt" not in way.render(alert, receiver).headers


def test_a_call_reads_it_twice_and_spells_the_code():
    way = ways(voice={"url": "https://v.example", "media": "json", "body": '{"say": "{text}"}'})["voice"]
    said = way.render(an_alert(grade="I"), RANGER).body
    once = "研判火情Ⅰ级，编号7 K Q 2，西昌市，远看勿近"
    assert said == f"{once}。重复一遍：{once}"
    assert way.digest((line("r", "d", an_alert()),), RANGER).body
