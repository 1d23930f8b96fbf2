"""A day poured in at once: many large messages for one partition are taken whole, in order, none refused."""

import asyncio

from driven import create_topics, settings_for
from judged import START

from schemas.codec import decode
from schemas.dead_letter import DeadLetter
from schemas.reason import Reason
from schemas.topics import DEAD_LETTER
from streams.engine.reader import read
from streams.engine.writer import open_writer

COUNT = 1500
SIZE = 12_000
"""Bytes: with the 16 KiB batches of the client itself each message would be a batch of its own."""


def letter(number):
    return DeadLetter(
        letter_id=str(number),
        source="flood",
        stage="test",
        at=START,
        reason=Reason(code="unreadable"),
        raw=bytes(SIZE),
        length=SIZE,
        sha256="0" * 64,
    )


async def test_a_flood_for_one_partition_is_taken_whole_and_in_order(kafka_broker, tmp_path):
    settings = settings_for("flood.")
    create_topics(settings, kafka_broker)
    async with open_writer(settings, broker=kafka_broker, data_dir=tmp_path) as writer:
        sent = [writer.send(DEAD_LETTER, "flood", letter(number)) for number in range(COUNT)]
        refused = [one for one in await asyncio.gather(*sent, return_exceptions=True) if one is not None]
    assert refused == []
    found = []
    async for message in read(settings, [DEAD_LETTER], {}, broker=kafka_broker, data_dir=tmp_path):
        found.append(decode(message.raw, DeadLetter).letter_id)
        if len(found) == COUNT:
            break
    assert found == [str(number) for number in range(COUNT)]
