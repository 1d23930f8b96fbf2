import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from schemas.observation import Delivery, Hotspot
from streams import backup as backups
from streams.archive import Archive
from streams.backup import BackupError, backup, restore, verify
from streams.commands.backup import command as backup_command
from streams.commands.restore import command as restore_command
from streams.engine.log import Log, Record, read_all
from streams.pictures import Pictures

NOW = datetime(2026, 3, 31, 8, tzinfo=UTC)
JPEG = b"\xff\xd8\xff\xe0smoke\xff\xd9"


def history(folder, rows):
    with closing(sqlite3.connect(folder / "history.sqlite")) as db, db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("CREATE TABLE IF NOT EXISTS t (x)")
        db.executemany("INSERT INTO t VALUES (?)", [(row,) for row in rows])


def rows_of(folder):
    with closing(sqlite3.connect(folder / "history.sqlite")) as db:
        return [row for (row,) in db.execute("SELECT x FROM t ORDER BY x")]


def tree(folder):
    return {
        str(p.relative_to(folder)): p.read_bytes()
        for p in folder.rglob("*")
        if p.is_file() and p.name != "lock"
    }


@pytest.fixture
def data(tmp_path):
    """A data directory in which every kind of file stands, its log left as a killed process leaves it."""
    folder = tmp_path / "data"
    folder.mkdir()
    log = Log(folder)
    log.create("alert.v1", 2)
    log.submit([Record("alert.v1", 1, b"k", b"v%d" % n) for n in range(100)]).result()
    log.close()
    history(folder, range(10))
    (folder / "keys.sqlite").touch(mode=0o600)
    Pictures(folder / "pictures").keep([JPEG])
    hot = Hotspot(
        observation_id="a",
        source="s",
        observed_at=NOW,
        longitude=1.0,
        latitude=2.0,
        satellite="N20",
        instrument="VIIRS",
        scan_km=0.4,
        track_km=0.4,
        confidence="low",
    )
    archive = Archive(folder / "archive")
    archive.append([Delivery(delivery_id="d", received_at=NOW, observations=(hot,))])
    archive.close_day(NOW.date(), NOW)
    return folder


def test_what_was_backed_up_comes_back_whole(data, tmp_path):
    manifest = backup(data, tmp_path / "copy", NOW)
    assert {one.path.split("/")[0] for one in manifest.files} == {
        "archive",
        "history.sqlite",
        "keys.sqlite",
        "log.sqlite",
        "pictures",
    }
    assert restore(tmp_path / "copy", tmp_path / "new", NOW) is None
    new = tmp_path / "new"
    log = Log(new)
    assert [stored.value for stored in read_all(log, "alert.v1")[1]] == [b"v%d" % n for n in range(100)]
    log.close()
    assert rows_of(new) == list(range(10))
    archive = Archive(new / "archive")
    assert (archive.verify(NOW.date()), len(list(archive.read(NOW.date())))) == ([], 1)
    assert len(list((new / "pictures").rglob("*.jpg"))) == 1
    assert (new / "keys.sqlite").stat().st_mode & 0o777 == 0o600


def test_a_backup_is_taken_while_the_log_is_written(data, tmp_path):
    log = Log(data)
    try:

        def step(_):
            log.submit([Record("alert.v1", 0, b"k", b"later")]).result()

        backup(data, tmp_path / "copy", NOW, step)
    finally:
        log.close()
    restore(tmp_path / "copy", tmp_path / "new", NOW)
    copy = Log(tmp_path / "new")
    assert len(read_all(copy, "alert.v1")[1]) == 100
    assert 0 < len(read_all(copy, "alert.v1")[0]) < len(verify(tmp_path / "copy").files)
    copy.close()


