"""Whether a way out can reach anybody: what every attempt would refuse is refused at start."""

from typing import Any

from alerts.channels.base import Channel
from schemas.receiver import Receiver
from streams.config import ConfigError
from streams.transport.address import refusal


def check_reach(channel: Channel, options: Any, way: Receiver, path: str) -> None:
    """Refuse an option that is empty, a telephone number that is none, an address that nothing is sent to.

    `options` are those of the channel, `way` is the receiver as it is reached on this way, at `path`.

    Raises
    ------
    ConfigError
        With the path of what cannot be right, and the way out.
    """
    _check_options(channel, options, way, path)
    if channel.telephone is not None and not channel.telephone.fullmatch(way.phone):
        raise ConfigError(
            f"settings: {path}.phone: {channel.name} never reaches it; "
            "a mobile number of 11 digits is expected, or one from abroad with + and its country"
        )
    _check_address(channel, options, way, path)


def _check_options(channel: Channel, options: Any, way: Receiver, path: str) -> None:
    for name in channel.settled:
        if not getattr(options, name) and not (name == "secret_env" and way.secret_env):
            raise ConfigError(
                f"settings: $.channels.{channel.name}.{name}: empty, so {path} would never be told; set it"
            )


def _check_address(channel: Channel, options: Any, way: Receiver, path: str) -> None:
    """Hold the address against the rule of every attempt; names are looked up then, not at start."""
    own = "url" in channel.needs
    url = way.url if own else getattr(options, "url", "")
    why = refusal(url, allow_private=way.allow_private) if url else ""
    if why:
        place = f"{path}.url" if own else f"$.channels.{channel.name}.url"
        wanted = (
            "give https://… on the public Internet, or set allow_private = true there for your own network"
        )
        if way.allow_private:
            wanted = "give http://… or https://…"
        raise ConfigError(f"settings: {place}: {why}, so {path} would never be told; {wanted}")
