"""The shape of a way out: a channel describes a request and never sends it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from msgspec import Struct, field

from alerts.digest import Listed
from schemas.alert import Alert
from schemas.settings import Receiver


class HttpPost(Struct, frozen=True):
    """One HTTP POST as it is to be sent."""

    url: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Channel:
    """One way out. All functions are pure.

    `render(options, alert, receiver)` describes the request, without any secret.
    `digest(options, lines, receiver)` describes one that tells of several late alerts, the worst first.
    `sign(post, notice_id, timestamp, secrets)` adds the proof of origin; `timestamp` is Unix seconds;
    raises ValueError, without the secret in its words, for a secret that cannot be used.
    `took(status, answer)` says whether the gateway's answer means that it accepted the message.
    """

    name: str
    options: type[Struct]
    render: Callable[[Any, Alert, Receiver], HttpPost]
    digest: Callable[[Any, tuple[Listed, ...], Receiver], HttpPost]
    sign: Callable[[HttpPost, str, int, tuple[str, ...]], HttpPost]
    took: Callable[[int, bytes], bool]
