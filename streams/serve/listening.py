"""Where the server listens, and when that is refused."""

import asyncio
import errno
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from streams.serve.pages import warm
from streams.serve.server import create_server
from streams.serve.services import Network, Services

STOP_S = 5.0
"""How long open requests may go on while the server stops."""


class ListeningError(Exception):
    """The server may not or cannot listen there; the message says what to do."""


@dataclass(frozen=True, kw_only=True)
class Listening:
    """Host and port (0: any free one), the TLS files in PEM, and the proxy in front."""

    host: str = "127.0.0.1"
    port: int = 8080
    tls_cert: Path | None = None
    tls_key: Path | None = None
    trusted_proxy: tuple[Network, ...] = ()

    def check(self) -> None:
        """Raise `ListeningError` where keys would cross a network unencrypted."""
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ListeningError("--tls-cert and --tls-key go together")
        if self.tls_cert is None and not self.trusted_proxy and not is_loopback(self.host):
            raise ListeningError(
                f"{self.host} is not this machine alone: give --tls-cert and --tls-key, or --trusted-proxy"
            )

    def check_free(self) -> None:
        """Raise `ListeningError` where nobody can listen: said before anything is started."""
        try:
            found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
            family, *_, address = found[0]
            socket.create_server(address[:2], family=family).close()
        except OSError as error:
            raise ListeningError(_said(self, error)) from error

    def context(self) -> ssl.SSLContext | None:
        """Return the TLS context, None without certificate; raises `ListeningError` for unusable files."""
        if self.tls_cert is None:
            return None
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        try:
            context.load_cert_chain(self.tls_cert, self.tls_key)
        except OSError as error:
            raise ListeningError(f"cannot use {self.tls_cert} with {self.tls_key}: {error}") from error
        return context


def _said(where: Listening, error: OSError) -> str:
    taken = (
        "; another program has the port: give another with --port" if error.errno == errno.EADDRINUSE else ""
    )
    return f"cannot listen on {where.host}:{where.port}: {error.strerror}{taken}"


def is_loopback(host: str) -> bool:
    """Say whether only this machine reaches `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def networks(texts: tuple[str, ...]) -> tuple[Network, ...]:
    """Return the addresses or networks of proxies; raises `ListeningError` for what is neither."""
    try:
        return tuple(ipaddress.ip_network(text) for text in texts)
    except ValueError as error:
        raise ListeningError(f"--trusted-proxy takes an address or a network: {error}") from error


@asynccontextmanager
async def listening(services: Services, where: Listening) -> AsyncIterator[str]:
    """Serve while the context is open and yield the URL; raises `ListeningError`."""
    where.check()
    context = where.context()
    # No access log: it would name who asks what, once for every request.
    app = create_server(services)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=STOP_S)
    await runner.setup()
    try:
        await asyncio.to_thread(warm, app)
        site = web.TCPSite(runner, where.host, where.port, ssl_context=context)
        try:
            await site.start()
        except OSError as error:
            raise ListeningError(_said(where, error)) from error
        yield _url(where, runner.addresses[0][1], "https" if context else "http")
    finally:
        await runner.cleanup()


def _url(where: Listening, port: int, scheme: str) -> str:
    host = f"[{where.host}]" if ":" in where.host else where.host
    return f"{scheme}://{host}:{port}/"
