"""The files that people write through the server, opened together: keys, accounts, audit log, desk."""

from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

from streams.serve.accounts.areas import areas_of
from streams.serve.accounts.book import Accounts
from streams.serve.audit.live import Live
from streams.serve.audit.tls import context_of
from streams.serve.audit.trail import Trail
from streams.serve.desk.book import Desk
from streams.serve.keys import Keys
from streams.serve.services import Services
from streams.serve.unnaming import unname


def open_books(data_dir: Path, stack: AsyncExitStack) -> dict[str, Any]:
    """Return the books by their name in `Services`; raises `StoreTooNewError`. `stack` closes them."""
    keys = Keys(data_dir / "keys.sqlite")
    stack.callback(keys.close)
    accounts = Accounts(data_dir / "accounts.sqlite")
    stack.callback(accounts.close)
    trail = Trail(data_dir / "audit.sqlite")
    stack.callback(trail.close)
    desk = Desk(data_dir / "desk.sqlite")
    stack.callback(desk.close)
    return {"keys": keys, "accounts": accounts, "trail": trail, "desk": desk}


def keep_areas(services: Services) -> None:
    """Let commands know which areas the region of this server has."""
    if services.accounts is not None:
        services.accounts.keep_areas(areas_of(services.region.at(services.clock())))


def begin(services: Services) -> None:
    """Bring the books up to what this server needs: its areas, and people out of what is shown."""
    keep_areas(services)
    unname(services)


def forget_people(services: Services) -> int:
    """Erase callers whose date has come, prune the audit log if the settings say so; return how many."""
    now, days = services.clock(), services.settings.desk.audit_days
    gone = 0 if services.desk is None else services.desk.erase(now)
    if services.trail is None or days is None:
        return gone
    last = services.trail.prune(now - timedelta(days=days))
    if last is not None:
        said = f"up to entry {last[0]}, seal {last[1]}"
        services.trail.add(now, who="", what="audit pruned", detail=said)
    return gone


def passing_on(services: Services) -> tuple[Live, ...]:
    """Return what sends audit entries to the log server that the settings name; nothing without one.

    Raises `ConfigError` where the files for TLS cannot be used.
    """
    desk, metrics = services.settings.desk, services.metrics
    tls = context_of(desk)
    if not desk.syslog or services.trail is None:
        return ()
    return (Live(services.trail, desk.syslog, metrics.syslog_lost, metrics.syslog_behind, tls),)
