"""A small file of PMTiles 3 with shapes, as tile makers write them: the world in one gzipped vector tile."""

import gzip
import json
import math
import struct

EXTENT = 4096
POINT, LINE, POLYGON = 1, 2, 3
MOVE, DRAW, CLOSE = 1, 2, 7


def varint(number):
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])


def field(number, value):
    """One field of a protocol buffer: a number, or bytes behind their length."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def placed(lon, lat):
    """Where a position lies in the tile of the whole world, in its own units."""
    north = math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))
    return round((lon + 180) / 360 * EXTENT), round((1 - north / math.pi) / 2 * EXTENT)


def geometry(kind, positions):
    """Commands of one ring, line or point (Mapbox vector tile specification 2.1, section 4.3)."""
    x = y = 0
    steps = []
    for here in (placed(*one) for one in positions):
        steps.append([(here[0] - x) * 2, (here[1] - y) * 2])
        x, y = here
    numbers = [MOVE | 1 << 3, *steps[0]]
    if steps[1:]:
        numbers += [DRAW | len(steps[1:]) << 3, *(one for step in steps[1:] for one in step)]
    if kind == POLYGON:
        numbers.append(CLOSE | 1 << 3)
    zigzag = (one if one >= 0 else -one - 1 for one in numbers)
    return b"".join(varint(one) for one in zigzag)


def layer(name, kind, features):
    """One layer; `features` are (name, positions)."""
    body = field(15, 2) + field(1, name.encode())
    for number, (_, positions) in enumerate(features):
        tags = varint(0) + varint(number)
        body += field(2, field(2, tags) + field(3, kind) + field(4, geometry(kind, positions)))
    body += field(3, b"name")
    for named, _ in features:
        body += field(4, field(1, named.encode()))
    return field(3, body + field(5, EXTENT))


def vector_pmtiles(layers):
    """The whole file; `layers` are (name, kind of geometry, features)."""
    tile = gzip.compress(b"".join(layer(*one) for one in layers))
    directory = gzip.compress(bytes([1, 0, 1]) + varint(len(tile)) + bytes([1]))
    told = {"vector_layers": [{"id": name, "fields": {"name": "String"}} for name, *_ in layers]}
    metadata = gzip.compress(json.dumps(told).encode())
    data_at = 127 + len(directory) + len(metadata)
    places = (127, len(directory), 127 + len(directory), len(metadata), data_at, 0, data_at, len(tile))
    kinds = bytes([1, 2, 2, 1, 0, 0])  # clustered, gzip inside, gzip tiles, vector tiles, zoom 0 to 0
    box = struct.pack("<4i", -1_800_000_000, -850_000_000, 1_800_000_000, 850_000_000)
    header = b"PMTiles\x03" + struct.pack("<8Q", *places) + struct.pack("<3Q", 1, 1, 1) + kinds + box
    return (header + bytes(1) + struct.pack("<2i", 0, 0)).ljust(127, b"\0") + directory + metadata + tile
