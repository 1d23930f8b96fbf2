"""The officer's desk over HTTP: calls, who was first, tasks, queue, rates, shifts."""

import csv
import io
from datetime import timedelta

import pytest
import shapely
from msgspec.structs import replace
from serve_words import (
    NOON,
    LogInMemory,
    alerts,
    make_alert,
    make_claims,
    make_detection,
    make_incident,
    record,
)

from detectors.region import Layer, Region
from schemas.desk_settings import DeskSettings
from schemas.notice import Position
from schemas.observation import Report, Retraction
from schemas.receiver import Receiver
from schemas.settings import Settings
from schemas.verdict import Step, Verification
from streams.ingress import Ingress
from streams.serve.timeline_csv import timeline_csv

CALL = {
    "call_id": "0f8fad5b-d9cb",
    "longitude": 102.0,
    "latitude": 28.0,
    "saw": "smoke",
    "place_name": "柳树桩",
    "text": "<b>山上有烟</b>",
    "number": "138 0013 8000",
    "caller": "王某",
}
RANGER = Receiver(name="护林员甲", phone="13900001111", channel="webhook", url="https://x.example/")


@pytest.fixture
def log():
    return LogInMemory()


@pytest.fixture
def at_desk(serve, services_of, log, keys):
    async def start():
        services = services_of(writer=log, ingress=Ingress(log), settings=Settings(receivers=(RANGER,)))
        services.store.apply(
            [
                *alerts(make_alert(1), make_alert(2, longitude=102.3)),
                record("incident.v1", 0, make_incident("fire-1")),
                record("incident.v1", 1, make_incident("fire-2", longitude=102.3)),
            ]
        )
        client = await serve(services)
        secrets = [keys.create(frozenset({"operator"}), NOON)[1] for _ in range(2)]
        return client, [{"X-API-Key": one} for one in secrets]

    return start


async def asked(client, method, path, headers, **more):
    async with client.request(method, path, headers=headers, **more) as answer:
        return answer.status, await answer.json()


def said(log):
    return [one for value in log.values("observation.v1") for one in value.observations]


async def test_a_call_is_kept_while_it_lasts_and_its_better_form_takes_the_former_back(at_desk, log, clock):
    client, (officer, _) = await at_desk()
    status, first = await asked(client, "POST", "/v1/calls", officer, json=CALL)
    assert status == 202
    assert [one["incident_id"] for one in first["near"]] == ["fire-1"]
    assert (await asked(client, "POST", "/v1/calls", officer, json=CALL))[1] == first
    clock.now += timedelta(minutes=1)
    better = {**CALL, "longitude": 102.01, "saw": "flame"}
    status, second = await asked(client, "POST", "/v1/calls", officer, json=better)
    assert second["observation_id"] == "call/desk~call/0f8fad5b-d9cb/2"
    reports = [one for one in said(log) if isinstance(one, Report)]
    (back,) = [one for one in said(log) if isinstance(one, Retraction)]
    assert [one.saw for one in reports] == ["smoke", "flame"]
    assert reports[0].observed_at == reports[1].observed_at == back.observed_at == NOON
    assert first["observation_id"] == reports[0].observation_id == f"call/desk~{back.retracts}"
    assert reports[0].text == CALL["text"]


async def test_a_bearing_moves_the_place_along_the_way_the_caller_looks(at_desk, log):
    client, (officer, _) = await at_desk()
    await asked(client, "POST", "/v1/calls", officer, json={**CALL, "azimuth_deg": 90.0, "distance_km": 4.0})
    (report,) = said(log)
    assert report.longitude == pytest.approx(102.0407, abs=1e-3)
    assert report.radius_m == 2000.0


