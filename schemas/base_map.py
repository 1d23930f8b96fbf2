"""What lies under the incidents on the map: tiles of a server in the same network, or a file of our own."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Zoom = Annotated[int, Meta(ge=0, le=22)]


class BaseMap(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[map]`: one of `tiles` and `file`, or neither. The browser asks this server alone for it."""

    tiles: Annotated[
        str,
        Meta(
            pattern=r"^$|^https?://[^/{}\s@]+/\S*$",
            max_length=500,
            description="Address of a tile (XYZ, WMTS), with {z}, {x} and {y} or {-y}, and {key} if need be.",
        ),
    ] = ""
    file: Annotated[str, Meta(description="PMTiles (version 3) or GeoJSON in WGS 84.")] = ""
    datum: Annotated[
        Literal["wgs84", "cgcs2000", "gcj02"],
        Meta(description="gcj02: shifted by 100 to 700 m in China; the page says so."),
    ] = "wgs84"
    credit: Annotated[str, Meta(max_length=200, description="Shown with the map.")] = ""
    min_zoom: Zoom = 0
    max_zoom: Zoom = 18
    key_env: Annotated[str, Meta(description="Variable whose word takes the place of {key}.")] = ""
    authorization_env: Annotated[str, Meta(description="Variable with the header Authorization.")] = ""
    timeout_s: Annotated[float, Meta(gt=0, le=30, description="For one tile.")] = 5.0
    tile_kb: Annotated[int, Meta(ge=1, le=8192, description="A larger tile is refused.")] = 1024
    cache_mb: Annotated[int, Meta(ge=0, le=4096, description="Tiles kept in memory.")] = 64
