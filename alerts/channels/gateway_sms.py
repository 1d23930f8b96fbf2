"""A text message through any SMS gateway with an HTTP door: a CMPP gateway's front or a domestic provider.

Config::

    [channels.gateway-sms]
    url = "https://sms.example.cn/send"
    secret_env = "SMS_GATEWAY"            # user and password, a space between them
    charset = "gbk"
    body = "u={user}&p={digest}&m={phone}&c={text}&t={time}"
    digest = "md5"
    digest_of = "{user}{password}{time}"
    taken_field = "status"                # {"status": "0"} was taken
    taken = "0"
    refused = "-5|-9"                     # number or content it will never take
    ref_field = "msgid"                   # its own id, to which the receipt leads back
    callback_env = "SMS_CALLBACK"         # WORD: the gateway calls /v1/gateways/gateway-sms/WORD
    hears = { by = "callback", ref = "msgid", status = "report", delivered = "DELIVRD", text = "content" }

The receiver has a `phone`. One message is one segment; what the charset lacks is sent as `?`.
With `second_part = true` coordinates follow in a message of their own once the first was taken.
"""

from typing import Annotated

from msgspec import Meta

from alerts.channels.base import Channel, Given, Message
from alerts.channels.described_hearing import hears, receipts
from alerts.channels.http_gateway import Described, asks, described, ruled
from alerts.channels.rich import language_of
from alerts.digest import Listed
from alerts.policy import ENDING
from alerts.sms import digest_message, message, note_message, second_part, words_of
from schemas.alert import Alert
from schemas.receiver import Receiver


class Options(Described, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings under [channels.gateway-sms]."""

    second_part: Annotated[
        bool, Meta(description="Send coordinates, and the link where it fits, in a second message.")
    ] = False


def render(given: Given, alert: Alert, receiver: Receiver) -> Message:
    """Return the whole message, signature included, in one segment."""
    text = message(alert, given.office, given.profile, language_of(given, receiver))
    return Message(text, {"code": alert.short_code})


def second(given: Given, alert: Alert, receiver: Receiver) -> str:
    """Return coordinates with their error, and the link if both are one segment; empty unless asked for."""
    if not given.options.second_part or alert.action in ENDING:
        return ""
    words = words_of(given.profile, language_of(given, receiver))
    whole = second_part(alert, words, given.office.link)
    fits = note_message(whole, given.office, given.profile, language_of(given, receiver)).endswith(whole)
    return whole if fits else second_part(alert, words)


def digest(given: Given, lines: tuple[Listed, ...], receiver: Receiver) -> Message:
    """Return one message for all late alerts."""
    return Message(digest_message(lines, given.office, given.profile, language_of(given, receiver)))


def note(given: Given, text: str, receiver: Receiver) -> Message:
    """Return a few words that are no alert, signed and in one segment."""
    return Message(note_message(text, given.office, given.profile, language_of(given, receiver)))


GATEWAY_SMS = Channel(
    name="gateway-sms",
    options=Options,
    render=render,
    digest=digest,
    note=note,
    second=second,
    request=described,
    accepted=ruled,
    needs=("phone",),
    settled=("url",),
    hears=hears,
    receipts=receipts,
    asks=asks,
)
