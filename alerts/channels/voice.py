"""A telephone call through any voice gateway with an HTTP door: the message is read twice.

Config::

    [channels.voice]
    url = "https://voice.example.cn/call"
    secret_env = "VOICE_GATEWAY"          # user and password, a space between them
    media = "json"
    body = '{"to": "{phone}", "say": "{text}", "ref": "{id}", "again": 2}'
    taken_field = "code"
    taken = "0"

In a language that no machine reads, recordings are played: `{prompt}` is the name of one; where there is none
it is empty and the text is read::

    body = '{"to": "{phone}", "say": "{text}", "play": "{prompt}"}'
    prompts_dir = "prompts"               # prompts/ii/fire-1.wav …: what is not there is not named
    prompts = { ii = { "fire.I" = "fire-1.wav", "fire.II" = "fire-2.wav", task = "task.wav" } }

The receiver has a `phone`, and `language = "ii"` for these. With `[channels.voice.hears]`, as `gateway-sms`
has it, the key pressed (`text`) answers the alert that was read out, and `status` says whether the call was
taken.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from alerts.channels.base import Channel, Given, Message
from alerts.channels.described_hearing import hears, receipts
from alerts.channels.http_gateway import Described, asks, described, ruled
from alerts.channels.rich import language_of
from alerts.digest import Listed, title
from alerts.near import wordings
from alerts.policy import ENDING
from alerts.routing import TEST
from alerts.sms import instruction, word
from alerts.untelling import shortened, why_of
from schemas.alert import Alert
from schemas.receiver import Receiver
from schemas.wording import Words

NEEDED = ("fire.I", "fire.II", "fire.III", "fire.IV", "task", "cancel", "close", "pull_back")
"""Prompts of a language without which some call of a fire is read out in another."""


WHY_MOST = 80
"""Letters of a reason that are read out: a call is no place for a page."""


class Options(Described, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings under [channels.voice]."""

    read: Annotated[int, Meta(ge=1, le=3, description="How often the text says the same.")] = 2
    prompts: Annotated[
        dict[str, dict[str, str]], Meta(description="Recordings by language and by what they say.")
    ] = msgspec.field(default_factory=dict)
    prompts_dir: Annotated[
        str, Meta(description="Where they are, a folder a language; empty: unchecked.")
    ] = ""


def render(given: Given, alert: Alert, receiver: Receiver) -> Message:
    """Return what is read out, twice unless the gateway repeats it by itself."""
    words = given.profile.words[language_of(given, receiver)]
    why = why_of(alert, words)
    if why is not None:
        why = why._replace(why=shortened(why.why, WHY_MOST, "…"))
    text = words.short_message.spoken.format(
        word=word(alert, words),
        code=" ".join(alert.short_code),
        place=next(wordings(alert, words)),
        instruction=instruction(alert, given.office, words),
        why="" if why is None else words.short_message.spoken_why.format(**why._asdict()),
    )
    said = _said(given, text, words, alert.short_code)
    recorded = given.options.prompts.get(receiver.language, {}).get(prompt_of(alert), "")
    if alert.status == TEST:  # no recording says that it is a drill
        return said
    return Message(said.body, {**said.headers, "prompt": recorded}) if recorded else said


def prompt_of(alert: Alert) -> str:
    """Return what a recording must say for this revision: `fire.I`, `task`, `close`, `pull_back` …."""
    if alert.order or alert.action in ENDING:
        return alert.order or alert.action
    return "task" if alert.grade == "task" else f"{alert.kind}.{alert.grade}"


def digest(given: Given, lines: tuple[Listed, ...], receiver: Receiver) -> Message:
    """Return what is read out of late alerts."""
    language = language_of(given, receiver)
    titles = title(lines, given.profile)
    return _said(given, titles[language], given.profile.words[language], "")


def note(given: Given, text: str, receiver: Receiver) -> Message:
    """Return a few words that are no alert, read as often as one."""
    return _said(given, text, given.profile.words[language_of(given, receiver)], "")


def _said(given: Given, text: str, words: Words, code: str) -> Message:
    return Message(words.short_message.again.join([text] * given.options.read), {"code": code})


VOICE = Channel(
    name="voice",
    options=Options,
    render=render,
    digest=digest,
    note=note,
    request=described,
    accepted=ruled,
    needs=("phone",),
    settled=("url",),
    hears=hears,
    receipts=receipts,
    asks=asks,
)
