"""Says on `notice.v1` that a window or a wait of the outbox is over; the deliver hop acts on it."""

import asyncio
import logging
from collections.abc import Iterable
from datetime import UTC, datetime

from schemas.topics import NOTICE
from streams.engine.writer import Writer
from streams.hops.collect import over
from streams.hops.outbox import Pending

logger = logging.getLogger(__name__)


class Windows:
    """Asks again every `ask_s` seconds until the row is no longer open."""

    def __init__(self, writer: Writer, *, ask_s: float, look_s: float) -> None:
        self._writer = writer
        self._ask_s = ask_s
        self._look_s = look_s
        self._asked: dict[str, float] = {}
        self.asking: set[asyncio.Task[None]] = set()

    def close(self, rows: Iterable[Pending], now: float) -> float:
        """Say which windows and waits are over; return the seconds until the next one may be."""
        open_rows = {row.notice_id: (row, row.ends_at) for row in rows if row.ends_at is not None}
        self._asked = {key: at for key, at in self._asked.items() if key in open_rows}
        wait_s = self._look_s
        for key, (row, ends_at) in open_rows.items():
            left_s = (ends_at - datetime.now(UTC)).total_seconds()
            if left_s > 0:
                wait_s = min(wait_s, left_s)
            elif now >= self._asked.get(key, 0.0):
                self._asked[key] = now + self._ask_s
                task = asyncio.create_task(self._say_over(row))
                self.asking.add(task)
                task.add_done_callback(self.asking.discard)
        return wait_s

    async def _say_over(self, row: Pending) -> None:
        """Say that a window is over; what fails is said again at a later look."""
        try:
            await self._writer.send(NOTICE, row.receiver, over(row))
        except Exception as error:  # noqa: BLE001 - whatever the log raises, the next look asks again
            logger.error("digest %s not closed yet: %s", row.notice_id, type(error).__name__)  # noqa: TRY400 - it comes again and again
