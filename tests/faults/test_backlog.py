"""A worker back after ten hours pages the one fire that still burns, and none of the forty that are cold."""

import asyncio
import datetime as dt
import time

import msgspec
import pytest
from fires import pixel
from processes import until

from detectors.identity import key_of
from schemas.observation import Pass
from schemas.topics import OBSERVATION
from streams.config import load_settings
from streams.engine.logs import close_logs
from streams.engine.timers import tick_of
from streams.engine.writer import open_writer
from streams.recorded import deliveries

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
LAG = dt.timedelta(minutes=30)
COLD = 40


def patch(at, lon, lat, satellite):
    """Twelve strong pixels of one look: a fire that pages when it is news."""
    return [
        pixel(satellite, at, lon + 0.004 * (i % 4), lat + 0.004 * (i // 4), frp=80.0, received_at=at + LAG)
        for i in range(12)
    ]


def backlog():
    """Forty fires ten to six hours ago, a look since then that saw nothing there, one fire an hour ago."""
    seen = []
    for number in range(COLD):
        at = NOW - dt.timedelta(hours=10, minutes=-6 * number)
        satellite = ("N20", "N21", "Aqua")[number % 3]
        seen += patch(at, 98.0 + 0.2 * (number % 8), 28.0 + 0.2 * (number // 8), satellite)
    looked = NOW - dt.timedelta(hours=3)
    clear = Pass(
        observation_id="pass-1",
        source="NPP/VIIRS",
        observed_at=looked,
        received_at=looked + LAG,
        looked=True,
        west=97.0,
        south=27.0,
        east=101.0,
        north=30.0,
    )
    return [*seen, clear, *patch(NOW - dt.timedelta(hours=1), 103.0, 28.0, "N20")]


STOPPED = NOW - dt.timedelta(hours=10, minutes=1)


def write(stand, observations):
    """Put into the log the last tick of a worker that stopped, and what has come since."""
    settings = load_settings(stand.settings)

    async def writing():
        async with open_writer(settings, broker="embedded://", data_dir=stand.data_dir) as writer:
            for number in range(settings.kafka.partitions):
                await writer.send(OBSERVATION, "tick", tick_of(STOPPED, number), number)
            for one in deliveries(observations):
                await writer.send(OBSERVATION, key_of(one.observations[0]), one)

    try:
        asyncio.run(writing())
    finally:
        close_logs()


@pytest.mark.slow
def test_2_back_after_ten_hours_exactly_the_fire_that_still_burns_is_paged(stand):
    write(stand, backlog())
    stand.start_ready()
    until(lambda: len(stand.server.all_of("/v1/alerts?limit=100")) == COLD + 1, stand.program.said)
    until(lambda: stand.receiver.pages, stand.program.said)
    time.sleep(3)  # several ticks: whatever else would be told is told by then
    alerts = [one["properties"] for one in stand.server.all_of("/v1/alerts?limit=100")]
    assert len(alerts) == COLD + 1
    reasons = sorted(one["reasons"][0]["code"] for one in alerts if not one["pages"])
    assert reasons == ["later_look_saw_nothing"] * COLD
    (page,) = {one.revision for one in stand.receiver.got}
    (burning,) = (one for one in alerts if one["pages"])
    assert page == (burning["alert_id"], burning["revision"])
    assert msgspec.convert(burning["observed_at"], dt.datetime) == NOW - dt.timedelta(hours=1)
