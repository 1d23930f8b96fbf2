"""Aliyun and Tencent SMS: published signatures, fields, codes, and gateways that check them."""

import asyncio
import hashlib
from datetime import UTC, datetime

import pytest
from alerted import a_receiver, an_alert
from vendors import ALIYUN_KEY, TENCENT_KEY, Aliyun, Tencent, served, ways

from alerts.channels import aliyun_sms, tencent_sms
from alerts.channels.base import Response, Stamp
from alerts.digest import line
from streams.transport.attempt import ruled
from streams.transport.post import Poster

TEMPLATES = {
    "template_tell": "1001",
    "template_end": "1002",
    "template_digest": "1003",
    "template_leave": "1004",
    "template_lower": "1005",
}
RANGER = a_receiver(phone="13800138000", url="", allow_private=True)


def test_the_signature_is_the_one_that_aliyun_publishes():
    query = {
        "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
        "RegionId": "cn-shanghai",
    }
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }
    assert aliyun_sms.authorization(query, headers, "YourAccessKeyId", "YourAccessKeySecret") == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;"
        "x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_the_signature_is_the_one_that_tencent_publishes():
    headers = {"content-type": "application/x-www-form-urlencoded", "host": "cvm.tencentcloudapi.com"}
    key = ("AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE")
    at = datetime.fromtimestamp(1539084154, UTC)
    assert tencent_sms.authorization("GET", "Limit=10&Offset=0", headers, b"", at, "cvm", key) == (
        "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2018-10-09/cvm/tc3_request, "
        "SignedHeaders=content-type;host, "
        "Signature=5da7a33f6993f0614b047e5df4582db9e9bf4672ba50567dba16c6ccf174c474"
    )


def test_letters_of_a_query_are_encoded_as_rfc_3986_says():
    assert aliyun_sms.canonical({"b": "a b*~/中", "A": "&="}) == "A=%26%3D&b=a%20b%2A~%2F%E4%B8%AD"


async def attempt(way, message, url, *, key, receiver=RANGER):
    stamp = Stamp("notice_1", datetime.now(UTC), "nonce", key)
    async with Poster(timeout_s=5, answer_bytes=65536) as poster:
        request = way.request(message, receiver, stamp)
        assert request.url.startswith(url)
        return ruled(await poster.post(request, allow_private=True), way)


async def test_aliyun_takes_what_we_sign_and_gets_only_variables():
    async with served(gateway := Aliyun()) as url:
        way = ways(aliyun_sms={"url": url, **TEMPLATES})["aliyun-sms"]
        said = await attempt(way, way.render(an_alert(grade="II"), RANGER), url, key=ALIYUN_KEY)
        assert said.outcome == "accepted"
        await attempt(way, way.render(an_alert(2, "close", "II"), RANGER), url, key=ALIYUN_KEY)
        await attempt(way, way.digest((line("r", "d", an_alert()),), RANGER), url, key=ALIYUN_KEY)
    told, end, old = gateway.got
    assert told["TemplateParam"] == {
        "word": "研判火情Ⅱ级", "code": "7KQ2", "place": "西昌市", "time": "16:01"
    }  # fmt: skip
    assert (told["PhoneNumbers"], told["SignName"], told["OutId"]) == ("13800138000", "西昌森防", "notice_1")
    assert [one["TemplateCode"] for one in (told, end, old)] == ["1001", "1002", "1003"]
    assert old["TemplateParam"] == {"count": "1", "word": "Ⅳ级"}


async def test_tencent_takes_what_we_sign_with_the_country_before_the_number():
    async with served(gateway := Tencent()) as url:
        way = ways(tencent_sms={"url": url, "app_id": "1400000000", **TEMPLATES})["tencent-sms"]
        said = await attempt(way, way.render(an_alert(grade="task"), RANGER), url, key=TENCENT_KEY)
    assert said.outcome == "accepted"
    (got,) = gateway.got
    assert got["PhoneNumberSet"] == ["+8613800138000"]
    assert got["TemplateParamSet"] == ["核查", "7KQ2", "西昌市", "16:01"]
    assert (got["TemplateId"], got["SessionContext"]) == ("1001", "notice_1")


