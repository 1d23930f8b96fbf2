"""Who sees some areas only, or lacks a mark, is answered with what is theirs; the rest is as if not there."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from streams.serve.accounts.scope import scope_of
from streams.serve.doors import ASKER
from streams.serve.marks import MARKS, may_see
from streams.serve.services import SERVICES

Sees = Callable[[bytes], bool]
"""Says of the JSON of an alert, incident or detection whether it is shown."""


def marks_of(request: web.Request) -> frozenset[str]:
    """Return the marks of whoever asks; nobody without a key has any."""
    who = request.get(ASKER)
    return frozenset() if who is None else who.roles & MARKS


def sees_of(request: web.Request, marks: frozenset[str] | None = None) -> Sees | None:
    """Return what somebody sees, with their own marks or with these; None is everything."""
    who, marks = request.get(ASKER), marks_of(request) if marks is None else marks
    if who is None or not who.areas:
        return None if marks == MARKS else lambda body: may_see(body, marks)
    services = request.app[SERVICES]
    within = scope_of(services.region.at(services.clock()), who.areas).sees_body
    return lambda body: may_see(body, marks) and within(body)


def ground_of(request: web.Request) -> Any:
    """Return the ground that somebody sees as a shapely geometry; None is everywhere."""
    who = request.get(ASKER)
    if who is None or not who.areas:
        return None
    services = request.app[SERVICES]
    return scope_of(services.region.at(services.clock()), who.areas).ground
