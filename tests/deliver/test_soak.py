"""Gateways that fail and hang, a program that is killed, many alerts: nobody is lost, nobody doubled."""

import asyncio
import contextlib
import os
import random
from collections import Counter

from alerted import a_receiver
from gateway import Post, replaced_limits

from schemas.reason import REASONS

ALERTS, KILLS = int(os.environ.get("SOAK_ALERTS", "24")), int(os.environ.get("SOAK_KILLS", "6"))
RECEIVERS, IN_FLIGHT, TIMEOUT_S = (20, 24, 6.0) if ALERTS < 100 else (20, 4, 15.0)
LIVES = (5, 60) if ALERTS < 100 else (500, 4000)
"""Results between two kills: some seconds."""
WAVE = 100 if ALERTS >= 100 else 24
"""Alerts that are on their way at once."""
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


class Soak:
    """Alerts that keep coming, and a sender that is killed in the middle of it and starts from the rows."""

    def __init__(self, alerts, receivers, limits, dice):
        self.coming, self.names = list(range(alerts)), [one.name for one in receivers]
        self.receivers, self.limits, self.dice = receivers, limits, dice
        self.post, self.kills = self.start(), 0

    def start(self):
        return Post(*self.receivers, limits=self.limits)

    def is_over(self):
        return not self.coming and not self.post.state.rows()

    def come(self):
        """Let alerts come while few are on their way: all at once would test how long a full outbox opens."""
        while self.coming and len(self.post.state.rows()) < WAVE * len(self.names):
            number = self.coming.pop()
            for name in self.names:
                minutes = 0.05 if name == "stuck" else 60.0
                self.post.tell(receiver=name, minutes=minutes, alert_id=f"F{number:06d}")

    def came_to(self, results):
        self.come()
        return len(self.post.results) >= results or self.is_over()

    async def live(self, results, within):
        """Send until there are so many results more, and die without a word."""
        results += len(self.post.results)
        async with self.post.sending():
            await self.post.until(lambda: self.came_to(results), within)

    def start_again(self):
        first, self.post = self.post, self.start()
        self.post.rows, self.post.results = first.rows, first.results
        self.post.restart()
        self.kills += 1
        print(f"{len(self.coming)} alerts to come after {self.kills} kills", flush=True)  # noqa: T201 - a long run says where it is


async def soak(alerts, names, kills, dice, within=WITHIN_S):
    """Return what each gateway took, the results, and how often it was killed."""
    taken, limits = Counter(), replaced_limits(timeout_s=TIMEOUT_S, per_receiver=IN_FLIGHT)
    async with a_gateway(taken, dice) as good, a_gateway(taken, dice, hangs=True) as stuck:
        urls = {name: stuck if name == "stuck" else good for name in names}
        receivers = tuple(a_receiver(name, url=url, allow_private=True) for name, url in urls.items())
        soaked = Soak(alerts, receivers, limits, dice)
        while not soaked.is_over() and soaked.kills < kills:
            await soaked.live(dice.randint(*LIVES), within)
            soaked.start_again()
        await soaked.live(alerts * len(names) * 100, within)
    kept = Counter({name: count for (status, name), count in taken.items() if status == b"200 OK"})
    refused, repeated = taken.total() - kept.total(), kept.total() - len(kept)
    print(f"{alerts} alerts, {soaked.kills} kills, {refused} refusals, {repeated} sent once more")  # noqa: T201 - the result
    return kept, soaked.post, soaked.kills


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
