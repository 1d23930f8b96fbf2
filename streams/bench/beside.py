"""A program that runs beside the benchmark: started, waited for, its processor time read, ended."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

READY_S = 60.0
END_S = 20.0


class BesideError(RuntimeError):
    """What a section needs beside it is not there; the message says why."""


class Used(NamedTuple):
    """Processor time that a program has used, and how long its first thread was ready but had to wait, s."""

    cpu_s: float
    waited_s: float

    def since(self, before: "Used") -> "Used":
        """Return what was used after `before`."""
        return Used(self.cpu_s - before.cpu_s, self.waited_s - before.waited_s)


NOTHING_USED = Used(0.0, 0.0)


def used_by(pid: int) -> Used:
    """Return what a program has used so far; zeros where the system does not say."""
    home = Path(f"/proc/{pid}")
    try:
        words = (home / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        waited_ns = int((home / "schedstat").read_text(encoding="utf-8").split()[1])
    except (OSError, IndexError, ValueError):
        return NOTHING_USED
    ticks = int(words[11]) + int(words[12])
    return Used(ticks / os.sysconf("SC_CLK_TCK"), waited_ns / 1e9)


@asynccontextmanager
async def beside(
    words: list[str], folder: Path, said: Callable[[bytes], None], *, program: str = "streams.bench.child"
) -> AsyncIterator[int]:
    """Yield the process id of `program` once it is ready; `said` gets its further lines."""
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - nothing else runs yet
    errors = folder / "errors.log"
    with errors.open("wb") as sink:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            program,
            *words,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=sink,
        )
    listening: asyncio.Task[None] | None = None
    try:
        await _until_ready(child, errors)
        listening = asyncio.create_task(_listen(child, said))
        yield child.pid
    finally:
        await _end(child)
        if listening is not None:
            await listening


async def _until_ready(child: asyncio.subprocess.Process, errors: Path) -> None:
    assert child.stdout is not None
    try:
        line = await asyncio.wait_for(child.stdout.readline(), READY_S)
    except TimeoutError:
        line = b""
    if line.strip() != b"ready":
        spoken = line.decode(errors="replace").strip()
        said = spoken or await asyncio.to_thread(errors.read_text, encoding="utf-8", errors="replace")
        told = said.strip()[-500:]
        raise BesideError(f"the program beside did not start: {told or 'it said nothing'}")


async def _listen(child: asyncio.subprocess.Process, said: Callable[[bytes], None]) -> None:
    assert child.stdout is not None
    async for line in child.stdout:
        said(line)


async def _end(child: asyncio.subprocess.Process) -> None:
    """Close its input, and kill it when that is not enough."""
    assert child.stdin is not None
    child.stdin.close()
    try:
        await asyncio.wait_for(child.wait(), END_S)
    except TimeoutError:
        child.kill()
        await child.wait()
