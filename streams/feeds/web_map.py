"""Which datum a position without a frame is likely in, from the web map that its payload names.

Maps made in China are drawn in GCJ-02 (Amap, Tencent, WeChat, Google's map of China) or BD-09 (Baidu), 300 m
to more than 1 km off; Tianditu is drawn in CGCS2000. A guess is no label: the position is refused all the
same, and the reason says what label to give when the guess is right.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from schemas.units import Frame

READ_CHARACTERS = 20_000
"""So much of a payload is looked at; a link stands near its beginning."""


class WebMap(NamedTuple):
    """A map on the web, its datum, and what a payload says that names it (lower case)."""

    name: str
    frame: Frame
    marks: str


WEB_MAPS = (
    WebMap("Amap", "gcj02", r"(?<![a-z])(?:ios|android)?amap|(?<![a-z])(?:gaode|autonavi)|高德"),
    WebMap("Baidu", "bd09", r"(?<![a-z])(?:baidu|bdmap|bd09|bd-09)|百度"),
    WebMap("Tencent", "gcj02", r"map\.qq\.com|(?<![a-z])(?:qqmap|tencent)|腾讯|騰訊"),
    WebMap("WeChat", "gcj02", r"(?<![a-z])(?:wechat|weixin)|微信"),
    WebMap("Google in China", "gcj02", r"(?:ditu\.google|google\.cn/maps)"),
    WebMap("Tianditu", "cgcs2000", r"(?<![a-z])tianditu|天地图"),
    WebMap("GCJ-02", "gcj02", r"(?<![a-z])gcj[-_]?02|火星坐标|mars coordinates"),
)
"""Hosts, schemes of links, names of fields and what people write. The last is a label in the wrong place."""

_ANY = tuple((one, re.compile(one.marks)) for one in WEB_MAPS)


def web_maps(payload: Any) -> tuple[WebMap, ...]:
    """Return the maps that a payload names in its fields, links or words, each once."""
    text = "\n".join(_said(payload))[:READ_CHARACTERS].lower()
    return tuple(one for one, pattern in _ANY if pattern.search(text))


def advice(payload: Any) -> str:
    """Return what the refusal of a position without a frame says about its likely datum; else nothing."""
    found = web_maps(payload)
    if not found:
        return ""
    frames = list(dict.fromkeys(one.frame for one in found))
    names = ", ".join(one.name for one in found)
    labels = " or ".join(f'"frame": "{frame}"' for frame in frames)
    return f"the payload names {names}: likely {' or '.join(frames)}; if so, label it {labels}"


def _said(value: Any, depth: int = 0) -> Iterator[str]:
    """Yield the names and texts in a payload, however it is nested."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict) and depth < 8:
        for key, inner in value.items():
            yield str(key)
            yield from _said(inner, depth + 1)
    elif isinstance(value, list | tuple) and depth < 8:
        for inner in value:
            yield from _said(inner, depth + 1)