async def test_who_called_is_in_no_message_masked_in_the_list_and_erased_on_its_date(
    at_desk, log, clock, books, tmp_path
):
    desk, trail = books["desk"], books["trail"]
    client, (officer, _) = await at_desk()
    await asked(client, "POST", "/v1/calls", officer, json=CALL)
    assert "138" not in repr(log.sent)
    assert "王某" not in repr(log.sent)
    (shown,) = (await asked(client, "GET", "/v1/calls", officer))[1]["calls"]
    assert (shown["number"], shown["caller"], shown["saw"]) == ("138****8000", "王", "smoke")
    assert (shown["this_shift"], shown["became"]) == (True, {})
    told = (await asked(client, "GET", "/v1/calls/0f8fad5b-d9cb", officer))[1]
    assert told["number"] == CALL["number"]
    assert [(one.what, one.detail) for one in trail.entries()][-1] == (
        "GET /v1/calls/{call_id}",
        "call 0f8fad5b-d9cb",
    )
    assert "8000" not in repr([one.detail for one in trail.entries()])
    kept = timedelta(days=DeskSettings().callers_days)
    assert desk.erase(clock.now + kept - timedelta(seconds=1)) == 0
    clock.now += kept
    told = (await asked(client, "GET", "/v1/calls/0f8fad5b-d9cb", officer))[1]
    assert (told["number"], told["caller"]) == ("", ""), "before the hourly erasing, too"
    assert desk.erase(clock.now) == 1
    told = (await asked(client, "GET", "/v1/calls/0f8fad5b-d9cb", officer))[1]
    assert (told["number"], told["caller"]) == ("", "")
    desk.read("PRAGMA wal_checkpoint(TRUNCATE)")
    assert CALL["number"].encode() not in (tmp_path / "desk.sqlite").read_bytes()


@pytest.mark.parametrize("name", ["call/desk~call/0f8fad5b-d9cb/1", "call/0f8fad5b-d9cb/1"])
async def test_the_list_of_calls_says_what_each_became_and_which_are_of_this_shift(
    at_desk, clock, store, name
):
    client, (officer, _) = await at_desk()
    await asked(client, "POST", "/v1/calls", officer, json=CALL)
    clock.now += timedelta(minutes=5)
    await asked(client, "POST", "/v1/handovers", officer, json={"text": ""})
    clock.now += timedelta(minutes=5)
    await asked(
        client, "POST", "/v1/calls", officer, json={**CALL, "call_id": "far-0001", "longitude": 103.0}
    )
    seen = make_detection(1, detection_id=name, observation_id=name)
    store.apply([record("detection.v1", 0, make_claims(seen))])
    newest, first = (await asked(client, "GET", "/v1/calls", officer))[1]["calls"]
    assert (newest["call_id"], newest["this_shift"], newest["became"]) == ("far-0001", True, {})
    assert (first["this_shift"], first["place_name"]) == (False, "柳树桩")
    became = {name: first["became"][name] for name in ("incident_id", "alert_id", "short_code")}
    assert became == {"incident_id": "fire-1", "alert_id": "fire-1", "short_code": "A001"}


async def test_a_call_that_is_none_is_refused(at_desk, log):
    client, (officer, _) = await at_desk()
    bad = [
        {**CALL, "latitude": 102.0, "longitude": 28.0},
        {**CALL, "number": "javascript:1"},
        {**CALL, "call_id": "../x"},
        {**CALL, "more": 1},
        {**CALL, "text": "x" * 401},
        {},
    ]
    for body in bad:
        assert (await asked(client, "POST", "/v1/calls", officer, json=body))[0] == 400, body
    late = {**CALL, "at": (NOON + timedelta(hours=1)).isoformat()}
    assert (await asked(client, "POST", "/v1/calls", officer, json=late))[0] == 422
    assert said(log) == []
    assert (await asked(client, "GET", "/v1/calls/none", officer))[0] == 404


