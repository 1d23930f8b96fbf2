"""A person who signed in signs with their own name, whatever the body says, and on what they see."""

from typing import Any, TypeVar

from aiohttp import web
from msgspec.structs import replace

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


def check_seen(request: web.Request, incident_id: str) -> None:
    """Raise 404 when an incident lies outside the areas of who asks; note which incident it is about."""
    request[DETAIL] = f"incident {incident_id}"
    sees = sees_of(request)
    if sees is None:
        return
    sql = "SELECT body FROM incident JOIN incident_revision USING (seq) WHERE incident.incident_id = ?"
    rows = request.app[SERVICES].store.read(sql, (incident_id,))
    if not rows or not sees(rows[0][0]):
        raise problem(404, "no such incident")
