"""Publish a settings document: checked, compared with what is in force, refused if it silences."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from alerts import grade, lifecycle
from alerts.tuning.guard import silenced, unheard
from alerts.tuning.layers import Local, Rules, laid
from schemas.settings import Settings
from streams.config import check_tables
from streams.hops.build import expecting_of
from streams.tables import load_tables
from streams.toml_file import ConfigError
from streams.tuning import store
from streams.tuning.differ import changes
from streams.tuning.document import DocumentError, contradictions, read
from streams.tuning.hidden import hidden
from streams.tuning.layers import checked_layers
from streams.tuning.pest_probing import unwatched
from streams.tuning.probing import believed
from streams.tuning.store import Entry

LEAST = {"author": 2, "reason": 3}
"""Characters that are asked for: a dot is none, many a Chinese name has two."""


@dataclass(frozen=True)
class Door:
    """Where documents are published: the directory, the settings file under them, and who owns its tables."""

    folder: Path
    base: Settings
    owners: tuple[tuple[str, type[Any]], ...]

    def settings_at(self, now: datetime) -> Settings:
        """Return the settings in force, file and published document together."""
        entry = store.in_force(store.history(self.folder), now)
        return self.base if entry is None else self.settings_of(entry.version)

    def settings_of(self, version: int) -> Settings:
        """Return the settings of a version."""
        return read(store.text_of(self.folder, version), self.base, self.owners)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody wants to publish."""

    text: str
    author: str
    reason: str
    effective_at: datetime
    insists: bool = False
    """They know that it silences protected areas."""
    back_to: int | None = None
    kept_only: bool = False


def local_of(settings: Settings, owners: Iterable[tuple[str, type[Any]]]) -> Local:
    """Return what is judged by at a place under these settings; raises ConfigError for a fault."""
    options = check_tables(settings, owners)
    grading: grade.Options = options["grade"]
    rules: lifecycle.Options = options["lifecycle"]
    grades = grade.overridden(load_tables().grades, grading)
    return Local(Rules(grades=grades, grading=grading, lifecycle=rules), checked_layers(settings))


def checked(
    door: Door, text: str, now: datetime, effective_at: datetime | None = None
) -> tuple[Settings, Entry]:
    """Return the settings a document makes and the entry it would get, with what it silences.

    It is compared with what would be in force when it begins. Raises DocumentError with every fault.
    """
    after, before = _whole(door, text), door.settings_at(effective_at or now)
    mine = local_of(after, door.owners)
    faults = list(contradictions(mine.base))
    for layer in mine.layers:
        faults += [one for one in contradictions(laid(mine.base, (layer,))) if one not in faults]
    if faults:
        raise DocumentError(faults)
    entry = Entry(
        version=0,
        name=after.name,
        author="",
        reason="",
        published_at=now,
        effective_at=now,
        sha256=store.digest(text),
        changes=changes(before, after),
        silences=_silences(door, (before, after), mine, now.date()),
    )
    return after, entry


def _whole(door: Door, text: str) -> Settings:
    """Return the settings a document makes, refused where no worker could judge by them."""
    after = read(text, door.base, door.owners)
    try:
        expecting_of(after)
    except ConfigError as error:
        raise DocumentError([str(error).removeprefix("settings: ")]) from error
    return after


def _silences(door: Door, sides: tuple[Settings, Settings], mine: Local, today: date) -> tuple[str, ...]:
    """Return what protected areas would hear of no more, by grades, claims and what comes before them."""
    theirs = local_of(sides[0], door.owners)
    was, now = (believed(one, door.owners) for one in sides)
    return (
        *silenced(theirs, mine),
        *unheard(theirs, mine, was, now),
        *hidden(*sides, door.owners, today),
        *unwatched(*sides, door.owners),
    )


def publish(door: Door, wish: Wish, now: datetime) -> Entry:
    """Publish a document and return its entry.

    Raises
    ------
    DocumentError
        for a fault, an author or reason that is missing, a time in the past, or a protected area silenced.
    """
    faults = [
        f"{name}: at least {least} characters are asked for"
        for name, least in LEAST.items()
        if len(getattr(wish, name).strip()) < least
    ]
    if wish.effective_at < now:
        faults.append(f"effective_at: {wish.effective_at.isoformat()} is past")
    if faults:
        raise DocumentError(faults)
    _, entry = checked(door, wish.text, now, wish.effective_at)
    if entry.silences and not wish.insists:
        raise DocumentError([*entry.silences, "refused: it silences protected areas and nobody insists"])
    said = replace(
        entry,
        author=wish.author.strip(),
        reason=wish.reason.strip(),
        effective_at=wish.effective_at,
        back_to=wish.back_to,
        kept_only=wish.kept_only,
    )
    return store.add(door.folder, said, wish.text)
