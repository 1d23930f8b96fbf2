"""Audit entries go to a log server as they are made; the file is the buffer, so nobody waits for the network.

Over TLS (RFC 5425) and TCP (RFC 6587) each line stands behind its length and is sent again after a broken
connection; over UDP what the other side refuses, or the machine cannot send, is lost and counted.
"""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress

from prometheus_client import Counter, Gauge

from streams.serve.audit.syslog import line
from streams.serve.audit.trail import Trail

LOOK_EVERY_S = 1.0
AGAIN_S = 10.0
GIVE_UP_S = 10.0
MOST_UDP = 2048
"""Bytes of one datagram: what every receiver of RFC 5426 should take."""

log = logging.getLogger(__name__)


class Live:
    """Follows the audit log and sends what is new to `udp://HOST:PORT`, `tcp://…` or `tls://…`.

    `tls` says whose certificate is taken; it goes with `tls://`.
    """

    def __init__(
        self, trail: Trail, where: str, lost: Counter, behind: Gauge, tls: ssl.SSLContext | None = None
    ) -> None:
        self.trail, self.lost, self.behind, self.tls = trail, lost, behind, tls
        self.way, _, rest = where.partition("://")
        self.host, _, port = rest.rpartition(":")
        self.port, self.own = int(port), socket.gethostname()

    async def follow(self) -> None:
        """Send for as long as the server runs; what fails is tried again."""
        while True:
            try:
                await (self._over_udp() if self.way == "udp" else self._over_tcp())
            except (OSError, TimeoutError) as error:
                log.warning("the log server does not take audit entries: %s", _why(error))
            await asyncio.sleep(AGAIN_S)

    async def _over_tcp(self) -> None:
        opening = asyncio.open_connection(self.host, self.port, ssl=self.tls)
        reader, writer = await asyncio.wait_for(opening, GIVE_UP_S)
        try:
            while True:
                await self._pass_on(lambda text: writer.write(b"%d %s" % (len(text), text)))
                await asyncio.wait_for(writer.drain(), GIVE_UP_S)
                if reader.at_eof() or writer.is_closing():
                    raise ConnectionResetError
                await self._kept()
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _over_udp(self) -> None:
        found = await asyncio.get_running_loop().getaddrinfo(self.host, self.port, type=socket.SOCK_DGRAM)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as out:
            out.setblocking(False)
            out.connect(address)
            while True:
                await self._pass_on(lambda text: self._datagram(out, text))
                await self._kept()

    def _datagram(self, out: socket.socket, text: bytes) -> None:
        try:
            out.send(text[:MOST_UDP])
        except OSError:
            self.lost.inc()

    async def _pass_on(self, write: Callable[[bytes], None]) -> None:
        """Write every entry after the last that was sent; `_kept` notes how far."""
        after = await asyncio.to_thread(self.trail.sent)
        gone = max(0, (await asyncio.to_thread(self.trail.anchor))[0] - after)
        self.lost.inc(gone)
        page = await asyncio.to_thread(self.trail.page, after + gone, 1000)
        for one in page:
            write(line(one, self.own).encode())
        self.number = page[-1].number if page else after + gone
        self.full = len(page) == 1000

    async def _kept(self) -> None:
        last = await asyncio.to_thread(self.trail.note_sent, self.number)
        self.behind.set(last - self.number)
        if not self.full:
            await asyncio.sleep(LOOK_EVERY_S)


def _why(error: Exception) -> str:
    """Return what an engineer needs to mend it: of a certificate what is wrong with it."""
    told = error.verify_message if isinstance(error, ssl.SSLCertVerificationError) else ""
    return f"{type(error).__name__} {told}".strip()
