"""The ways to one receiver, in order: the first as it stands, each further one as `then` says."""

from collections.abc import Collection

from msgspec.structs import replace

from schemas.receiver import Receiver


def ways(receiver: Receiver) -> tuple[Receiver, ...]:
    """Return the receiver as it is reached on each way."""
    further = (
        replace(
            receiver,
            channel=way.channel,
            url=way.url,
            secret_env=way.secret_env,
            allow_private=way.allow_private,
            phone=way.phone or receiver.phone,
        )
        for way in receiver.then
    )
    return (receiver, *further)


def paths(receiver: Receiver, path: str) -> tuple[str, ...]:
    """Return where each way stands in the settings, the receiver being at `path`.

    >>> paths(Receiver(name="a"), "$.receivers[0]")
    ('$.receivers[0]',)
    """
    return (path, *(f"{path}.then[{n}]" for n in range(len(receiver.then))))


def on_way(receiver: Receiver, number: int) -> Receiver:
    """Return the receiver as it is reached on a way; one that is no longer there is the first."""
    known = ways(receiver)
    return known[number] if number < len(known) else receiver


def way_back(receiver: Receiver, number: int, channel: str) -> int:
    """Return the way on which something was told, or now the first of the same channel, or the first."""
    known = [way.channel for way in ways(receiver)]
    if number < len(known) and known[number] == channel:
        return number
    return known.index(channel) if channel in known else 0


def after(receiver: Receiver, number: int, dead: Collection[int]) -> int | None:
    """Return the way to try after this one, round and round but for the dead; None when there is no other."""
    count = 1 + len(receiver.then)
    for step in range(1, count):
        found = (number + step) % count
        if found not in dead:
            return found
    return None
