"""A gateway that refuses a signature for its time, our clock being off, is asked again and not given up."""

import pytest

from alerts.channels import aliyun_sms, dingtalk, tencent_sms, webhook
from alerts.channels.base import Response

EXPIRED = b'{"Code":"InvalidTimeStamp.Expired","Message":"Specified time stamp or date value is expired."}'
SIGNED = (
    b'{"Response":{"Error":{"Code":"AuthFailure.SignatureExpire","Message":"The signature has expired"}}}'
)
STAMP = '{"errcode":310000,"errmsg":"invalid timestamp, 时间戳无效"}'.encode()


@pytest.mark.parametrize(
    ("channel", "status", "body", "why"),
    [
        (aliyun_sms, 400, EXPIRED, "InvalidTimeStamp.Expired"),
        (tencent_sms, 200, SIGNED, "AuthFailure.SignatureExpire"),
        (dingtalk.DINGTALK, 200, STAMP, "invalid timestamp"),
        (webhook.WEBHOOK, 400, b"message timestamp too old", ""),
    ],
)
def test_a_clock_that_is_off_is_a_failure_with_the_gateways_word_and_no_refusal(channel, status, body, why):
    said = channel.accepted(None, Response(status, body))
    assert said.outcome == "retry"
    assert said.reason is not None
    assert why in said.reason.detail
