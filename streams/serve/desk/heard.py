"""Words of the log go into the desk's book: those of other servers are added, refused ones are taken out."""

from collections.abc import Iterable

import msgspec

from schemas.act import AnyAct
from schemas.verdict import Verdict
from streams.hops.first_said import Word, binds, id_of, what_of
from streams.serve.desk.book import Desk
from streams.serve.store import Store

LATEST_US = 2 * 86_400_000_000
"""How far back, in microseconds, a starting server looks for words that it has kept but not listed."""


def hear(desk: Desk, words: Iterable[Word]) -> None:
    """List what was said at another server, each once, and drop what the judge refused."""
    for one in words:
        if one.outcome == "refused":
            desk.unsay(id_of(one))
        elif one.outcome in {"applied", "waiting"} and binds(one):
            name = one.applied_to or one.incident_id
            desk.say(name, one.received_at or one.at, "", one.author, what_of(one), id_of(one))


def latest(store: Store) -> list[Word]:
    """Return the words of the last two days that the history has, oldest first."""
    found: list[Word] = []
    for table, kind in (("verdict", Verdict), ("act", AnyAct)):
        sql = f"SELECT body FROM {table} WHERE at_us >= (SELECT max(at_us) FROM {table}) - ?"  # noqa: S608 - our own names
        found += [msgspec.json.decode(body, type=kind) for (body,) in store.read(sql, (LATEST_US,))]
    return sorted(found, key=lambda one: (one.received_at or one.at, id_of(one)))


def judged(store: Store, word_id: str) -> Word | None:
    """Return a word as the judge left it, None while it has not been judged."""
    for table, kind in (("verdict", Verdict), ("act", AnyAct)):
        rows = store.read(f"SELECT body FROM {table} WHERE {table}_id = ?", (word_id,))  # noqa: S608 - our own names
        if rows:
            one: Word = msgspec.json.decode(rows[0][0], type=kind)
            return one
    return None
