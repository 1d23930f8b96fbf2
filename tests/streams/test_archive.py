import gzip
import json
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from schemas.codec import decode
from schemas.observation import AnyObservation, Delivery, Hotspot
from schemas.settings import Settings
from schemas.verdict import Verdict
from streams import archive_file
from streams.archive import MANIFEST, OBSERVATIONS, SETTINGS, VERDICTS, Archive, ArchiveError
from streams.config import settings_version
from streams.files import sha256_of

NOON = datetime(2026, 3, 30, 12, tzinfo=UTC)
DAY = NOON.date()


def hotspot(number, **changes):
    hot = Hotspot(
        observation_id=f"N20/VIIRS/202603301130/102.{number:05}/27.80000",
        source="N20/VIIRS",
        observed_at=NOON - timedelta(minutes=30),
        longitude=102.2,
        latitude=27.8,
        satellite="N20",
        instrument="VIIRS",
        scan_km=0.4,
        track_km=0.4,
        confidence="nominal",
    )
    return msgspec.structs.replace(hot, **changes)


def delivery(*numbers, at=NOON, **changes):
    return Delivery(
        delivery_id=f"d{numbers}", received_at=at, observations=tuple(hotspot(n, **changes) for n in numbers)
    )


def file_of(archive, day=DAY, name=OBSERVATIONS):
    return archive.folder / f"{day:%Y/%m/%d}" / name


def ids(archive, day=DAY):
    return [observation.observation_id[-14:-9] for observation in archive.read(day)]


@pytest.fixture
def archive(tmp_path):
    return Archive(tmp_path / "archive")


def test_observations_stand_under_the_day_they_were_received_in_utc(archive):
    beijing_morning = datetime.fromisoformat("2026-03-31T07:59:00+08:00")
    assert (
        archive.append(
            [delivery(1, 2), delivery(3, at=beijing_morning), delivery(4, at=NOON + timedelta(days=1))]
        )
        == 4
    )
    assert archive.days() == [DAY, date(2026, 3, 31)]
    assert ids(archive) == ["00001", "00002", "00003"]


def test_any_gunzip_reads_it_as_ndjson_with_the_time_of_receipt(archive):
    archive.append([delivery(1)])
    archive.append([delivery(2, at=NOON + timedelta(minutes=1))])
    lines = gzip.decompress(file_of(archive).read_bytes()).decode().splitlines()
    assert [json.loads(line)["received_at"] for line in lines] == [
        "2026-03-30T12:00:00Z",
        "2026-03-30T12:01:00Z",
    ]
    assert decode(lines[0].encode(), AnyObservation) == hotspot(1, received_at=NOON)


def test_delivered_again_it_is_written_once_also_after_a_restart(archive):
    archive.append([delivery(1, 2), delivery(2, at=NOON + timedelta(minutes=9))])
    again = Archive(archive.folder)
    assert again.append([delivery(2, 1), delivery(3, at=NOON + timedelta(hours=1))]) == 1
    assert ids(again) == ["00001", "00002", "00003"]


def test_a_better_version_of_the_same_observation_is_kept_beside_it(archive):
    assert archive.append([delivery(1, version="2.0URT"), delivery(1, version="2.0NRT", frp_mw=9.5)]) == 2
    assert [hot.version for hot in archive.read(DAY)] == ["2.0URT", "2.0NRT"]


@pytest.mark.parametrize("close", [True, False])
def test_a_crash_at_any_byte_of_an_append_loses_and_doubles_nothing(tmp_path, close):
    whole = Archive(tmp_path / "whole")
    whole.append([delivery(1, 2)])
    acknowledged = file_of(whole).stat().st_size
    whole.append([delivery(3), delivery(4)])
    content = file_of(whole).read_bytes()
    for cut in range(acknowledged, len(content) + 1):
        after = Archive(tmp_path / f"after-{cut}")
        file_of(after).parent.mkdir(parents=True)
        file_of(after).write_bytes(content[:cut])
        after.append([delivery(3), delivery(4)])
        if close:
            after.close_day(DAY, NOON)
        assert sorted(ids(after)) == ["00001", "00002", "00003", "00004"]
        gzip.decompress(file_of(after).read_bytes())


def test_what_a_damaged_byte_cuts_off_is_kept_beside_the_file(archive):
    archive.append([delivery(1)])
    first = file_of(archive).stat().st_size
    archive.append([delivery(2)])
    content = bytearray(file_of(archive).read_bytes())
    content[first + 25] ^= 0xFF
    file_of(archive).write_bytes(content)
    again = Archive(archive.folder)
    again.append([delivery(3)])
    assert ids(again) == ["00001", "00003"]
    assert file_of(again, name=OBSERVATIONS + ".damaged").read_bytes() == bytes(content[first:])


