"""Hands one letter to a mail server, and returns what the server said."""

import importlib
from email.message import EmailMessage
from typing import Any

from alerts.channels.base import Letter
from streams.transport.post import Answer


async def deliver(letter: Letter, *, timeout_s: float, allow_private: bool) -> Answer:
    """Return the reply code of the mail server; 0 with a name when none came. Needs the extra `email`.

    A server in your own network is named in the settings by who runs the system, so its address is not
    checked; a login without encryption is refused unless the receiver allows it.
    """
    if letter.user and letter.security == "plain" and not allow_private:
        return Answer(failure="a login without encryption", forbidden=True)
    try:
        smtp: Any = importlib.import_module("aiosmtplib")
    except ImportError:
        return Answer(failure="the extra `email` is not installed")
    try:
        await smtp.send(
            written(letter),
            hostname=letter.host,
            port=letter.port,
            use_tls=letter.security == "tls",
            start_tls=letter.security == "starttls",
            username=letter.user or None,
            password=letter.password or None,
            timeout=timeout_s,
        )
    except smtp.SMTPRecipientsRefused as error:
        return _said(error.recipients[0])
    except smtp.SMTPResponseException as error:
        return _said(error)
    except (smtp.SMTPException, OSError, ValueError) as error:
        return Answer(failure=type(error).__name__)
    return Answer(status=250)


def written(letter: Letter) -> EmailMessage:
    """Return the letter as it goes over the wire; raises ValueError for a header with a line break."""
    message = EmailMessage()
    message["From"], message["To"] = letter.sender, letter.to
    message["Subject"], message["Message-ID"] = letter.subject, letter.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    for one in letter.attachments:
        main, _, sub = one.media.partition("/")
        message.add_attachment(one.body, maintype=main, subtype=sub, filename=one.name)
    return message


def _said(error: Any) -> Answer:
    return Answer(status=int(error.code), body=str(error.message).encode())
