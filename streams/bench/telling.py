"""How quick telling is: notices rendered and queued, and from what raises a grade to a gateway that took it.

The load beside the raises is a Qingming day that arrives within the run, told to the same receiver.
"""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path

import msgspec
from aiohttp import web
from msgspec.structs import replace

from detectors.identity import hotspot_id, key_of
from detectors.region import WORLD
from schemas.alert import Alert
from schemas.codec import encode
from schemas.notice import Due
from schemas.observation import Delivery, Hotspot
from schemas.receiver import Receiver
from schemas.settings import Settings
from schemas.topics import ALERT, OBSERVATION
from streams.bench import qingming
from streams.bench.beside import used_by
from streams.bench.child import settings_of
from streams.bench.figure import Figure, figure, quantile
from streams.bench.shots import shots
from streams.bench.waiting import until
from streams.engine.logs import close_logs
from streams.engine.writer import Writer, open_writer
from streams.hops.build import build_hops, telling
from streams.node import Node, running
from streams.pipeline import Pipeline

EACH = 20
"""Receivers of each alert."""
AIM_PER_S = 1000.0
AIM_MS = 2000.0
FIRST_PLACE = 100_000
"""Where raises are: none of the places that another load uses."""
GAP_S = 0.25
READY_S, TOLD_S = 60.0, 60.0
QUEUED = f"notices rendered and queued, {EACH} receivers each"


def took(times: int) -> tuple[str, str]:
    """Return the names of the two figures of a raise beside so many Qingming days: median, 99 of 100."""
    name = f"grade raised → gateway took it, beside a Qingming day ×{times}"
    return f"{name}, p50", f"{name}, p99"


OFFICE = {"office": {"signature": "西昌森防", "duty_phone": "08341234567"}}


async def measure(prefix: str, folder: Path, say: Callable[[str], None], *, quick: bool) -> list[Figure]:
    """Return both figures."""
    say(f"notices to {EACH} receivers of each alert")
    figures = [queued(2_000 if quick else 20_000)]
    times = 1 if quick else qingming.TIMES
    say(f"grades raised beside a Qingming day ×{times}")
    raises = 20 if quick else 120
    before = used_by(os.getpid())
    taken, alerts = await raised(prefix, folder, raises, qingming.POINTS * times)
    used = used_by(os.getpid()).since(before)
    median, tail = took(times)
    note = f"{len(taken)} of {raises} raises told, {alerts:,} alerts meanwhile"
    p50, p99 = quantile(taken, 0.5), quantile(taken, 0.99) if len(taken) == raises else None
    figures.append(figure("telling", median, p50, "ms", note=note))
    figures.append(figure("telling", tail, p99, "ms", at_most=AIM_MS, used=used))
    return figures