async def test_of_two_officers_the_second_is_told_who_was_first(at_desk, log):
    client, (one, two) = await at_desk()
    async with client.get("/v1/incidents/fire-1", headers=one) as answer:
        tag = answer.headers["ETag"]
    assert tag == '"0"'
    word = {"incident_id": "fire-1", "code": 0, "author": "李娜", "level": "county"}
    denial = {**word, "code": 9, "author": "王强", "text": "未见明火"}
    assert (await asked(client, "POST", "/v1/verdicts", {**one, "If-Match": tag}, json=word))[0] == 202
    status, refused = await asked(client, "POST", "/v1/verdicts", {**two, "If-Match": tag}, json=denial)
    assert status == 409
    assert refused["first"]["what"] == "verdict 0 county"
    assert len(log.values("observation.v1")) == 1
    async with client.get("/v1/incidents/fire-1", headers=two) as answer:
        story, tag = await answer.json(), answer.headers["ETag"]
    assert [given["what"] for given in story["words"]] == ["verdict 0 county"]
    assert (await asked(client, "POST", "/v1/verdicts", {**two, "If-Match": tag}, json=denial))[0] == 202
    assert (await asked(client, "POST", "/v1/verdicts", {**two, "If-Match": "old"}, json=denial))[0] == 400
    act = {"act": "relabel", "incident_id": "fire-1", "author": "王强", "land": "forest"}
    assert (await asked(client, "POST", "/v1/acts", {**one, "If-Match": tag}, json=act))[0] == 409
    assert (await asked(client, "POST", "/v1/acts", one, json=act))[0] == 202


async def test_a_word_that_the_log_did_not_take_is_nobodys_first(at_desk, log):
    client, (one, two) = await at_desk()
    word = {"incident_id": "fire-1", "code": 0, "author": "李娜"}
    log.fails = TimeoutError()
    assert (await asked(client, "POST", "/v1/verdicts", {**one, "If-Match": '"0"'}, json=word))[0] == 503
    log.fails = None
    assert (await asked(client, "POST", "/v1/verdicts", {**two, "If-Match": '"0"'}, json=word))[0] == 202


async def test_somebody_is_sent_and_the_queue_says_so(at_desk, log):
    client, (officer, _) = await at_desk()
    task = {"do": "assign", "incident_id": "fire-1", "to": "护林员甲", "alert_id": "fire-1"}
    assert (await asked(client, "POST", "/v1/tasks", officer, json=task))[0] == 202
    (sent,) = log.values("notice.v1")
    assert (sent.receiver, sent.alert_id) == ("护林员甲", "fire-1")
    for bad in ({**task, "to": "谁"}, {**task, "incident_id": "none"}):
        assert (await asked(client, "POST", "/v1/tasks", officer, json=bad))[0] == 404
    seen = {"do": "seen", "incident_id": "fire-2"}
    assert (await asked(client, "POST", "/v1/tasks", officer, json=seen))[0] == 202
    lines = (await asked(client, "GET", "/v1/queue", officer))[1]["queue"]
    assert {one["alert_id"]: one["words"][0].split(" · ")[0] for one in lines} == {
        "fire-1": "assign 护林员甲",
        "fire-2": "seen",
    }
    told = (await asked(client, "GET", "/v1/receivers", officer))[1]["receivers"]
    assert told == [{"name": "护林员甲", "channel": "webhook", "phone": "13900001111", "areas": []}]


async def test_contacts_come_by_distance_and_it_is_told_from_what_that_is(serve, services_of, keys):
    boxes = [shapely.box(102, 27, 103, 28), shapely.box(103, 27, 104, 28)]
    region = Region("r", {"county": Layer.of("county", boxes, ["west", "east"], ["甲县", "乙县"])})
    areas = {"不详": (), "乙": ("east",), "甲": ("west",), "人": ("east",), "回": ("x",)}
    there = [replace(RANGER, name=name, areas=own) for name, own in areas.items()]
    services = services_of(region=region, settings=Settings(receivers=tuple(there)))
    at = [Position(receiver=name, at=NOON, longitude=102.4, latitude=27.5) for name in ("人", "回")]
    said = [*at, Position(receiver="回", at=NOON, back=True)]
    services.store.apply([record("notice.v1", n, one) for n, one in enumerate(said)])
    client = await serve(services)
    for role, phone in (("operator", "13900001111"), ("viewer", "139****1111")):
        headers = {"X-API-Key": keys.create(frozenset({role}), NOON)[1]}
        found = (await asked(client, "GET", "/v1/receivers?near=102.4,27.5", headers))[1]["receivers"]
        assert [(one["name"], one["by"], one["phone"]) for one in found] == [
            ("人", "position", phone), ("甲", "area", phone), ("乙", "area", phone),
            ("不详", "", phone), ("回", "", phone),
        ]  # fmt: skip
        assert [one["distance_km"] for one in found] == [0.0, 9.9, 108.5, None, None]
    assert (await asked(client, "GET", "/v1/receivers?near=x", headers))[0] == 400


