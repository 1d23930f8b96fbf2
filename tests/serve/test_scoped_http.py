"""Who sees some areas only is answered with what is theirs, and as if the rest were not there."""

from dataclasses import replace

from serve_words import NOON, alerts, make_alert, record
from signing_in import enter, own

from schemas.carbon import CarbonTotal
from schemas.receiver import Receiver
from schemas.settings import Settings


async def test_a_county_is_answered_with_its_own_and_the_border_only(serve, two_counties, person):
    person(areas=("west",))
    client = await serve(two_counties)
    _, told = await enter(client)
    for path in ("alerts", "incidents", "detections"):
        async with client.get(f"/v1/{path}?limit=2") as answer:
            page = await answer.json()
        found = [one["properties"]["longitude"] for one in page["features"]]
        following = next(one["href"] for one in page["links"] if one["rel"] == "next")
        async with client.get(following) as answer:
            found += [one["properties"]["longitude"] for one in (await answer.json())["features"]]
        assert sorted(found) == [102.5, 103.05], path
    for name, status in (("fire-1", 200), ("fire-2", 200), ("fire-3", 404)):
        for path in (f"alerts/{name}", f"alerts/{name}.cap", f"incidents/{name}"):
            async with client.get(f"/v1/{path}") as answer:
                assert answer.status == status, path
    word = {"incident_id": "fire-3", "code": 0, "author": "x", "level": "county"}
    async with client.post("/v1/verdicts", json=word, headers=own(client, told)) as answer:
        assert answer.status == 404
    for level, status in (("province", 403), ("city", 403), ("county", 202)):
        word = {"incident_id": "fire-1", "code": 0, "author": "x", "level": level}
        async with client.post("/v1/verdicts", json=word, headers=own(client, told)) as answer:
            assert answer.status == status, level
    for name, status in (("fire-1", 200), ("fire-2", 200), ("fire-3", 404), ("d-1", 200), ("d-3", 404)):
        async with client.get(f"/v1/explain/{name}") as answer:
            assert answer.status == status, name
    async with client.get("/v1/alerts.atom") as answer:
        text = await answer.text()
    assert ["fire-1" in text, "fire-2" in text, "fire-3" in text] == [True, True, False]
    async with client.get("/v1/incidents/fire-3/reach") as answer:
        assert (await answer.json())["detail"] == "no such incident, or no alert of it"
    for closed in ("/v1/carbon?by=total", "/v1/silences", "/metrics"):
        async with client.get(closed) as answer:
            assert answer.status == 403, closed


async def test_the_stream_of_a_county_leaves_out_the_others_without_losing_its_place(
    serve, two_counties, person
):
    person(areas=("west",))
    client = await serve(two_counties)
    await enter(client)
    async with client.get("/v1/alerts/stream?after=0") as answer:
        text = b""
        while b"id: 2" not in text:
            text += await answer.content.readany()
        later = alerts(
            make_alert(3, 2, longitude=103.5, latitude=27.5),
            make_alert(1, 2, longitude=102.5, latitude=27.5),
            start=3,
        )
        news = two_counties.store.apply(later)
        two_counties.broadcast.publish([(sequence, body) for sequence, body, _ in news.alerts])
        while b"id: 5" not in text:
            text += await answer.content.readany()
    assert b"id: 3" not in text
    assert b"id: 4" not in text
    assert text.count(b"event: alert") == 3


