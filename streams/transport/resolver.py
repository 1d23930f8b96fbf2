"""Names become public addresses only; checking an address in the settings does not need this."""

import socket

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from streams.transport.address import is_public


class ForbiddenAddressError(OSError):
    """The address is private, loopback, link-local or otherwise not on the public Internet."""


class PublicResolver(AbstractResolver):
    """Resolves names to public addresses only; what is connected to is what was checked here."""

    def __init__(self) -> None:
        self._system = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the public addresses of `host`; raises `ForbiddenAddressError` when it has none."""
        found = await self._system.resolve(host, port, family)
        public = [one for one in found if is_public(one["host"])]
        if not public:
            raise ForbiddenAddressError("private address")
        return public

    async def close(self) -> None:
        """Do nothing: there is nothing to close."""
