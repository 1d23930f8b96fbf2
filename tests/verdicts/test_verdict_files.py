"""Verdicts from files: the archive's lines replay to what was judged live, and bad lines stop nothing."""

import datetime as dt
import json

from answered_words import verdict
from driven import settings_for
from judged import as_read, delivery, judge, report

from schemas.codec import encode
from schemas.topics import OBSERVATION, VERDICT
from streams.archive import VERDICTS, Archive
from streams.archiving import Keeping, _keep
from streams.engine.reader import Read
from streams.recorded import read
from streams.replay import replay
from streams.said import delivered

CALL = report(0, who="patrol", kind="ground")
FIRE = next(iter(judge([delivery(as_read(CALL))]).incidents))
SAID = [verdict(20, 9, FIRE), verdict(30, 3, FIRE, level="county"), verdict(50, 0, FIRE, level="city")]
NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def written(path, *lines):
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def replayed(out, *files):
    from detectors.region import WORLD
    from schemas.settings import Settings

    recorded = read(files, now=NOW)
    summary = replay(recorded, Settings(), WORLD, out)
    alerts = [json.loads(line) for line in (out / "alerts.ndjson").read_text("utf-8").splitlines()]
    incidents = [json.loads(line) for line in (out / "incidents.ndjson").read_text("utf-8").splitlines()]
    return summary, alerts, incidents


def test_replay_reads_verdicts_beside_observations_in_the_order_received(tmp_path):
    seen = written(tmp_path / "seen.ndjson", encode(CALL))
    said = written(tmp_path / "said.ndjson", *(encode(one) for one in reversed(SAID)))
    summary, alerts, incidents = replayed(tmp_path / "out", said, seen)
    assert (summary["verdicts"], summary["counts"]["read"]) == (3, 1)
    assert [one["action"] for one in alerts] == ["new", "cancel", "new"]
    assert [step["level"] for step in incidents[0]["feedback"]["steps"]] == ["field", "county", "city"]


def test_a_line_that_is_no_verdict_is_refused_with_its_reason_and_hurts_no_other(tmp_path):
    seen = written(tmp_path / "seen.ndjson", encode(CALL))
    future = encode(verdict(60 * 24 * 3000, 0, FIRE))
    bad = [b'{"verdict_id":"x"}', b"\xff\xfe", b'{"verdict_id":"y","code":99}', future]
    said = written(tmp_path / "said.ndjson", encode(SAID[1]), *bad)
    summary, alerts, _ = replayed(tmp_path / "out", said, seen)
    counts = summary["counts"]
    assert counts["rejected"] == {"unreadable": 3, "bad_time": 1}
    assert counts["read"] == counts["accepted"] + sum(counts["rejected"].values())
    assert [one["action"] for one in alerts] == ["new", "cancel"]


def test_the_archive_keeps_each_verdict_once_as_it_came_in(tmp_path):
    keeping = Keeping(settings=settings_for("v."), region=None, broker="kafka://x", data_dir=tmp_path)
    keeping.file.parent.mkdir(parents=True)
    judged = judge([delivery(CALL), *map(delivered, SAID)]).verdicts
    came = [(OBSERVATION, delivered(one)) for one in SAID] + [(VERDICT, one) for one in judged]
    batch = [Read(topic.name, 0, at, b"", encode(value)) for at, (topic, value) in enumerate(came)]
    _keep(keeping, batch, {})
    _keep(keeping, batch, {})
    archive = Archive(tmp_path / "archive")
    (day,) = archive.days()
    archive.close_day(day, NOW)
    seen = written(tmp_path / "seen.ndjson", encode(CALL))
    summary, alerts, _ = replayed(tmp_path / "out", tmp_path / "archive" / f"{day:%Y/%m/%d}" / VERDICTS, seen)
    assert summary["verdicts"] == 3
    assert [one["action"] for one in alerts] == ["new", "cancel", "new"]
