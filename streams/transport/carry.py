"""Carries out whatever a channel describes; what cannot be done is an answer, never an exception."""

import asyncio
import os
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from alerts.channels.base import Entry, HttpPost, Letter, Record, Request
from schemas.settings import Kafka
from streams.transport.mail import deliver
from streams.transport.post import Answer, Poster
from streams.transport.records import Records


class Carrier:
    """Use it as `async with Carrier(...) as carrier`; without a Kafka `outside` no record can be carried."""

    def __init__(
        self, *, timeout_s: float, answer_bytes: int, outside: tuple[Kafka, str] | None = None
    ) -> None:
        self._timeout_s = timeout_s
        self._poster = Poster(timeout_s=timeout_s, answer_bytes=answer_bytes)
        self._records = Records(outside, timeout_s=timeout_s)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self._poster)
        self._stack.push_async_callback(self._records.close)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def carry(self, request: Request, *, allow_private: bool) -> Answer:
        """Return what became of one attempt."""
        match request:
            case HttpPost():
                return await self._poster.post(request, allow_private=allow_private)
            case Record():
                return await self._records.put(request)
            case Letter():
                return await deliver(request, timeout_s=self._timeout_s, allow_private=allow_private)
            case Entry():
                return await asyncio.to_thread(append, request)


def append(entry: Entry) -> Answer:
    """Return 200 once the line is on the disk, else the name of what went wrong."""
    name = entry.name.replace("/", "_").replace("\\", "_").replace("\0", "_")
    try:
        folder = Path(entry.directory)
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / name).open("ab") as file:
            file.write(entry.line)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return Answer(failure=f"{type(error).__name__}: {error.strerror}")
    return Answer(status=200)
