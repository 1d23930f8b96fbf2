"""One attempt: words of the outbox become a request, the request an answer, the answer a ruling."""

import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from msgspec.structs import replace

from alerts.channels import Exit
from alerts.channels.base import Message, Request, Response, Ruling, Stamp, refused, retried
from alerts.link import MARK, PATH, filled, key_of, token
from alerts.ways import on_way
from schemas.reason import Reason
from schemas.receiver import Office, Receiver
from streams.hops.outbox import Pending
from streams.transport.carry import Carrier
from streams.transport.post import Answer
from streams.transport.secret import secrets_in

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Attempts:
    """What attempts need: who, by which way, and where secrets are found."""

    receivers: Mapping[str, Receiver]
    ways: Mapping[str, Exit]
    environ: Mapping[str, str]
    office: Office = field(default_factory=Office)

    async def make(self, carrier: Carrier, rows: Sequence[Pending]) -> Ruling:
        """Return what one attempt for these rows, all of one receiver and channel, came to."""
        first = rows[0]
        named, way = self.receivers.get(first.receiver), self.ways.get(first.channel)
        if named is None or way is None:
            return refused(detail="not in the settings any more")
        receiver = on_way(named, first.way)
        name = receiver.secret_env or getattr(way.given.options, "secret_env", "")
        try:
            words = _words(way, [self._linked(row) for row in rows])
            request = self._request(way, receiver, words, first.notice_id, name)
        except ValueError:
            return retried(detail=f"no usable secret in {name}")
        answer = await carrier.carry(request, allow_private=receiver.allow_private)
        try:
            return ruled(answer, way)
        except Exception as error:
            # it may have been taken: asked again at once, a gateway would send the same message without end
            log.exception("the answer of channel=%s was not understood", first.channel)
            return retried(detail=f"answer not understood: {type(error).__name__}")

    def _linked(self, row: Pending) -> Pending:
        """Return the row with its answer link signed; without a key the link only shows the alert."""
        if MARK not in row.body:
            return row
        base = self.office.link.rstrip("/")
        try:
            key = key_of(secrets_in(self.office.link_secret_env, self.environ))
        except ValueError:
            link = f"{base}/v1/alerts/{row.alert_id}"
        else:
            link = f"{base}{PATH}{token(key, row.receiver, row.alert_id, row.expires_at)}"
        return replace(row, body=filled(row.body, link))

    def _request(
        self, way: Exit, receiver: Receiver, message: Message, notice_id: str, secret_name: str
    ) -> Request:
        """Return the request with the signature of now; raises ValueError without a usable secret."""
        keys = secrets_in(secret_name, self.environ) if secret_name else ()
        if secret_name and not keys:
            raise ValueError("no secret")
        stamp = Stamp(notice_id, datetime.now(UTC), secrets.token_hex(16), keys)
        return way.request(message, receiver, stamp)


def _words(way: Exit, rows: Sequence[Pending]) -> Message:
    message = Message(rows[0].body, rows[0].headers)
    if len(rows) == 1 or way.channel.merge is None:
        return message
    return replace(message, body=way.channel.merge(tuple(row.body for row in rows))[0])


def ruled(answer: Answer, way: Exit) -> Ruling:
    """Return what an answer means: accepted, refused for good, or to be tried again."""
    if answer.forbidden:
        return Ruling("failed", Reason(code="address_refused", detail=answer.failure))
    if answer.status == 0:
        return retried(detail=answer.failure)
    if 300 <= answer.status < 400 and answer.http:
        reason = Reason(code="address_refused", value=float(answer.status), detail="redirect")
        return Ruling("retry", reason)
    ruling = way.accepted(Response(answer.status, answer.body))
    return replace(ruling, wait_s=max(ruling.wait_s, answer.retry_after_s))
