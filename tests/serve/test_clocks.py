"""A wrong clock is noticed over many small messages, named with its direction, and nothing is lost."""

import json
import logging
from datetime import timedelta

import pytest
from serve_words import NOON, LogInMemory, get

from schemas.topics import DEAD_LETTER, OBSERVATION
from streams.clocks import HEARD, SAY_EVERY, SOURCES
from streams.ingress import Ingress

FAR = {"ahead": timedelta(hours=3), "behind": -timedelta(days=40 * 365)}
"""A camera set to local time as if it were UTC; one whose battery is empty."""


def report(number, source="cam-7", off=timedelta(0)):
    said = {"kind": "report", "observation_id": f"{source}-{number}", "source": source, "frame": "wgs84"}
    said |= {"source_class": "public", "longitude": 101.2, "latitude": 30.1}
    return json.dumps(said | {"observed_at": (NOON + off).isoformat()}).encode()


class Way:
    """Payloads of one row each, as cameras post them."""

    def __init__(self):
        self.log = LogInMemory()
        self.ingress = Ingress(self.log)
        self.count = 0

    async def post(self, source="cam-7", off=timedelta(0), at=NOON, times=1):
        for _ in range(times):
            self.count += 1
            row = report(self.count, source, off)
            await self.ingress.accept(row, feed="http", source_name="http/k", received_at=at)


def loud(caplog):
    return [one.getMessage() for one in caplog.records if one.levelno == logging.ERROR]


@pytest.mark.parametrize("direction", FAR)
async def test_14_fifty_single_messages_of_a_wrong_clock_give_one_loud_line_and_are_held(
    serve, caplog, direction
):
    way = Way()
    client = await serve(open_reading=True, ingress=way.ingress)
    await way.post("cam-8", times=9)
    await way.post(off=FAR[direction], times=4)
    assert loud(caplog) == []
    assert (await get(client, "/v1/about"))["warnings"] == []
    await way.post(off=FAR[direction], times=46)
    (line,) = loud(caplog)
    assert f"source='cam-7' direction={direction} failed=5 of=5" in line
    assert len(way.log.values(DEAD_LETTER.name)) == 50
    assert len(way.log.values(OBSERVATION.name)) == 9
    warnings = [{"warning": f"clock_{direction}", "source": "cam-7"}]
    assert (await get(client, "/v1/about"))["warnings"] == warnings
    async with client.get("/metrics") as answer:
        told = await answer.text()
    assert f'fenghuo_clock_suspect{{direction="{direction}",source="cam-7"}} 1.0' in told
    assert "fenghuo_own_clock_suspect 0.0" in told
    await way.post(off=FAR[direction], at=NOON + SAY_EVERY)
    assert len(loud(caplog)) == 2


async def test_14_when_most_sources_are_ahead_our_own_clock_is_suspect(serve, caplog):
    way = Way()
    client = await serve(open_reading=True, ingress=way.ingress)
    await way.post("sound", times=9)
    for source in ("cam-1", "cam-2"):
        await way.post(source, FAR["ahead"], times=5)
    assert (await get(client, "/v1/about"))["warnings"][0] == {"warning": "own_clock"}
    assert sum("our own clock is suspect" in line for line in loud(caplog)) == 1
    async with client.get("/metrics") as answer:
        assert "fenghuo_own_clock_suspect 1.0" in await answer.text()
    await way.post("cam-3", times=9)
    assert {"warning": "own_clock"} not in (await get(client, "/v1/about"))["warnings"]


async def test_times_before_2000_never_blame_our_own_clock():
    way = Way()
    for source in ("cam-1", "cam-2", "cam-3"):
        await way.post(source, FAR["behind"], times=5)
    assert len(way.ingress.clocks.suspects(NOON)) == 3
    assert not way.ingress.clocks.blames_ours(NOON)


async def test_single_bad_rows_blame_nobody_and_a_clock_set_right_is_forgiven(caplog):
    way = Way()
    for _ in range(30):
        await way.post(off=FAR["ahead"])
        await way.post(times=2)
        await way.post(off=FAR["behind"])
    assert loud(caplog) == []
    await way.post(off=FAR["ahead"], times=9)
    assert [one.direction for one in way.ingress.clocks.suspects(NOON)] == ["ahead"]
    assert way.ingress.clocks.suspects(NOON + 2 * HEARD) == []
    await way.post(times=5)
    assert way.ingress.clocks.suspects(NOON) == []


