"""Carries out whatever a channel describes; what cannot be done is an answer, never an exception."""

from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from alerts.channels.base import Request
from streams.transport.post import Answer, Poster


class Carrier:
    """Use it as `async with Carrier(...) as carrier`."""

    def __init__(self, *, timeout_s: float, answer_bytes: int) -> None:
        self._poster = Poster(timeout_s=timeout_s, answer_bytes=answer_bytes)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self._poster)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def carry(self, request: Request, *, allow_private: bool) -> Answer:
        """Return what became of one attempt."""
        return await self._poster.post(request, allow_private=allow_private)
