"""The base map in the page: tiles through our server, PMTiles and GeoJSON of ours; nobody else is asked."""

import json
import math
import re
import struct

import browser_seed
import pyogrio
import pytest
from browser_flags import NO_GL, SOFTWARE_GL
from browser_words import until
from gl_map import THE_MAP
from playwright.sync_api import expect
from test_clean import clean
from tile_server import PNG, TileServer
from vector_tiles import LINE, POINT, POLYGON, vector_pmtiles

from schemas.base_map import BaseMap
from schemas.settings import Settings


@pytest.fixture
def based(site_to_start):
    """A site with a base map, and the tile server it may ask."""
    site = site_to_start
    tiles = site.on_loop(TileServer().start())

    def start(**fields):
        told = {
            name: value.format(url=tiles.url) if name == "tiles" else value for name, value in fields.items()
        }
        site.settings = Settings(map=BaseMap(**told))
        site.start().keep(browser_seed.evening())
        return site, tiles

    yield start
    site.on_loop(tiles.stop())


def pmtiles(picture):
    """A file of PMTiles 3 with one picture, the world; nothing in it is compressed."""
    directory = bytes([1, 0, 1, len(picture)]) + bytes([1])  # one entry: tile 0, run 1, length, offset 0 + 1
    metadata = b"{}"
    data_at = 127 + len(directory) + len(metadata)
    places = (127, len(directory), 127 + len(directory), len(metadata), data_at, 0, data_at, len(picture))
    counts = (1, 1, 1)
    kinds = bytes([1, 1, 1, 2, 0, 0])  # clustered, plain inside, plain tiles, PNG, zoom 0 to 0
    box = struct.pack("<4i", -1_800_000_000, -850_000_000, 1_800_000_000, 850_000_000)
    header = b"PMTiles\x03" + struct.pack("<8Q", *places) + struct.pack("<3Q", *counts) + kinds + box
    return (header + bytes(1) + struct.pack("<2i", 0, 0)).ljust(127, b"\0") + directory + metadata + picture


TILES = "{url}/{{z}}/{{x}}/{{y}}.png"


@pytest.mark.parametrize(("query", "flags"), [("?map=gl", SOFTWARE_GL), ("", NO_GL)], ids=["gl", "svg"])
@pytest.mark.usefixtures("vendored")
def test_tiles_come_through_our_server_alone(based, look, query, flags):
    site, tiles = based(tiles=TILES, datum="gcj02")
    page = look(site.url + query, flags=flags)
    with page.expect_response(lambda answer: "/v1/base/" in answer.url) as came:
        page.locator("#zoom-in").click()
    assert came.value.headers["content-type"] == "image/png"
    expect(page.locator("#base-note")).to_contain_text("GCJ-02")
    until(page, lambda: tiles.asked)
    clean(page, site)


def test_a_tile_server_that_fails_leaves_our_own_map_and_a_note(based, look):
    site, tiles = based(tiles=TILES)
    tiles.answers = {f"{y}.png": "html" for y in range(2000)}
    page = look(f"{site.url}?lang=en", flags=NO_GL)
    expect(page.locator("#base-note")).to_contain_text("Parts of the base map did not come")
    expect(page.locator("#map path.province")).to_have_attribute("d", re.compile(".{100}"))
    expect(page.locator("#map .signs .symbol")).to_have_count(9)


@pytest.mark.usefixtures("vendored", "pmtiles_reader")
def test_pmtiles_of_our_own_are_read_in_parts(based, look, tmp_path):
    (tmp_path / "base.pmtiles").write_bytes(pmtiles(PNG))
    site, _ = based(file=str(tmp_path / "base.pmtiles"))
    with_parts = []
    page = look(site.url, flags=SOFTWARE_GL, expect_ready=False)
    page.on(
        "response", lambda answer: with_parts.append(answer.status) if "base/file" in answer.url else None
    )
    page.wait_for_selector("html[data-ready=true]")
    until(page, lambda: 206 in with_parts)
    expect(page.locator("#base-note")).to_be_hidden()
    clean(page, site)


