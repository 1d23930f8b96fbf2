"""What the group robots of WeCom and DingTalk share: Markdown under so many bytes, and a code in the body.

Both answer HTTP 200 also when they refuse, so success is `errcode` 0. Both count messages for each robot, so
what is too much for a minute goes out in one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import Struct

from alerts.channels import rich
from alerts.channels.base import (
    ACCEPTED,
    Channel,
    Given,
    Hearing,
    HttpPost,
    Incoming,
    Message,
    Rate,
    Response,
    Ruling,
    Stamp,
    answered,
    refused,
    retried,
)
from alerts.digest import Listed
from alerts.masking import masked
from schemas.alert import Alert
from schemas.receiver import Receiver


@dataclass(frozen=True)
class Robot:
    """One kind of robot: what it takes, what its codes mean, and for how long it is shut when overasked."""

    most_bytes: int
    rate: Rate
    too_often: frozenset[int]
    shut_s: float
    gone: frozenset[int]

    def render(self, given: Given, alert: Alert, receiver: Receiver) -> Message:
        """Return the Markdown of one revision."""
        return Message(rich.markdown(given, alert, receiver, self.most_bytes))

    def digest(self, given: Given, lines: tuple[Listed, ...], receiver: Receiver) -> Message:
        """Return the Markdown for late alerts."""
        return Message(rich.markdown_digest(given, lines, receiver, self.most_bytes))

    def accepted(self, _given: Given | None, response: Response) -> Ruling:
        """Return what `errcode` means; an answer without one is no success."""
        body = answered(response)
        code = None if body is None else body.get("errcode")
        if body is None or not isinstance(code, int) or isinstance(code, bool):
            return retried(value=float(response.status))
        if code == 0:
            return ACCEPTED
        detail = masked(f"errcode {code}: {body.get('errmsg', '')}")
        if code in self.gone:
            return refused(detail=detail)
        return retried(detail=detail, wait_s=self.shut_s if code in self.too_often else 0.0)

    def merge(self, bodies: tuple[str, ...]) -> tuple[str, int]:
        """Return the first few texts as one message of the robot, and how many."""
        return rich.joined(bodies, self.most_bytes)

    def channel(
        self,
        name: str,
        options: type[Struct],
        request: Callable[[Any, Message, Receiver, Stamp], HttpPost],
        hears: Callable[[Any, Incoming], Hearing] | None = None,
    ) -> Channel:
        """Return the channel of this kind of robot; `secret_env` names one robot, for which limits count."""
        return Channel(
            name=name,
            options=options,
            render=self.render,
            digest=self.digest,
            note=rich.markdown_note,
            request=request,
            accepted=self.accepted,
            rate=self.rate,
            address=lambda receiver: receiver.secret_env,
            merge=self.merge,
            needs=("secret_env",),
            hears=hears,
        )


def posted(url: str, markdown: dict[str, str]) -> HttpPost:
    """Return the request that says this Markdown."""
    body = msgspec.json.encode({"msgtype": "markdown", "markdown": markdown})
    return HttpPost(url, {"content-type": "application/json"}, body)
