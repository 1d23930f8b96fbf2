"""Receivers, groups, silences and channels by the instant from which they are in force.

A step takes the version in force at its own `now`, so every worker changes at the same message.
"""

import bisect
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from alerts.channels import Exit
from schemas.hop import Hop, Result
from schemas.settings import Settings

EVER = datetime(1, 1, 1, tzinfo=UTC)

TOLD = ("receivers", "groups", "silences", "drills", "office", "channels", "tell", "effective_at")
"""Tables of the settings that are taken up live; every other needs a restart."""


@dataclass(frozen=True)
class Telling:
    """One version: its settings, its ways out and the two hops that tell."""

    settings: Settings
    ways: Mapping[str, Exit]
    hops: Mapping[str, Hop]


@dataclass
class Versions:
    """Every version, the first in force since ever."""

    _since: list[datetime] = field(default_factory=list)
    _told: list[Telling] = field(default_factory=list)
    trouble: str = ""
    """Why the settings file is not in force as it stands; the last good version is."""

    def take(self, since: datetime, telling: Telling) -> None:
        """Add a version that is in force from then on, until a later one is."""
        at = bisect.bisect_right(self._since, since)
        self._since.insert(at, since)
        self._told.insert(at, telling)

    def at(self, now: datetime) -> Telling:
        """Return the version in force."""
        return self._told[max(0, bisect.bisect_right(self._since, now) - 1)]

    @property
    def newest(self) -> Telling:
        """The version that comes last."""
        return self._told[-1]


def followed(versions: Versions, name: str) -> Hop:
    """Return a hop whose every step is judged by the version in force at its `now`."""

    def step(_given: Any, state: Any, message: Any, now: datetime) -> Result:
        hop = versions.at(now).hops[name]
        return hop.step(hop.options, state, message, now)

    first = versions.at(EVER).hops[name]
    return Hop(
        name=first.name,
        topics=first.topics,
        open=first.open,
        step=step,
        now=first.now,
        options=first.options,
        consumes=first.consumes,
        version=first.version,
    )


def same_otherwise(one: Settings, other: Settings) -> bool:
    """Return whether two settings differ in nothing but what is taken up live."""
    defaults = Settings()
    plain = {name: getattr(defaults, name) for name in TOLD}
    return replace(one, **plain) == replace(other, **plain)
