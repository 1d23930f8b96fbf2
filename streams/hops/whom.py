"""Receivers as they are taken into service: each checked against channels, region and words, owners resolved.

A typo that would mean that somebody is never told is refused at start, with its path.
"""

import difflib
from collections.abc import Iterable
from typing import NoReturn

import shapely
from msgspec.structs import replace

from alerts.channels import CHANNELS
from alerts.routing import is_code, stem
from alerts.ways import ways
from detectors.region import Region
from schemas.receiver import Receiver
from schemas.settings import Settings
from streams.config import ConfigError

STANDS = "stands"
OWNER = "owner"
"""Attribute of the layer of stands that names who owns one."""


def in_service(settings: Settings, region: Region) -> tuple[Receiver, ...]:
    """Return the receivers, the stands of their owners among their areas.

    Raises
    ------
    ConfigError
        With the path of what cannot be right: a channel, an area or an owner that does not exist, a field
        that the channel needs, a polygon that is none.
    """
    names = [receiver.name for receiver in settings.receivers]
    for n, receiver in enumerate(settings.receivers):
        for k, name in enumerate(receiver.escalate_to):
            if name not in names or name == receiver.name:
                _refuse(f"$.receivers[{n}].escalate_to[{k}]", f"no other receiver {name!r}", name, names)
    for n, silence in enumerate(settings.silences):
        for k, name in enumerate(silence.receivers):
            if name not in names:
                _refuse(f"$.silences[{n}].receivers[{k}]", f"no receiver {name!r}", name, names)
    return tuple(_checked(one, f"$.receivers[{n}]", region) for n, one in enumerate(settings.receivers))


def _checked(receiver: Receiver, path: str, region: Region) -> Receiver:
    for n, way in enumerate(ways(receiver)):
        _check_way(way, path if n == 0 else f"{path}.then[{n - 1}]")
    if receiver.polygon and not _is_area(receiver):
        raise ConfigError(f"settings: {path}.polygon: the corners of an area are expected, three at least")
    if region.layers and receiver.areas:
        known = {one for layer in region.layers.values() if layer.name != STANDS for one in layer.ids()}
        for n, area in enumerate(receiver.areas):
            if not (_exists(area, known) or area in _stands(region)):
                _refuse(f"{path}.areas[{n}]", f"no place {area!r} in the region", area, known)
    return _with_stands(receiver, path, region)


def _check_way(way: Receiver, path: str) -> None:
    channels = {channel.name: channel for channel in CHANNELS}
    channel = channels.get(way.channel)
    if channel is None:
        _refuse(f"{path}.channel", f"no channel {way.channel!r}", way.channel, channels)
    for need in channel.needs:
        if not getattr(way, need):
            raise ConfigError(f"settings: {path}.{need}: the channel {channel.name} needs one")


def _with_stands(receiver: Receiver, path: str, region: Region) -> Receiver:
    if not receiver.owners:
        return receiver
    stands = region.layers.get(STANDS)
    known = stands is not None and OWNER in stands.columns
    found: dict[str, list[str]] = {}
    if stands is not None and known:
        for place_id, owner in zip(stands.ids(), stands.column(OWNER), strict=True):
            found.setdefault(str(owner or ""), []).append(place_id)
    for n, owner in enumerate(receiver.owners):
        if owner not in found:
            _refuse(f"{path}.owners[{n}]", f"no stand of {owner!r} in the region", owner, found)
    mine = [place_id for owner in receiver.owners for place_id in found[owner]]
    return replace(receiver, areas=(*receiver.areas, *mine))


def _is_area(receiver: Receiver) -> bool:
    return len(receiver.polygon) > 2 and shapely.Polygon(receiver.polygon).area > 0


def _stands(region: Region) -> set[str]:
    """Return the ids of all stands: perhaps millions, so only read for an id that is found nowhere else."""
    stands = region.layers.get(STANDS)
    return set() if stands is None else set(stands.ids())


def _exists(area: str, known: set[str]) -> bool:
    if area in known:
        return True
    return is_code(area) and any(is_code(one) and one.startswith(stem(area)) for one in known)


def _refuse(path: str, what: str, word: str, known: Iterable[str]) -> NoReturn:
    near = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    raise ConfigError(f"settings: {path}: {what}" + (f"; did you mean {near[0]}?" if near else ""))
