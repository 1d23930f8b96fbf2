"""Asks the gateways that do not call back, again and again, what became of messages and what people sent."""

import asyncio
import logging
import os
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from alerts.channels import Exit
from alerts.channels.base import HttpPost, Incoming, Stamp
from schemas.settings import Settings
from streams.metrics import Metrics
from streams.telling.hearing import Ears
from streams.transport.carry import Carrier
from streams.transport.secret import secrets_in

EVERY_S = 10.0
"""How often each is asked; a receipt is waited for three minutes."""

TIMEOUT_S = 15.0
ANSWER_BYTES = 1024 * 1024

log = logging.getLogger(__name__)


def asked(ways: Mapping[str, Exit]) -> dict[str, Exit]:
    """Return the ways whose gateways must be asked."""
    stamp = Stamp("", datetime(2000, 1, 1, tzinfo=UTC), "", ("", ""))
    return {name: way for name, way in ways.items() if way.channel.asks(way.given, stamp)}


async def poll(
    hearing: Callable[[], Ears],
    ways: Callable[[], Mapping[str, Exit]],
    metrics: Metrics,
    every_s: float = EVERY_S,
) -> None:
    """Ask the gateways of that moment until cancelled; what fails is said and asked again."""
    async with Carrier(timeout_s=TIMEOUT_S, answer_bytes=ANSWER_BYTES) as carrier:
        while True:
            for name, way in asked(ways()).items():
                try:
                    await ask_once(hearing(), carrier, name, way, metrics)
                except Exception as error:  # noqa: BLE001 - one gateway must not silence the others
                    metrics.heard.labels(name, "unread").inc()
                    log.warning("gateway=%s told nothing: %s", name, error)
            await asyncio.sleep(every_s)


async def ask_once(ears: Ears, carrier: Carrier, name: str, way: Exit, metrics: Metrics) -> None:
    """Ask one gateway once; raises ValueError for an answer that cannot be read."""
    assert way.channel.hears is not None, "whoever asks can hear"
    variable = getattr(way.given.options, "secret_env", "")
    keys = secrets_in(variable, os.environ) if variable else ()
    now = datetime.now(UTC)
    for request in way.channel.asks(way.given, Stamp("", now, secrets.token_hex(16), keys)):
        answer = await carrier.carry(request, allow_private=_private(ears.settings, name, request))
        if not 200 <= answer.status < 300:
            raise ValueError(answer.failure or f"HTTP {answer.status}")
        for heard in way.channel.hears(way.given, Incoming({}, answer.body)).heard:
            metrics.heard.labels(name, await ears.take(name, heard, now)).inc()


def _private(settings: Settings, name: str, _request: HttpPost) -> bool:
    """A gateway in one's own network is allowed where a receiver told by it allows that."""
    return any(one.allow_private for one in settings.receivers if one.channel == name)
