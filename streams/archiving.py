"""Follow the log into the daily archive: every accepted observation, once, whatever the log still keeps."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from schemas.codec import decode
from schemas.observation import Delivery
from schemas.settings import Settings
from schemas.topics import OBSERVATION
from streams.archive import Archive
from streams.engine.reader import Read, read
from streams.files import write_whole

logger = logging.getLogger(__name__)

BATCH = 500
AGAIN_S = 5.0
WAIT_S = 1.0


async def keep_archive(settings: Settings, broker: str, data_dir: Path) -> None:
    """Archive until cancelled; what fails is loud and tried again from the position kept."""
    archive = Archive(data_dir / "archive")
    positions_file = data_dir / "archive" / "positions.json"
    while True:
        try:
            positions = _load(positions_file)
            source = read(settings, (OBSERVATION,), positions, broker=broker, data_dir=data_dir)
            await _follow(source, archive, positions, positions_file)
        except asyncio.CancelledError:
            raise
        except Exception:
            logger.exception("the archive does not follow the log; again in %.0f s", AGAIN_S)
        await asyncio.sleep(AGAIN_S)


async def _follow(
    source: AsyncIterator[Read], archive: Archive, positions: dict[tuple[str, int], int], positions_file: Path
) -> None:
    batch: list[Read] = []
    following = asyncio.ensure_future(anext(source))
    try:
        while True:
            done, _ = await asyncio.wait({following}, timeout=WAIT_S)
            if done:
                batch.append(following.result())
                following = asyncio.ensure_future(anext(source))
            if batch and (not done or len(batch) >= BATCH):
                await asyncio.to_thread(_keep, archive, batch, positions, positions_file)
                batch = []
    finally:
        following.cancel()


def _keep(
    archive: Archive, batch: list[Read], positions: dict[tuple[str, int], int], positions_file: Path
) -> None:
    """Append first, note the position after: a crash between repeats, and the archive drops repeats."""
    values = [decode(one.raw, Delivery) for one in batch]
    archive.append([value for value in values if isinstance(value, Delivery) and value.observations])
    for one in batch:
        positions[one.topic, one.partition] = one.offset + 1
    packed = {f"{topic}/{partition}": offset for (topic, partition), offset in positions.items()}
    write_whole(positions_file, msgspec.json.encode(packed, order="sorted"))
    archive.close_before(datetime.now(UTC))


def _load(path: Path) -> dict[tuple[str, int], int]:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        return {}
    packed = msgspec.json.decode(path.read_bytes(), type=dict[str, int])
    return {(key.rsplit("/", 1)[0], int(key.rsplit("/", 1)[1])): offset for key, offset in packed.items()}
