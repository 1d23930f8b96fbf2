"""Files dropped into a folder: only complete ones are taken, none is lost, none counted twice."""

import gzip
import json
import os
import random
from datetime import UTC, datetime

import pytest
from loopback import rows

from streams.feeds import Limits, read
from streams.ingest.folder import Folder
from streams.ingest.portions import portions
from streams.ingest.post import HttpPost, NotTaken, NotWanted, Taken
from streams.ingest.secret import Secret


class Way:
    """Keeps what was posted; fails as told."""

    def __init__(self):
        self.posted = []
        self.fail = None

    async def __call__(self, payload, key):
        self.posted.append((key, payload))
        if self.fail:
            raise self.fail
        return Taken(payload.count(b"\n") - 1)


@pytest.fixture
def way():
    return Way()


@pytest.fixture
def watched(tmp_path, way, naps):
    return Folder(tmp_path, way, sleep=naps)


def names(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


async def test_a_complete_file_is_taken_in_and_moved_to_done(tmp_path, way, watched):
    (tmp_path / "pass.csv").write_text(rows(3))
    assert await watched.once() == {"pass.csv": Taken(3)}
    assert names(tmp_path) == ["done/pass.csv"]
    assert len(way.posted) == 1


async def test_a_file_that_grows_between_two_looks_waits(tmp_path, watched):
    path = tmp_path / "pass.csv"
    path.write_text(rows(1))
    watched.look()
    path.write_text(rows(2))
    assert await watched.take(watched.look()) == {}
    assert await watched.take(watched.look()) == {"pass.csv": Taken(2)}


async def test_names_of_unfinished_files_are_left_alone(tmp_path, watched):
    kept = [".hidden.csv", "a.csv.part", "b.TMP", "c.crdownload"]
    for name in kept:
        (tmp_path / name).write_text(rows(1))
    (tmp_path / "link.csv").symlink_to(tmp_path / ".hidden.csv")
    (tmp_path / "just-opened.csv").touch()
    assert await watched.once() == {}
    assert names(tmp_path) == sorted([*kept, "link.csv", "just-opened.csv"])
    (tmp_path / "a.csv.part").rename(tmp_path / "a.csv")
    assert await watched.once() == {"a.csv": Taken(1)}


async def test_unreadable_files_go_to_bad_with_the_reason(tmp_path, way, watched):
    (tmp_path / "noise.bin").write_bytes(random.Random(1).randbytes(5000))
    (tmp_path / "page.csv").write_text("<html><title>Sorry</title></html>")
    (tmp_path / "empty.csv").touch()
    os.utime(tmp_path / "empty.csv", (1e9, 1e9))
    results = await watched.once()
    assert results["page.csv"] == "refused: a web page, not data: Sorry"
    assert not way.posted
    assert names(tmp_path / "bad") == sorted(
        name + end for name in ("empty.csv", "noise.bin", "page.csv") for end in ("", ".reason.json")
    )
    told = json.loads((tmp_path / "bad" / "noise.bin.reason.json").read_text())
    assert (told["reason"], told["file"]) == ({"code": "unreadable", "detail": "not text"}, "noise.bin")


async def test_refused_rows_of_a_good_file_are_told_beside_it(tmp_path, watched):
    (tmp_path / "mixed.csv.gz").write_bytes(gzip.compress((rows(2) + "garbage\n").encode()))
    assert await watched.once() == {"mixed.csv.gz": Taken(3)}
    told = json.loads((tmp_path / "done" / "mixed.csv.gz.reason.json").read_text())
    assert told["rejected"] == 1
    assert told["rows"] == [
        {"line": 4, "reason": {"code": "missing_column", "detail": "1 cells under 14 columns"}}
    ]


async def test_a_crash_before_the_move_sends_the_same_keys_and_bytes_again(
    tmp_path, way, watched, naps, monkeypatch
):
    (tmp_path / "pass.csv").write_text(rows(3))

    def crash(*_):
        raise RuntimeError("killed here")

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.rename", crash)
        with pytest.raises(RuntimeError):
            await watched.once()
    assert names(tmp_path) == ["pass.csv"]
    await Folder(tmp_path, way, sleep=naps).once()
    assert way.posted[0] == way.posted[1]
    assert names(tmp_path) == ["done/pass.csv"]


async def test_a_file_stays_while_the_way_in_does_not_answer(tmp_path, way, watched):
    (tmp_path / "pass.csv").write_text(rows(3))
    way.fail = NotTaken("no answer")
    assert await watched.once() == {"pass.csv": "left for the next look: no answer"}
    assert names(tmp_path) == ["pass.csv"]
    way.fail = None
    assert await watched.once() == {"pass.csv": Taken(3)}


async def test_what_the_way_in_refuses_goes_to_bad(tmp_path, way, watched):
    (tmp_path / "pass.csv").write_text(rows(3))
    way.fail = NotWanted("the server answers 413")
    await watched.once()
    assert names(tmp_path) == ["bad/pass.csv", "bad/pass.csv.reason.json"]


async def test_a_second_file_of_the_same_name_replaces_nothing(tmp_path, watched):
    for count in (1, 2):
        (tmp_path / "pass.csv").write_text(rows(count))
        await watched.once()
    assert len(names(tmp_path / "done")) == 2


@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_large_payload_is_cut_at_rows_and_loses_none(form):
    limits = Limits(datetime(2026, 6, 1, tzinfo=UTC))
    text = rows(500) + "garbage\n" + rows(300, first=600)
    if form == "json":
        spot = {"acq_date": "2026-03-15", "acq_time": "0412", "satellite": "T", "scan": 1, "track": 1}
        text = json.dumps(
            [spot | {"latitude": 28.1, "longitude": 101 + at / 1000} for at in range(800)] + ["x"]
        )
    parsed = read(text.encode(), limits)
    parts = list(portions(text.encode(), parsed, largest=10_000))
    again = [read(part, limits) for part in parts]
    assert len(parts) > 3
    assert max(map(len, parts)) < 11_000
    ids = [spot.observation_id for one in again for spot in one.observations]
    assert ids == [spot.observation_id for spot in parsed.observations]
    assert (len(ids), sum(len(one.rejected) for one in again)) == (800, 1)


async def test_http_posts_wait_and_try_again_then_leave_it(way_in, session, naps):
    post = HttpPost(session, way_in.url + "/", Secret(way_in.token), sleep=naps)
    way_in.failures += [503, 429, 507]
    assert await post(rows(2).encode(), "k:1") == Taken(2)
    assert way_in.requests == ["k:1"] * 4
    way_in.failures += [500] * 6
    with pytest.raises(NotTaken, match="500"):
        await post(rows(2).encode(), "k:2")
    with pytest.raises(NotWanted, match="422"):
        await post(rows(3).encode(), "k:1")
    with pytest.raises(NotTaken, match=r"no answer from http://127.0.0.1:9: .*fenghuo worker"):
        await HttpPost(session, "http://127.0.0.1:9", None, sleep=naps, tries=2)(b"", "k:3")
