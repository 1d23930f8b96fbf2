"""One engine under load: two rates, and everything at once; each also on a bare Faust agent."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from streams.bench.figure import Figure, figure, quantile
from streams.bench.shots import Subject, Volley, fire, shots
from streams.bench.subjects import bare, fenghuo

WARM_UP = 40
AIMS_MS = {0.5: 50.0, 0.99: 250.0}
"""Design: p50 < 50 ms and p99 < 250 ms from accepted to published."""
PEER = "bare Faust agent"
LATE_S = 0.25
"""A shot that is sent so much later than planned is told of."""


@dataclass(frozen=True)
class Rate:
    """Observations a second, in deliveries of `each`, for `seconds`; without a rate all at once."""

    title: str
    per_s: float
    each: int
    count: int


def rates(*, quick: bool) -> tuple[Rate, ...]:
    """Return what is sent: the two rates of the design, and a pour."""
    seconds = 1 if quick else 12
    return (
        Rate("250/s one by one", 250, 1, 250 * seconds),
        Rate("1,000/s in deliveries of 20", 1000, 20, 1000 * seconds),
        Rate("poured at once, one by one", 0, 1, 250 if quick else 4000),
    )


async def measure(  # noqa: PLR0913 - where, and who is told
    section: str, broker: str, prefix: str, folder: Path, say: Callable[[str], None], *, quick: bool
) -> list[Figure]:
    """Return the figures of one engine."""
    asked = rates(quick=quick)
    async with bare(broker, prefix, folder / "bare") as peer:
        beside = [volley async for volley in _volleys(peer, asked, lambda rate: say(f"{PEER}: {rate}"))]
    async with fenghuo(broker, prefix, folder / "judge") as ours:
        found = [volley async for volley in _volleys(ours, asked, say)]
    figures: list[Figure] = []
    for rate, mine, other in zip(asked, found, beside, strict=True):
        figures += (_latency if rate.per_s else _poured)(section, rate, mine, other)
    return figures


async def _volleys(
    subject: Subject, asked: Sequence[Rate], say: Callable[[str], None]
) -> AsyncIterator[Volley]:
    """Fire at each rate after a little that is not counted."""
    await fire(subject, shots(WARM_UP, 100.0))
    first = WARM_UP
    for rate in asked:
        say(rate.title)
        yield await fire(subject, shots(rate.count, rate.per_s, rate.each, first))
        first += rate.count


def _latency(section: str, rate: Rate, mine: Volley, other: Volley) -> Iterator[Figure]:
    """Yield delays: from when an observation was due, so that stalls count, and from its acceptance."""
    for share, aim in AIMS_MS.items():
        yield figure(
            section,
            f"p{share * 100:.0f} due to published, {rate.title}",
            quantile(mine.since(mine.due), share),
            "ms",
            peer=f"ms, {PEER}",
            peer_value=quantile(other.since(other.due), share),
            at_most=aim,
            used=mine.used,
            note=_shortfall(mine),
        )
        yield figure(
            section,
            f"p{share * 100:.0f} accepted to published, {rate.title}",
            quantile(mine.since(mine.accepted), share),
            "ms",
            peer=f"ms, {PEER}",
            peer_value=quantile(other.since(other.accepted), share),
        )
    yield figure(
        section,
        f"processor time of an observation, {rate.title}",
        mine.used.cpu_s / len(mine.due) * 1000.0,
        "ms",
        peer=f"ms of a message, {PEER}",
        peer_value=other.used.cpu_s / len(other.due) * 1000.0,
        used=mine.used,
    )


def _poured(section: str, rate: Rate, mine: Volley, other: Volley) -> Iterator[Figure]:
    yield figure(
        section,
        f"messages a second, {rate.title}",
        len(mine.due) / (mine.ended - mine.started),
        "/s",
        peer=f"/s, {PEER}",
        peer_value=len(other.due) / (other.ended - other.started),
        used=mine.used,
        note=_shortfall(mine),
    )


def _shortfall(volley: Volley) -> str:
    """Return what was not as planned: alerts that never came, a load that was itself late."""
    told = []
    if volley.missing:
        told.append(f"{volley.missing} of {len(volley.due)} never published")
    if volley.latest_s > LATE_S:
        told.append(
            f"the load was up to {volley.latest_s * 1000:.0f} ms late; delays count from when it was due"
        )
    return "; ".join(told)
