"""The base map: tiles of one server, checked and kept; a file in parts; nothing else is ever asked."""

import aiohttp
import msgspec
import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st
from tile_server import PNG, TileServer

from schemas.base_map import BaseMap
from schemas.settings import Settings
from streams.serve.base_map import checked, told
from streams.serve.base_tiles import EACH, FAILURES, KEPT_S, NOTHING, SHUT_S, KeptTiles, Tile, Tiles
from streams.toml_file import ConfigError

PATH = "/tiles/{z}/{x}/{y}?tk={key}"


@pytest_asyncio.fixture
async def upstream():
    server = await TileServer().start()
    yield server
    await server.stop()


@pytest_asyncio.fixture
async def ask(serve, upstream):
    """Ask for tiles through a server of ours; returns status, type and body."""

    async def opened(path=PATH, environ=None, **fields):
        base = BaseMap(tiles=upstream.url + path, timeout_s=0.5, tile_kb=100, **fields)
        client = await serve(open_reading=True, settings=Settings(map=base), environ=environ or {})

        async def get(tile):
            async with client.get(f"/v1/base/{tile}") as answer:
                return answer.status, answer.content_type, await answer.read()

        return get

    return opened


async def test_a_tile_comes_once_with_the_credentials_of_the_environment(ask, upstream):
    get = await ask(
        environ={"MAP_KEY": "word", "MAP_AUTH": "Basic abc"},
        key_env="MAP_KEY",
        authorization_env="MAP_AUTH",
    )
    assert await get("5/24/12") == (200, "image/png", PNG)
    assert await get("5/24/12") == (200, "image/png", PNG)
    assert upstream.asked == [("/tiles/5/24/12?tk=word", "Basic abc")]


async def test_rows_may_be_counted_from_below(ask, upstream):
    get = await ask("/{z}/{x}/{-y}")
    await get("3/1/0")
    assert upstream.asked[0][0] == "/3/1/7"


@pytest.mark.parametrize(
    ("says", "why"),
    [
        ("500", "answered 500"),
        ("html", "no image but text/html"),
        ("html as png", "no image but image/png"),
        ("large", "more than 100 kB"),
        ("endless", "more than 100 kB"),
        ("slow", "TimeoutError"),
        ("away", "answered 302"),
    ],
)
async def test_a_bad_answer_is_a_reason_and_no_tile(ask, upstream, says, why):
    upstream.answers["12"] = says
    get = await ask()
    status, media, body = await get("5/24/12")
    assert (status, media) == (502, "application/problem+json")
    assert why in msgspec.json.decode(body)["detail"]
    assert upstream.url.encode() not in body
    assert len(upstream.asked) == 1, "no redirect is followed"


async def test_where_there_is_no_tile_the_ground_shows_through(ask, upstream):
    upstream.answers["12"] = "404"
    get = await ask()
    assert await get("5/24/12") == (200, "image/png", NOTHING)


@pytest.mark.parametrize("tile", ["5/32/0", "5/0/99", "19/0/0", "5/a/0", "5/-1/0", "99999999999/0/0"])
async def test_what_is_no_tile_is_never_asked_for(ask, upstream, tile):
    get = await ask()
    assert (await get(tile))[0] == 404
    assert upstream.asked == []


async def test_a_server_that_fails_again_and_again_is_left_alone_for_a_while(upstream):

    clock = [0.0]
    upstream.answers = {str(y): "500" for y in range(9)}
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        tiles = Tiles(BaseMap(tiles=upstream.url + "/{z}/{x}/{y}"), session, {}, lambda: clock[0])
        for y in range(9):
            with pytest.raises(Exception, match="base map"):
                await tiles.tile(5, 1, y)
        assert len(upstream.asked) == FAILURES
        clock[0] = SHUT_S + 1
        assert (await tiles.tile(5, 1, 20)).body == PNG


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 400_000)), max_size=25))
def test_what_is_kept_never_grows_beyond_its_bound_and_the_newest_stays(puts):
    kept, told_last = KeptTiles(1_000_000), {}
    for x, size in puts:
        kept.put((9, x, 0), Tile(bytes(size), "image/png", KEPT_S))
        told_last[x] = size
        there = {one: kept.get((9, one, 0), 0.0) for one in range(7)}
        sizes = {one: len(tile.body) for one, tile in there.items() if tile is not None}
        assert sizes.items() <= told_last.items()
        assert kept.bytes == sum(size + EACH for size in sizes.values()) <= 1_000_000
        kept.get((9, x, 0), 0.0)
        assert x in sizes
    assert kept.get((9, 0, 0), KEPT_S) is None


async def test_a_file_is_given_in_parts(serve, tmp_path):
    (tmp_path / "base.pmtiles").write_bytes(b"PMTiles\x03" + bytes(range(200)))
    base = BaseMap(file=str(tmp_path / "base.pmtiles"), credit="us")
    client = await serve(open_reading=True, settings=Settings(map=base))
    async with client.get("/v1/base/file", headers={"Range": "bytes=8-17"}) as answer:
        assert (answer.status, await answer.read()) == (206, bytes(range(10)))
    assert told(base) == {"kind": "pmtiles", "datum": "wgs84", "credit": "us", "min_zoom": 0, "max_zoom": 18}


async def test_without_a_base_map_its_doors_lead_nowhere(serve):
    client = await serve(open_reading=True)
    assert [(await client.get(f"/v1/base/{path}")).status for path in ("file", "1/0/0")] == [404, 404]
    assert told(BaseMap()) is None


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"tiles": "http://h/{z}/{x}"}, "one of {y} and {-y}"),
        ({"tiles": "http://h/{z}/{x}/{y}?tk=secretword"}, "a key may not stand in settings"),
        ({"tiles": "http://h/{z}/{x}/{y}", "file": "a"}, "not both"),
        ({"file": "/nowhere/base.pmtiles"}, "No such file"),
        ({"file": __file__}, "no PMTiles 3, nor GeoJSON"),
        ({"tiles": "http://h/{z}/{x}/{y}", "min_zoom": 9, "max_zoom": 8}, "less than min_zoom"),
    ],
)
def test_a_base_map_that_cannot_be_is_refused_at_start(fields, why):
    with pytest.raises(ConfigError) as told_why:
        checked(BaseMap(**fields))
    assert why in str(told_why.value)
    assert "secretword" not in str(told_why.value)


@pytest.mark.parametrize("address", ["ftp://h/{z}/{x}/{y}", "http://u:p@h/{z}/{x}/{y}", "http://{x}/{z}/{y}"])
def test_only_one_host_can_be_named_and_no_password(address):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"tiles": address}, BaseMap)
