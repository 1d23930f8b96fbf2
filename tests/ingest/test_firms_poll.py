"""The poller against a server that speaks the area API: right, wrong, slow, cut and overloaded."""

import logging
import traceback
from datetime import UTC, date, datetime, timedelta

import pytest
from aiohttp import web
from loopback import HEAD, KEY, NOW, rows

from streams.feeds import Limits, read
from streams.ingest.firms import NotFetched, Poller
from streams.ingest.firms_request import Options, Window, address, judge, windows
from streams.ingest.firms_state import load
from streams.ingest.post import HttpPost, NotAllowed, Taken
from streams.ingest.secret import Secret

AREA = {"west": 97.3, "south": 26.0, "east": 108.6, "north": 34.4}
ONE = ("VIIRS_NOAA20_NRT",)


@pytest.fixture
def poller(firms, way_in, session, naps, tmp_path):
    def make(key=KEY, now=NOW, **options):
        settings = Options(**AREA, base_url=firms.url, **({"sources": ONE} | options))
        post = HttpPost(session, way_in.url, Secret(way_in.token), sleep=naps)
        return Poller(
            settings,
            lambda: Secret(key),
            session,
            post,
            tmp_path / "state.json",
            sleep=naps,
            clock=lambda: now,
        )

    return make


async def test_four_sources_are_asked_for_the_area_and_two_days(poller, firms, way_in):
    firms.answers += [rows(3), rows(2), HEAD, rows(1)]
    results = await poller(sources=Options(**AREA).sources).poll()
    assert list(results.values()) == [Taken(3), Taken(2), Taken(), Taken(1)]
    assert [ask["source"] for ask in firms.asked] == [
        "MODIS_NRT", "VIIRS_SNPP_NRT", "VIIRS_NOAA20_NRT", "VIIRS_NOAA21_NRT",
    ]  # fmt: skip
    assert firms.asked[0] == {"source": "MODIS_NRT", "area": "97.3,26,108.6,34.4", "days": "2"}
    assert len(way_in.bodies) == 3


async def test_the_same_answer_is_not_handed_on_twice(poller, firms, way_in):
    firms.answers += [rows(3), rows(3), rows(4)]
    for _ in range(3):
        await poller().poll()
    assert len(way_in.requests) == 2


async def test_a_crash_between_hand_over_and_state_sends_the_same_key_again(poller, firms, way_in, tmp_path):
    firms.answers += [rows(3), rows(3)]
    await poller().poll()
    (tmp_path / "state.json").unlink()
    await poller().poll()
    assert len(way_in.requests) == 2
    assert len(way_in.bodies) == 1


async def test_after_a_stop_every_day_since_then_is_asked_for(poller, firms):
    await poller(now=NOW - timedelta(days=12)).poll()
    await poller().poll()
    assert [(ask["days"], ask.get("start")) for ask in firms.asked] == [
        ("2", None), ("5", "2026-03-02"), ("5", "2026-03-07"), ("4", "2026-03-12"),
    ]  # fmt: skip


async def test_the_state_moves_only_when_all_rows_are_taken_in(poller, firms, way_in, tmp_path):
    firms.answers.append(rows(3))
    way_in.failures += [503] * 6
    results = await poller().poll()
    assert results[ONE[0]] == "the server answers 503"
    assert load(tmp_path / "state.json")[0].sources == {}


async def test_a_wrong_key_is_named_and_asked_for_once(poller, firms, naps):
    results = await poller(key="wrongwrongwrong1").poll()
    assert results[ONE[0]] == "status 400: the source does not accept the MAP_KEY"
    assert (len(firms.asked), list(naps)) == (1, [])


async def test_a_wrong_key_told_with_status_200_is_no_data(poller, firms, way_in):
    firms.answers.append("Invalid MAP_KEY.\n")
    assert "MAP_KEY" in (await poller().poll())[ONE[0]]
    assert not way_in.requests


async def test_over_the_limit_waits_as_long_as_asked(poller, firms, naps):
    firms.answers += [(429, "", {"Retry-After": "77"}), "Exceeding allowed transaction limit", rows(2)]
    assert (await poller().poll())[ONE[0]] == Taken(2)
    assert naps[0] == 77
    assert naps[1] == 60


async def test_error_pages_and_server_errors_are_tried_again(poller, firms, naps):
    firms.answers += ["<html><title>Maintenance</title></html>", (502, "bad gateway", {}), rows(2)]
    assert (await poller().poll())[ONE[0]] == Taken(2)
    assert 0.5 <= naps[0] <= 1
    assert 1 <= naps[1] <= 2


async def test_a_page_that_stays_is_named(poller, firms, way_in):
    firms.answers += ["<html><title>Maintenance</title></html>"] * 4
    assert (await poller().poll())[ONE[0]] == "a web page, not data: Maintenance"
    assert not way_in.requests


async def test_half_a_body_is_thrown_away_and_asked_for_again(poller, firms, way_in):
    async def half(request):
        response = web.StreamResponse(headers={"Content-Length": str(len(rows(9)))})
        await response.prepare(request)
        await response.write(rows(9).encode()[:300])
        request.transport.close()
        return response

    firms.answers += [half, rows(9)[:-40], rows(9)]
    assert (await poller().poll())[ONE[0]] == Taken(9)
    assert next(iter(way_in.bodies.values())) == rows(9).encode()


