"""Gateways that fail and hang, a program that is killed, many alerts: nobody is lost, nobody doubled."""

import asyncio
import contextlib
import os
import random
import time
from collections import Counter

from alerted import a_receiver
from gateway import Post, replaced_limits

from schemas.reason import REASONS

ALERTS, KILLS = int(os.environ.get("SOAK_ALERTS", "24")), int(os.environ.get("SOAK_KILLS", "6"))
RECEIVERS, IN_FLIGHT, TIMEOUT_S = (20, 24, 6.0) if ALERTS < 100 else (20, 4, 15.0)
LIVES = (5, 60) if ALERTS < 100 else (500, 4000)
"""Results between two kills: some seconds."""
WAVE = 50
"""Alerts that come while it runs: all at once would only test how long a full outbox takes to open."""
WITHIN_S = float(os.environ.get("SOAK_S", "60"))
"""Scaled for every build; `make soak` runs the same with 10,000 alerts, killed every few seconds."""


class Curt(asyncio.Protocol):
    """A gateway in a few lines, so that it takes little of the machine: 200, or 503 one time in twenty."""

    def __init__(self, taken, dice, *, hangs):
        self.taken, self.dice, self.hangs, self.got = taken, dice, hangs, b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.got += data
        head, found, body = self.got.partition(b"\r\n\r\n")
        if not found:
            return
        fields = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:])
        fields = {name.lower(): value for name, value in fields.items()}
        if self.hangs or len(body) < int(fields[b"content-length"]):
            return
        status = b"503 Unavailable" if self.dice.random() < 0.05 else b"200 OK"
        self.taken[status, fields[b"webhook-id"].decode()] += 1
        self.transport.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        self.transport.close()


@contextlib.asynccontextmanager
async def a_gateway(taken, dice, *, hangs=False):
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Curt(taken, dice, hangs=hangs), "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"


async def killed_and_started(first, receivers, limits, dice):
    """Send for a while, die without a word in the middle of it, and start again from what is on the disk."""
    results = len(first.results) + dice.randint(*LIVES)
    async with first.sending():
        await first.until(lambda: len(first.results) >= results or not first.state.rows(), WITHIN_S)
    second = Post(*receivers, limits=limits)
    second.rows, second.results = first.rows, first.results
    second.restart()
    return second


def tell(post, numbers, names):
    for k in numbers:
        for name in names:
            post.tell(receiver=name, minutes=0.05 if name == "stuck" else 60.0, alert_id=f"F{k:06d}")


async def soak(alerts, names, kills, dice, within=WITHIN_S):
    """Return what each gateway took, the results, and how often it was killed."""
    taken, limits = Counter(), replaced_limits(timeout_s=TIMEOUT_S, per_receiver=IN_FLIGHT)
    async with a_gateway(taken, dice) as good, a_gateway(taken, dice, hangs=True) as stuck:
        urls = {name: stuck if name == "stuck" else good for name in names}
        receivers = tuple(a_receiver(name, url=url, allow_private=True) for name, url in urls.items())
        post, ends, told, done = Post(*receivers, limits=limits), time.monotonic() + within, 0, 0
        while told < alerts or (done < kills and post.state.rows()):
            if len(post.state.rows()) <= WAVE * len(names):
                tell(post, range(told, min(told + WAVE, alerts)), names)
                told = min(told + WAVE, alerts)
            if done == kills:
                async with post.sending():
                    await post.until(lambda: len(post.state.rows()) <= WAVE * len(names), within)  # noqa: B023 - awaited here
                continue
            assert time.monotonic() < ends, f"{told} of {alerts} alerts in {within:.0f} s"
            post = await killed_and_started(post, receivers, limits, dice)
            done += 1
            if done % 10 == 0:
                print(f"{told} alerts, {done} kills, {len(post.state.rows())} on their way", flush=True)  # noqa: T201 - a long run says where it is
        async with post.sending():
            await post.empty(within)
    kept = Counter({name: count for (status, name), count in taken.items() if status == b"200 OK"})
    refused, repeated = taken.total() - kept.total(), kept.total() - len(kept)
    print(f"{alerts} alerts, {done} kills, {refused} refusals, {repeated} sent once more")  # noqa: T201 - the result
    return kept, post, done


async def test_5_every_due_notice_is_delivered_once_or_expires_with_a_reason():
    names = [f"r{k}" for k in range(RECEIVERS - 1)] + ["stuck"]
    dice = random.Random(4711)
    kept, post, kills = await soak(ALERTS, names, KILLS, dice)
    last = {one.notice_id: one for one in post.results}
    assert len(last) == ALERTS * RECEIVERS
    outcomes = Counter((one.receiver == "stuck", one.outcome) for one in last.values())
    assert outcomes == {(False, "accepted"): ALERTS * (RECEIVERS - 1), (True, "expired"): ALERTS}
    assert all(one.reason.code in REASONS for one in last.values())
    assert set(kept) == {name for name, one in last.items() if one.outcome == "accepted"}
    assert sum(kept.values()) - len(kept) <= kills * IN_FLIGHT * RECEIVERS
    assert max(kept.values()) <= 1 + kills
    accepted = Counter(one.notice_id for one in post.results if one.outcome == "accepted")
    assert set(accepted.values()) == {1}
    told = post.state.told
    assert all(len(told[name]) == ALERTS for name in names)


async def test_without_a_kill_nobody_gets_anything_twice():
    dice = random.Random(12)
    kept, *_ = await soak(10, [f"r{k}" for k in range(10)], 0, dice)
    assert len(kept) == 100
    assert set(kept.values()) == {1}
