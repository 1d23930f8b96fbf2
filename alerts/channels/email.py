"""A letter in plain words with the CAP document attached; needs the extra `email`.

Config::

    [channels.email]
    host = "smtp.example.cn"
    port = 465
    security = "tls"                      # or "starttls"; "plain" only inside your own network
    sender = "fenghuo@example.cn"
    secret_env = "SMTP_LOGIN"             # user and password, a space between them; empty: no login

The receiver has an `email`. Taken means that the mail server took it, not that anybody read it.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from alerts import cap
from alerts.cap_digest import digest_document
from alerts.channels import rich
from alerts.channels.base import (
    ACCEPTED,
    Attachment,
    Channel,
    Given,
    Letter,
    Message,
    Response,
    Ruling,
    Stamp,
    refused,
    retried,
)
from alerts.channels.template import pair
from alerts.digest import Listed, ordered, title
from alerts.masking import masked
from alerts.stand_in_words import in_place
from schemas.alert import Alert
from schemas.receiver import Receiver

MOST_BYTES = 20_000


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings under [channels.email]."""

    host: str = "localhost"
    port: Annotated[int, Meta(ge=1, le=65535)] = 465
    security: Literal["tls", "starttls", "plain"] = "tls"
    sender: Annotated[str, Meta(pattern=r"^[^@\s<>]+@[^@\s<>]+$")] = "fenghuo@localhost.localdomain"
    secret_env: str = ""


class _Kept(Struct, frozen=True):
    """What stands in the outbox."""

    subject: str
    text: str
    cap: str = ""
    name: str = ""


def render(given: Given, alert: Alert, receiver: Receiver) -> Message:
    """Return subject, text and CAP document of one revision."""
    language = rich.language_of(given, receiver)
    headline = alert.headline.get(language) or next(iter(alert.headline.values()), alert.alert_id)
    subject = rich.safe(in_place(alert, given.profile.words[language]) + headline)
    text = rich.markdown(given, alert, receiver, MOST_BYTES)
    name = f"{cap.identifier(alert)}.cap"
    return _kept(_Kept(subject, text, cap.document(cap.Options(), alert, given.office, given.profile), name))


def digest(given: Given, lines: tuple[Listed, ...], receiver: Receiver) -> Message:
    """Return subject, text and CAP document for what is told together."""
    titles = title(ordered(lines), given.profile)
    subject = titles.get(rich.language_of(given, receiver)) or next(iter(titles.values()))
    document = digest_document(cap.Options(), lines, given.office, given.profile, given.issuer)
    text = rich.markdown_digest(given, lines, receiver, MOST_BYTES)
    return _kept(_Kept(rich.safe(subject), text, document, f"{lines[0].digest_id}.cap"))


def note(given: Given, text: str, _receiver: Receiver) -> Message:
    """Return a few words that are no alert."""
    return _kept(_Kept(rich.safe(f"{given.office.signature}: {text}")[:100], text))


def _kept(words: _Kept) -> Message:
    return Message(msgspec.json.encode(words).decode())


def request(given: Given, message: Message, receiver: Receiver, stamp: Stamp) -> Letter:
    """Return the letter; its Message-ID is the notice, so that a repeat can be told from news."""
    words, options = msgspec.json.decode(message.body, type=_Kept), given.options
    user, password = pair(stamp.secrets) if options.secret_env else ("", "")
    files = (Attachment(words.name, cap.MEDIA, words.cap.encode()),) if words.cap else ()
    return Letter(
        host=options.host,
        port=options.port,
        security=options.security,
        sender=options.sender,
        to=receiver.email,
        subject=words.subject,
        text=words.text,
        message_id=f"<{stamp.notice_id}@{options.sender.partition('@')[2]}>",
        user=user,
        password=password,
        attachments=files,
    )


def accepted(_given: Given, response: Response) -> Ruling:
    """Return what the reply code of the mail server means (RFC 5321, section 4.2.1)."""
    if 200 <= response.status < 300:
        return ACCEPTED
    detail = masked(response.body.decode(errors="replace"))
    if response.status >= 500:
        return refused(value=float(response.status), detail=detail)
    return retried(value=float(response.status), detail=detail)


EMAIL = Channel(
    name="email",
    options=Options,
    render=render,
    digest=digest,
    note=note,
    request=request,
    accepted=accepted,
    needs=("email",),
)
