"""MQTT as a way in: a message is acknowledged only after our log has it, so a crash loses none.

The session is kept by the broker (`clean_session` off, a fixed client id): what was sent at QoS 1 and not
acknowledged comes again after a crash of ours, and identities make a repeat harmless. An acknowledgement
belongs to the connection that the message came by: after a new one it is left out, since the broker may have
given its number to another message. What was published at QoS 0 is as safe as its publisher made it.
"""

import asyncio
import hashlib
import logging
import ssl
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn
from urllib.parse import urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from streams.ingest.backoff import wait_s
from streams.ingest.post import NotTaken, NotWanted, Taken
from streams.ingest.secret import Secret

logger = logging.getLogger(__name__)

PORTS = {"mqtt": 1883, "mqtts": 8883}
KEEP_ALIVE_S = 30

Take = Callable[[bytes, str], Awaitable[Taken]]
"""Payload and idempotency key to what became of its rows, once the log has them."""


class BadAddress(ValueError):  # noqa: N818 - says what is wrong
    """The broker's address cannot be used; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Broker:
    """Where the broker is and who we are to it."""

    host: str
    port: int
    tls: bool
    client_id: str
    topics: tuple[str, ...]
    ca_file: str = ""
    username: str = ""
    password: Secret | None = None

    @classmethod
    def of(cls, url: str, **more: Any) -> "Broker":
        """Return the broker at `mqtt://HOST[:PORT]` or `mqtts://…`; raises `BadAddress`."""
        try:
            parts = urlsplit(url)
            port = parts.port or PORTS.get(parts.scheme, 0)
        except ValueError as error:
            raise BadAddress(f"{url}: {error}") from None
        if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/"):
            raise BadAddress(f"{url}: an address is mqtt://HOST:PORT or mqtts://HOST:PORT")
        if parts.username or parts.password:
            raise BadAddress("a user or password may not stand in an address")
        return cls(host=parts.hostname, port=port, tls=parts.scheme == "mqtts", **more)


@dataclass
class Subscriber:
    """Takes what a broker sends, one message after the other; `take` is the way in."""

    broker: Broker
    take: Take
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    tell: Callable[[str], None] = logger.info
    connection: int = 0
    waiting: "asyncio.Queue[tuple[int, Any]]" = field(default_factory=asyncio.Queue)

    async def run(self) -> NoReturn:
        """Take messages until cancelled; a lost connection is made again by itself."""
        client = self.client(asyncio.get_running_loop())
        client.connect_async(self.broker.host, self.broker.port, KEEP_ALIVE_S)
        client.loop_start()
        try:
            while True:
                number, message = await self.waiting.get()
                await self._take_in(message)
                if number == self.connection:
                    client.ack(message.mid, message.qos)
        finally:
            # no farewell: the broker keeps the session, and sends again what was not acknowledged
            client.loop_stop()
            client.disconnect()

    async def _take_in(self, message: Any) -> None:
        """Hand one message in, again and again until the log has it; what is refused for good is told."""
        key, failures = _key(message.topic, message.payload), 0
        while True:
            try:
                taken = await self.take(message.payload, key)
            except NotWanted as error:
                logger.error("refused for good: topic=%s %s", message.topic, error)  # noqa: TRY400 - known
                return
            except NotTaken as error:
                self.tell(f"{message.topic}: not taken yet: {error}")
                await self.sleep(wait_s(failures, None, longest_s=60.0))
                failures = min(failures + 1, 20)
            else:
                self.tell(f"{message.topic}: {taken.accepted} accepted, {taken.rejected} rejected")
                return

    def client(self, loop: asyncio.AbstractEventLoop) -> paho.Client:
        """Return the client that hands messages to `loop`; it acknowledges none by itself."""
        given = self.broker
        client = paho.Client(
            CallbackAPIVersion.VERSION2, client_id=given.client_id, clean_session=False, manual_ack=True
        )
        client.reconnect_delay_set(1, 60)
        if given.tls:
            context = ssl.create_default_context(cafile=given.ca_file or None)
            client.tls_set_context(context)
        if given.username:
            client.username_pw_set(given.username, given.password.reveal() if given.password else None)

        def connected(_: Any, __: Any, ___: Any, code: Any, ____: Any) -> None:
            if code.is_failure:
                logger.warning("the MQTT broker refuses us: %s", code)
                return
            self.connection += 1
            client.subscribe([(topic, 1) for topic in given.topics])

        def came(_: Any, __: Any, message: Any) -> None:
            loop.call_soon_threadsafe(self.waiting.put_nowait, (self.connection, message))

        def failed(_: Any, __: Any) -> None:
            # paho calls this while it handles the error, and does not hand it on
            logger.warning("the MQTT broker is not reached, tried again: %s", str(sys.exc_info()[1]))

        client.on_connect = connected
        client.on_connect_fail = failed
        client.on_message = came
        return client


def _key(topic: str, payload: bytes) -> str:
    """Return the idempotency key of a message: the same when it is sent again."""
    return "mqtt:" + hashlib.sha256(topic.encode() + bytes(1) + payload).hexdigest()[:48]
