"""A copy of a data directory, taken while it is in use, and the checked way back, whole or not at all."""

import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import msgspec

from schemas.codec import Unreadable, decode, encode
from streams import archive
from streams.engine import log_file
from streams.files import sha256_of, sync_folder, write_whole

FORMAT = 1
MANIFEST = "manifest.json"
LOCK = "lock"
LOG = "log.sqlite"
"""Copied after what follows it: a copied history or position must never be ahead of the log beside it."""
_AFTER = re.compile(r"pictures/|archive/\d{4}/")
"""Copied after the log, which may speak of them; what is there beyond it does no harm."""
_PASSING = ("-wal", "-shm", "-journal", ".part")
"""Endings of files that live only as long as a write."""

Step = Callable[[str], None]
"""Is told the name of each file that was copied."""


class BackupError(Exception):
    """A backup or restore that was not done; what was there is unchanged. The message says why."""


class Copied(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a backup; `size` in bytes."""

    path: str
    sha256: str
    size: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds."""

    v: int = FORMAT
    made_at: datetime
    files: tuple[Copied, ...]


def backup(data_dir: Path, target: Path, now: datetime, step: Step = lambda _: None) -> Manifest:
    """Copy `data_dir` to the new folder `target`, also while a worker uses it; return what was copied.

    Each database is copied as of one instant; history and positions before the log, pictures and archive
    after it, so that a worker goes on from the copy and misses nothing.

    Raises
    ------
    BackupError
        When there is nothing to copy, a database is damaged or `target` is not free; `target` is as it was.
    """
    if not data_dir.is_dir():
        raise BackupError(f"{data_dir}: no such data directory")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BackupError(f"{target} is not an empty folder")
    if target.resolve().is_relative_to(data_dir.resolve()):
        raise BackupError(f"{target} lies inside the data directory")
    with _staged(target) as stage:
        copied: list[Copied] = []
        # Each part is listed only when it is copied: a picture is stored before the log speaks of it.
        for listed in (_before_log, _log, _after_log):
            copied += [one for path in listed(data_dir) for one in _copy(path, data_dir, stage, step)]
        manifest = Manifest(made_at=now.astimezone(UTC), files=tuple(_without_stale(copied, stage)))
        write_whole(stage / MANIFEST, encode(manifest))
        stage.replace(target)
        sync_folder(target.parent)
    return manifest


def verify(source: Path) -> Manifest:
    """Return the manifest of the backup in `source`; raises `BackupError` when anything differs from it."""
    path = source / MANIFEST
    if not path.is_file():
        raise BackupError(f"{source} is no backup: its {MANIFEST} is missing")
    manifest: Manifest | Unreadable = decode(path.read_bytes(), Manifest)
    if isinstance(manifest, Unreadable):
        raise BackupError(f"{path}: {manifest.why}")
    if manifest.v > FORMAT:
        raise BackupError(f"{path}: format {manifest.v}; this program reads up to {FORMAT}")
    for one in manifest.files:
        _check(source, one)
    return manifest


def restore(
    source: Path, data_dir: Path, now: datetime, step: Step = lambda _: None, *, force: bool = False
) -> Path | None:
    """Put the backup in `source` in place as `data_dir`, whole or not at all.

    With `force=True` a `data_dir` that holds anything is put aside, and its new path is returned.

    Raises
    ------
    BackupError
        When the backup is damaged, `data_dir` is not empty, or another program holds it.
    """
    manifest = verify(source)
    with ExitStack() as stack:
        try:
            stack.enter_context(log_file.hold(data_dir))
        except log_file.DirectoryBusyError as error:
            raise BackupError(f"{error}; end it first") from error
        is_used = any(path.name != LOCK for path in data_dir.iterdir())
        if is_used and not force:
            raise BackupError(f"{data_dir} is not empty; --force puts what is there aside")
        stage = stack.enter_context(_staged(data_dir))
        for one in manifest.files:
            _put(source, one, stage)
            step(one.path)
        # Whoever starts between the swap and our end must find the directory held.
        stack.enter_context(log_file.hold(stage))
        shutil.copymode(data_dir, stage)
        aside = _swap(stage, data_dir.resolve(), now)
    if is_used:
        return aside
    shutil.rmtree(aside)
    return None


def _before_log(data_dir: Path) -> list[Path]:
    return [path for path in _files(data_dir) if path.name != LOG and not _AFTER.match(_name(path, data_dir))]


def _log(data_dir: Path) -> list[Path]:
    return [path for path in (data_dir / LOG,) if path.is_file()]


def _after_log(data_dir: Path) -> list[Path]:
    return [path for path in _files(data_dir) if _AFTER.match(_name(path, data_dir))]


def _files(data_dir: Path) -> Iterator[Path]:
    for path in sorted(data_dir.rglob("*")):
        is_passing = path.name.endswith(_PASSING) or path == data_dir / LOCK
        if path.is_file() and not path.is_symlink() and not is_passing:
            yield path


def _name(path: Path, data_dir: Path) -> str:
    return path.relative_to(data_dir).as_posix()


def _copy(path: Path, data_dir: Path, stage: Path, step: Step) -> Iterator[Copied]:
    """Copy one file and yield what it is; nothing when it went meanwhile (the archive drops days)."""
    name = _name(path, data_dir)
    target = stage / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.touch(mode=0o600)
    try:
        if path.suffix == ".sqlite":
            _copy_database(path, target)
        else:
            shutil.copyfile(path, target)
        shutil.copymode(path, target)
    except FileNotFoundError:
        target.unlink()
        return
    _sync(target)
    step(name)
    yield Copied(path=name, sha256=sha256_of(target), size=target.stat().st_size)


def _copy_database(path: Path, target: Path) -> None:
    try:
        with (
            closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=30)) as used,
            closing(sqlite3.connect(target)) as copy,
        ):
            used.backup(copy)
            # One file with nothing beside it; whoever opens it next turns the write-ahead log on again.
            copy.execute("PRAGMA journal_mode=DELETE")
            found = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise BackupError(f"{path}: {error}") from error
    if found != "ok":
        raise BackupError(f"{path} is damaged: {found}")


