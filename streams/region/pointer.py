"""`region.json`: which versions a folder holds, which is in force, and how a new one is named there."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from detectors.region.timeline import EVER
from detectors.region.version import FORMAT
from streams.files import write_whole
from streams.region.manifest import POINTER, Pointer, RegionError, VersionEntry


def read_pointer(root: Path) -> Pointer:
    """Return the versions of the region in folder `root`.

    Raises
    ------
    RegionError
        If there is no `region.json`, it cannot be read, its format is another, or it names no version.
    """
    try:
        raw = (root / POINTER).read_bytes()
        found = msgspec.json.decode(raw, type=dict)
        if found.get("format") != FORMAT:
            raise RegionError(f"{root}: format {found.get('format')!r} of a region, this is {FORMAT}")
        pointer = msgspec.convert(found, Pointer, strict=False)
    except FileNotFoundError:
        raise RegionError(f"{root}: no region here ({POINTER} is missing)") from None
    except (OSError, msgspec.MsgspecError) as error:
        raise RegionError(f"{root / POINTER}: cannot be read: {error}") from error
    if not pointer.versions:
        raise RegionError(f"{root / POINTER}: names no version")
    return pointer


def in_force(pointer: Pointer, now: datetime | None) -> VersionEntry:
    """Return the version in force at `now` by the rule of `Regions`: the one whose instant came last.

    Of two with the same instant the one built later; before the first instant the first. None: the newest.
    """
    if now is None:
        return pointer.versions[-1]
    since = in_time(pointer)
    due = [one for one in since if (one.effective_at or EVER) <= now]
    return due[-1] if due else since[0]


def in_time(pointer: Pointer) -> tuple[VersionEntry, ...]:
    """Return the versions by the instant from which they are in force; of one instant as they were built."""
    return tuple(sorted(pointer.versions, key=lambda one: one.effective_at or EVER))


NOTICE = timedelta(seconds=30)
"""How long before it is in force a new version of a region that is in use can be seen."""


def point(root: Path, built: tuple[str, str], effective_at: datetime | None, keep: int) -> None:
    """Name a version (its name and the SHA-256 of its manifest) as the newest; remove what is not kept.

    Of the versions before it `keep - 1` stay, and whatever is in force until it takes effect.
    """
    now = datetime.now(UTC)
    known = read_pointer(root).versions if (root / POINTER).exists() else ()
    version, digest = built
    others = [one for one in known if one.version != version]
    since = effective_at
    if since is None and others:
        again = known[-1].version == version
        since = known[-1].effective_at if again else now + NOTICE
    newest = VersionEntry(version=version, effective_at=since, manifest_sha256=digest)
    pointer = Pointer(format=FORMAT, versions=(*_kept(others, since, now, keep), newest))
    write_whole(root / POINTER, msgspec.json.format(msgspec.json.encode(pointer), indent=1) + b"\n")
    named = {one.version for one in pointer.versions}
    for old in known:
        if old.version not in named:
            shutil.rmtree(root / old.version, ignore_errors=True)


def _kept(others: list[VersionEntry], since: datetime | None, now: datetime, keep: int) -> list[VersionEntry]:
    """Return the versions before the newest that stay, in their order."""
    first = max(0, len(others) - (keep - 1))
    if others and since is not None and since > now:
        serving = in_force(Pointer(format=FORMAT, versions=tuple(others)), now)
        first = min(first, others.index(serving))
    return others[first:]