async def test_a_wrong_key_is_no_success_although_both_may_answer_200():
    async with served(Aliyun()) as url:
        way = ways(aliyun_sms={"url": url, **TEMPLATES})["aliyun-sms"]
        said = await attempt(way, way.render(an_alert(), RANGER), url, key=("LTAIexample", "wrong"))
        assert (said.outcome, "SignatureDoesNotMatch" in said.reason.detail) == ("retry", True)
    async with served(Tencent()) as url:
        way = ways(tencent_sms={"url": url, **TEMPLATES})["tencent-sms"]
        said = await attempt(way, way.render(an_alert(), RANGER), url, key=("AKIDexample", "wrong"))
        assert (said.outcome, "SignatureFailure" in said.reason.detail) == ("retry", True)


@pytest.mark.parametrize("key", [(), ("one",), ("a", "b", "c")])
def test_a_secret_that_is_not_two_words_is_refused_without_showing_it(key):
    way = ways()["aliyun-sms"]
    with pytest.raises(ValueError, match="two words") as caught:
        way.request(way.render(an_alert(), RANGER), RANGER, Stamp("n", datetime.now(UTC), "x", key))
    assert not any(word in str(caught.value) for word in key if len(word) > 1)


@pytest.mark.parametrize(
    ("body", "outcome", "wait_s"),
    [
        (b'{"Code":"OK"}', "accepted", 0),
        (b'{"Code":"isv.MOBILE_NUMBER_ILLEGAL","Message":"13800138000"}', "failed", 0),
        ('{"Code":"isv.BUSINESS_LIMIT_CONTROL","Message":"触发分钟级流控Permits:1"}'.encode(), "retry", 60),
        ('{"Code":"isv.BUSINESS_LIMIT_CONTROL","Message":"触发天级流控Permits:40"}'.encode(), "retry", 21600),
        (b'{"Code":"isv.AMOUNT_NOT_ENOUGH"}', "retry", 0),
        (b"<html>", "retry", 0),
        (b"\xff\xfe", "retry", 0),
        (b"[]", "retry", 0),
    ],
)
def test_what_aliyun_answers_and_no_number_in_what_is_kept(body, outcome, wait_s):
    said = aliyun_sms.accepted(None, Response(200, body))
    assert (said.outcome, said.wait_s) == (outcome, wait_s)
    assert said.reason is None or "13800138000" not in said.reason.detail


@pytest.mark.parametrize(
    ("code", "outcome", "wait_s"),
    [
        ("Ok", "accepted", 0),
        ("LimitExceeded.PhoneNumberThirtySecondLimit", "retry", 30),
        ("FailedOperation.TemplateIncorrectOrUnapproved", "failed", 0),
        ("InternalError.Timeout", "retry", 0),
    ],
)
async def test_what_tencent_answers(code, outcome, wait_s):
    async with served(Tencent(code=code)) as url:
        way = ways(tencent_sms={"url": url, **TEMPLATES})["tencent-sms"]
        said = await attempt(way, way.render(an_alert(), RANGER), url, key=TENCENT_KEY)
    assert (said.outcome, said.wait_s) == (outcome, wait_s)
    assert said.reason is None or "13800138000" not in said.reason.detail
    for body in (b"", b"{}", b'{"Response":[]}', b'{"Response":{"SendStatusSet":[]}}'):
        assert tencent_sms.accepted(None, Response(200, body)).outcome == "retry"


async def test_a_gateway_that_answers_five_megabytes_is_read_to_its_limit():
    async def flood(_request):
        await asyncio.sleep(0)
        from aiohttp import web

        return web.Response(body=b"x" * 5_000_000)

    async with served(flood) as url:
        way = ways(aliyun_sms={"url": url, **TEMPLATES})["aliyun-sms"]
        said = await attempt(way, way.render(an_alert(), RANGER), url, key=ALIYUN_KEY)
    assert said.outcome == "retry"
