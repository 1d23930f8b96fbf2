"""Tiles of the one server that the settings name: images alone, in time, not too large, kept for a while."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import aiohttp
from yarl import URL

from schemas.base_map import BaseMap
from streams.transport.secret import secrets_in

SIGNATURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}
"""How an image begins; what a server calls it is not enough."""

KEPT_S = 86_400.0
ABSENT_S = 600.0
"""A tile that is not there is asked for again after ten minutes."""

FAILURES = 4
SHUT_S = 20.0
"""After so many failures in a row the server is left alone for so long: waiting tiles hold the page up."""

AT_ONCE = 6

NOTHING = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000b4944415478da6360000200"
    "00050001e9fadcd80000000049454e44ae426082"
)
"""A transparent PNG of one pixel, where the server has no tile."""


class TileError(Exception):
    """The server gave no tile; the message says why and holds no address."""


class Tile(NamedTuple):
    """One image; until when it may be shown, on the clock given."""

    body: bytes
    media: str
    until: float


Place = tuple[int, int, int]
EACH = 500
"""What a kept tile takes besides its picture, bytes, about."""


class KeptTiles:
    """Tiles up to so many bytes; those not asked for longest go first."""

    def __init__(self, most: int) -> None:
        self.most, self.bytes = most, 0
        self._tiles: OrderedDict[Place, Tile] = OrderedDict()

    def get(self, place: Place, now: float) -> Tile | None:
        """Return a tile that may still be shown, else None."""
        tile = self._tiles.get(place)
        if tile is None or tile.until <= now:
            return None
        self._tiles.move_to_end(place)
        return tile

    def put(self, place: Place, tile: Tile) -> None:
        """Keep a tile in place of the one before."""
        before = self._tiles.pop(place, None)
        self._tiles[place] = tile
        self.bytes += len(tile.body) - len(before.body) if before else len(tile.body) + EACH
        while self.bytes > self.most:
            _, gone = self._tiles.popitem(last=False)
            self.bytes -= len(gone.body) + EACH


@dataclass
class Tiles:
    """Fetches tiles and keeps them. `now` is a clock that never goes back, seconds."""

    options: BaseMap
    session: aiohttp.ClientSession
    environ: Mapping[str, str]
    now: Callable[[], float]
    _failures: int = 0
    _shut_until: float = 0.0
    _kept: "KeptTiles" = field(init=False)
    _coming: dict[Place, asyncio.Task[Tile]] = field(default_factory=dict)
    _gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    def __post_init__(self) -> None:
        """Keep as many tiles as the options allow."""
        self._kept = KeptTiles(self.options.cache_mb * 1024 * 1024)

    async def tile(self, z: int, x: int, y: int) -> Tile:
        """Return a tile, the kept one while it may be shown; raises `TileError`."""
        place = (z, x, y)
        kept = self._kept.get(place, self.now())
        if kept is not None:
            return kept
        if place not in self._coming:
            task = self._coming[place] = asyncio.create_task(self._fetched(place))
            task.add_done_callback(
                lambda done: (self._coming.pop(place), done.cancelled() or done.exception())
            )
        # Who goes away does not take it from the others who wait for the same tile.
        return await asyncio.shield(self._coming[place])

    def _came(self, place: Place, done: asyncio.Task[Tile]) -> None:
        del self._coming[place]
        if not done.cancelled():
            done.exception()  # Whoever asked may have gone away; nobody is warned that nobody looked.

    async def _fetched(self, place: Place) -> Tile:
        async with self._gate:
            if self.now() < self._shut_until:
                raise TileError("the server of the base map failed several times; it is asked again soon")
            try:
                tile = await self._asked(place)
            except (aiohttp.ClientError, OSError, ValueError) as error:
                self._failed()
                raise TileError(f"the server of the base map: {type(error).__name__}") from None
            except TileError:
                self._failed()
                raise
        self._failures = 0
        self._kept.put(place, tile)
        return tile

    async def _asked(self, place: Place) -> Tile:
        authorization = " ".join(secrets_in(self.options.authorization_env, self.environ))
        headers = {"Accept": "image/*", "Accept-Encoding": "identity"}
        if authorization:
            headers["Authorization"] = authorization
        async with self.session.get(
            URL(self._address(*place), encoded=True),
            headers=headers,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=self.options.timeout_s),
        ) as response:
            if response.status in {204, 404}:
                return Tile(NOTHING, "image/png", self.now() + ABSENT_S)
            if response.status != 200:
                raise TileError(f"the server of the base map answered {response.status}")
            said = response.content_type
            body = await self._body(response)
        media = next((media for start, media in SIGNATURES.items() if body.startswith(start)), None)
        if media is None or not said.startswith("image/"):
            raise TileError(f"the server of the base map gave no image but {said[:60]}")
        return Tile(body, media, self.now() + KEPT_S)

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        most, body = self.options.tile_kb * 1024, bytearray()
        if (response.content_length or 0) <= most:
            async for part in response.content.iter_any():
                body += part
                if len(body) > most:
                    break
            else:
                return bytes(body)
        response.close()
        raise TileError(f"the server of the base map gave more than {self.options.tile_kb} kB")

    def _address(self, z: int, x: int, y: int) -> str:
        key = next(iter(secrets_in(self.options.key_env, self.environ)), "")
        words = {"{z}": z, "{x}": x, "{y}": y, "{-y}": 2**z - 1 - y, "{key}": key}
        address = self.options.tiles
        for name, value in words.items():
            address = address.replace(name, str(value))
        return address

    def _failed(self) -> None:
        self._failures += 1
        if self._failures >= FAILURES:
            self._failures, self._shut_until = 0, self.now() + SHUT_S