async def test_one_failing_source_does_not_stop_the_others(poller, firms):
    firms.answers += [(400, "Invalid API call.", {}), rows(1)]
    results = await poller(sources=("MODIS_NRT", *ONE)).poll()
    assert results == {
        "MODIS_NRT": "status 400: the source does not understand the request",
        ONE[0]: Taken(1),
    }


async def test_no_answer_at_all_is_one_line(poller, naps):
    results = await Poller(
        Options(**AREA, base_url="http://127.0.0.1:9", sources=ONE), lambda: Secret(KEY), poller().session,
        poller().post, sleep=naps,
    ).poll()  # fmt: skip
    assert results[ONE[0]].startswith("no answer: Client")


async def test_transactions_stay_in_the_budget(poller, firms, naps):
    slow = poller(sources=("A_NRT", "B_NRT", "C_NRT"), budget=4)
    slow.clock = lambda: NOW + timedelta(seconds=sum(naps))
    await slow.poll()
    assert len(firms.asked) == 3
    assert list(naps) == [600]


async def test_the_key_is_in_no_log_error_or_repr(poller, firms, caplog):
    caplog.set_level(logging.DEBUG)

    async def echo(request):
        return web.Response(status=500, text=f"no such path {request.path}")

    async def elsewhere(request):
        raise web.HTTPFound(f"http://127.0.0.1:9{request.path}")

    firms.answers += [echo, elsewhere, echo, elsewhere]
    watched = poller()
    told = []
    watched.tell = told.append
    told += [str(await watched.poll()), repr(watched), repr(Secret(KEY))]
    watched.options = Options(**AREA, base_url="http://127.0.0.1:9", sources=ONE)
    told.append(str(await watched.poll()))
    with pytest.raises(NotFetched) as raised:
        await watched.fetch("MODIS_NRT", Window(2))
    told.append("".join(traceback.format_exception(raised.value)))
    # The loopback server writes its own access log, with the path that it was asked for.
    told += [record.getMessage() for record in caplog.records if record.name != "aiohttp.access"]
    assert "no answer: Client" in "".join(told)
    assert KEY not in "".join(told)


async def test_a_server_without_a_right_key_stops_with_a_reason(poller, firms, way_in):
    way_in.token = "another"
    firms.answers.append(rows(1))
    watched = poller()
    watched.post.key = Secret("mine-and-secret")
    with pytest.raises(NotAllowed, match="role ingest") as raised:
        await watched.poll()
    assert "mine-and-secret" not in "".join(traceback.format_exception(raised.value))


def test_windows_leave_no_day_out():
    today = date(2026, 3, 15)
    assert windows(None, today, 2) == [Window(2)]
    assert windows(today, today, 2) == [Window(2)]
    assert windows(today - timedelta(days=3), today, 2) == [Window(5)]
    for gap in range(4, 50):
        asked = windows(today - timedelta(days=gap), today, 2)
        days = [w.start + timedelta(days=at) for w in asked for at in range(w.days)]
        assert days == [today - timedelta(days=at) for at in range(gap + 1, -1, -1)]
    assert sum(w.days for w in windows(date(2020, 1, 1), today, 2)) == 61


def test_a_plain_address_may_carry_the_key_only_on_this_machine():
    with pytest.raises(ValueError, match="only https"):
        Options(**AREA, base_url="http://firms.example.org")
    with pytest.raises(ValueError, match="west < east"):
        Options(west=10, east=5, south=0, north=1)
    with pytest.raises(ValueError, match="no source"):
        Options(**AREA, sources=("../x",))
    assert address(Options(**AREA), "k", "MODIS_NRT", Window(5, date(2026, 3, 1))).endswith(
        "/api/area/csv/k/MODIS_NRT/97.3,26,108.6,34.4/5/2026-03-01"
    )


@pytest.mark.parametrize(
    ("status", "body", "answer"),
    [
        (200, rows(1), "data"), (200, HEAD, "data"), (200, HEAD.strip(), "data"), (401, "", "wrong key"),
        (200, "Exceeding allowed transaction limit.", "too many requests"), (500, rows(1), "no data"),
        (200, "", "no data"), (403, "Invalid MAP_KEY", "wrong key"),
        (400, "Invalid day range", "wrong request"),
        (200, rows(2)[:-30], "no data"),
    ],
)  # fmt: skip
def test_answers_are_told_apart(status, body, answer):
    assert judge(status, body.encode())[0] == answer


def test_a_broken_state_starts_anew_and_says_so(tmp_path):
    (tmp_path / "s").write_text("{", encoding="utf-8")
    state, warning = load(tmp_path / "s")
    assert (state.sources, "anew" in warning) == ({}, True)
    assert datetime.now(UTC) > NOW


async def test_availability_says_that_the_satellite_looked_and_a_strange_answer_says_nothing(
    poller, firms, way_in, caplog
):
    day = f"{NOW:%Y-%m-%d}"
    there = f"data_id,min_date,max_date\nVIIRS_NOAA20_NRT,2020-01-01,{day}\n"
    firms.answers += [rows(1), there, HEAD, "<html>gone</html>"]
    await poller(availability=True).poll()
    passes = [body for key, body in way_in.bodies.items() if key.startswith("firms-available")]
    (said,) = [read(body, Limits(NOW)).observations for body in passes]
    assert [(one.source, one.observed_at.date().isoformat(), one.could_see) for one in said] == [
        ("N20/VIIRS", day, False)
    ]
    await poller(availability=True).poll()
    assert "availability: no answer of use" in caplog.text
    assert KEY not in caplog.text
