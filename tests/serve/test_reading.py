"""Collections, single things, the page and what the server says of itself."""

import json
from datetime import timedelta
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from serve_words import (
    NOON,
    alerts,
    get,
    make_alert,
    make_claims,
    make_detection,
    make_incident,
    make_letter,
    record,
)
from yarl import URL

from schemas.codec import decode
from schemas.dead_letter import DeadLetter
from streams.serve.filters import Wanted, bounding_boxes, interval
from streams.serve.problems import Problem
from streams.serve.queries import DETECTIONS, listed
from streams.serve.rows import microseconds
from streams.serve.store import Store


def ids(collection):
    return [feature["id"] for feature in collection["features"]]


async def test_alerts_are_the_latest_revisions_last_changed_first(serve, store):
    store.apply(alerts(make_alert(1), make_alert(2), make_alert(1, 2, action="close", grade="I")))
    client = await serve(open_reading=True)
    page = await get(client, "/v1/alerts")
    assert page["type"] == "FeatureCollection"
    assert ids(page) == ["fire-1", "fire-2"]
    first = page["features"][0]
    assert first["geometry"]["type"] == "Polygon"
    assert (first["properties"]["revision"], first["properties"]["seq"]) == (2, 3)
    assert ids(await get(client, "/v1/alerts", status="open")) == ["fire-2"]
    assert ids(await get(client, "/v1/alerts", status="ended")) == ["fire-1"]
    assert ids(await get(client, "/v1/alerts", grade="I,II")) == ["fire-1"]
    assert ids(await get(client, "/v1/alerts", kind="outbreak")) == []


async def test_a_collection_tells_the_properties_that_were_asked_for(serve, store):
    store.apply([*alerts(make_alert(1), make_alert(2)), record("incident.v1", 0, make_incident("fire-1"))])
    client = await serve(open_reading=True)
    whole = await get(client, "/v1/alerts")
    some = await get(client, "/v1/alerts", properties="grade,headline,grade")
    assert [one["properties"] for one in some["features"]] == [
        {name: one["properties"][name] for name in ("grade", "headline", "seq")} for one in whole["features"]
    ]
    for one, other in zip(some["features"], whole["features"], strict=True):
        assert (one["id"], one["geometry"]) == (other["id"], other["geometry"])
    paged = await get(client, "/v1/alerts", properties="grade", limit="1")
    (after,) = [link["href"] for link in paged["links"] if link["rel"] == "next"]
    (last,) = (await get(client, after))["features"]
    assert last["properties"].keys() == {"grade", "seq"}
    (incident,) = (await get(client, "/v1/incidents", properties="status"))["features"]
    assert incident["properties"].keys() == {"status", "seq"}
    for wrong in ("colour", "", "grade,", "grade,seq"):
        refused = await get(client, "/v1/alerts", 400, properties=wrong)
        assert "no property" in refused["detail"]


@pytest.mark.parametrize("limit", [1, 3, 7])
async def test_pages_follow_each_other_without_gap_or_repeat(serve, store, limit):
    store.apply([record("detection.v1", 0, make_claims(*(make_detection(number) for number in range(20))))])
    client = await serve(open_reading=True)
    seen, path = [], f"/v1/detections?limit={limit}&bbox=100,20,110,30"
    while path:
        page = await get(client, path)
        assert page["numberReturned"] == len(page["features"]) <= limit
        seen += ids(page)
        path = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    assert seen == [f"d-{number}" for number in reversed(range(20))]


@pytest.mark.parametrize(
    "query",
    [
        {"bbox": "1,2,3"},
        {"bbox": "1,2,3,x"},
        {"bbox": "0,50,10,40"},
        {"bbox": "0,0,nan,1"},
        {"bbox": "-181,0,0,1"},
        {"datetime": "yesterday"},
        {"datetime": "2026-04-05"},
        {"datetime": "2026-04-05T12:00:00"},
        {"datetime": "2026-04-06T00:00:00Z/2026-04-05T00:00:00Z"},
        {"limit": "0"},
        {"limit": "10001"},
        {"limit": "ten"},
        {"limit": "１"},
        {"before": "-1"},
        {"grade": "V"},
        {"kind": "flood"},
        {"grade": ""},
    ],
    ids=str,
)
async def test_what_cannot_be_asked_is_refused_with_its_name(serve, query):
    client = await serve(open_reading=True)
    answer = await get(client, "/v1/alerts", 400, **query)
    assert answer["status"] == 400
    assert next(iter(query)) in answer["detail"]


def test_intervals():
    at = microseconds(NOON)
    assert interval("2026-04-05T12:00:00Z") == (at, at)
    assert interval("2026-04-05T20:00:00+08:00/..") == (at, None)
    assert interval("../2026-04-05T20:00:00 08:00") == (None, at)
    assert interval("/2026-04-05T12:00:00Z") == (None, at)
    assert interval("../..") == (None, None)


def test_a_box_over_the_180th_meridian_is_two():
    assert bounding_boxes("170,-10,-170,10") == ((170.0, -10.0, 180.0, 10.0), (-180.0, -10.0, -170.0, 10.0))
    assert bounding_boxes("1,2,0,3,4,9") == ((1.0, 2.0, 3.0, 4.0),)
    with pytest.raises(Problem):
        bounding_boxes("")


