"""A row that cannot be read is left where it is, named in the log, and stands among the dead letters."""

import asyncio

from alerted import an_alert, at
from deskside import Deskside

from schemas.codec import decode, encode
from schemas.notice import Due
from schemas.receiver import Receiver
from schemas.settings import Kafka, Settings
from schemas.topics import DEAD_LETTER, NOTICE
from streams.engine.app import create_app
from streams.engine.base import log_of
from streams.engine.log import Record, read_all
from streams.engine.logs import close_logs
from streams.engine.places import changelog_name, topic_name
from streams.engine.worker import Worker
from streams.hops.deliver import deliver

RECEIVER = Receiver(name="ranger", url="https://example.org/")
BAD = {"told/ranger/F-1": b"{}", "outbox/ranger/notice_1": b"\xff\x00", "line/ranger/d-1/F-2": b"[1"}


def test_every_kind_of_row_that_cannot_be_read_is_named_and_the_others_count():
    desk = Deskside(RECEIVER)
    desk.due(an_alert())
    desk.rows |= BAD
    desk.restart()
    assert set(desk.state.unreadable) == set(BAD)
    assert all(desk.state.unreadable.values())
    assert len(desk.ready()) == 1
    assert set(BAD) <= set(desk.rows)


async def told(data_dir, settings):
    app = create_app(settings, [deliver((RECEIVER,))], broker="embedded://", data_dir=data_dir)
    log, stop = log_of(app), asyncio.Event()
    changelog = changelog_name(settings.kafka, "deliver")
    await log.append([Record(changelog, 0, key.encode(), raw) for key, raw in BAD.items()])
    due = Due(receiver="ranger", due_at=at(0), alert=None)
    await log.append([Record(topic_name(settings.kafka, NOTICE), 0, b"ranger", encode(due))])
    running = asyncio.create_task(Worker(app).run(stop))
    found = []
    async with asyncio.timeout(60):
        while len(found) < len(BAD):
            await asyncio.sleep(0.05)
            parts = read_all(log, topic_name(settings.kafka, DEAD_LETTER)).values()
            found = [decode(one.value, DEAD_LETTER.value) for part in parts for one in part]
    stop.set()
    await running
    kept = {one.key.decode(): one.value for one in read_all(log, changelog)[0]}
    close_logs()
    return found, kept


async def test_the_engine_logs_and_dead_letters_each_with_its_key(tmp_path, caplog):
    found, kept = await told(tmp_path, Settings(kafka=Kafka(partitions=2)))
    place = "worker-deliver-state-changelog/0/"
    assert {one.position.rpartition(place)[2]: one.raw for one in found} == BAD
    assert {(one.stage, one.reason.code) for one in found} == {("deliver", "unreadable")}
    assert all(f"goes on without row {key!r} of partition 0" in caplog.text for key in BAD)
    assert {key: kept[key] for key in BAD} == BAD
