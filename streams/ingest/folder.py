"""A folder as a way in: complete files are read by content, then moved to done/ or bad/ with the reason."""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from schemas.codec import encode
from streams.feeds import Limits, read
from streams.feeds.base import Parsed, refusal
from streams.files import sync_folder, write_whole
from streams.ingest.portions import portions
from streams.ingest.post import NotTaken, NotWanted, Post, Taken
from streams.ingest.withdrawals import compared, keep, kept
from streams.recorded import unfold

logger = logging.getLogger(__name__)

UNFINISHED = (".part", ".tmp", ".partial", ".filepart", ".crdownload", ".swp")
"""Ends of names under which programs write what is not complete yet."""

EMPTY_FOR_S = 60.0
"""An empty file may be about to be written; after this long it is taken for what it is."""

REASONS_TOLD = 1000
"""Refused rows listed in one reason file; their count is told in full."""

Look = tuple[int, int, int]


def utc_now() -> datetime:
    """Return the wall clock."""
    return datetime.now(UTC)


@dataclass
class Folder:
    """Watches one folder; `post` is the way in."""

    folder: Path
    post: Post
    look_s: float = 2.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    clock: Callable[[], datetime] = utc_now
    reader: Callable[[bytes, Limits], Parsed] = read
    cut: Callable[[bytes, Parsed], Iterator[bytes]] = portions
    tell: Callable[[str], None] = logger.info
    seen: dict[Path, Look] = field(default_factory=dict)

    async def once(self) -> dict[str, Taken | str]:
        """Take in every complete file; return for each its rows, or why it was refused or left."""
        self.look()
        await self.sleep(self.look_s)
        return await self.take(self.look())

    async def run(self) -> NoReturn:
        """Watch for ever."""
        while True:
            await self.take(self.look())
            await self.sleep(self.look_s)

    def look(self) -> list[Path]:
        """Return the files that are as they were at the last look, oldest first."""
        now: dict[Path, Look] = {}
        for path in sorted(self.folder.iterdir()):
            if path.name.startswith(".") or path.suffix.lower() in UNFINISHED or path.is_symlink():
                continue
            try:
                stat = path.stat()
            except OSError:
                continue
            is_young = stat.st_size == 0 and self.clock().timestamp() - stat.st_mtime < EMPTY_FOR_S
            if path.is_file() and not is_young:
                now[path] = stat.st_size, stat.st_mtime_ns, stat.st_ino
        stable = [path for path, look in now.items() if self.seen.get(path) == look]
        self.seen = now
        return sorted(stable, key=lambda path: (now[path][1], path.name))

    async def take(self, files: list[Path]) -> dict[str, Taken | str]:
        """Take files in, one after the other; one that cannot be handed on now stays where it is."""
        results: dict[str, Taken | str] = {}
        for path in files:
            try:
                results[path.name] = await self._take_one(path)
            except NotTaken as error:
                results[path.name] = f"left for the next look: {error}"
            except OSError as error:
                results[path.name] = f"left for the next look: {error.strerror or type(error).__name__}"
            result = results[path.name]
            words = (
                result
                if isinstance(result, str)
                else f"{result.accepted} accepted, {result.rejected} rejected"
            )
            self.tell(f"{path.name}: {words}")
        return results

    async def _take_one(self, path: Path) -> Taken | str:
        now = self.clock()
        data = await asyncio.to_thread(path.read_bytes)
        content, broken = await asyncio.to_thread(unfold, data)
        parsed = await asyncio.to_thread(self.reader, content, Limits(now))
        seal = hashlib.sha256(data).hexdigest()
        if parsed.refused is not None:
            why = broken or parsed.refused
            self._move(path, "bad", seal, {"reason": msgspec.to_builtins(why)}, now)
            return f"refused: {why.detail or why.code}"
        taken = Taken()
        try:
            for number, part in enumerate(self.cut(content, parsed)):
                # Made of the content alone: after a crash before the move the same answer comes again.
                taken += await self.post(part, f"folder:{seal[:40]}:{number}")
            await self._take_back(parsed, content, now, seal)
        except NotWanted as error:
            self._move(
                path, "bad", seal, {"reason": msgspec.to_builtins(refusal("unreadable", str(error)))}, now
            )
            return f"refused: {error}"
        self._move(path, "done", seal, _report(parsed, broken is not None), now)
        return taken

    async def _take_back(self, parsed: Parsed, content: bytes, now: datetime, seal: str) -> None:
        """Hand on what the last file of the day held and this one does not; kept once it was taken."""
        before = kept(self.folder)
        after, said = compared(before, parsed, content, now)
        if said:
            lines = b"\n".join(map(encode, said)) + b"\n"
            await self.post(lines, f"folder:{seal[:40]}:withdrawn")
            self.tell(f"{len(said)} rows of files before are taken back, or stand again")
        if after is not before:
            keep(self.folder, after)

    def _move(self, path: Path, where: str, seal: str, report: dict[str, Any], now: datetime) -> None:
        """Move a file away, its reasons before it: a file in its place always has them beside it."""
        place = self.folder / where
        place.mkdir(exist_ok=True)
        name = path.name if not (place / path.name).exists() else f"{path.stem}.{seal[:12]}{path.suffix}"
        if report:
            head = {"v": 1, "file": path.name, "sha256": seal, "at": now}
            write_whole(place / f"{name}.reason.json", encode(head | report) + b"\n")
        path.rename(place / name)
        sync_folder(place)
        sync_folder(self.folder)


def _report(parsed: Parsed, is_broken: bool) -> dict[str, Any]:  # noqa: FBT001 - internal, one caller
    """Return the refused rows of a file that was read; nothing where there are none."""
    rows = [{"line": row.line, "reason": msgspec.to_builtins(row.reason)} for row in parsed.rejected]
    report: dict[str, Any] = {"rejected": len(rows), "rows": rows[:REASONS_TOLD]} if rows else {}
    return report | ({"broken": "the end of the file is missing"} if is_broken else {})