@st.composite
def questions(draw):
    west, east = draw(st.floats(-180, 180)), draw(st.floats(-180, 180))
    south, north = sorted((draw(st.floats(-90, 90)), draw(st.floats(-90, 90))))
    start, length = draw(st.integers(-5, 25)), draw(st.integers(0, 20))
    return (west, south, east, north), NOON + timedelta(hours=start), NOON + timedelta(hours=start + length)


PLACES = st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90), st.integers(0, 20)), max_size=25)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PLACES, questions(), st.data())
def test_box_and_time_find_exactly_what_lies_in_them(tmp_path_factory, places, question, data):
    if places and data.draw(st.booleans()):  # A box whose corner is exactly a detection.
        question = ((*places[0][:2], question[0][2], max(question[0][3], places[0][1])), *question[1:])
    box, start, end = question
    store = Store(tmp_path_factory.mktemp("store") / "history.sqlite")
    found = [
        make_detection(number, longitude=longitude, latitude=latitude, at=NOON + timedelta(hours=hours))
        for number, (longitude, latitude, hours) in enumerate(places)
    ]
    store.apply([record("detection.v1", 0, make_claims(*found))])
    asked = Wanted(
        boxes=bounding_boxes(",".join(map(repr, box))),
        from_us=microseconds(start),
        to_us=microseconds(end),
        limit=100,
    )
    west, south, east, north = box

    def inside(one):
        across = (
            west <= one.longitude <= east if west <= east else one.longitude >= west or one.longitude <= east
        )
        return across and south <= one.latitude <= north and start <= one.observed_at <= end

    told = {json.loads(body)["detection_id"] for _, body in listed(store, DETECTIONS, asked)}
    assert told == {one.detection_id for one in found if inside(one)}
    store.close()


async def test_one_alert_in_each_form_and_revision(serve, store):
    store.apply(alerts(make_alert(1), make_alert(1, 2)))
    client = await serve(open_reading=True)
    assert (await get(client, "/v1/alerts/fire-1"))["revision"] == 2
    assert (await get(client, "/v1/alerts/fire-1.json"))["revision"] == 2
    assert (await get(client, "/v1/alerts/fire-1", revision="1"))["revision"] == 1
    assert (await get(client, "/v1/alerts/fire-1.geojson"))["properties"]["seq"] == 2
    await get(client, "/v1/alerts/fire-1", 404, revision="3")
    await get(client, "/v1/alerts/fire-2", 404)
    await get(client, "/v1/alerts/fire-1.pdf", 404)


async def test_one_incident_by_any_of_its_ids(serve, store):
    store.apply(
        [
            record("incident.v1", 0, make_incident("b")),
            record("incident.v1", 1, make_incident("a", lineage=("a", "b"))),
            record("incident.v1", 2, make_incident("b", 2, status="merged", merged_into="a")),
            *alerts(make_alert(1, alert_id="b", incident_id="b")),
        ]
    )
    client = await serve(open_reading=True)
    story = await get(client, "/v1/incidents/b")
    assert story["asked"] == "b"
    assert story["incident"]["incident_id"] == "a"
    assert story["names"] == ["a", "b"]
    assert [entry["what"] for entry in story["timeline"]] == ["alert", "revision", "revision", "revision"]
    await get(client, "/v1/incidents/c", 404)
    assert ids(await get(client, "/v1/incidents", status="merged")) == ["b"]


async def test_dead_letters_page_by_page(serve, store):
    store.apply([record("alert.v1", number, b"?") for number in range(5)])
    client = await serve(open_reading=True)
    page = await get(client, "/v1/dead-letters", limit="3")
    assert len(page["dead_letters"]) == 3
    rest = await get(client, page["links"][-1]["href"])
    assert len(rest["dead_letters"]) == 2
    assert [link["rel"] for link in rest["links"]] == ["self"]


async def test_silences_over_http(serve):
    client = await serve(open_reading=True)
    assert await get(client, "/v1/silences", observation_id="o-1", code="masked_by", limit="5") == {
        "silences": []
    }


@pytest.mark.parametrize(
    "letter_id", ["a-1", "fenghuo.observation.v1/0/17", "too_large:k:2026-04-05T12:00:00+00:00:9"]
)
async def test_one_dead_letter_is_found_by_its_id_whatever_is_in_it(serve, services_of, letter_id):
    services = services_of(open_reading=True)
    letters = [make_letter(letter_id, b"\xff\x00"), make_letter("other")]
    services.store.apply([record("dead-letter.v1", at, one) for at, one in enumerate(letters)])
    client = await serve(services)
    secret = services.keys.create(frozenset({"operator"}), NOON)[1]
    async with client.get(
        URL(f"/v1/dead-letters/{quote(letter_id, safe='')}", encoded=True), headers={"X-API-Key": secret}
    ) as answer:
        assert answer.status == 200
        assert decode(await answer.read(), DeadLetter) == letters[0]
    async with client.get("/v1/dead-letters/none", headers={"X-API-Key": secret}) as answer:
        assert answer.status == 404
