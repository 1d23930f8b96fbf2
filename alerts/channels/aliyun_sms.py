"""A text message through Aliyun (阿里云短信服务), signed as ACS3-HMAC-SHA256, with approved templates only.

Config::

    [channels.aliyun-sms]
    secret_env = "ALIYUN_SMS"             # AccessKeyId and AccessKeySecret, a space between them
    template_tell = "SMS_100000001"
    template_leave = "SMS_100000002"      # the call back: leave at once
    template_lower = "SMS_100000003"
    template_end = "SMS_100000004"
    template_digest = "SMS_100000005"

The receiver has a `phone`. The signature is that of `[office]`, approved as well. API SendSms 2017-05-25.
"""

from collections.abc import Mapping
from datetime import UTC
from typing import Annotated
from urllib.parse import quote, urlsplit

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from alerts.channels.base import (
    ACCEPTED,
    Given,
    Heard,
    Hearing,
    HttpPost,
    Incoming,
    Message,
    Response,
    Ruling,
    Stamp,
    answered,
    refused,
    retried,
)
from alerts.channels.signing import asked, mac, sha256
from alerts.channels.template import Approved, opened, pair, vendor
from alerts.hearing import receipt, rows_of, word
from alerts.masking import masked
from schemas.receiver import Receiver

ALGORITHM = "ACS3-HMAC-SHA256"
EMPTY = sha256(b"")

HOPELESS = frozenset(
    {
        "isv.MOBILE_NUMBER_ILLEGAL",
        "isv.SMS_TEMPLATE_ILLEGAL",
        "isv.SMS_SIGNATURE_ILLEGAL",
        "isv.TEMPLATE_MISSING_PARAMETERS",
        "isv.TEMPLATE_PARAMS_ILLEGAL",
        "isv.INVALID_PARAMETERS",
        "isv.INVALID_JSON_PARAM",
        "isv.PARAM_LENGTH_LIMIT",
        "isv.PARAM_NOT_SUPPORT_URL",
        "isv.BLACK_KEY_CONTROL_LIMIT",
        "isv.DENY_IP_RANGE",
    }
)
"""Codes of the SendSms reference that the same message will meet again."""

LIMITED = (("分钟", 60.0), ("小时", 3600.0), ("天级", 6 * 3600.0))
"""The limit that `isv.BUSINESS_LIMIT_CONTROL` names in its message, and when asking again makes sense, s."""


class Options(Approved, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings under [channels.aliyun-sms]."""

    secret_env: str = "ALIYUN_SMS"  # noqa: S105 - where the secret is found, not the secret
    callback_env: Annotated[
        str, Meta(description="Variable with WORD: SmsReport and SmsUp call /v1/gateways/aliyun-sms/WORD.")
    ] = ""
    url: Annotated[str, Meta(description="Endpoint, another one for a private cloud.")] = (
        "https://dysmsapi.aliyuncs.com/"
    )


def request(given: Given, message: Message, receiver: Receiver, stamp: Stamp) -> HttpPost:
    """Return the signed request; `OutId` is the notice, so that receipts lead back to it."""
    words, options = opened(message), given.options
    query = {
        "PhoneNumbers": receiver.phone,
        "SignName": given.office.signature,
        "TemplateCode": getattr(options, f"template_{words.template}"),
        "TemplateParam": msgspec.json.encode(words.variables).decode(),
        "OutId": stamp.notice_id,
    }
    headers = {
        "host": urlsplit(options.url).netloc,
        "x-acs-action": "SendSms",
        "x-acs-content-sha256": EMPTY,
        "x-acs-date": f"{stamp.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "x-acs-signature-nonce": stamp.nonce,
        "x-acs-version": "2017-05-25",
    }
    headers["authorization"] = authorization(query, headers, *pair(stamp.secrets))
    return HttpPost(f"{options.url}?{canonical(query)}", headers)


def canonical(query: Mapping[str, str]) -> str:
    """Return the query sorted by name and encoded as RFC 3986 says."""
    return "&".join(f"{quote(key, '')}={quote(query[key], '')}" for key in sorted(query))


def authorization(query: Mapping[str, str], headers: Mapping[str, str], key_id: str, key: str) -> str:
    """Return the `Authorization` of a POST without a body, as the page "V3 request syntax" describes it."""
    names, hashed = asked("POST", canonical(query), headers, EMPTY)
    signature = mac(key.encode(), f"{ALGORITHM}\n{hashed}".encode()).hex()
    return f"{ALGORITHM} Credential={key_id},SignedHeaders={names},Signature={signature}"


def accepted(_given: Given, response: Response) -> Ruling:
    """Return what the code in the body means; the HTTP status says little."""
    body = answered(response)
    if body is None or "Code" not in body:
        return retried(value=float(response.status))
    code, said = str(body["Code"]), str(body.get("Message", ""))
    if code == "OK":
        return replace(ACCEPTED, ref=str(body.get("BizId", "")))
    detail = masked(f"{code}: {said}")
    if code in HOPELESS:
        return refused(detail=detail)
    waits = [wait_s for word, wait_s in LIMITED if word in said and "LIMIT_CONTROL" in code]
    return retried(detail=detail, wait_s=waits[0] if waits else 0.0)


def hears(_given: Given, incoming: Incoming) -> Hearing:
    """Return receipts (SmsReport) and messages of people (SmsUp); raises ValueError for anything else."""
    found = []
    for row in rows_of(incoming):
        phone = word(row, "phone_number")
        if "success" in row:
            ref, own, arrived = (
                word(row, "biz_id"),
                word(row, "out_id"),
                word(row, "success").lower() == "true",
            )
            found.append(receipt(row, phone=phone, notice_id=own, ref=ref, delivered=arrived))
        elif text := word(row, "content"):
            found.append(Heard(kind="uplink", phone=phone, text=text))
    return Hearing(tuple(found), '{"code":0,"msg":"成功"}'.encode(), "application/json")


ALIYUN_SMS = vendor("aliyun-sms", Options, request=request, accepted=accepted, hears=hears)
