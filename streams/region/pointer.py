"""`region.json`: which versions a folder holds, and which of them is in force."""

from datetime import datetime
from pathlib import Path

import msgspec

from detectors.region.version import FORMAT
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
    """Return the newest version that is in force at `now`, the oldest where none is; None: the newest."""
    if now is None:
        return pointer.versions[-1]
    due = [one for one in pointer.versions if one.effective_at is None or one.effective_at <= now]
    return due[-1] if due else pointer.versions[0]
