"""Series, due traps and rings at the doors: as the judge has them; absent without the mark or elsewhere."""

import datetime as dt

import pytest
import shapely
from pested import NEMATODE, NOW, SAWYER, lab, quiet, trap
from serve_words import NOON, get, make_incident, record

from detectors.region import Layer, Region
from schemas.dead_letter import Tick
from schemas.detection import Claims
from schemas.observation import TrapCount
from schemas.pest import Pest, Ring, Threatened
from schemas.reason import Reason, Silence
from schemas.topics import DETECTION, INCIDENT, SILENCE, TICK
from schemas.weather import Measured
from streams.serve.accounts import passwords
from streams.serve.accounts.account import Account
from streams.serve.pest.due import rhythm_d

NAME = "P20241130-ABCDEFGH"
STANDS = Layer.of(
    "stands", [shapely.box(107.0, 31.0, 107.01, 31.01)], ["s1"], ["青冈林场1号"], [{"species": "马尾松"}]
)
BOXES = [shapely.box(120.0, 40.0, 121.0, 41.0), shapely.box(106.0, 30.0, 108.0, 32.0)]
AREA = Layer.of("county", BOXES, ["far", "here"], ["远县", "宣汉县"])
REGION = Region("pests", {"stands": STANDS, "county": AREA})
WILT = Pest(
    species=NEMATODE,
    chinese="松材线虫",
    is_quarantine=True,
    rings=(Ring(name="core", radius_m=200.0, stands=1), Ring(name="flight", radius_m=5000.0, stands=1)),
    threatened=(Threatened(stand_id="s1", name="青冈林场1号", probability=0.4, distance_m=150.0),),
)
OUTBREAK = make_incident(
    NAME, longitude=107.0, latitude=31.0, at=NOW - dt.timedelta(days=3), kind="outbreak",
    audience="quarantine", pest=WILT, footprint={"type": "Point", "coordinates": [107.0, 31.0]},
)  # fmt: skip
COUNTS = [
    *(one for one in quiet(traps=3) if one.observation_id not in {"t0/2", "t0/0"}),
    trap(0, 2, None, status="missing"),
    trap(0, 0, 60.0, longitude=107.004),
    trap(9, 0, 3.0, species="松材线虫", observation_id="q/1"),
]


def air(day, hour, value):
    at = dt.datetime(2024, 1, 1, hour, tzinfo=dt.UTC) + dt.timedelta(days=day)
    place = {"longitude": 107.1, "latitude": 31.0, "elevation_m": 400.0}
    return Measured(station="w1", observed_at=at, quantity="temperature_c", value=value, **place)


@pytest.fixture(autouse=True)
def _kept(store):
    weather = tuple(air(day, hour, 4.0 + hour) for day in range(-1, 340) for hour in (0, 6, 12, 18))
    claims = Claims(origin=0, origins=1, received_at=NOW, pests=(*COUNTS, lab()), weather=weather)
    sign = Silence(observation_id="t0/0", outcome="silent", stage="pests", at=NOW, reason=None)
    waits = Silence(
        observation_id="t0/0",
        outcome="silent",
        stage="pests",
        at=NOW - dt.timedelta(days=1),
        reason=Reason(code="waiting_for"),
    )
    store.apply([
        record(DETECTION.name, 0, claims),
        record(DETECTION.name, 1, claims),
        record(SILENCE.name, 0, waits),
        record(SILENCE.name, 1, sign),
        record(INCIDENT.name, 0, OUTBREAK),
        record(TICK.name, 0, Tick(at=NOW)),
    ])  # fmt: skip


def bearer(keys, *roles):
    _, secret = keys.create(frozenset(roles), NOW)
    return {"Authorization": f"Bearer {secret}"}


async def told(client, path, headers, expect=200):
    async with client.get(path, headers=headers) as answer:
        assert answer.status == expect, await answer.text()
        return await answer.json(content_type=None)


async def test_the_series_of_a_trap_marks_what_was_unread_and_what_is_a_sign(serve):
    client = await serve(open_reading=True, region=REGION)
    answer = await get(client, "/v1/pests/series", trap="trap/0", weeks="4")
    (one,) = answer["traps"]
    assert (one["source"], one["species"], one["chinese"]) == ("trap/0", SAWYER, "松墨天牛")
    before, unread, last, newest = one["weeks"]
    assert (unread["state"], unread["catch"], unread["status"], unread["reason"]) == (
        "unread", None, "missing", "not_read",
    )  # fmt: skip
    assert (newest["catch"], newest["is_over"], newest["judged"]) == (60.0, True, "sign")
    assert newest["limit"] < 60
    assert (before["state"], last["judged"]) == ("read", None)
    assert (newest["notes"], last["notes"]) == (["moved"], ["gap"])
    assert "finds" not in answer


async def test_warmth_at_the_stand_makes_a_curve_and_dates_come_from_the_calendar_without_it(serve, store):
    client = await serve(open_reading=True, region=REGION)
    season = (await get(client, "/v1/pests/series", trap="trap/0"))["season"]
    assert (season["station"]["station"], season["station"]["is_lapsed"]) == ("w1", False)
    assert season["curve"]["first_day"] == "2024-01-01"
    assert season["curve"]["total"] == sorted(season["curve"]["total"])
    assert len(season["curve"]["reached"]) == len(season["model"]["stages"]) == 3
    assert season["basis"] == "calendar", "a day 4 to 22 °C warm has all stages behind it in December"
    store.write("DELETE FROM air", {})
    bare = (await get(client, "/v1/pests/series", trap="trap/0"))["season"]
    assert (bare["curve"], bare["station"], bare["basis"]) == (None, None, "calendar")
    assert bare["next"]["code"] == "read_traps"