def test_rows_of_an_open_transaction_are_not_in_the_copy(data, tmp_path):
    with closing(sqlite3.connect(data / "history.sqlite", isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        db.execute("INSERT INTO t VALUES (99)")
        backup(data, tmp_path / "copy", NOW)
        db.execute("COMMIT")
    assert rows_of(tmp_path / "copy") == list(range(10))


def test_what_follows_the_log_is_copied_before_it_and_what_it_speaks_of_after(data, tmp_path):
    (data / "archive" / "positions.json").write_text("{}")
    (data / "firms.json").write_text("{}")
    seen = []
    backup(data, tmp_path / "copy", NOW, seen.append)
    log = seen.index("log.sqlite")
    assert set(seen[:log]) == {"archive/positions.json", "firms.json", "history.sqlite", "keys.sqlite"}
    assert {name.split("/")[0] for name in seen[log + 1 :]} == {"archive", "pictures"}
    assert "archive/2026/03/31/manifest.json" in seen[log + 1 :]


def test_an_archive_day_that_changes_while_it_is_copied_counts_as_open(data, tmp_path):
    def step(name):
        if name.endswith("archive/2026/03/31/manifest.json"):
            (data / "archive/2026/03/31/observations.ndjson.gz").write_bytes(b"")

    manifest = backup(data, tmp_path / "copy", NOW, step)
    assert not [one for one in manifest.files if one.path.endswith("manifest.json")]
    assert verify(tmp_path / "copy") == manifest


@pytest.mark.parametrize("name", ["log.sqlite", "archive/2026/03/31/observations.ndjson.gz"])
def test_a_damaged_backup_changes_nothing(data, tmp_path, name):
    backup(data, tmp_path / "copy", NOW)
    content = bytearray((tmp_path / "copy" / name).read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "copy" / name).write_bytes(content)
    before = tree(data)
    with pytest.raises(BackupError, match="damaged"):
        restore(tmp_path / "copy", data, NOW, force=True)
    assert tree(data) == before


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda d: d["files"][0].update(path="../../etc/x"), "leads out"),
        (lambda d: d["files"][0].update(path="/etc/x"), "leads out"),
        (lambda d: d["files"][0].update(path="absent"), "is missing"),
        (lambda d: d.update(v=99), "format 99"),
        (lambda d: d.pop("files"), "missing required field"),
    ],
)
def test_a_manifest_is_not_trusted(data, tmp_path, spoil, why):
    backup(data, tmp_path / "copy", NOW)
    path = tmp_path / "copy" / "manifest.json"
    document = json.loads(path.read_bytes())
    spoil(document)
    path.write_text(json.dumps(document))
    with pytest.raises(BackupError, match=why):
        verify(tmp_path / "copy")


def test_a_data_directory_that_is_not_empty_is_put_aside_only_by_force(data, tmp_path):
    backup(data, tmp_path / "copy", NOW)
    history(data, [77])
    with pytest.raises(BackupError, match="--force"):
        restore(tmp_path / "copy", data, NOW)
    assert 77 in rows_of(data)
    aside = restore(tmp_path / "copy", data, NOW, force=True)
    assert 77 not in rows_of(data)
    assert aside == tmp_path / "data.before-20260331T080000Z"
    assert 77 in rows_of(aside)


def test_a_directory_in_use_is_not_replaced(data, tmp_path):
    backup(data, tmp_path / "copy", NOW)
    code = "import sys, pathlib; from streams.engine import log_file; "
    code += "held = log_file.hold(pathlib.Path(sys.argv[1])); print('held', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout.readline() == b"held\n"
        before = tree(data)
        with pytest.raises(BackupError, match=f"in use by process {holder.pid}"):
            restore(tmp_path / "copy", data, NOW, force=True)
        holder.communicate(b"\n")
    assert tree(data) == before


@pytest.mark.parametrize("moment", range(1, 8))
def test_a_restore_that_breaks_off_leaves_the_old_directory(data, tmp_path, monkeypatch, moment):
    backup(data, tmp_path / "copy", NOW)
    before, calls = tree(data), []

    def breaks(kept):
        def called(*args, **kwargs):
            calls.append(args)
            if len(calls) == moment:
                raise OSError(28, "No space left on device")
            return kept(*args, **kwargs)

        return called

    monkeypatch.setattr(backups.shutil, "copyfile", breaks(backups.shutil.copyfile))
    monkeypatch.setattr(backups, "_swap", breaks(backups._swap))  # noqa: SLF001 - the moment between
    with pytest.raises(OSError, match="No space left"):
        restore(tmp_path / "copy", data, NOW, force=True)
    assert tree(data) == before
    assert {path.name for path in tmp_path.iterdir()} == {"copy", "data"}


@pytest.mark.parametrize("inside", ["copy", "data/copy", "absent"])
def test_a_backup_goes_to_a_new_folder_outside(data, tmp_path, inside):
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "mine.txt").write_text("kept")
    source = tmp_path / "nothing" if inside == "absent" else data
    with pytest.raises(BackupError):
        backup(source, tmp_path / inside, NOW)
    assert (tmp_path / "copy" / "mine.txt").read_text() == "kept"


def test_a_damaged_database_is_not_called_a_backup(data, tmp_path):
    (data / "history.sqlite").write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    with pytest.raises(BackupError, match=r"history\.sqlite"):
        backup(data, tmp_path / "copy", NOW)
    assert not (tmp_path / "copy").exists()


def test_the_commands_do_it_and_end_1_with_one_line_when_they_cannot(data, tmp_path):
    run = CliRunner().invoke
    done = run(backup_command, [str(tmp_path / "copy"), "--data-dir", str(data)])
    assert done.exit_code == 0, done.output
    assert "files" in done.output
    refused = run(restore_command, [str(tmp_path / "copy"), "--data-dir", str(data)])
    assert refused.exit_code == 1
    assert "--force" in refused.output
    done = run(restore_command, [str(tmp_path / "copy"), "--data-dir", str(data), "--force"])
    assert done.exit_code == 0, done.output
    assert "is kept in" in done.output
