"""Receivers as they are taken into service: each checked against channels, region and words.

A typo that would mean that somebody is never told is refused at start, with its path.
"""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

import shapely

from alerts.channels import CHANNELS
from alerts.roster import Roster
from alerts.routing import is_code, stem
from alerts.ways import paths, ways
from detectors.region import Region
from schemas.receiver import Receiver
from schemas.settings import Settings
from streams.config import ConfigError
from streams.hops.reach import check_reach

STANDS = "stands"
OWNER = "owner"
"""Attribute of the layer of stands that names who owns one."""


def in_service(
    settings: Settings, region: Region, options: Mapping[str, Any] | None = None
) -> tuple[Receiver, ...]:
    """Return the receivers, checked; `options` are those of the channels, by table, checked at start.

    Raises
    ------
    ConfigError
        With the path of what cannot be right: a channel, an area or an owner that does not exist, a field
        that the channel or its options need, an address that nothing is sent to, a polygon that is none.
    """
    names = [receiver.name for receiver in settings.receivers]
    check_groups(settings, names)
    check_approved(settings)
    groups = [group.name for group in settings.groups]
    for n, receiver in enumerate(settings.receivers):
        for k, name in enumerate(receiver.escalate_to):
            if name not in (*names, *groups) or name == receiver.name:
                _refuse(f"$.receivers[{n}].escalate_to[{k}]", f"no other receiver {name!r}", name, names)
        if receiver.on_duty_in and receiver.on_duty_in not in groups:
            what = f"no group {receiver.on_duty_in!r}"
            _refuse(f"$.receivers[{n}].on_duty_in", what, receiver.on_duty_in, groups)
    for n, silence in enumerate(settings.silences):
        for k, name in enumerate(silence.receivers):
            if name not in names:
                _refuse(f"$.silences[{n}].receivers[{k}]", f"no receiver {name!r}", name, names)
    for n, receiver in enumerate(settings.receivers):
        for path, way in zip(paths(receiver, f"$.receivers[{n}]"), ways(receiver), strict=True):
            _check_way(way, path, options or {})
    check_words(settings)
    return tuple(_checked(one, f"$.receivers[{n}]", region) for n, one in enumerate(settings.receivers))


def check_words(settings: Settings) -> None:
    """Refuse an officer whom no free words reach: what they must learn is no approved template."""
    takes = {channel.name for channel in CHANNELS if channel.note is not None}
    known = {receiver.name: receiver for receiver in settings.receivers}
    groups = Roster({group.name: group for group in settings.groups})
    for k, name in enumerate(settings.office.duty):
        for officer in groups.everyone((name,)):
            channels = [way.channel for way in ways(known[officer])]
            if takes.isdisjoint(channels):
                said = f"{officer!r} has {', '.join(channels)} alone, which takes no free words"
                raise ConfigError(f"settings: $.office.duty[{k}]: {said}: give a further way")


def check_approved(settings: Settings) -> None:
    """Refuse an instruction that nobody has approved: whoever goes near a fire does so on somebody's word."""
    if settings.office.instruction and not settings.office.instruction_by.strip():
        raise ConfigError("settings: $.office.instruction_by: who approved the instruction, and its version?")


def check_groups(settings: Settings, names: list[str]) -> None:
    """Refuse a group that names nobody, or is named like a receiver; and an officer who does not exist."""
    groups = [group.name for group in settings.groups]
    for n, group in enumerate(settings.groups):
        if group.name in names or group.name in groups[:n]:
            raise ConfigError(f"settings: $.groups[{n}].name: {group.name!r} is taken")
        lists = [("members", group.members), ("fallback", group.fallback)]
        lists += [(f"shifts[{k}].who", shift.who) for k, shift in enumerate(group.shifts)]
        for field, some in lists:
            for k, name in enumerate(some):
                if name not in names:
                    _refuse(f"$.groups[{n}].{field}[{k}]", f"no receiver {name!r}", name, names)
    for k, name in enumerate(settings.office.duty):
        if name not in (*names, *groups):
            _refuse(f"$.office.duty[{k}]", f"no receiver or group {name!r}", name, (*names, *groups))


def _checked(receiver: Receiver, path: str, region: Region) -> Receiver:
    if receiver.polygon and not _is_area(receiver):
        raise ConfigError(f"settings: {path}.polygon: the corners of an area are expected, three at least")
    if region.layers and receiver.areas:
        known = {one for layer in region.layers.values() if layer.name != STANDS for one in layer.ids()}
        for n, area in enumerate(receiver.areas):
            if not (_exists(area, known) or _is_stand(area, region)):
                _refuse(f"{path}.areas[{n}]", f"no place {area!r} in the region", area, known)
    _check_owners(receiver, path, region)
    return receiver


def _check_way(way: Receiver, path: str, options: Mapping[str, Any]) -> None:
    channels = {channel.name: channel for channel in CHANNELS}
    channel = channels.get(way.channel)
    if channel is None:
        _refuse(f"{path}.channel", f"no channel {way.channel!r}", way.channel, channels)
    for need in channel.needs:
        if not getattr(way, need):
            raise ConfigError(f"settings: {path}.{need}: the channel {channel.name} needs one")
    check_reach(channel, options.get(f"channels.{channel.name}") or channel.options(), way, path)


def _check_owners(receiver: Receiver, path: str, region: Region) -> None:
    """Refuse an owner of no stand; which stands are whose, the places of an alert say."""
    if not receiver.owners:
        return
    stands = region.layers.get(STANDS)
    known = set(stands.columns[OWNER].words()) if stands is not None and OWNER in stands.columns else set()
    for n, owner in enumerate(receiver.owners):
        if owner not in known:
            _refuse(f"{path}.owners[{n}]", f"no stand of {owner!r} in the region", owner, known)


def _is_area(receiver: Receiver) -> bool:
    return len(receiver.polygon) > 2 and shapely.Polygon(receiver.polygon).area > 0


def _is_stand(area: str, region: Region) -> bool:
    stands = region.layers.get(STANDS)
    if stands is None:
        return False
    try:
        stands.row(area)
    except KeyError:
        return False
    return True


def _exists(area: str, known: set[str]) -> bool:
    if area in known:
        return True
    return is_code(area) and any(is_code(one) and one.startswith(stem(area)) for one in known)


def _refuse(path: str, what: str, word: str, known: Iterable[str]) -> NoReturn:
    near = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    raise ConfigError(f"settings: {path}: {what}" + (f"; did you mean {near[0]}?" if near else ""))
