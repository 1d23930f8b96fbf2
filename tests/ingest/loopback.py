"""A server that speaks the FIRMS area API, and one that takes observations in; both on loopback."""

import json
from collections import deque
from datetime import UTC, datetime

from aiohttp import web

HEAD = "latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,instrument,confidence,version,"
HEAD += "bright_ti5,frp,daynight\n"
KEY = "0123456789abcdef0123456789abcdef"
NOW = datetime(2026, 3, 15, 6, 0, tzinfo=UTC)


def rows(count, day="2026-03-15", first=0):
    line = "28.1,{:.3f},330,0.4,0.4,{},0412,N20,VIIRS,n,2.0NRT,290,5,N\n"
    return HEAD + "".join(line.format(101 + (first + number) / 1000, day) for number in range(count))


class Firms:
    """Answers as told, in order; then with an empty day. Keeps what was asked."""

    def __init__(self):
        self.answers = deque()
        self.asked = []

    def app(self):
        app = web.Application()
        app.router.add_get("/api/area/csv/{key}/{source}/{area}/{days}", self.answer)
        app.router.add_get("/api/area/csv/{key}/{source}/{area}/{days}/{start}", self.answer)
        app.router.add_get("/api/data_availability/csv/{key}/{source}", self.answer)
        return app

    async def answer(self, request):
        self.asked.append({name: value for name, value in request.match_info.items() if name != "key"})
        if request.match_info["key"] != KEY:
            return web.Response(status=400, text="Invalid MAP_KEY.")
        answer = self.answers.popleft() if self.answers else HEAD
        if isinstance(answer, str):
            return web.Response(text=answer)
        if callable(answer):
            return await answer(request)
        status, text, headers = answer
        return web.Response(status=status, text=text, headers=headers)


class WayIn:
    """Takes bodies as the ingress of a server does: one answer for each idempotency key."""

    def __init__(self):
        self.bodies = {}
        self.requests = []
        self.failures = deque()
        self.token = "secret-token"

    def app(self):
        app = web.Application(client_max_size=20_000_000)
        app.router.add_post("/v1/observations", self.take)
        return app

    async def take(self, request):
        self.requests.append(request.headers.get("Idempotency-Key"))
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.json_response({"title": "no key"}, status=401)
        if self.failures:
            return web.json_response({"detail": "told to fail"}, status=self.failures.popleft())
        body = await request.read()
        first = self.bodies.setdefault(request.headers["Idempotency-Key"], body)
        if first != body:
            return web.json_response({"title": "used with another body"}, status=422)
        count = sum(bool(line.strip()) for line in body.splitlines()) - 1
        return web.Response(status=202, text=json.dumps({"counts": {"accepted": count, "rejected": 0}}))


async def serving(app):
    runner = web.AppRunner(app, shutdown_timeout=0.5)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"
