"""A text message through Tencent Cloud (腾讯云短信), signed as TC3-HMAC-SHA256, with approved templates only.

Config::

    [channels.tencent-sms]
    secret_env = "TENCENT_SMS"            # SecretId and SecretKey, a space between them
    app_id = "1400000000"                 # SmsSdkAppId
    template_tell = "1000001"
    template_leave = "1000002"            # the call back: leave at once
    template_lower = "1000003"
    template_end = "1000004"
    template_digest = "1000005"

The receiver has a `phone`. The signature is that of `[office]`, approved as well. API SendSms 2021-01-11.
"""

from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

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
from alerts.channels.signing import asked, chained, mac, sha256
from alerts.channels.template import Approved, international, opened, pair, vendor
from alerts.hearing import receipt, rows_of, word
from alerts.masking import masked
from schemas.receiver import Receiver

ALGORITHM = "TC3-HMAC-SHA256"
JSON = "application/json; charset=utf-8"

HOPELESS = frozenset(
    {
        "InvalidParameterValue.IncorrectPhoneNumber",
        "InvalidParameterValue.TemplateParameterFormatError",
        "InvalidParameterValue.TemplateParameterLengthLimit",
        "FailedOperation.TemplateIncorrectOrUnapproved",
        "FailedOperation.TemplateParamSetNotMatchApprovedTemplate",
        "FailedOperation.SignatureIncorrectOrUnapproved",
        "FailedOperation.PhoneNumberInBlacklist",
        "FailedOperation.ContainSensitiveWord",
        "UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber",
    }
)
"""Codes of the SendSms reference that the same message will meet again."""

LIMITED = {
    "LimitExceeded.PhoneNumberThirtySecondLimit": 30.0,
    "LimitExceeded.PhoneNumberOneHourLimit": 3600.0,
    "LimitExceeded.PhoneNumberSameContentDailyLimit": 6 * 3600.0,
    "LimitExceeded.PhoneNumberDailyLimit": 6 * 3600.0,
}
"""After how long asking again makes sense, s."""


class Options(Approved, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings under [channels.tencent-sms]."""

    secret_env: str = "TENCENT_SMS"  # noqa: S105 - where the secret is found, not the secret
    app_id: Annotated[str, Meta(pattern="^[0-9]{0,20}$", description="SmsSdkAppId.")] = ""
    callback_env: Annotated[
        str, Meta(description="Variable with WORD: both callbacks go to /v1/gateways/tencent-sms/WORD.")
    ] = ""
    region: str = "ap-guangzhou"
    url: Annotated[str, Meta(description="Endpoint, another one for a private cloud.")] = (
        "https://sms.tencentcloudapi.com/"
    )


def request(given: Given, message: Message, receiver: Receiver, stamp: Stamp) -> HttpPost:
    """Return the signed request; `SessionContext` is the notice, so that receipts lead back to it."""
    words, options = opened(message), given.options
    payload = {
        "PhoneNumberSet": [international(receiver.phone)],
        "SmsSdkAppId": options.app_id,
        "SignName": given.office.signature,
        "TemplateId": getattr(options, f"template_{words.template}"),
        "TemplateParamSet": list(words.variables.values()),
        "SessionContext": stamp.notice_id,
    }
    body, host = msgspec.json.encode(payload), urlsplit(options.url).netloc
    signed = {"content-type": JSON, "host": host, "x-tc-action": "sendsms"}
    credentials = pair(stamp.secrets)
    headers = {
        "content-type": JSON,
        "host": host,
        "x-tc-action": "SendSms",
        "x-tc-version": "2021-01-11",
        "x-tc-region": options.region,
        "x-tc-timestamp": str(int(stamp.at.timestamp())),
        "authorization": authorization("POST", "", signed, body, stamp.at, "sms", credentials),
    }
    return HttpPost(options.url, headers, body)


def authorization(  # noqa: PLR0913, PLR0917 - the parts of a signed request
    method: str,
    query: str,
    headers: dict[str, str],
    body: bytes,
    at: datetime,
    service: str,
    credentials: tuple[str, str],
) -> str:
    """Return the `Authorization` over these headers, as the page "Signature method v3" describes it."""
    names, hashed = asked(method, query, headers, sha256(body))
    day, (key_id, key) = f"{at.astimezone(UTC):%Y-%m-%d}", credentials
    parts = (day, service, "tc3_request")
    scope = "/".join(parts)
    signed = f"{ALGORITHM}\n{int(at.timestamp())}\n{scope}\n{hashed}"
    signature = mac(chained(f"TC3{key}".encode(), parts), signed.encode()).hex()
    return f"{ALGORITHM} Credential={key_id}/{scope}, SignedHeaders={names}, Signature={signature}"


def accepted(_given: Given, response: Response) -> Ruling:
    """Return what the code of the one number means, or the error of the whole request."""
    body = answered(response)
    said = _code(body) if body is not None else None
    if said is None:
        return retried(value=float(response.status))
    code, words = said
    if code == "Ok":
        return replace(ACCEPTED, ref=_serial(body))
    detail = masked(f"{code}: {words}")
    return refused(detail=detail) if code in HOPELESS else retried(detail=detail, wait_s=LIMITED.get(code, 0))


def _code(body: dict[str, Any]) -> tuple[str, str] | None:
    said = body.get("Response")
    if not isinstance(said, dict):
        return None
    states = said.get("SendStatusSet")
    found = said.get("Error") or (states[0] if isinstance(states, list) and states else None)
    if not isinstance(found, dict) or "Code" not in found:
        return None
    return str(found["Code"]), str(found.get("Message", ""))


def _serial(body: dict[str, Any] | None) -> str:
    """Return `SerialNo` of the one number; receipts bring it back as `sid`."""
    states = (body or {}).get("Response", {}).get("SendStatusSet")
    return str(states[0].get("SerialNo", "")) if isinstance(states, list) and states else ""


def hears(_given: Given, incoming: Incoming) -> Hearing:
    """Return receipts and messages of people from either callback; raises ValueError for anything else."""
    found = []
    for row in rows_of(incoming):
        phone = word(row, "mobile")
        if "report_status" in row:
            arrived = row["report_status"] == "SUCCESS"
            own, ref = word(row, "ext"), word(row, "sid")
            found.append(receipt(row, phone=phone, notice_id=own, ref=ref, delivered=arrived))
        elif text := word(row, "text"):
            found.append(Heard(kind="uplink", phone=phone, text=text))
    return Hearing(tuple(found), b'{"result":0,"errmsg":"OK"}', "application/json")


TENCENT_SMS = vendor(
    "tencent-sms", Options, request=request, accepted=accepted, hears=hears, settled=("app_id",)
)
