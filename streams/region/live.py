"""Takes up new versions of a region while the system runs; nothing is stopped for it.

A build writes `region.json` anew, with the instant from which its version is in force. Whoever judges or
serves looks at that file every few seconds and opens what is new beside what is in use. A step takes the
version in force at its own `now`, so every worker changes at the same message.
"""

import asyncio
import logging
from datetime import UTC, datetime
from pathlib import Path

from detectors.region import WORLD, AnyRegion, Region, Regions
from streams.region.loading import check_built
from streams.region.manifest import RegionError, VersionEntry
from streams.region.opening import open_version
from streams.region.pointer import read_pointer

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0


def load_regions(root: Path | None) -> AnyRegion:
    """Return every version of the region in folder `root` that may still be asked for; None: the world.

    Raises
    ------
    RegionError
        If there is no region, or its newest version cannot be opened. An older one that cannot be is left
        out, and said: it is asked only for what was received before a newer one was in force.
    """
    if root is None:
        return WORLD
    check_built(root)
    *older, newest = read_pointer(root).versions
    kept = [(one.effective_at, found) for one in older if (found := _still_there(root, one)) is not None]
    return Regions([*kept, (newest.effective_at, open_version(root, newest))])


def _still_there(root: Path, entry: VersionEntry) -> Region | None:
    try:
        return open_version(root, entry)
    except RegionError as error:
        logger.warning("an older version of the region is left out: %s", error)
        return None


class Follower:
    """Takes the versions that a build adds to folder `root` up into `regions`; a check of readiness."""

    def __init__(self, regions: Regions, root: Path) -> None:
        self._regions = regions
        self._root = root
        self._trouble: str | None = None
        self._damage: str | None = None
        self._hashed: set[str] = set()

    def __call__(self) -> str | None:
        """Return why the newest version is not in use, or that one in use is damaged, or None."""
        return self._trouble or self._damage

    async def follow(self) -> None:
        """Look every few seconds until cancelled; each version is hashed once, while it is in use."""
        while True:
            await asyncio.to_thread(self.look, datetime.now(UTC))
            await asyncio.to_thread(self.hash_new)
            await asyncio.sleep(LOOK_EVERY_S)

    def hash_new(self) -> None:
        """Hash the files of versions not hashed yet: an opening looks only at sizes where they are large."""
        try:
            entries = read_pointer(self._root).versions
        except RegionError:
            return  # `look` has said so.
        for entry in entries:
            if entry.version in self._hashed:
                continue
            self._hashed.add(entry.version)
            try:
                open_version(self._root, entry, verify=True)
            except RegionError as error:
                self._damage = f"the region is damaged: {error}"
                logger.critical("%s", self._damage)

    def look(self, now: datetime) -> None:
        """Take up what is new; what cannot be opened is said once and stays a reason not to be ready."""
        try:
            for entry in read_pointer(self._root).versions:
                if not self._regions.knows(entry.effective_at, entry.version):
                    self._take(entry, now)
        except (RegionError, OSError) as error:
            self._say(f"the region cannot be taken up: {error}")
        else:
            self._trouble = None

    def _take(self, entry: VersionEntry, now: datetime) -> None:
        self._regions.take(entry.effective_at, open_version(self._root, entry))
        since = entry.effective_at
        if since is None or since > now:
            logger.info("region version=%s taken up, in force from %s", entry.version, since or "ever")
        else:
            logger.warning(
                "region version=%s taken up %.0f s after it was in force: what was judged between was placed "
                "by the version before",
                entry.version,
                (now - since).total_seconds(),
            )

    def _say(self, trouble: str) -> None:
        if trouble != self._trouble:
            logger.error("%s", trouble)
        self._trouble = trouble


def follower_of(regions: AnyRegion, root: Path | None) -> Follower | None:
    """Return what takes up new versions of the region in folder `root`; None where there is none."""
    return None if root is None or isinstance(regions, Region) else Follower(regions, root)
