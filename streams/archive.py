"""The daily archive: accepted observations, verdicts, settings and region, as checksummed NDJSON.gz.

`archive/2026/11/22/observations.ndjson.gz` holds what was received on that day in UTC, one observation
a line, as `fenghuo replay` reads it; every version once, however often it came and wherever a crash fell.
`manifest.json` closes a day with the SHA-256 of its files; a late arrival opens the day again.
"""

import gzip
import logging
import shutil
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from alerts.masking import unaddressed
from schemas.act import AnyAct
from schemas.codec import Unreadable, decode, encode
from schemas.observation import AnyObservation, Delivery
from schemas.settings import Setting, Settings
from schemas.units import UtcTime, Version
from schemas.verdict import Verdict
from streams.archive_file import Lines, mark_of, mend, read_lines
from streams.config import settings_version
from streams.files import sha256_of, sync_folder, write_whole

logger = logging.getLogger(__name__)

FORMAT = 1
RETENTION_DAYS = 3 * 366
"""Three years, leap days included (design section 4)."""
OPEN_FILES = 6
"""Files whose marks stay in memory; a busy day of satellites is 10⁵ marks of 16 bytes."""

OBSERVATIONS = "observations.ndjson.gz"
VERDICTS = "verdicts.ndjson.gz"
SETTINGS = "settings.ndjson.gz"
FILES = (OBSERVATIONS, VERDICTS, SETTINGS)
MANIFEST = "manifest.json"


