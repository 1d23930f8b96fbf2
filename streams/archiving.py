"""Follow the log into the daily archive: every accepted observation and verdict, once, and what judged them.

Whoever owns the data directory keeps its archive: the worker on `embedded://`, `serve` beside Kafka.
How far it has come stands in `archive/positions.json`: `{"v": 1, "positions": {"observation.v1/0": 17}}`.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import cast

from msgspec import Struct

from detectors.region import AnyRegion
from schemas.codec import Unreadable, decode, encode
from schemas.observation import Delivery
from schemas.settings import Settings
from schemas.topics import OBSERVATION, VERDICT
from schemas.units import Version
from schemas.verdict import Verdict
from streams.archive import RETENTION_DAYS, Archive, ArchiveError
from streams.engine.logs import is_embedded, open_log
from streams.engine.places import topic_name
from streams.engine.reader import Read, read
from streams.files import write_whole
from streams.said import as_given
from streams.unnamed import unnamed_delivery

logger = logging.getLogger(__name__)

TOPICS = (OBSERVATION, VERDICT)
BATCH = 500
AGAIN_S = 5.0
WAIT_S = 1.0

Positions = dict[tuple[str, int], int]


class Reached(Struct, frozen=True, kw_only=True):
    """The file of positions: the next offset to read, by `topic/partition`."""

    v: Version = 1
    positions: dict[str, int]


@dataclass
class Keeping:
    """What is archived, from where and how long; one for a data directory."""

    settings: Settings
    region: AnyRegion
    broker: str
    data_dir: Path
    retention_days: int = RETENTION_DAYS
    archive: Archive = field(init=False)
    today: date = date.min
    judging: str = ""

    def __post_init__(self) -> None:
        self.archive = Archive(self.data_dir / "archive", self.retention_days)

    @property
    def file(self) -> Path:
        """Where the positions stand."""
        return self.data_dir / "archive" / "positions.json"

    def begin_day(self, now: datetime) -> None:
        """Say what judges, at every start and change; once a day close the days past, drop the oldest."""
        region = self.region.at(now).version
        if (self.today, self.judging) == (now.date(), region):
            return
        self.archive.append_settings(self.settings, region, now)
        self.judging = region
        self.archive.close_before(now)
        self.today = now.date()


async def keep_archive(keeping: Keeping) -> None:
    """Archive until cancelled; what fails is loud and tried again from the position kept."""
    while True:
        try:
            keeping.file.parent.mkdir(parents=True, exist_ok=True)
            positions = _held(keeping, load(keeping.file))
            source = cast(
                "AsyncGenerator[Read, None]",
                read(keeping.settings, TOPICS, positions, broker=keeping.broker, data_dir=keeping.data_dir),
            )
            async with aclosing(source):
                await _follow(keeping, source, positions)
        except asyncio.CancelledError:
            raise
        except Exception:
            logger.exception("the archive does not follow the log; again in %.0f s", AGAIN_S)
        await asyncio.sleep(AGAIN_S)


async def _follow(keeping: Keeping, source: AsyncIterator[Read], positions: Positions) -> None:
    """Archive what comes, every `WAIT_S` or `BATCH` messages, however steadily it comes."""
    clock = asyncio.get_running_loop().time
    following = asyncio.ensure_future(anext(source))
    try:
        while True:
            await asyncio.to_thread(keeping.begin_day, datetime.now(UTC))
            batch: list[Read] = []
            ends = clock() + WAIT_S
            while len(batch) < BATCH and (left_s := ends - clock()) > 0:
                await asyncio.wait({following}, timeout=left_s)
                if following.done():
                    batch.append(following.result())
                    following = asyncio.ensure_future(anext(source))
            if batch:
                await asyncio.to_thread(_keep, keeping, batch, positions)
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


def _keep(keeping: Keeping, batch: list[Read], positions: Positions) -> None:
    """Append first, note the position after: a crash between repeats, and the archive drops repeats."""
    given = [decode(one.raw, Delivery) for one in batch if one.topic == OBSERVATION.name]
    told = [unnamed_delivery(one) for one in given if isinstance(one, Delivery)]
    found = [decode(one.raw, Verdict) for one in batch if one.topic == VERDICT.name]
    keeping.archive.append(told)
    spoken = [(*one.verdicts, *one.acts, *one.settings) for one in told]
    words = [as_given(word) for said in spoken for word in said]
    # what the judge made of a verdict is no second one
    words += [one for one in found if isinstance(one, Verdict) and one.outcome == "given"]
    keeping.archive.append_verdicts(words)
    for one in batch:
        positions[one.topic, one.partition] = one.offset + 1
    packed = {f"{topic}/{partition}": offset for (topic, partition), offset in sorted(positions.items())}
    write_whole(keeping.file, encode(Reached(positions=packed)))


def load(path: Path) -> Positions:
    """Return the positions in the file, none where there is none or it is damaged: repeats are dropped.

    Raises
    ------
    ArchiveError
        when a later program wrote it: what that archived must not be touched.
    """
    if not path.exists():
        return {}
    reached = decode(path.read_bytes(), Reached)
    if isinstance(reached, Unreadable):
        if "later format" in reached.why:
            raise ArchiveError(f"{path}: {reached.why}: use a newer program")
        logger.warning("%s cannot be read (%s): the log is archived from its beginning", path, reached.why)
        return {}
    places = ((key.rpartition("/"), offset) for key, offset in reached.positions.items())
    return {(topic, int(number)): offset for (topic, _, number), offset in places}


def _held(keeping: Keeping, positions: Positions) -> Positions:
    """Return the positions, or none of them when the log is another one than was archived."""
    if not is_embedded(keeping.broker):
        return positions  # A Kafka client begins anew by itself where a position is out of range.
    kafka = keeping.settings.kafka
    log = open_log(keeping.data_dir, kafka)
    names = {topic.name: topic_name(kafka, topic) for topic in TOPICS}
    for (topic, number), offset in positions.items():
        name = names.get(topic, "")
        if number >= log.partitions(name) or offset > log.end(name, number):
            logger.warning("the log is shorter than was archived: it is archived from its beginning")
            return {}
    return positions