def _without_stale(copied: list[Copied], stage: Path) -> Iterator[Copied]:
    """Yield what was copied, less the manifest of an archive day that changed while it was copied.

    Without its manifest the day counts as open, and is closed again after the restore.
    """
    sums = {one.path: one.sha256 for one in copied}
    for one in copied:
        name = PurePosixPath(one.path)
        if name.parts[0] == "archive" and name.name == archive.MANIFEST:
            manifest = decode((stage / name).read_bytes(), archive.Manifest)
            wanted = () if isinstance(manifest, Unreadable) else manifest.files
            if any(sums.get(str(name.with_name(file.name))) != file.sha256 for file in wanted):
                (stage / name).unlink()
                continue
        yield one


def _check(source: Path, one: Copied) -> None:
    name = PurePosixPath(one.path)
    if name.is_absolute() or ".." in name.parts:
        raise BackupError(f"{source / MANIFEST}: {one.path} leads out of the backup")
    if not (source / name).is_file():
        raise BackupError(f"{source / name} is missing")
    if sha256_of(source / name) != one.sha256:
        raise BackupError(f"{source / name} is damaged: it is not as the manifest says")


def _put(source: Path, one: Copied, stage: Path) -> None:
    target = stage / one.path
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source / one.path, target)
    shutil.copymode(source / one.path, target)
    _sync(target)
    if sha256_of(target) != one.sha256:
        raise BackupError(f"{target} was not written as it was read")


def _swap(stage: Path, data_dir: Path, now: datetime) -> Path:
    """Put `stage` in the place of `data_dir`; return where that went."""
    aside = data_dir.with_name(f"{data_dir.name}.before-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    try:
        data_dir.rename(aside)
    except OSError as error:
        raise BackupError(f"{data_dir} cannot be put aside ({error.strerror}): is it a mount?") from error
    try:
        stage.rename(data_dir)
    except BaseException:
        aside.rename(data_dir)
        raise
    sync_folder(data_dir.parent)
    return aside


@contextmanager
def _staged(target: Path) -> Iterator[Path]:
    """Yield a new folder beside `target`; it goes unless it was put in its place."""
    parent = target.resolve().parent
    parent.mkdir(parents=True, exist_ok=True)
    stage = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".part", dir=parent))
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
    sync_folder(path.parent)