async def test_carbon_of_a_county_is_its_own_rows_and_the_incidents_it_sees(serve, two_counties, person):
    def total(level, key):
        figures = {"exposed_t": 2.0, "loss_t": 1.0, "low_t": 0.5, "high_t": 2.0, "stands": 1}
        return CarbonTotal(at=NOON, level=level, key=key, incidents=1, **figures)

    rows = [total("county", "west"), total("county", "east"), total("incident", "fire-1")]
    rows += [total("incident", "fire-3"), total("total", "")]
    two_counties.store.apply([record("carbon.v1", at, one) for at, one in enumerate(rows)])
    person(areas=("west",))
    client = await serve(two_counties)
    await enter(client)
    for level, keys in (("county", ["west"]), ("incident", ["fire-1"])):
        async with client.get(f"/v1/carbon?by={level}") as answer:
            assert [one["key"] for one in (await answer.json())["totals"]] == keys
    async with client.get("/v1/carbon?by=close_out") as answer:
        assert (await answer.json())["records"] == []
    for level in ("total", "owner", "stand", "project", "day"):
        async with client.get(f"/v1/carbon?by={level}") as answer:
            assert answer.status == 403


async def test_somebody_of_another_county_is_not_sent(serve, two_counties, person):
    there = tuple(Receiver(name=name, url="https://x.example/", areas=(name,)) for name in ("west", "east"))
    services = replace(two_counties, settings=Settings(receivers=there))
    person(areas=("west",))
    client = await serve(services)
    _, told = await enter(client)
    for name, status in (("west", 202), ("east", 404)):
        task = {"do": "assign", "incident_id": "fire-1", "to": name}
        async with client.post("/v1/tasks", json=task, headers=own(client, told)) as answer:
            assert answer.status == status, name


async def test_a_call_is_rung_back_and_bettered_by_the_office_that_took_it(serve, two_counties, person):
    client = await serve(two_counties)
    for name, areas in {"li.na": ("west",), "wang": ("west",), "zhao": ("east",), "zhou": ()}.items():
        person(name, areas=areas)
    call = {"call_id": "0f8fad5b", "longitude": 102.5, "latitude": 27.5, "number": "13800138000"}
    for name, given, kept in (
        ("li.na", 202, 1), ("wang", 202, 1), ("zhao", 409, 0), ("zhou", 202, 1), ("li.na", 202, 1),
    ):  # fmt: skip
        client.session.cookie_jar.clear()
        headers = own(client, (await enter(client, name=name))[1])
        async with client.post("/v1/calls", json=call, headers=headers) as answer:
            assert answer.status == given, name
        async with client.get("/v1/calls") as answer:
            assert len((await answer.json())["calls"]) == kept, name
        async with client.get("/v1/calls/0f8fad5b") as answer:
            assert answer.status == (200 if kept else 404), name


async def test_a_county_hands_its_shift_over_to_itself(serve, two_counties, person):
    async def asked(path="", **more):
        async with client.request("POST" if more else "GET", f"/v1/handovers{path}", **more) as answer:
            return answer.status, await answer.json()

    client = await serve(two_counties)
    people = {"li.na": ("west",), "wang": ("west",), "zhao": ("east",), "zhou": ()}
    for name, areas in people.items():
        person(name, areas=areas)

    async def sits(name):
        client.session.cookie_jar.clear()
        return own(client, (await enter(client, name=name))[1])

    status, given = await asked(headers=await sits("li.na"), json={"text": "盯住甲县"})
    assert status == 201
    assert [line["alert_id"] for line in given["body"]["open"]] == ["fire-1", "fire-2"]
    assert (given["body"]["told"], given["body"]["areas"]) == ({"new": 2}, ["west"])
    one = f"/{given['number']}"
    east = await sits("zhao")
    assert (await asked())[1] == {"handovers": []}
    assert (await asked(one, headers=east, json={}))[0] == 404
    first = (await asked(headers=east, json={"text": ""}))[1]
    assert first["body"]["since"] < given["at"]
    everywhere = await sits("zhou")
    assert [line["number"] for line in (await asked())[1]["handovers"]] == [first["number"], given["number"]]
    assert [line["alert_id"] for line in (await asked(headers=everywhere, json={}))[1]["body"]["open"]] == [
        "fire-1", "fire-2", "fire-3",
    ]  # fmt: skip
    assert (await asked(one, headers=await sits("wang"), json={}))[1]["taken_who"] == "user/wang"
