"""Replay on two cores, one of which observes and draws shapes: the files of one process, whatever it does."""

from datetime import UTC, datetime

import pytest
from judged import hotspot, report
from msgspec.structs import replace

from detectors.region import WORLD
from schemas.settings import Receiver, Settings
from streams import ahead, drawn, replay
from streams.bench.long_fire import fire_csv
from streams.recorded import Recorded, deliveries, read

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
    assert b'"growth_ha_h":' in two[0]["alerts.ndjson"]


@pytest.mark.parametrize("work", [(ahead, "_observe"), (drawn, "_draw")], ids=["observing", "drawing"])
@pytest.mark.parametrize("sent", [None, b"{}"], ids=["nothing", "what nobody can read"])
def test_where_another_process_fails_one_does_all_of_it(fire, tmp_path, sent, work, monkeypatch):
    def failing(there, *_given):
        if sent is None:
            raise MemoryError
        there.send_bytes(sent)

    one = files_of(fire, tmp_path / "one", 1, Settings())
    monkeypatch.setattr(*work, failing)
    assert files_of(fire, tmp_path / "two", 2, Settings()) == one


def test_a_few_observations_are_not_worth_a_process():
    few = Recorded((hotspot(0),), (), ())
    assert not ahead.is_worth(few)
    assert ahead.is_worth(Recorded((hotspot(0),) * ahead.LEAST, (), ()))


def test_what_is_judged_on_two_cores_has_the_shapes_of_one(fire):
    given = deliveries(fire.observations)
    one, two = (replay.run(given, Settings(), WORLD, cores=cores) for cores in (1, 2))
    assert two.incidents == one.incidents
    assert any(incident.shape is not None and incident.shape.head for incident in one.incidents.values())
