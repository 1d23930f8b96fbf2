"""What an approved SMS template is given: which one, and its variables; all other words are fixed.

Carriers in China send only templates that were reviewed, so nothing is free text and the duty telephone
stands in the template. Proposed texts for the review stand in the profile of the jurisdiction
(`short_message.template`); variables are cut so that with these texts every message is one segment.
"""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from alerts.channels.base import Channel, Given, Hearing, HttpPost, Incoming, Message, Response, Ruling, Stamp
from alerts.digest import Listed, ordered
from alerts.policy import ENDING
from alerts.segments import is_gsm7, segments, units
from alerts.sms import Parts, call_of, fitted, instruction, signature_of, time_of
from schemas.alert import Alert
from schemas.receiver import Receiver
from schemas.short_message import Purpose
from schemas.wording import Words

Code = Annotated[str, Meta(pattern="^[A-Za-z0-9_]{0,40}$", description="Code of an approved template.")]


TEMPLATES = ("template_tell", "template_leave", "template_lower", "template_end", "template_digest")
"""Options without which some alert could never be told."""

ALERT = ("word", "code", "place", "time")
VARIABLES: dict[Purpose, tuple[str, ...]] = {
    "tell": ALERT,
    "leave": ALERT,
    "lower": (*ALERT, "why"),
    "end": (*ALERT, "why"),
    "digest": ("count", "word"),
}
"""What each template is given, in the order in which it stands in the proposed text."""

MOST, MOST_LATIN = 20, 40
"""Letters of one variable, of 70 and of 160: reviewers of carriers take short ones only."""

MOBILE = re.compile(r"(\+86)?1[3-9][0-9]{9}|\+(?!86)[1-9][0-9]{6,14}")
"""A mobile of mainland China, or `+` and at most 15 digits from abroad (ITU-T E.164)."""


class Approved(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every vendor with approved templates asks for."""

    template_tell: Code = ""
    template_leave: Code = ""
    template_lower: Code = ""
    template_end: Code = ""
    template_digest: Code = ""


class Filled(Struct, frozen=True):
    """Which template, by its purpose, and the variables in their order."""

    template: Purpose
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
        sound=pair,
        needs=("phone",),
        settled=("secret_env", *settled, *TEMPLATES),
        telephone=MOBILE,
        hears=hears,
        receipts=lambda given: bool(given.options.callback_env),
    )


def filled(given: Given, alert: Alert) -> Message:
    """Return the words of one revision: which template, and its variables, cut so that all is one segment."""
    purpose, words = purpose_of(alert), given.profile.first
    most = most_of(words)

    def variables(made: Parts) -> dict[str, str]:
        why = made.why or (instruction(alert, given.office, words) if purpose == "end" else "")
        found = made._replace(why=why or words.short_message.unwritten)._asdict()
        return {name: found[name] for name in VARIABLES[purpose]}

    def fits(made: Parts) -> bool:
        found = variables(made)
        short_enough = all(0 < units(one) <= most for one in found.values())
        return short_enough and len(segments(proposed(given, purpose, found))) == 1

    time = time_of(alert, given.zone, brief=True)
    return _kept(Filled(purpose, variables(fitted(alert, words, time, fits))))


def purpose_of(alert: Alert) -> Purpose:
    """Return which template a revision takes; whoever must leave is told nothing else beside it."""
    if alert.order:
        return "leave"
    return "end" if alert.action in ENDING else "lower" if alert.action == "downgrade" else "tell"


def most_of(words: Words) -> int:
    """Return how many letters a variable may have in a language."""
    return MOST_LATIN if is_gsm7(words.short_message.message) else MOST


def proposed(given: Given, purpose: Purpose, variables: Mapping[str, str]) -> str:
    """Return a message as people get it where the proposed text was approved with the office's telephone."""
    words = given.profile.first
    text = words.short_message.template[purpose].format(call=call_of(given.office, words), **variables)
    return signature_of(given.office, words) + text


def filled_digest(given: Given, lines: tuple[Listed, ...]) -> Message:
    """Return the words for what is told together: `digest` with how many there are and the highest grade."""
    known = ordered(lines)
    grade = given.profile.first.short_message.grade[known[0].grade]
    return _kept(Filled("digest", {"count": str(len(known)), "word": grade}))


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