class Sum(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a closed day."""

    name: str
    sha256: str
    size: int
    lines: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What closes a day."""

    v: int = FORMAT
    day: date
    closed_at: datetime
    files: tuple[Sum, ...]


class InForce(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the settings file of a day: what judged from `at` on; the region by its hash."""

    v: Version = 1
    at: UtcTime
    settings: str
    region: str
    document: Settings


class ArchiveError(Exception):
    """The archive cannot be used; the message names the file."""


class Archive:
    """The archive of one data directory; one caller at a time."""

    def __init__(self, folder: Path, retention_days: int = RETENTION_DAYS) -> None:
        self.folder = folder
        self.retention_days = retention_days
        self._open: OrderedDict[Path, Lines] = OrderedDict()

    def append(self, deliveries: Iterable[Delivery]) -> int:
        """Write the observations of `deliveries` to the days they were received on; return how many were new.

        When this returns they are on the disk. Raises `OSError` when the disk is full: call again with the
        same deliveries, nothing is doubled.
        """
        lines: dict[date, list[tuple[bytes, bytes]]] = {}
        for delivery in (one for one in deliveries if one.observations):
            day = delivery.received_at.astimezone(UTC).date()
            lines.setdefault(day, []).extend(_stamped(one, delivery) for one in delivery.observations)
        return sum(self._append(day, OBSERVATIONS, lines[day]) for day in sorted(lines))

    def append_verdicts(self, verdicts: Iterable[Verdict | AnyAct | Setting]) -> int:
        """Write the verdicts to the days they were received on; return how many were new."""
        lines: dict[date, list[tuple[bytes, bytes]]] = {}
        for verdict in verdicts:
            line = encode(verdict)
            said_at = verdict.effective_at if isinstance(verdict, Setting) else verdict.at
            day = (verdict.received_at or said_at).astimezone(UTC).date()
            lines.setdefault(day, []).append((mark_of(line), line))
        return sum(self._append(day, VERDICTS, lines[day]) for day in sorted(lines))

    def append_settings(self, settings: Settings, region: str, at: datetime) -> int:
        """Write which settings, and which region by its hash, judge from `at` on; nobody's number is kept.

        Returns 0, and writes nothing, when that is what the last line of the day says.
        """
        stamp = at.astimezone(UTC)
        version = settings_version(settings)
        last = self.in_force(stamp.date())
        if last and (last[-1].settings, last[-1].region) == (version, region):
            return 0
        line = encode(InForce(at=stamp, settings=version, region=region, document=unaddressed(settings)))
        return self._append(stamp.date(), SETTINGS, [(mark_of(line), line)])

    def in_force(self, day: date) -> list[InForce]:
        """Return which settings and region judged on `day`, in the order in which they came into force."""
        path = self._folder(day) / SETTINGS
        return [one for line in read_lines(path) if isinstance(one := decode(line, InForce), InForce)]

    def close_day(self, day: date, now: datetime) -> Manifest:
        """Pack each file of `day` into one gzip member, sum it, and write the manifest."""
        folder = self._folder(day)
        sums = tuple(self._pack(folder / name) for name in FILES if (folder / name).exists())
        manifest = Manifest(day=day, closed_at=now, files=sums)
        write_whole(folder / MANIFEST, encode(manifest))
        return manifest

    def close_before(self, now: datetime) -> list[date]:
        """Close every day before `now` that is open, drop days past retention; return the days closed."""
        today = now.astimezone(UTC).date()
        past = [day for day in self.days() if day < today]
        closed = [day for day in past if not (self._folder(day) / MANIFEST).exists()]
        for day in closed:
            self.close_day(day, now)
        for day in past:
            if day < today - timedelta(days=self.retention_days):
                self._drop(day)
        return closed

    def days(self) -> list[date]:
        """Return the days that are there, oldest first."""
        return sorted(day for path in self.folder.glob("????/??/??") if (day := _day(path)) is not None)

    def read(self, day: date) -> Iterator[AnyObservation]:
        """Yield the observations received on `day`.

        Raises `ArchiveError` when the day is closed and its file is not as its manifest says.
        """
        path = self._folder(day) / OBSERVATIONS
        faults = self.verify(day)
        if faults:
            raise ArchiveError("; ".join(faults))
        for line in read_lines(path):
            yield _read(line, path)

    def verify(self, day: date) -> list[str]:
        """Return what is wrong with a closed day, file by file; an open day has no sums to compare."""
        path = self._folder(day) / MANIFEST
        if not path.exists():
            return []
        manifest = decode(path.read_bytes(), Manifest)
        if isinstance(manifest, Unreadable) or manifest.v > FORMAT:
            return [f"{path}: not a manifest that this program reads"]
        return [fault for one in manifest.files if (fault := _fault(path.with_name(one.name), one))]

    def _append(self, day: date, name: str, lines: Iterable[tuple[bytes, bytes]]) -> int:
        file = self._lines(self._folder(day) / name)
        fresh = file.fresh(lines)
        manifest = file.path.with_name(MANIFEST)
        if fresh and manifest.exists():
            # A sum must never be wrong: the day is open again before anything is written.
            manifest.unlink()
            sync_folder(manifest.parent)
        return file.add(fresh)

    def _lines(self, path: Path) -> Lines:
        """Return the file to append to, mended and with the marks of what stands in it."""
        lines = self._open.pop(path, None)
        if lines is None:
            path.parent.mkdir(parents=True, exist_ok=True)
            mend(path)
            lines = Lines(path)
            lines.know(_mark(path.name, line) for line in read_lines(path))
        self._open[path] = lines
        while len(self._open) > OPEN_FILES:
            self._open.popitem(last=False)
        return lines

    def _pack(self, path: Path) -> Sum:
        """Rewrite the file as one member with each line once: many small members pack badly."""
        self._open.pop(path, None)
        mend(path)
        lines = {_mark(path.name, line): line for line in read_lines(path)}
        packed = gzip.compress(b"".join(line + b"\n" for line in lines.values()), mtime=0)
        write_whole(path, packed)
        return Sum(name=path.name, sha256=sha256_of(path), size=len(packed), lines=len(lines))

    def _drop(self, day: date) -> None:
        logger.info("archive day past retention: day=%s", day)
        shutil.rmtree(self._folder(day))

    def _folder(self, day: date) -> Path:
        return self.folder / f"{day:%Y}" / f"{day:%m}" / f"{day:%d}"


def _stamped(observation: AnyObservation, delivery: Delivery) -> tuple[bytes, bytes]:
    """Return the mark and the line of one observation, with the time at which it was received."""
    line = msgspec.structs.replace(observation, received_at=observation.received_at or delivery.received_at)
    return _observation_mark(observation), encode(line)


def _observation_mark(observation: AnyObservation) -> bytes:
    """Return what tells it apart: everything but when it arrived, so that a better version is kept too."""
    return mark_of(encode(msgspec.structs.replace(observation, received_at=None)))


def _mark(name: str, line: bytes) -> bytes:
    observation = decode(line, AnyObservation) if name == OBSERVATIONS else None
    if observation is None or isinstance(observation, Unreadable):
        return mark_of(line)
    return _observation_mark(observation)


def _read(line: bytes, path: Path) -> Any:
    observation = decode(line, AnyObservation)
    if isinstance(observation, Unreadable):
        raise ArchiveError(f"{path}: a line is no observation: {observation.why}")
    return observation


def _fault(path: Path, wanted: Sum) -> str:
    if not path.exists():
        return f"{path}: missing"
    return "" if sha256_of(path) == wanted.sha256 else f"{path}: not as its manifest says"


def _day(path: Path) -> date | None:
    try:
        return date(*(int(part) for part in path.parts[-3:]))
    except ValueError:
        return None
