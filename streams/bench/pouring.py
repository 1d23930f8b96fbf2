"""A whole day poured into an engine at once, judged by one worker to its end: of the globe, or a Qingming."""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from detectors.identity import key_of
from schemas.observation import Delivery
from schemas.settings import Kafka
from schemas.topics import OBSERVATION
from streams.bench.child import settings_of
from streams.bench.figure import Figure, figure
from streams.bench.subjects import BARE, Bare, Fenghuo, bare, fenghuo
from streams.bench.waiting import until
from streams.bench.world import GLOBAL_DAY, pixels_csv
from streams.engine.writer import Writer
from streams.recorded import deliveries, read

AIM_S = 20.0
GIVE_UP_S = 90.0
QUICK_ROWS = 1_000


async def measure(  # noqa: PLR0913 - where, and who is told
    section: str, broker: str, prefix: str, folder: Path, say: Callable[[str], None], *, quick: bool
) -> list[Figure]:
    """Return how long one worker takes for the day, beside a bare Faust agent handed the same messages."""
    rows = QUICK_ROWS if quick else GLOBAL_DAY
    at_most = AIM_S if rows == GLOBAL_DAY else None
    name = f"{rows:,} pixels through one worker"
    return await poured(section, broker, prefix, folder, say, (name, _deliveries(rows, folder), at_most))


async def poured(  # noqa: PLR0913, PLR0917 - where, and who is told
    section: str,
    broker: str,
    prefix: str,
    folder: Path,
    say: Callable[[str], None],
    what: tuple[str, Sequence[Delivery], float | None],
) -> list[Figure]:
    """Return how long one worker takes for deliveries, by name and with the aim in s, beside a bare agent."""
    name, given, at_most = what
    rows = sum(len(one.observations) for one in given)
    say(f"bare Faust agent: {rows:,} pixels poured at once")
    async with bare(broker, prefix, folder / "bare-day") as peer:
        peer_s = await _bare_s(peer, given)
    say(f"{rows:,} pixels poured at once")
    async with fenghuo(broker, prefix, folder / "day", live=False) as ours:
        before = ours.used()
        taken_s = await _judged_s(ours, given, settings_of(prefix).kafka)
        used = ours.used().since(before)
    note = f"{len(given):,} messages, {ours.alerts:,} alerts" if taken_s else f"not done in {GIVE_UP_S:.0f} s"
    return [
        figure(
            section,
            name,
            taken_s,
            "s",
            peer="s, bare Faust agent",
            peer_value=peer_s,
            at_most=at_most,
            used=used,
            note=note,
        ),
        figure(section, f"{name}, rows a second", rows / taken_s if taken_s else None, "/s"),
    ]


def _deliveries(rows: int, folder: Path) -> list[Delivery]:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "day.csv"
    path.write_bytes(pixels_csv(rows))
    return deliveries(read([path], now=datetime.now(UTC)).observations)


async def _bare_s(peer: Bare, given: Sequence[Delivery]) -> float | None:
    """Return how long the bare agent takes to have seen every message, s."""
    started = time.monotonic()
    await asyncio.gather(*(peer.writer.send(BARE, one.delivery_id, one) for one in given))
    if not await until(lambda: len(peer.seen) >= len(given), GIVE_UP_S):
        return None
    return max(peer.seen.values()) - started


async def _judged_s(ours: Fenghuo, given: Sequence[Delivery], kafka: Kafka) -> float | None:
    """Return how long it takes until the tick that follows everything has come out at the other end, s."""
    started = time.monotonic()
    await asyncio.gather(*(ours.writer.send(OBSERVATION, key_of(one.observations[0]), one) for one in given))
    last = given[-1].received_at + timedelta(seconds=1)
    await _pass_time(ours.writer, kafka, last)
    done = await until(lambda: ours.judged_at >= last, GIVE_UP_S)
    return time.monotonic() - started if done else None


async def _pass_time(writer: Writer, kafka: Kafka, now: datetime) -> None:
    for number in range(kafka.partitions):
        tick = Delivery(delivery_id=f"tick:{now.isoformat()}:{number}", received_at=now)
        await writer.send(OBSERVATION, "tick", tick, number)