async def test_the_rate_is_asked_for_by_day_and_hour(at_desk, clock):
    client, (officer, _) = await at_desk()
    clock.now += timedelta(hours=6)
    found = (await asked(client, "GET", "/v1/feedback-rate?day=2026-04-05&hour=24", officer))[1]
    assert found["rates"][-1]["told"] == 2
    assert found["rates"][-1]["rate"] == 0.0
    other = (await asked(client, "GET", "/v1/feedback-rate?day=2026-04-04", officer))[1]
    assert other["rates"] == [{"county": "", "told": 0, "answered": 0, "in_time": 0, "rate": None}]
    for bad in ("day=x", "day=0001-01-01", "hour=25", "hour=-1"):
        assert (await asked(client, "GET", f"/v1/feedback-rate?{bad}", officer))[0] == 400, bad


async def test_an_answer_counts_at_once_and_no_more_once_it_is_taken_back(at_desk, store, clock):
    client, (officer, _) = await at_desk()
    clock.now += timedelta(hours=6)
    step = Step(verdict_id="v", level="county", code=0, author="李娜", at=NOON + timedelta(minutes=5))
    given = Verification(state="county", code=0, ruling="fire", ruled_by="v", ruled_at=step.at, steps=(step,))

    async def now():
        rates = (await asked(client, "GET", "/v1/feedback-rate?day=2026-04-05&hour=24", officer))[1]["rates"]
        lines = (await asked(client, "GET", "/v1/queue", officer))[1]["queue"]
        return rates[-1]["answered"], sorted(one["alert_id"] for one in lines)

    both = (0, ["fire-1", "fire-2"])
    assert await now() == both
    for revision, said, told in ((8, given, (1, ["fire-2"])), (9, None, both)):
        one = make_incident("fire-1", revision=revision, short_code="A001", feedback=said)
        store.apply([record("incident.v1", 100 + revision, one)])
        assert await now() == told


async def test_a_shift_is_signed_by_who_goes_and_by_who_comes(at_desk, trail):
    client, (one, two) = await at_desk()
    status, given = await asked(client, "POST", "/v1/handovers", one, json={"text": "盯住安哈镇"})
    assert status == 201
    assert [line["alert_id"] for line in given["body"]["open"]] == ["fire-1", "fire-2"]
    assert given["body"]["told"] == {"new": 2}
    path = f"/v1/handovers/{given['number']}"
    assert (await asked(client, "POST", path, one))[0] == 409
    status, taken = await asked(client, "POST", path, two)
    assert status == 200
    assert taken["seal"] == given["seal"]
    assert taken["taken_at"]
    assert (await asked(client, "POST", path, two))[0] == 409
    assert (await asked(client, "POST", "/v1/handovers/99", two))[0] == 404
    assert (await asked(client, "POST", "/v1/handovers/x", two))[0] == 400
    assert (await asked(client, "GET", "/v1/handovers", two))[1]["handovers"][0] == taken
    assert any(given["seal"] in entry.detail for entry in trail.entries())


async def test_the_timeline_comes_as_csv_in_which_no_cell_is_a_formula(at_desk):
    client, (officer, _) = await at_desk()
    async with client.get("/v1/incidents/fire-1.csv", headers=officer) as answer:
        assert answer.content_type == "text/csv"
        rows = list(csv.DictReader(io.StringIO((await answer.text()).lstrip("\ufeff"))))
    assert [(row["what"], row["grade"]) for row in rows] == [("alert", "III"), ("revision", "III")]
    story = {"timeline": [{"at": NOON, "what": "notice", "notice": {"receiver": "=1+1", "longitude": -1.5}}]}
    (row,) = csv.DictReader(io.StringIO(timeline_csv(story).lstrip("\ufeff")))
    assert (row["receiver"], row["longitude"]) == ("'=1+1", "-1.5")