def queued(count: int) -> Figure:
    """Return how many notices one worker renders and queues in a second of processor time."""
    names = [f"r{number}" for number in range(EACH)]
    told = tuple(
        Receiver(name=name, channel="gateway-sms", phone="13800138000", tasks=True) for name in names
    )
    table = {**OFFICE, "channels": {"gateway-sms": {"url": "https://sms.example/send"}}}
    settings = replace(msgspec.convert(table, Settings), receivers=told)
    hop = telling(settings, WORLD).hops["deliver"]
    state, given = hop.open(hop.options, 0, {}), list(_alerts(-(-count // EACH)))
    made = 0
    began = time.process_time()
    for alert in given:
        for name in names:
            due = Due(receiver=name, due_at=alert.issued_at, alert=alert)
            result = hop.step(hop.options, state, due, due.due_at)
            made += sum(key.startswith("outbox/") for key, row in result.rows.items() if encode(row))
    per_s = made / (time.process_time() - began)
    began = time.process_time()
    for alert in given:
        encode(alert)
    peer = len(given) / (time.process_time() - began)
    return figure(
        "telling",
        QUEUED,
        per_s,
        "/s",
        peer="alerts written as JSON",
        peer_value=peer,
        at_least=AIM_PER_S,
        note=f"{made:,} notices, by processor time",
    )


def _alerts(count: int) -> list[Alert]:
    """Return so many first revisions, each under an id of its own, as the judge makes them."""
    found: list[Alert] = []

    def keep(topic: str, value: object) -> None:
        if topic == ALERT.name and isinstance(value, Alert) and value.action == "new":
            found.append(value)

    pipeline = Pipeline(build_hops(Settings(), WORLD), lambda output: keep(output.topic.name, output.value))
    for one in qingming.day(100):
        pipeline.feed(OBSERVATION, one)
    return [
        replace(one, alert_id=f"{one.alert_id}-{number}", incident_id=f"{one.alert_id}-{number}")
        for number, one in enumerate(islice(cycle(found), count))
    ]


@dataclass
class _Gateway:
    """Takes everything and notes when it first took which raise."""

    taken: dict[str, float] = field(default_factory=dict)
    alerts: int = 0

    async def take(self, request: web.Request) -> web.Response:
        """Answer 200."""
        said = json.loads(await request.read())["data"]
        self.alerts += 1
        if said.get("action") == "upgrade":
            self.taken.setdefault(said["alert_id"], time.monotonic())
        return web.Response()


@asynccontextmanager
async def _open(gateway: _Gateway) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/hook", gateway.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    finally:
        await runner.cleanup()


async def raised(prefix: str, folder: Path, count: int, pixels: int) -> tuple[list[float], int]:
    """Return from sending what raises a grade to the gateway's yes, ms each, and how many alerts it took."""
    gateway = _Gateway()
    async with _open(gateway) as url:
        county = Receiver(name="county", url=url, allow_private=True, tasks=True)
        settings = replace(settings_of(prefix), receivers=(county,))
        node = Node(settings=settings, region=WORLD, broker="embedded://", data_dir=folder, live=True)
        try:
            async with (
                running(node, asyncio.Event()) as worker,
                open_writer(settings, broker="embedded://", data_dir=folder) as writer,
            ):
                await until(lambda: worker.ready, READY_S)
                sent = await _fire(writer, gateway, count, pixels)
        finally:
            close_logs()
    return [
        (gateway.taken[one] - at) * 1000.0 for one, at in sent.items() if one in gateway.taken
    ], gateway.alerts


async def _fire(writer: Writer, gateway: _Gateway, count: int, pixels: int) -> dict[str, float]:
    """Open fires, raise each while the day arrives; return when what raises it was sent, by alert."""
    first = shots(count, 0.0, first=FIRST_PLACE)
    for shot in first:
        await _send(writer, shot.observations)
    load = asyncio.create_task(_arrive(writer, pixels, count * GAP_S))
    sent: dict[str, float] = {}
    for shot in first:
        await asyncio.sleep(GAP_S)
        sent[shot.names[0]] = time.monotonic()
        await _send(writer, _stronger(shot.observations[0]))
    await load
    await until(lambda: set(sent) <= set(gateway.taken), TOLD_S)
    return sent


async def _arrive(writer: Writer, pixels: int, within_s: float) -> None:
    given = qingming.day(pixels)
    now, last = datetime.now(UTC), max(one.observations[0].observed_at for one in given)
    for one in given:
        late = now - timedelta(minutes=5) - last
        moved = tuple(
            replace(each, observed_at=each.observed_at + late)
            for each in one.observations
            if isinstance(each, Hotspot)
        )
        await _send(writer, moved)
        await asyncio.sleep(within_s / len(given))


async def _send(writer: Writer, observations: tuple[Hotspot, ...]) -> None:
    now = datetime.now(UTC)
    stamped = tuple(replace(one, received_at=now) for one in observations)
    delivery = Delivery(
        delivery_id=f"bench/{stamped[0].observation_id}", received_at=now, observations=stamped
    )
    await writer.send(OBSERVATION, key_of(stamped[0]), delivery)


def _stronger(seen: Hotspot) -> tuple[Hotspot, ...]:
    """Return what another satellite saw at the same time at the same place: three pixels, much stronger."""
    at = [round(seen.longitude + east, 5) for east in (-0.003, 0.002, 0.006)]
    return tuple(
        replace(
            seen,
            satellite="NPP",
            source="NPP/VIIRS",
            longitude=lon,
            frp_mw=80.0,
            observation_id=hotspot_id("NPP", "VIIRS", seen.observed_at, lon, seen.latitude),
        )
        for lon in at
    )
