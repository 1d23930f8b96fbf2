"""A person who signed in signs with their own name, whatever the body says, and on what they see."""

from typing import Any, TypeVar

from aiohttp import web
from msgspec.structs import replace

from detectors.region.places import ADMIN_LAYERS
from streams.serve.accounts.scope import office_of
from streams.serve.audited import DETAIL
from streams.serve.doors import ASKER
from streams.serve.problems import problem
from streams.serve.scoping import sees_of
from streams.serve.services import SERVICES

T = TypeVar("T")


def author_of(request: web.Request, said: str) -> str:
    """Return the name that a word goes under: that of the person who signed in, else what a key says."""
    return request[ASKER].person or said


def signed(request: web.Request, one: T) -> T:
    """Return a word with its author as `author_of` says."""
    word: Any = one
    made: T = replace(word, author=author_of(request, word.author))
    return made


def check_office(request: web.Request, level: str) -> None:
    """Raise 403 when somebody signs for an office above their own; who sees everywhere signs for any."""
    areas = request[ASKER].areas
    if not areas or level == "field":
        return
    services = request.app[SERVICES]
    own = office_of(services.region.at(services.clock()), areas)
    if own not in ADMIN_LAYERS or ADMIN_LAYERS.index(level) < ADMIN_LAYERS.index(own):
        raise problem(
            403,
            f"your account signs for {own or 'no office'} and below, not for {level}",
            code="signs_below",
            values={"own": own or "none", "level": level},
        )


def check_seen(request: web.Request, incident_id: str) -> None:
    """Raise 404 when an incident lies outside the areas of who asks; note which incident it is about."""
    request[DETAIL] = f"incident {incident_id}"
    sees = sees_of(request)
    if sees is None:
        return
    sql = "SELECT body FROM incident JOIN incident_revision USING (seq) WHERE incident.incident_id = ?"
    rows = request.app[SERVICES].store.read(sql, (incident_id,))
    if not rows and not request[ASKER].areas:
        return  # a word on an incident that nobody knows yet is taken in: it may come later
    if not rows or not sees(rows[0][0]):
        raise problem(404, "no such incident", code="no_such_incident")
