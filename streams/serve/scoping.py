"""Who sees some areas only is answered with what touches them; the rest is as if it were not there."""

from collections.abc import Callable

from aiohttp import web

from streams.serve.accounts.scope import scope_of
from streams.serve.doors import ASKER
from streams.serve.services import SERVICES

Sees = Callable[[bytes], bool]
"""Says of the JSON of an alert, incident or detection whether it is shown."""


def sees_of(request: web.Request) -> Sees | None:
    """Return what somebody sees; None is everything."""
    who = request.get(ASKER)
    if who is None or not who.areas:
        return None
    services = request.app[SERVICES]
    return scope_of(services.region.at(services.clock()), who.areas).sees_body
