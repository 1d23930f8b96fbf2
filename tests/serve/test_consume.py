"""From the log to the history to who listens."""

import asyncio

import pytest
from serve_words import NOON, alerts, make_alert, make_claims, make_detection, record

from schemas.dead_letter import Tick
from streams.metrics import MAX_SOURCES, OTHER, Metrics
from streams.serve.broadcast import Broadcast
from streams.serve.consume import consume


async def source(records, *, fail=None):
    for one in records:
        yield tuple(one)
        if one.offset % 7 == 0:
            await asyncio.sleep(0)
    if fail:
        raise fail


async def test_everything_is_kept_and_published_in_order(store):
    broadcast = Broadcast()
    listener = broadcast.join(lambda: None)
    await consume(source(alerts(*(make_alert(number) for number in range(700)))), store, broadcast)
    heard = [listener.queue.get_nowait()[0] for _ in range(700)]
    assert heard == list(range(1, 701))
    assert store.last_sequence() == 700
    assert store.positions() == {("alert.v1", 0): 700}


async def test_a_failing_log_is_told_after_what_was_read_is_kept(store):
    records = alerts(make_alert(1), make_alert(2))
    with pytest.raises(ConnectionError, match="gone"):
        await consume(source(records, fail=ConnectionError("gone")), store, Broadcast())
    assert store.last_sequence() == 2


async def test_it_waits_for_the_next_message_and_ends_when_cancelled(store):
    arrived: asyncio.Queue = asyncio.Queue()

    async def endless():
        while True:
            yield await arrived.get()

    broadcast = Broadcast()
    listener = broadcast.join(lambda: None)
    following = asyncio.create_task(consume(endless(), store, broadcast))
    for number, one in enumerate(alerts(make_alert(1), make_alert(2), make_alert(3)), start=1):
        arrived.put_nowait(one)
        assert (await asyncio.wait_for(listener.queue.get(), 60))[0] == number
    await asyncio.sleep(0.05)  # it waits now for what never comes
    following.cancel()
    with pytest.raises(asyncio.CancelledError):
        await following
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}, "a task that nobody ended"


async def test_what_comes_is_counted_without_ids(store):
    metrics = Metrics()
    records = [
        *alerts(make_alert(1)),
        record("detection.v1", 0, make_claims(make_detection(1))),
        record("dead-letter.v1", 0, b"not JSON"),
        record("tick.v1", 0, Tick(at=NOON)),
    ]
    await consume(source(records), store, Broadcast(), metrics)
    text = metrics.text().decode("utf-8")
    assert 'fenghuo_alerts_total{action="new",grade="III"} 1.0' in text
    assert 'fenghuo_dead_letters_total{code="unreadable",stage="serve"} 1.0' in text
    seen = "fenghuo_source_last_seen_timestamp_seconds"
    assert metrics.registry.get_sample_value(seen, {"source": "N20/VIIRS"}) == NOON.timestamp()
    assert "fire-1" not in text


def test_sources_without_end_do_not_make_series_without_end():
    metrics = Metrics()
    labels = {metrics.source(f"camera-{number}") for number in range(5 * MAX_SOURCES)}
    assert len(labels) == MAX_SOURCES + 1
    assert OTHER in labels
    assert metrics.source("camera-1") == "camera-1"
