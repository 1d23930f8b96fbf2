"""Everything the HTTP server is given; it opens nothing itself."""

import ipaddress
import os
import pathlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from alerts.tuning.compare import Comparison
from detectors.region import WORLD, AnyRegion
from schemas.settings import Settings
from streams.engine.writer import Writer
from streams.feeds.mapping import Map
from streams.ingress import Ingress
from streams.metrics import Metrics
from streams.pictures import Pictures
from streams.serve.accounts.book import Accounts
from streams.serve.audit.trail import Trail
from streams.serve.broadcast import Broadcast
from streams.serve.desk.book import Desk
from streams.serve.keys import Keys
from streams.serve.sse import HEARTBEAT_S
from streams.serve.store import Store
from streams.telling.versions import Versions

STATIC = pathlib.Path(__file__).resolve().parent.parent / "web" / "static"


Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Services:
    """What the server answers from. `open_reading` is the demo: reading without a key."""

    store: Store
    broadcast: Broadcast
    keys: Keys
    settings: Settings
    accounts: Accounts | None = None
    trail: Trail | None = None
    desk: Desk | None = None
    metrics: Metrics = field(default_factory=Metrics)
    ingress: Ingress | None = None
    maps: Mapping[str, Map] = field(default_factory=dict)
    writer: Writer | None = None
    pictures: Pictures | None = None
    readiness: tuple[Callable[[], str | None], ...] = ()
    region: AnyRegion = WORLD
    about: Mapping[str, Any] = field(default_factory=dict)
    open_reading: bool = False
    shared: bool = False
    """Other servers may write the same log: the judge says which of two words was first."""
    trusted_proxy: tuple[Network, ...] = ()
    static: pathlib.Path = STATIC
    clock: Callable[[], datetime] = _now
    versions: Versions | None = None
    shadow: Callable[[frozenset[str]], Comparison | None] | None = None
    """How the candidate that runs beside the live settings differs."""
    documents: pathlib.Path | None = None
    """Where published settings are kept."""
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    heartbeat_s: float = HEARTBEAT_S

    @property
    def told(self) -> Settings:
        """The settings of telling that are newest: receivers, groups, office and channels."""
        return self.settings if self.versions is None else self.versions.newest.settings

    @property
    def degraded(self) -> list[str]:
        """What is not as wished while all goes on: a bad edit leaves the last good settings in force."""
        trouble = "" if self.versions is None else self.versions.trouble
        return [trouble] if trouble else []


SERVICES: web.AppKey[Services] = web.AppKey("services", Services)
