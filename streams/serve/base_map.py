"""`/v1/base`: what lies under the incidents, from a file of ours or the tile server that the settings name.

The browser asks this server alone; credentials stay here.
"""

import os
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from schemas.base_map import BaseMap
from streams.serve.base_tiles import TileError, Tiles
from streams.serve.problems import problem
from streams.serve.services import SERVICES
from streams.toml_file import ConfigError

TILES: web.AppKey[Tiles] = web.AppKey("tiles", Tiles)

PMTILES = b"PMTiles\x03"
MOST_GEOJSON = 50_000_000
"""A page reads it whole, bytes."""

_GIVEN_KEY = re.compile(r"[?&](?:tk|ak|key|token|api_?key)=(?!\{key\})[^&]", re.IGNORECASE)


def checked(options: BaseMap) -> BaseMap:
    """Return the options of a base map that can be shown; raises `ConfigError` with the place."""
    if options.tiles and options.file:
        raise ConfigError("settings: $.map: one of tiles and file, not both")
    if options.tiles:
        lacking = [name for name in ("{z}", "{x}") if name not in options.tiles]
        if lacking or ("{y}" not in options.tiles) == ("{-y}" not in options.tiles):
            raise ConfigError("settings: $.map.tiles: {z}, {x} and one of {y} and {-y} stand for the tile")
        if _GIVEN_KEY.search(options.tiles):
            raise ConfigError("settings: $.map.tiles: a key may not stand in settings; see {key} and key_env")
    if options.max_zoom < options.min_zoom:
        raise ConfigError("settings: $.map.max_zoom: less than min_zoom")
    _kind(options)
    return options


def _kind(options: BaseMap) -> str:
    """Return what the base map is; empty: there is none."""
    if not options.file:
        return "tiles" if options.tiles else ""
    try:
        with Path(options.file).open("rb") as file:
            start = file.read(64)
            size = file.seek(0, os.SEEK_END)
    except OSError as error:
        raise ConfigError(f"settings: $.map.file: {error.strerror}: {options.file}") from None
    if start.startswith(PMTILES):
        return "pmtiles"
    if not start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{") or size > MOST_GEOJSON:
        raise ConfigError(f"settings: $.map.file: no PMTiles 3, nor GeoJSON up to 50 MB: {options.file}")
    return "geojson"


def told(options: BaseMap) -> dict[str, Any] | None:
    """Return what the page has to know of the base map; None: there is none."""
    kind = _kind(options)
    names = ("datum", "credit", "min_zoom", "max_zoom")
    return {"kind": kind, **{name: getattr(options, name) for name in names}} if kind else None


async def fetching(app: web.Application) -> AsyncIterator[None]:
    """Keep connections to the tile server while the application runs."""
    options = app[SERVICES].settings.map
    async with aiohttp.ClientSession(
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"user-agent": "fenghuo"},
        auto_decompress=False,
        trust_env=False,
    ) as session:
        app[TILES] = Tiles(options, session, app[SERVICES].environ, time.monotonic)
        yield


async def tile(request: web.Request) -> web.Response:
    """Answer with one tile as an image; 502 with the reason where the tile server gives none."""
    options = request.app[SERVICES].settings.map
    z, x, y = (_whole(request.match_info[name]) for name in "zxy")
    if not options.tiles or not options.min_zoom <= z <= options.max_zoom or max(x, y) >= 2**z:
        raise problem(404, "no such tile")
    try:
        found = await request.app[TILES].tile(z, x, y)
    except TileError as error:
        raise problem(502, str(error)) from error
    headers = {"Cache-Control": "private, max-age=3600"}
    return web.Response(body=found.body, content_type=found.media, headers=headers)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise problem(404, "no such tile")
    return int(text)


async def file(request: web.Request) -> web.StreamResponse:
    """Answer with the file of the base map, in parts as they are asked for."""
    options = request.app[SERVICES].settings.map
    if not options.file:
        raise problem(404, "no file of a base map")
    return web.FileResponse(
        options.file,
        headers={"Cache-Control": "private, no-cache", "Content-Type": "application/octet-stream"},
    )
