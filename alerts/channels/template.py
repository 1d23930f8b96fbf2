"""What an approved SMS template is given: which one, and its variables; all other words are fixed.

Carriers in China send only templates that were reviewed, so nothing is free text and the duty telephone
stands in the template. Proposed texts for the review are in the README of alerts.
"""

import re
from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from alerts.channels.base import Channel, Given, Hearing, HttpPost, Incoming, Message, Response, Ruling, Stamp
from alerts.digest import Listed, ordered
from alerts.policy import ENDING
from alerts.sms import parts
from schemas.alert import Alert
from schemas.receiver import Receiver

Code = Annotated[str, Meta(pattern="^[A-Za-z0-9_]{0,40}$", description="Code of an approved template.")]


TEMPLATES = ("template_tell", "template_end", "template_digest")
"""Options without which some alert could never be told."""

MOBILE = re.compile(r"(\+86)?1[3-9][0-9]{9}|\+(?!86)[1-9][0-9]{6,14}")
"""A mobile of mainland China, or `+` and at most 15 digits from abroad (ITU-T E.164)."""


class Approved(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every vendor with approved templates asks for."""

    template_tell: Code = ""
    template_end: Code = ""
    template_digest: Code = ""


class Filled(Struct, frozen=True):
    """Which template, by its purpose, and the variables in their order."""

    template: str
    variables: dict[str, str]


def vendor(  # noqa: PLR0913 - what differs from vendor to vendor
    name: str,
    options: type[Approved],
    *,
    request: Callable[[Any, Message, Receiver, Stamp], HttpPost],
    accepted: Callable[[Any, Response], Ruling],
    hears: Callable[[Any, Incoming], Hearing],
    settled: tuple[str, ...] = (),
) -> Channel:
    """Return the channel of one vendor; the words, the numbers and the receipts are alike for all."""
    return Channel(
        name=name,
        options=options,
        render=lambda given, alert, _receiver: filled(given, alert),
        digest=lambda given, lines, _receiver: filled_digest(given, lines),
        request=request,
        accepted=accepted,
        needs=("phone",),
        settled=("secret_env", *settled, *TEMPLATES),
        telephone=MOBILE,
        hears=hears,
        receipts=lambda given: bool(given.options.callback_env),
    )


def filled(given: Given, alert: Alert) -> Message:
    """Return the words of one revision: `tell` with word, code, place and time, or `end` with the same."""
    found = parts(alert, given.office, given.profile, given.profile.first.short_message.joint)
    purpose = "end" if alert.action in ENDING else "tell"
    return _kept(Filled(purpose, found._asdict()))


def filled_digest(given: Given, lines: tuple[Listed, ...]) -> Message:
    """Return the words for late alerts: `digest` with how many there are and the highest grade."""
    known = ordered(lines)
    return _kept(
        Filled(
            "digest",
            {"count": str(len(known)), "word": given.profile.first.short_message.grade[known[0].grade]},
        )
    )


def opened(message: Message) -> Filled:
    """Return what was kept in the outbox."""
    return msgspec.json.decode(message.body, type=Filled)


def _kept(words: Filled) -> Message:
    return Message(msgspec.json.encode(words).decode())


def international(phone: str) -> str:
    """Return the number with its country, +86 where none is given.

    >>> international("13800138000"), international("+4915112345678")
    ('+8613800138000', '+4915112345678')
    """
    return phone if phone.startswith("+") else "+86" + phone


def pair(secrets: tuple[str, ...]) -> tuple[str, str]:
    """Return key id and key of a secret of two words; raises ValueError, without them, for any other."""
    if len(secrets) != 2:
        raise ValueError("the secret is not two words: the id of the key and the key")
    return secrets[0], secrets[1]
