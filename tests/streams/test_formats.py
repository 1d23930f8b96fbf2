"""Every file says its format; one of a later program is refused in one clear line and left as it is."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime

import pytest
from click.testing import CliRunner

from schemas.codec import encode
from streams.archive import Archive
from streams.backup import BackupError, verify
from streams.cli import main
from streams.demo.play import played
from streams.engine.log import Log
from streams.engine.log_file import LogError
from streams.ingest import firms_state
from streams.serve.keys import FORMAT, Keys
from streams.serve.schema import StoreTooNewError
from streams.serve.store import Store

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ROW = "latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,instrument,confidence,version,"
ROW += "bright_ti5,frp,daynight\n28.1,101.2,330,0.4,0.4,2024-03-15,45,N20,VIIRS,n,2.0NRT,290,5,N\n"
ROW += "128.1,101.2,330,0.4,0.4,2024-03-15,45,N20,VIIRS,n,2.0NRT,290,5,N\n"


def make_later(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
        connection.commit()


@pytest.mark.parametrize(
    ("opened", "name", "refused"),
    [
        (Log, "log.sqlite", LogError),
        (lambda folder: Store(folder / "history.sqlite"), "history.sqlite", StoreTooNewError),
        (lambda folder: Keys(folder / "keys.sqlite"), "keys.sqlite", StoreTooNewError),
    ],
    ids=["log", "history", "keys"],
)
def test_a_database_of_a_later_program_is_refused_and_not_changed(tmp_path, opened, name, refused):
    opened(tmp_path).close()
    make_later(tmp_path / name)
    with pytest.raises(refused, match=f"{name} has format 99"):
        opened(tmp_path)
    with closing(sqlite3.connect(tmp_path / name)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (99,)


def test_keys_of_a_later_program_end_the_command_in_one_line(tmp_path):
    Keys(tmp_path / "keys.sqlite").close()
    make_later(tmp_path / "keys.sqlite")
    for words in (["create", "--role", "viewer"], ["list"], ["revoke", "a"]):
        done = CliRunner().invoke(main, ["keys", *words, "--data-dir", str(tmp_path)])
        assert done.exit_code == 1
        assert f"format 99; this Fenghuo knows up to {FORMAT}" in done.output
        assert len(done.output.splitlines()) == 1


@pytest.mark.parametrize("content", [b'{"v":2,"played":3}', b"3", b"\xff"])
def test_a_place_in_the_demo_that_cannot_be_gone_on_from_is_refused(tmp_path, content):
    place = tmp_path / "demo.place"
    assert played(place) == 0
    place.write_bytes(b'{"v":1,"played":3}')
    assert played(place) == 3
    place.write_bytes(content)
    with pytest.raises(ValueError, match="start the demo in another --data-dir"):
        played(place)


def test_a_demo_that_cannot_go_on_says_so_and_does_not_end_0(tmp_path):
    (tmp_path / "demo.place").write_bytes(b'{"v":2,"played":3}')
    done = CliRunner().invoke(main, ["demo", "--port", "0", "--data-dir", str(tmp_path)])
    assert done.exit_code == 1
    assert "later format" in done.output.splitlines()[-1]


def test_a_day_of_the_archive_and_a_backup_of_a_later_program_are_refused(tmp_path):
    archive = Archive(tmp_path / "archive")
    (tmp_path / "archive/2026/11/21").mkdir(parents=True)
    archive.close_day(date(2026, 11, 21), NOW)
    manifest = tmp_path / "archive/2026/11/21/manifest.json"
    manifest.write_bytes(encode({**json.loads(manifest.read_bytes()), "v": 2}))
    assert archive.verify(date(2026, 11, 21)) == [f"{manifest}: not a manifest that this program reads"]
    (tmp_path / "manifest.json").write_bytes(encode({"v": 2, "made_at": NOW, "files": []}))
    with pytest.raises(BackupError, match="format 2; this program reads up to 1"):
        verify(tmp_path)


def test_polling_starts_anew_from_a_state_of_a_later_program_and_says_so(tmp_path):
    path = tmp_path / "firms-state.json"
    path.write_bytes(b'{"v":2,"sources":{}}')
    assert "polling starts anew" in firms_state.load(path)[1]


def test_everything_that_replay_writes_says_its_format(tmp_path):
    (tmp_path / "a.csv").write_text(ROW, encoding="utf-8")
    out = tmp_path / "out"
    done = CliRunner().invoke(main, ["replay", str(tmp_path / "a.csv"), "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert json.loads((out / "summary.json").read_bytes())["v"] == 1
    for name in ("incidents.ndjson", "alerts.ndjson", "silences.ndjson"):
        lines = [json.loads(line) for line in (out / name).read_bytes().splitlines()]
        assert lines
        assert {line["v"] for line in lines} == {1}, name
