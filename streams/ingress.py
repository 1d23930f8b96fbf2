"""The one way in: read a payload, stamp its arrival, and have the log acknowledge every observation."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

import msgspec

from detectors.identity import key_of
from detectors.region.place_names import FoundName
from schemas.dead_letter import KEPT_BYTES, DeadLetter
from schemas.observation import AnyObservation, Delivery, Permit, Report, Sighting
from schemas.reason import Reason
from schemas.topics import DEAD_LETTER, OBSERVATION
from schemas.verdict import Verdict
from streams import feeds
from streams.clocks import Clocks
from streams.engine.writer import Writer
from streams.feeds import Limits, Parsed, permits
from streams.feeds.permits import without_permits
from streams.pictures import Pictures
from streams.recorded import deliveries, unfold
from streams.said import delivered
from streams.unnamed import covered, without_people

Reader = Callable[[bytes, Limits], Parsed]
"""Makes observations of a payload."""

KeepPeople = Callable[[Sequence[Permit]], None]
"""Keeps who answers for permits, outside the log."""

Find = Callable[[str], Sequence[FoundName]]
"""Gives the places that a text may name, the best first."""

PICTURE_MISSING = "picture_missing"
"""What `mended` says of an observation that names a picture which is not here."""


def utc_now() -> datetime:
    """Return the wall clock; only ingress and timers ask it."""
    return datetime.now(UTC)


@dataclass
class Answer:
    """What became of one payload, row by row in its order, once the log has it."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)


def letter(  # noqa: PLR0913, PLR0917 - what a letter says
    source: str,
    stage: str,
    at: datetime,
    reason: Reason,
    raw: bytes,
    position: str = "",
    *,
    cover: Callable[[bytes], bytes] = covered,
) -> DeadLetter:
    """Return the dead letter of some bytes; the same bytes at the same position give the same letter."""
    digest = hashlib.sha256(raw).hexdigest()
    seal = hashlib.sha256(f"{source}\n{stage}\n{position}\n{reason.code}\n{digest}".encode()).hexdigest()
    return DeadLetter(
        letter_id=seal[:32],
        source=source,
        stage=stage,
        at=at,
        reason=reason,
        raw=cover(raw)[:KEPT_BYTES],
        length=len(raw),
        sha256=digest,
        position=position,
    )


class Ingress:
    """Takes payloads in and writes them to the log."""

    def __init__(
        self, writer: Writer, clock: Callable[[], datetime] = utc_now, pictures: Pictures | None = None
    ) -> None:
        """Write to `writer`; an observation that names a picture not in `pictures` is marked so."""
        self._writer = writer
        self._clock = clock
        self._pictures = pictures
        self.clocks = Clocks()

    async def accept(  # noqa: PLR0913 - what a payload is taken in with
        self,
        payload: bytes,
        *,
        feed: str,
        source_name: str,
        received_at: datetime | None = None,
        reader: Reader | None = None,
        find: Find | None = None,
        keep_people: KeepPeople | None = None,
    ) -> Answer:
        """Return what became of every row; done means that the log has it all.

        `reader` reads the payload where it does not say itself what it is. Permits come by theirs alone.
        `find` knows the places of the region by name. Who answers for a permit is given to `keep_people`
        first and never enters the log.

        Raises what the log raises when it cannot take it in (a full disk); nothing was accepted then that
        the answer does not say.
        """
        now = received_at or self._clock()
        content, broken = unfold(payload)
        parsed = (
            without_permits(feeds.read(content, Limits(now, find)))
            if reader is None
            else reader(content, Limits(now, find))
        )
        people = [one for one in parsed.observations if isinstance(one, Permit)]
        if people and keep_people is not None:
            await asyncio.to_thread(keep_people, people)
        stamped = [
            msgspec.structs.replace(one, received_at=now, feed=one.feed or feed)
            for one in without_people((*parsed.observations, *parsed.besides))
        ]
        if self._pictures is not None and any(_names_of(one) for one in stamped):
            stamped = await asyncio.to_thread(_marked, stamped, self._pictures)
        sends = [self.deliver(one) for one in deliveries(stamped)]
        letters = _letters(parsed, broken, payload, source_name, now)
        sends += [self._writer.send(DEAD_LETTER, source_name, one) for one in letters]
        await asyncio.gather(*sends)
        self.clocks.note(parsed, source_name, now)
        return _answer(parsed, letters)

    async def hear(self, one: Verdict) -> None:
        """Have the log take what somebody found, received now."""
        heard = msgspec.structs.replace(one, received_at=self._clock())
        await self._writer.send(OBSERVATION, one.incident_id, delivered(heard))

    async def deliver(self, delivery: Delivery) -> None:
        """Have the log take one delivery as it stands."""
        await self._writer.send(OBSERVATION, key_of(delivery.observations[0]), delivery)


def _read(content: bytes, limits: Limits) -> Parsed:
    return without_permits(feeds.read(content, limits))


def _names_of(observation: AnyObservation) -> tuple[str, ...]:
    return observation.pictures if isinstance(observation, Sighting | Report) else ()


def _marked(observations: Sequence[AnyObservation], pictures: Pictures) -> list[AnyObservation]:
    """Return the observations; where a picture is missing it is noted: to lose a sighting would be worse."""
    marked: list[AnyObservation] = []
    for one in observations:
        notes = tuple(note for note in one.mended if note != PICTURE_MISSING)
        if any(not pictures.has(name) for name in _names_of(one)):
            notes = (*notes, PICTURE_MISSING)
        marked.append(one if notes == one.mended else msgspec.structs.replace(one, mended=notes))
    return marked


def _letters(
    parsed: Parsed, broken: Reason | None, payload: bytes, source: str, now: datetime
) -> list[DeadLetter]:
    cover = partial(covered, permits=parsed.feed == permits.NAME)
    if parsed.refused is not None:
        return [letter(source, "ingest", now, broken or parsed.refused, payload, cover=cover)]
    found = [
        letter(source, "ingest", now, row.reason, row.readable, _position(row.line), cover=cover)
        for row in parsed.rejected
    ]
    if broken is not None:
        found.append(letter(source, "ingest", now, broken, payload, "end", cover=cover))
    return found


def _position(line: int) -> str:
    return f"line {line}" if line else "end"


def _answer(parsed: Parsed, letters: list[DeadLetter]) -> Answer:
    """Return what became of every row, in the order of the payload; what has no line comes last."""
    accepted: list[dict[str, Any]] = [
        {"outcome": "accepted", "line": line, "observation_id": one.observation_id}
        for line, one in zip(parsed.lines, parsed.observations, strict=True)
    ]
    refused: list[dict[str, Any]] = [
        {"outcome": "rejected", "line": _line(one.position), "reason": msgspec.to_builtins(one.reason)}
        for one in letters
    ]
    lines = sorted([*accepted, *refused], key=lambda row: (row["line"] is None, row["line"] or 0))
    return Answer(lines, {"accepted": len(accepted), "rejected": len(refused)})


def _line(position: str) -> int | None:
    return int(position[5:]) if position.startswith("line ") else None
