"""What gateways say later: receipts and people's messages in each vendor's words, and nonsense refused."""

import json
from datetime import UTC, datetime
from urllib.parse import urlencode

from hypothesis import given, settings
from hypothesis import strategies as st
from vendors import ways

from alerts.channels.base import Incoming, Stamp
from streams.telling.hearing import digits

NOON = datetime(2026, 4, 5, 12, 0, tzinfo=UTC)
NOTICE = "notice_" + "a" * 32
TEMPLATES = {
    "template_tell": "A",
    "template_end": "B",
    "template_leave": "D",
    "template_lower": "E",
    "template_digest": "C",
    "callback_env": "W",
}


def heard(way, body=b"", **query):
    return way.channel.hears(way.given, Incoming(query, body))


def test_aliyun_receipts_and_uplinks():
    way = ways(aliyun_sms=TEMPLATES)["aliyun-sms"]
    report = {
        "phone_number": "13800138000",
        "send_time": "2026-04-05 12:00:00",
        "report_time": "2026-04-05 12:00:04",
        "success": True,
        "err_code": "DELIVERED",
        "err_msg": "用户接收成功",
        "sms_size": "1",
        "biz_id": "900^0",
        "out_id": NOTICE,
    }
    failed = report | {"success": False, "err_code": "MOBILE_NOT_ON_SERVICE", "out_id": "other"}
    found = heard(way, json.dumps([report, failed]).encode())
    assert [(one.kind, one.delivered, one.notice_id, one.ref) for one in found.heard] == [
        ("receipt", True, NOTICE, "900^0"),
        ("receipt", False, "", "900^0"),
    ]
    assert found.heard[1].detail == "MOBILE_NOT_ON_SERVICE"
    assert json.loads(found.reply) == {"code": 0, "msg": "成功"}
    up = [{"phone_number": "13800138000", "content": "7K2Q有", "sign_name": "x", "dest_code": "1"}]
    (one,) = heard(way, json.dumps(up).encode()).heard
    assert (one.kind, one.phone, one.text) == ("uplink", "13800138000", "7K2Q有")
    assert way.gives_receipts


def test_tencent_receipts_and_uplinks():
    way = ways(tencent_sms={**TEMPLATES, "app_id": "1"})["tencent-sms"]
    report = {"mobile": "13800138000", "report_status": "SUCCESS", "errmsg": "DELIVRD", "sid": "5000:1"}
    found = heard(way, json.dumps([report, report | {"report_status": "FAIL"}]).encode())
    assert [(one.delivered, one.ref, one.detail) for one in found.heard] == [
        (True, "5000:1", "DELIVRD"),
        (False, "5000:1", "DELIVRD"),
    ]
    up = {"nationcode": "86", "mobile": "13800138000", "text": "7K2Q 无", "sign": "x", "time": 1}
    assert heard(way, json.dumps(up).encode()).heard[0].text == "7K2Q 无"


def described(**hears):
    table = {"url": "https://x.example/send", "charset": "gbk", "hears": {"by": "callback", **hears}}
    return ways(gateway_sms=table)["gateway-sms"]


def test_a_described_gateway_by_form_query_and_nested_list():
    way = described(status="report", ref="msgid", text="msg", reply="OK", rows="data.list", pending="ACCEPTD")
    form = urlencode({"mobile": "13800138000", "msg": "7K2Q有"}, encoding="gbk").encode()
    assert heard(way, form).heard[0].text == "7K2Q有"
    assert heard(way, form).reply == b"OK"
    (by_query,) = heard(way, mobile="1", report="DELIVRD", msgid="9").heard
    assert (by_query.delivered, by_query.ref) == (True, "9")
    rows = [{"mobile": "1", "report": one, "msgid": one} for one in ("DELIVRD", "UNDELIV", "ACCEPTD")]
    nested = json.dumps({"data": {"list": rows}}).encode()
    assert [one.delivered for one in heard(way, nested).heard] == [True, False]


def test_what_must_be_asked_is_asked_with_the_secret_in_its_place():
    table = {
        "url": "https://x.example/send",
        "secret_env": "S",
        "hears": {"by": "poll", "url": "https://x.example/report?t={unix}", "status": "s", "id": "id"},
    }
    way = ways(gateway_sms=table)["gateway-sms"]
    (request,) = way.channel.asks(way.given, Stamp("", NOON, "", ("me", "a&b")))
    assert request.body == b"user=me&password=a%26b"
    assert request.url.startswith("https://x.example/report?t=1")
    quiet = ways(gateway_sms={"url": "https://x.example"})["gateway-sms"]
    assert quiet.channel.asks(quiet.given, Stamp("", NOON)) == ()
    assert not quiet.gives_receipts


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=80).map(lambda text: json.dumps([text, {}]).encode()))
def test_random_bytes_are_refused_by_value_error_or_mean_nothing(body):
    for way in (
        ways(aliyun_sms=TEMPLATES)["aliyun-sms"],
        ways(tencent_sms={**TEMPLATES, "app_id": "1"})["tencent-sms"],
        described(status="report", text="msg"),
    ):
        try:
            found = heard(way, body)
        except ValueError:
            continue
        assert all(one.kind in {"receipt", "uplink"} for one in found.heard)


def test_a_number_is_the_same_however_it_is_written():
    assert len({digits(one) for one in ("13800138000", "+8613800138000", "86 138 0013 8000")}) == 1
    assert digits("") == digits("none") == ""
