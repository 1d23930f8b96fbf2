"""Where polling stopped, in a small file: after any crash nothing is left out and little asked twice."""

from datetime import datetime
from pathlib import Path

from msgspec import Struct

from schemas.codec import Unreadable, decode, encode
from schemas.units import UtcTime, Version
from streams.files import write_whole


class Polled(Struct, frozen=True, kw_only=True):
    """One source: when its rows were last taken in, and the seal of what was taken."""

    at: UtcTime
    seal: str = ""


class State(Struct, frozen=True, kw_only=True):
    """The whole file."""

    v: Version = 1
    sources: dict[str, Polled] = {}

    def with_poll(self, source: str, at: datetime, seal: str) -> "State":
        """Return the state after the rows of a source were taken in."""
        return State(sources={**self.sources, source: Polled(at=at, seal=seal)})


def load(path: Path | None) -> tuple[State, str]:
    """Return the state in the file, and why it starts anew where the file cannot be read."""
    if path is None or not path.exists():
        return State(), ""
    state = decode(path.read_bytes(), State)
    if isinstance(state, Unreadable) or state.v != 1:
        return State(), f"{path} is not a state that this program reads: polling starts anew"
    return state, ""


def save(path: Path | None, state: State) -> None:
    """Write the state, whole or not at all."""
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, encode(state))
