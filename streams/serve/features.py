"""Alerts, incidents and detections as GeoJSON (RFC 7946) with paging links."""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from yarl import URL

from schemas.codec import encode
from streams.serve.filters import Wanted
from streams.serve.queries import Collection, Found

GEOJSON = "application/geo+json"

_NO_SHAPE = frozenset({b"null", b"{}"})
_ID = {"alerts": "alert_id", "incidents": "incident_id", "detections": "detection_id"}


def feature(collection: str, place: int, body: bytes, only: tuple[str, ...] | None = None) -> dict[str, Any]:
    """Return one GeoJSON feature, of its properties `only` some (None: all); `seq` orders it among its kind.

    What a property holds stays the JSON that it is: a page of a thousand would take long to read and write.
    """
    properties: dict[str, Any] = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    geometry = properties.pop("footprint", None)
    if geometry is None or bytes(geometry) in _NO_SHAPE:
        geometry = {"type": "Point", "coordinates": [properties["longitude"], properties["latitude"]]}
    own = properties[_ID[collection]]
    if only is not None:
        properties = {name: properties[name] for name in only if name in properties}
    properties["seq"] = place
    return {
        "type": "Feature",
        "id": own,
        "geometry": geometry,
        "properties": properties,
    }


def feature_collection(
    collection: Collection,
    found: Found,
    asked: Wanted,
    url: URL,
    sees: Callable[[bytes], bool] | None = None,
) -> bytes:
    """Return the JSON of one page; `rel=next` is there when another follows.

    Who sees not all gets shorter pages, not other ones.
    """
    shown = found[: asked.limit]
    features = [
        feature(collection.name, place, body, asked.only)
        for place, body in shown
        if sees is None or sees(body)
    ]
    return encode(
        {
            "type": "FeatureCollection",
            "features": features,
            "numberReturned": len(features),
            "links": list(links(url, shown[-1][0] if len(found) > asked.limit else None, GEOJSON)),
        }
    )


def links(url: URL, last: int | None, media: str) -> Iterable[dict[str, str]]:
    """Yield the links of one page, relative to this server."""
    here = url.relative() if url.absolute else url
    yield {"rel": "self", "href": str(here), "type": media}
    if last is not None:
        yield {"rel": "next", "href": str(here.update_query(before=str(last))), "type": media}
