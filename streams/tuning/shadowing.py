"""Runs the candidate in `settings/shadow.toml` beside the live settings for as long as the file says so.

A new text begins anew from the oldest message of the log; without the file nothing runs. What cannot be used
is said once and changes nothing. It is read in batches aside, so that the live system never waits for it.
"""

import asyncio
import hashlib
import logging
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from alerts.tuning.compare import Comparison
from detectors.region import AnyRegion
from schemas.settings import Settings
from schemas.topics import OBSERVATION
from streams.engine.places import partitions_of
from streams.engine.reader import Read, read
from streams.hops.build import OWNERS
from streams.jurisdiction import in_force
from streams.metrics import Metrics
from streams.serve.marks import MARKS
from streams.toml_file import ConfigError
from streams.tuning.document import DocumentError
from streams.tuning.document import read as read_document
from streams.tuning.shadow import TOPICS, Shadow

FILE = "shadow.toml"
LOOK_EVERY_S = 2.0
COMPARE_EVERY_S = 60.0
BATCH = 200

logger = logging.getLogger(__name__)


@dataclass
class Shadowing:
    """Which candidate runs, and how it differs; called, it returns the comparison."""

    settings: Settings
    region: AnyRegion
    broker: str
    data_dir: Path
    metrics: Metrics
    running: Shadow | None = None
    _seen: str = field(default="")

    def __call__(self, marks: frozenset[str] = MARKS) -> Comparison | None:
        """Return how the candidate differs in what these marks open; None: none runs, or nothing was read."""
        if self.running is None:
            return None
        return self.running.compared(self.settings.zone or in_force(self.settings).zone, marks)

    async def run(self) -> None:
        """Follow file and log until cancelled."""
        while True:
            shadow = await asyncio.to_thread(self.look)
            if shadow is not None:
                await self._follow(shadow)
            await asyncio.sleep(LOOK_EVERY_S)

    def look(self) -> Shadow | None:
        """Return the shadow of a new text in the file; None when there is none, or it cannot be used."""
        path = self.data_dir / "settings" / FILE
        text = path.read_text(encoding="utf-8-sig", errors="replace") if path.is_file() else ""
        seen = hashlib.sha256(text.encode()).hexdigest() if text else ""
        if seen == self._seen:
            return None
        self._seen, self.running = seen, None
        if not text:
            return None
        try:
            laid = read_document(text, self.settings, OWNERS)
            origins = partitions_of(self.settings.kafka, OBSERVATION)
            self.running = Shadow(laid, self.region, origins, name=f"{laid.name}@{seen[:12]}")
        except (DocumentError, ConfigError) as error:
            logger.error("the candidate in %s cannot be used: %s", path, error)  # noqa: TRY400 - the words say all
        return self.running

    def changed(self) -> bool:
        """Return whether the file holds another text than the one that runs."""
        path = self.data_dir / "settings" / FILE
        text = path.read_text(encoding="utf-8-sig", errors="replace") if path.is_file() else ""
        return (hashlib.sha256(text.encode()).hexdigest() if text else "") != self._seen

    async def _follow(self, shadow: Shadow) -> None:
        source = cast(
            "AsyncGenerator[Read, None]",
            read(self.settings, TOPICS, {}, broker=self.broker, data_dir=self.data_dir),
        )
        counted_at = time.monotonic()
        async with aclosing(source):
            following = asyncio.ensure_future(anext(source))
            try:
                while not await asyncio.to_thread(self.changed):
                    await asyncio.wait({following}, timeout=LOOK_EVERY_S)
                    batch: list[Read] = []
                    while following.done() and len(batch) < BATCH:
                        batch.append(following.result())
                        following = asyncio.ensure_future(anext(source))
                        await asyncio.sleep(0)
                    await asyncio.to_thread(_take, shadow, batch)
                    if time.monotonic() - counted_at > COMPARE_EVERY_S:
                        counted_at = time.monotonic()
                        await asyncio.to_thread(self.count)
            finally:
                following.cancel()
                await asyncio.gather(following, return_exceptions=True)

    def count(self) -> None:
        """Set the metric to how the candidate differs now."""
        found = self()
        for what, number in ({} if found is None else found.counts).items():
            self.metrics.shadow.labels(what).set(number)


def _take(shadow: Shadow, batch: list[Read]) -> None:
    for one in batch:
        shadow.take(one)