async def test_13_a_quarantine_outbreak_its_rings_and_its_counts_are_absent_without_the_mark(serve, keys):
    client = await serve(region=REGION)
    paths = (
        f"/v1/pests/series?incident={NAME}",
        f"/v1/incidents/{NAME}/rings",
        "/v1/pests/series?trap=trap/9",
    )
    for path in paths:
        assert (await client.get(path)).status == 401
        text = str(await told(client, path, bearer(keys, "admin"), 404))
        assert "Bursaphelenchus" not in text
    due = await told(client, "/v1/pests/traps", bearer(keys, "viewer"))
    assert {one["species"] for one in due["traps"]} == {SAWYER}
    marked = bearer(keys, "viewer", "quarantine")
    answer = await told(client, paths[0], marked)
    # traps of the nematode and of its vector; the one with the sign first, those beyond 5 km not at all
    assert [one["source"] for one in answer["traps"]] == ["trap/0", "trap/1", "trap/2"]
    (find,) = answer["finds"]
    assert (find["measure"], find["result"]) == ("lab", "positive")
    collection = await told(client, paths[1], marked)
    wide, narrow, stand = collection["features"]
    assert (wide["properties"]["name"], narrow["properties"]["name"]) == ("flight", "core")
    circle = shapely.geometry.shape(narrow["geometry"])
    assert circle.area * 111_195**2 * 0.857 == pytest.approx(3.1416 * 200**2, rel=0.02)
    assert 0 < narrow["properties"]["mass"] < wide["properties"]["mass"] < 1
    assert (stand["properties"]["name"], stand["properties"]["probability"]) == ("青冈林场1号", 0.4)
    assert len((await told(client, "/v1/pests/traps", marked))["traps"]) == 4


@pytest.mark.parametrize(("area", "sees"), [("far", False), ("here", True)])
async def test_who_is_bound_to_an_area_sees_no_trap_elsewhere(serve, accounts, area, sees):
    hashed = passwords.hashed("Forest-Fire-26", accounts.cost)
    marked = frozenset({"operator", "quarantine"})
    said = {"password": hashed, "password_at": NOON, "created_at": NOON}
    accounts.put(Account(name="li.na", person="李娜", roles=marked, areas=(area,), **said))
    client = await serve(region=REGION)
    async with client.post("/v1/session", json={"name": "li.na", "password": "Forest-Fire-26"}) as answer:
        assert answer.status == 201
    for path in ("series?trap=trap/0", f"series?incident={NAME}"):
        assert (await client.get(f"/v1/pests/{path}")).status == (200 if sees else 404)
    assert len((await get(client, "/v1/pests/traps"))["traps"]) == (4 if sees else 0)
    assert (await client.get("/v1/traps/template")).status == 200


@pytest.mark.parametrize("query", ["", "trap=a&incident=b", "trap=trap/0&weeks=0", "trap=trap/0&weeks=x"])
async def test_a_question_that_makes_no_sense_is_refused(serve, query):
    client = await serve(open_reading=True, region=REGION)
    assert (await client.get(f"/v1/pests/series?{query}")).status == 400


async def test_due_is_told_by_the_rhythm_of_the_traps_own_visits(serve):
    client = await serve(open_reading=True, region=REGION)
    answer = await get(client, "/v1/pests/traps")
    one = next(one for one in answer["traps"] if one["source"] == "trap/1")
    assert (one["rhythm_d"], one["is_due"]) == (7.0, False)
    assert one["due_at"] > answer["now"]


def visits(*days, scheduled_d=None):
    start = dt.datetime(2024, 4, 1, tzinfo=dt.UTC)
    return [
        trap(
            1,
            0,
            observation_id=f"v{day}",
            observed_at=start + dt.timedelta(days=day),
            scheduled_d=scheduled_d,
        )
        for day in days
    ]


def test_the_rhythm_is_the_middle_interval_and_a_second_look_on_the_same_day_is_none():
    assert isinstance(visits(0)[0], TrapCount)
    assert rhythm_d(visits(0, 7, 14, 28, 35)) == 7.0
    assert rhythm_d(visits(0, 14, 14.01, 28)) == 14.0
    assert rhythm_d(visits(0, scheduled_d=10.0)) == 10.0
    assert rhythm_d(visits(0)) == 7.0


async def test_a_trap_that_phone_and_table_read_is_one_to_the_panel_and_the_round(serve, store):
    table = trap(1, -1, 4.0, source="1", observation_id="table/1")
    store.apply([record(DETECTION.name, 7, Claims(origin=0, origins=1, received_at=NOW, pests=(table,)))])
    client = await serve(open_reading=True, region=REGION)
    due = (await get(client, "/v1/pests/traps"))["traps"]
    assert [one["source"] for one in due].count("1") == 1
    assert "trap/1" not in {one["source"] for one in due}
    for name in ("1", "trap/1"):
        (one,) = (await get(client, "/v1/pests/series", trap=name, weeks="8"))["traps"]
        assert one["source"] == "1"
        assert len([week for week in one["weeks"] if week["state"] == "read"]) > 5