def test_a_full_disk_is_told_and_the_next_append_is_readable(archive, monkeypatch):
    archive.append([delivery(1)])
    with monkeypatch.context() as patch:
        patch.setattr(archive_file.os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left")))
        with pytest.raises(OSError, match="No space left"):
            archive.append([delivery(2)])
    assert archive.append([delivery(2), delivery(3)]) == 2
    assert ids(archive) == ["00001", "00002", "00003"]


def test_a_closed_day_has_the_sums_of_its_files(archive):
    archive.append([delivery(1), delivery(2)])
    verdict = Verdict(verdict_id="v1", incident_id="i", code=3, level="county", author="a", at=NOON)
    archive.append_verdicts([verdict, verdict])
    archive.append_settings(Settings(name="凉山"), "region-hash", NOON)
    manifest = archive.close_day(DAY, NOON + timedelta(days=1))
    assert [(one.name, one.lines) for one in manifest.files] == [
        (OBSERVATIONS, 2),
        (VERDICTS, 1),
        (SETTINGS, 1),
    ]
    for one in manifest.files:
        assert one.sha256 == sha256_of(file_of(archive, name=one.name))
    assert json.loads(file_of(archive, name=MANIFEST).read_bytes())["v"] == 1
    assert archive.verify(DAY) == []
    settings = json.loads(gzip.decompress(file_of(archive, name=SETTINGS).read_bytes()))
    assert (settings["settings"], settings["region"]) == (
        settings_version(Settings(name="凉山")),
        "region-hash",
    )


def test_the_same_day_closes_to_the_same_bytes_however_it_was_delivered(tmp_path):
    one, many = Archive(tmp_path / "one"), Archive(tmp_path / "many")
    one.append([delivery(1, 2, 3)])
    for number in (1, 2, 2, 3):
        many.append([delivery(number)])
    assert one.close_day(DAY, NOON) == many.close_day(DAY, NOON)


def test_a_changed_byte_in_a_closed_day_is_found(archive):
    archive.append([delivery(1)])
    archive.close_day(DAY, NOON)
    content = bytearray(file_of(archive).read_bytes())
    content[-5] ^= 1
    file_of(archive).write_bytes(content)
    assert "not as its manifest says" in archive.verify(DAY)[0]
    with pytest.raises(ArchiveError, match=r"observations\.ndjson\.gz"):
        list(archive.read(DAY))


def test_a_late_arrival_opens_a_closed_day_and_a_repeat_does_not(archive):
    archive.append([delivery(1)])
    archive.close_day(DAY, NOON)
    assert archive.append([delivery(1)]) == 0
    assert file_of(archive, name=MANIFEST).exists()
    assert archive.append([delivery(2)]) == 1
    assert not file_of(archive, name=MANIFEST).exists()
    assert archive.close_before(NOON + timedelta(days=1)) == [DAY]
    assert ids(archive) == ["00001", "00002"]


def test_days_past_are_closed_and_days_past_retention_go(archive):
    for days in (0, 1, 1200):
        archive.append([delivery(1, at=NOON - timedelta(days=days))])
    closed = archive.close_before(NOON)
    assert DAY not in closed
    assert archive.days() == [DAY - timedelta(days=1), DAY]
    assert archive.close_before(NOON) == []


def test_a_folder_that_is_no_day_is_left_alone(archive):
    (archive.folder / "2026" / "13" / "40").mkdir(parents=True)
    assert archive.close_before(NOON) == []
    assert (archive.folder / "2026" / "13" / "40").exists()


def test_many_days_in_turn_keep_few_files_in_memory(archive):
    for days in list(range(20)) * 2:
        archive.append([delivery(1, at=NOON - timedelta(days=days))])
    assert all(len(ids(archive, day)) == 1 for day in archive.days())
    assert len(archive.days()) == 20


def test_nothing_but_its_own_files_is_left_in_a_closed_day(archive):
    archive.append([delivery(1)])
    archive.close_day(DAY, NOON)
    assert {path.name for path in file_of(archive).parent.iterdir()} == {OBSERVATIONS, MANIFEST}


def test_time_passing_writes_nothing(archive):
    assert archive.append([delivery()]) == 0
    assert not archive.folder.exists()