SHAPES = [
    ("water", POLYGON, [("邛海", [(101, 29), (104, 29), (104, 27), (101, 27)])]),
    ("roads", LINE, [("108", [(100.5, 27.5), (104.5, 28.6)])]),
    ("boundaries", LINE, [("省界", [(102, 26), (102, 33)])]),
    ("places", POINT, [("西昌", [(102.27, 27.9)])]),
]

DRAWN = """async () => {
  const map = window.theMap;
  map.jumpTo({ center: [102.5, 28], zoom: 7.5 });
  const still = () => new Promise((done) => { map.once("idle", done); map.triggerRepaint(); });
  const colour = async () => {
    const at = map.project([101.5, 28.5]);
    await still();
    return new Promise((done) => {
      map.once("render", () => {
        const gl = map.getCanvas().getContext("webgl2"), k = devicePixelRatio, few = new Uint8Array(4 * 3600);
        gl.readPixels(at.x * k, gl.drawingBufferHeight - at.y * k, 60, 60, gl.RGBA, gl.UNSIGNED_BYTE, few);
        const middle = (n) => few.filter((_, i) => i % 4 === n).sort()[1800];
        done([0, 1, 2].map(middle));
      });
      map.triggerRepaint();
    });
  };
  const wet = await colour();
  const layers = map.getStyle().layers.filter((one) => one.source === "base").map((one) => one.id);
  const seen = map.queryRenderedFeatures({ layers }).map((one) => `${one.layer.id} ${one.properties.name}`);
  map.setLayoutProperty("base-water-fill", "visibility", "none");
  return { wet, dry: await colour(), seen: [...new Set(seen)].sort() };
}"""


@pytest.mark.usefixtures("vendored", "pmtiles_reader")
def test_shapes_of_a_vector_file_are_drawn_by_the_names_of_their_layers(based, look, tmp_path):
    path = tmp_path / "base.pmtiles"
    path.write_bytes(vector_pmtiles(SHAPES))
    # GDAL reads the file as it was meant, so what the page draws of it is the page's doing
    assert [list(one) for one in pyogrio.list_layers(path)] == [
        ["water", "Polygon"], ["roads", "LineString"], ["boundaries", "LineString"], ["places", "Point"],
    ]  # fmt: skip
    site, _ = based(file=str(path))
    page = look(site.url, flags=SOFTWARE_GL)
    assert page.evaluate(THE_MAP)
    drawn = page.evaluate(DRAWN)
    assert drawn["seen"] == [
        "base-boundaries-line 省界", "base-places-symbol 西昌", "base-roads-line 108", "base-water-fill 邛海",
    ]  # fmt: skip
    wet, dry = drawn["wet"], drawn["dry"]
    assert wet[2] - wet[0] > dry[2] - dry[0] + 5, f"the lake is seen, and blue: {wet} over {dry}"
    expect(page.locator("#base-note")).to_be_hidden()
    clean(page, site)


def test_geojson_of_our_own_is_drawn_under_everything(based, look, tmp_path):
    road = {"type": "LineString", "coordinates": [[102.0, 27.5], [102.5, 28.0]]}
    named = [{"type": "Feature", "properties": {"name": "108"}, "geometry": road}]
    (tmp_path / "base.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": named}))
    site, _ = based(file=str(tmp_path / "base.geojson"))
    page = look(site.url, flags=NO_GL)
    mercator = [math.degrees(math.log(math.tan(math.pi / 4 + math.radians(y) / 2))) for y in (27.5, 28.0)]
    drawn = f"M102.00000 {-mercator[0]:.5f}L102.50000 {-mercator[1]:.5f}"
    expect(page.locator("#map .base path")).to_have_attribute("d", drawn)
    clean(page, site)
