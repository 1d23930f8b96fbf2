"""Every way out: one file and one line each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from alerts.channels.aliyun_sms import ALIYUN_SMS
from alerts.channels.base import Channel, Given, Message, Request, Response, Ruling, Stamp
from alerts.channels.cap import CAP
from alerts.channels.dingtalk import DINGTALK
from alerts.channels.email import EMAIL
from alerts.channels.file import FILE
from alerts.channels.gateway_sms import GATEWAY_SMS
from alerts.channels.kafka import KAFKA
from alerts.channels.tencent_sms import TENCENT_SMS
from alerts.channels.voice import VOICE
from alerts.channels.webhook import WEBHOOK
from alerts.channels.wecom import WECOM
from alerts.digest import Listed
from schemas.alert import Alert
from schemas.jurisdiction import Jurisdiction
from schemas.receiver import Receiver
from schemas.settings import Settings

CHANNELS: tuple[Channel, ...] = (
    WEBHOOK,
    ALIYUN_SMS,
    TENCENT_SMS,
    GATEWAY_SMS,
    VOICE,
    WECOM,
    DINGTALK,
    EMAIL,
    CAP,
    KAFKA,
    FILE,
)
"""Every channel in service, by which receivers are told."""


@dataclass(frozen=True)
class Exit:
    """One channel as it is set up here: with its options and the office that tells."""

    channel: Channel
    given: Given

    def render(self, alert: Alert, receiver: Receiver) -> Message:
        """Return the words of one revision."""
        return self.channel.render(self.given, alert, receiver)

    def digest(self, lines: tuple[Listed, ...], receiver: Receiver) -> Message:
        """Return the words that tell of several late alerts."""
        return self.channel.digest(self.given, lines, receiver)

    def note(self, text: str, receiver: Receiver) -> Message | None:
        """Return a few free words as they are sent; None where only approved templates may go out."""
        return None if self.channel.note is None else self.channel.note(self.given, text, receiver)

    def second(self, alert: Alert, receiver: Receiver) -> str:
        """Return what follows in a message of its own once the first was taken; empty: nothing."""
        return "" if self.channel.second is None else self.channel.second(self.given, alert, receiver)

    @property
    def gives_receipts(self) -> bool:
        """Whether this gateway tells what became of what it took."""
        return self.channel.receipts(self.given)

    def request(self, message: Message, receiver: Receiver, stamp: Stamp) -> Request:
        """Return what is to be sent; raises ValueError for a secret that cannot be used."""
        return self.channel.request(self.given, message, receiver, stamp)

    def accepted(self, response: Response) -> Ruling:
        """Return whether the gateway took it."""
        return self.channel.accepted(self.given, response)


def exits(
    profile: Jurisdiction,
    settings: Settings | None = None,
    options: Mapping[str, Any] | None = None,
    channels: Iterable[Channel] = CHANNELS,
) -> dict[str, Exit]:
    """Return every channel set up, by name, with the words of the jurisdiction.

    `options` are those checked at start; defaults where absent.
    """
    known = settings or Settings()
    checked = options or {}
    return {
        channel.name: Exit(
            channel,
            Given(
                options=checked.get(f"channels.{channel.name}") or channel.options(),
                profile=profile,
                office=known.office,
                issuer=known.issuer,
            ),
        )
        for channel in channels
    }
