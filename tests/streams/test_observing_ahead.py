"""Replay on two cores, one of which observes: the files of one process, whatever it observes."""

from datetime import UTC, datetime

import pytest
from judged import hotspot, report
from msgspec.structs import replace

from detectors.region import WORLD
from schemas.settings import Receiver, Settings
from streams import ahead, replay
from streams.bench.long_fire import fire_csv
from streams.recorded import Recorded, read

SECONDS = ("seconds", "observations_per_second")


@pytest.fixture
def fire(tmp_path, monkeypatch):
    """The first passes over one great fire, some pixels of which come twice, and what a person says of it."""
    monkeypatch.setattr(ahead, "LEAST", 100)
    path = tmp_path / "fire.csv"
    path.write_bytes(fire_csv(400))
    found = read([path], now=datetime(2026, 1, 1, tzinfo=UTC))
    again = tuple(
        replace(one, frp_mw=99.0, received_at=datetime(2024, 3, 2, tzinfo=UTC))
        for one in found.observations[:20]
    )
    return Recorded((*found.observations, *again), found.rejected, found.files, (report(5),))


def files_of(given, out, cores, settings, progress=None):
    summary = replay.replay(given, settings, WORLD, out, progress, cores=cores)
    files = {one.name: one.read_bytes() for one in out.iterdir() if one.name != "summary.json"}
    return files, {name: value for name, value in summary.items() if name not in SECONDS}


@pytest.mark.parametrize(
    "settings",
    [Settings(), Settings(receivers=(Receiver(name="a", url="https://example.org/"),))],
    ids=["bare", "told"],
)
def test_the_files_and_the_progress_are_those_of_one_process(fire, tmp_path, settings, monkeypatch):
    started, observed = [], ahead.observed
    monkeypatch.setattr(ahead, "observed", lambda *asked: started.append(asked) or observed(*asked))
    counts = [], []
    two = files_of(fire, tmp_path / "two", 2, settings, counts[0].append)
    assert started
    assert two == files_of(fire, tmp_path / "one", 1, settings, counts[1].append)
    assert counts[0] == counts[1] != []
    assert b"duplicate_of" in two[0]["silences.ndjson"]
    assert b"incident_id" in two[0]["alerts.ndjson"]


@pytest.mark.parametrize("sent", [None, b"{}"], ids=["nothing", "what nobody can read"])
def test_where_that_process_fails_one_does_all_of_it(fire, tmp_path, sent, monkeypatch):
    def failing(_value):
        if sent is None:
            raise MemoryError
        return sent

    one = files_of(fire, tmp_path / "one", 1, Settings())
    monkeypatch.setattr(ahead, "encode", failing)
    assert files_of(fire, tmp_path / "two", 2, Settings()) == one


def test_a_few_observations_are_not_worth_a_process():
    few = Recorded((hotspot(0),), (), ())
    assert not ahead.is_worth(few)
    assert ahead.is_worth(Recorded((hotspot(0),) * ahead.LEAST, (), ()))
