"""A real receiver on loopback with a scripted answer, and an outbox that a real sender carries out."""

import asyncio
import contextlib
import dataclasses
from datetime import UTC, datetime, timedelta

from aiohttp import web
from alerted import an_alert, replaced
from closing import put_away
from deskside import Deskside

from streams.transport.sender import Limits, Sender

FAST = Limits(
    waits_s=(0.02, 0.02, 0.04), jitter=0.1, timeout_s=0.5, look_s=0.05, report_s=0.02, per_receiver=4
)


def replaced_limits(**fields):
    return dataclasses.replace(FAST, **fields)


class Gateway:
    """Notes every request; `answer(request, number)` makes the response."""

    def __init__(self, answer):
        self.answer = answer
        self.got: list[tuple[dict[str, str], bytes]] = []

    async def _take(self, request):
        self.got.append(({k.lower(): v for k, v in request.headers.items()}, await request.read()))
        return await self.answer(request, len(self.got))

    @property
    def ids(self):
        return [headers["webhook-id"] for headers, _ in self.got]

    @contextlib.asynccontextmanager
    async def open(self):
        app = web.Application()
        app.router.add_post("/hook", self._take)
        runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
        try:
            yield self
        finally:
            await put_away(runner)


def answers(*statuses, headers=None):
    """Answer with these statuses in turn, the last for ever."""

    async def answer(_request, number):
        status = statuses[min(number, len(statuses)) - 1]
        return web.Response(status=status, headers=headers)

    return answer


class Written:
    """What a desk holds; a step is on the disk at once."""

    def __init__(self, desk):
        self.desk = desk

    def rows(self):
        return self.desk.state.rows()

    def row(self, receiver, notice_id):
        return self.desk.state.pending.get(receiver, {}).get(notice_id)


class Post(Deskside):
    """The deliver hop with a real sender beside it; results come back at once."""

    def __init__(self, *receivers, limits=FAST, environ=None, known=None, ways=None):
        super().__init__(*receivers, ways=ways)
        self.results = []
        known = receivers if known is None else known
        self.sender = Sender(Written(self), self, known, ways=ways, limits=limits, environ=environ or {})

    async def send(self, topic, key, value, partition=None):
        assert topic.name == "notice.v1"
        assert key == value.receiver
        assert partition is None
        self.results.append(value)
        self.take(value)

    def outcomes(self, receiver="ranger"):
        return [notice.outcome for notice in self.results if notice.receiver == receiver]

    def tell(self, *, receiver="ranger", minutes=60.0, minutes_ago=None, **fields):
        now = datetime.now(UTC)
        alert = an_alert(expires_at=now + timedelta(minutes=minutes), **fields)
        if minutes_ago is not None:
            alert = replaced(alert, issued_at=now - timedelta(minutes=minutes_ago))
        self.due(alert, receiver)
        self.sender.wake()

    @contextlib.asynccontextmanager
    async def sending(self):
        task = asyncio.create_task(self.sender.run())
        try:
            yield self
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def until(self, true, within=60.0):
        async with asyncio.timeout(within):
            while not true():  # noqa: ASYNC110 - what is waited for is plain data
                await asyncio.sleep(0.01)

    async def empty(self, within=60.0):
        await self.until(lambda: not self.state.rows(), within)
