"""Readers of the log go on from their positions; a frozen program writes nothing when it wakes."""

import asyncio
from datetime import UTC, datetime

import pytest
from toy import settings

from schemas.codec import decode
from schemas.dead_letter import DeadLetter
from schemas.reason import Reason
from schemas.topics import DEAD_LETTER
from streams.engine.logs import close_logs
from streams.engine.pulse import FrozenError, Pulse
from streams.engine.reader import read
from streams.engine.writer import open_writer

ASKED = settings()
EMBEDDED = "embedded://"


@pytest.fixture(autouse=True)
def closed():
    yield
    close_logs()


async def test_a_reader_goes_on_from_its_positions(tmp_path):
    async with open_writer(ASKED, broker=EMBEDDED, data_dir=tmp_path) as writer:
        for number in range(6):
            await writer.send(DEAD_LETTER, "k", letter(number), partition=number % 2)
        positions = {(DEAD_LETTER.name, 0): 2, (DEAD_LETTER.name, 1): 3}
        source = read(ASKED, [DEAD_LETTER], positions, broker=EMBEDDED, data_dir=tmp_path)
        first = await asyncio.wait_for(anext(source), 5)
        assert (first.topic, first.partition, first.offset, first.key) == (DEAD_LETTER.name, 0, 2, b"k")
        assert decode(first.raw, DeadLetter).letter_id == "4"
        following = asyncio.create_task(anext(source))
        await asyncio.sleep(0.05)
        assert not following.done()
        await writer.send(DEAD_LETTER, "k", letter(9), partition=1)
        message = await asyncio.wait_for(following, 60)
        assert decode(message.raw, DeadLetter).letter_id == "9"
        with pytest.raises(ValueError, match="no partition 9"):
            await writer.send(DEAD_LETTER, "k", letter(9), partition=9)


def letter(number):
    return DeadLetter(
        letter_id=str(number),
        source="s",
        stage="t",
        at=datetime(2026, 1, 1, tzinfo=UTC),
        reason=Reason(code="unreadable"),
        raw=b"",
        length=0,
        sha256="",
    )


def test_a_process_that_stood_still_writes_no_rows():
    now = [0.0]
    pulse = Pulse(10, lambda: now[0])
    pulse.check()
    for _ in range(20):
        now[0] += 9
        pulse.beat()
        pulse.check()
    now[0] += 11
    with pytest.raises(FrozenError, match="more than 10 s"):
        pulse.check()
    pulse.beat()
    with pytest.raises(FrozenError):
        pulse.check()