async def test_rows_of_satellites_are_counted_and_names_without_end_are_not_kept():
    way = Way()
    head = (
        b"latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,instrument,confidence,version,"
    )
    head += b"bright_ti5,frp,daynight\n"
    rows = b"".join(
        b"28.1,101.%d,330,0.4,0.4,2026-04-06,0045,N20,VIIRS,n,2.0NRT,290,5,N\n" % n for n in range(6)
    )
    await way.ingress.accept(head + rows, feed="http", source_name="http/k", received_at=NOON)
    (suspect,) = way.ingress.clocks.suspects(NOON)
    assert suspect == ("N20/VIIRS", "ahead", 6, 6)
    for number in range(SOURCES):
        await way.post(f"cam-{number}")
    assert way.ingress.clocks.suspects(NOON) == []


def sighting(number, at, source="cam-9"):
    said = {"kind": "sighting", "observation_id": f"{source}-{number}", "source": source, "frame": "wgs84"}
    said |= {"source_class": "video", "station_longitude": 101.2, "station_latitude": 30.1, "azimuth_deg": 9}
    return json.dumps(said | {"observed_at": at.isoformat()}).encode()


@pytest.mark.parametrize(
    ("off", "jitter", "blamed"), [(60, 1, ["slow"]), (80, 1, ["late"]), (60, 7, []), (3000, 0, ["slow"])]
)
async def test_14_a_clock_that_is_an_hour_behind_is_blamed_and_judged_all_the_same(
    caplog, off, jitter, blamed
):
    log = LogInMemory()
    ingress = Ingress(log)
    for number in range(9):
        now = NOON + timedelta(minutes=5 * number)
        seen = now - timedelta(minutes=off + jitter * number)
        await ingress.accept(sighting(number, seen), feed="http", source_name="k", received_at=now)
    assert [one.direction for one in ingress.clocks.suspects(NOON)] == blamed
    assert len(loud(caplog)) == len(blamed)
    assert len(log.values(OBSERVATION.name)) == 9


async def test_a_station_that_sends_kelvin_is_mended_and_named_loudly(caplog):
    ingress = Ingress(LogInMemory())
    for number in range(5):
        said = {"kind": "reading", "source": "s-1", "frame": "wgs84", "longitude": 101.2, "latitude": 30.1}
        said |= {"quantity": "temperature_c", "value": 293.0 + number, "observed_at": NOON.isoformat()}
        await ingress.accept(json.dumps(said).encode(), feed="http", source_name="k", received_at=NOON)
    (line,) = loud(caplog)
    assert "source='s-1' off in units: 5 of its last 5" in line


@pytest.mark.parametrize(
    ("bad", "times", "loudly"),
    [
        ({"unit": "K"}, 9, True),
        ({"quantity": "relative_humidity_percent"}, 9, True),
        ({"unit": "K"}, 4, False),
        ({"value": 20.5}, 9, False),
    ],
)
async def test_a_station_whose_every_reading_is_refused_is_named_loudly_and_shown(
    serve, caplog, bad, times, loudly
):
    ingress = Ingress(LogInMemory())
    client = await serve(open_reading=True, ingress=ingress)
    for number in range(times):
        said = {"kind": "reading", "source": "s-1", "frame": "wgs84", "longitude": 101.2, "latitude": 30.1}
        said |= {"quantity": "temperature_c", "value": -40.0 - number, "observed_at": NOON.isoformat(), **bad}
        await ingress.accept(json.dumps(said).encode(), feed="http", source_name="k", received_at=NOON)
    assert ["off in refused: 5 of its last 5" in line for line in loud(caplog)] == [True] * loudly
    warnings = [{"warning": "off_refused", "source": "s-1"}] * loudly
    assert (await get(client, "/v1/about"))["warnings"] == warnings
    async with client.get("/metrics") as answer:
        told = await answer.text()
    assert ('fenghuo_source_off{fault="refused",source="s-1"} 1.0' in told) is loudly


async def test_heartbeats_of_a_camera_are_refused_and_blame_nobody(caplog):
    log = LogInMemory()
    ingress = Ingress(log)
    for number in range(9):
        said = json.loads(sighting(number, NOON)) | {"azimuth_deg": None}
        await ingress.accept(json.dumps(said).encode(), feed="http", source_name="k", received_at=NOON)
    assert len(log.values(DEAD_LETTER.name)) == 9
    assert loud(caplog) == []
