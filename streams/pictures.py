"""Pictures of sightings and reports: small JPEGs, kept once each under their SHA-256, outside the log."""

import errno
import hashlib
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from streams.files import write_whole

MAX_BYTES = 300 * 1024
"""300 kB a picture (design): what a phone on a hill can send, and enough to tell smoke from cloud."""
MAX_PICTURES = 3
"""Pictures of one observation."""
ROOM_BYTES = 64 * 1024 * 1024
"""Free bytes that pictures leave to the log: a sighting matters more than its picture."""

_START = b"\xff\xd8\xff"
_END = b"\xff\xd9"
_NAME = re.compile(r"^[0-9a-f]{64}$")


class PictureError(ValueError):
    """A picture that is not kept, and why."""


class Pictures:
    """The pictures of one data directory. Safe to use from several threads."""

    def __init__(self, folder: Path, room_bytes: int = ROOM_BYTES) -> None:
        self.folder = folder
        self._room_bytes = room_bytes

    def keep(self, pictures: Sequence[bytes]) -> tuple[str, ...]:
        """Store up to three JPEGs and return their SHA-256, in order; nothing is stored when one is bad.

        Raises
        ------
        PictureError
            When there are too many, or one is too large, no JPEG, or cut off.
        OSError
            When the disk has no room (ENOSPC), or cannot be written.
        """
        if len(pictures) > MAX_PICTURES:
            raise PictureError(f"{len(pictures)} pictures; at most {MAX_PICTURES} belong to one observation")
        for number, content in enumerate(pictures, start=1):
            _check(number, content)
        return tuple(self._keep(content) for content in pictures)

    def read(self, sha256: str) -> bytes | None:
        """Return the JPEG of that SHA-256; None when it is not there, or its file was damaged."""
        path = self._path(sha256)
        if path is None or not path.is_file():
            return None
        content = path.read_bytes()
        return content if hashlib.sha256(content).hexdigest() == sha256 else None

    def has(self, sha256: str) -> bool:
        """Say whether a picture of that SHA-256 is there."""
        path = self._path(sha256)
        return path is not None and path.is_file()

    def _keep(self, content: bytes) -> str:
        sha256 = hashlib.sha256(content).hexdigest()
        path = self.folder / sha256[:2] / f"{sha256}.jpg"
        if self.read(sha256) is None:
            path.parent.mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(path.parent).free < self._room_bytes:
                raise OSError(errno.ENOSPC, "the room left on the disk is kept for the log")
            write_whole(path, content)
        return sha256

    def _path(self, sha256: str) -> Path | None:
        """Return where a picture stands; None for a name that is none, so that no path can be smuggled in."""
        return self.folder / sha256[:2] / f"{sha256}.jpg" if _NAME.fullmatch(sha256) else None


def _check(number: int, content: bytes) -> None:
    if len(content) > MAX_BYTES:
        raise PictureError(f"picture {number} has {len(content)} bytes; at most {MAX_BYTES} are kept")
    if not content.startswith(_START):
        raise PictureError(f"picture {number} is no JPEG")
    # Some cameras pad with zeros after the end mark.
    if not content.rstrip(b"\0").endswith(_END):
        raise PictureError(f"picture {number} is cut off: its end mark is missing")
