"""The benchmark measures what it says: its load is open, its peers are there, nothing of it stays behind."""

import asyncio
import collections
import itertools
import json
import math
import os
import pathlib
import tempfile
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from deploy.kafka.broker import Broker, absent
from schemas.settings import Kafka, Settings
from streams.bench import run as bounds
from streams.bench.beside import NOTHING_USED, used_by
from streams.bench.figure import figure, quantile, table
from streams.bench.run import METHOD
from streams.bench.shots import fire, shots
from streams.bench.subscribers import MINUTE, grown_in, minutes_of
from streams.bench.world import GLOBAL_DAY, pixels_csv
from streams.commands.bench import command
from streams.kafka import admin
from streams.kafka.security import brokers, security
from streams.recorded import deliveries, read
from streams.replay import run

RATES = ("250/s one by one", "1,000/s in deliveries of 20")


def recorded(tmp_path, count):
    path = tmp_path / "pixels.csv"
    path.write_bytes(pixels_csv(count))
    return read([path], now=datetime.now(UTC))


@pytest.fixture(autouse=True)
def time_enough(monkeypatch):
    """A quick run ends after a minute; here all of it is measured, however busy the machine."""
    monkeypatch.setattr(bounds, "QUICK_S", 500.0)


def bench(*words):
    done = CliRunner().invoke(command, ["--json", *words])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def leftovers():
    return set(pathlib.Path(tempfile.gettempdir()).glob("fenghuo-bench-*"))


def test_a_made_day_is_the_same_every_time_and_every_row_of_it_is_read(tmp_path):
    assert pixels_csv(3000) == pixels_csv(3000)
    assert pixels_csv(3000) != pixels_csv(3000, seed=2)
    found = recorded(tmp_path, 3000)
    assert (found.read, found.rejected) == (3000, ())
    assert len({one.observation_id for one in found.observations}) == 3000
    assert {one.satellite for one in found.observations} == {"NPP", "N20"}


def test_more_than_a_day_are_days_that_follow_each_other():
    rows = pixels_csv(GLOBAL_DAY + 500).decode().splitlines()[1:]
    days = [row.split(",")[5] for row in rows]
    assert collections.Counter(days) == {"2024-03-15": GLOBAL_DAY, "2024-03-16": 500}
    assert days == sorted(days)


def test_pixels_are_as_crowded_as_real_ones(tmp_path):
    count = 4_000
    outcome = run(deliveries(recorded(tmp_path, count).observations), Settings())
    counts = sorted(one.observation_count for one in outcome.incidents.values() if one.status == "open")
    assert sum(counts) == count
    assert 2 < sum(counts) / len(counts) < 6
    assert 0.05 < counts.count(1) / count < 0.3
    assert 0.15 < sum(one for one in counts if one >= 20) / count < 0.6


def test_every_shot_opens_an_incident_of_its_own_under_the_name_foretold():
    given = shots(900, 0, 20, first=350)
    seen = [one for shot in given for one in shot.observations]
    outcome = run(deliveries(seen), Settings())
    assert {alert.incident_id for alert in outcome.alerts if alert.action == "new"} == {
        name for shot in given for name in shot.names
    }
    assert len(outcome.incidents) == 900


def test_shots_are_due_at_their_rate_and_lie_beyond_reach_of_each_other():
    given = shots(1200, 100.0, 4)
    assert [shot.due_s for shot in given[:3]] == pytest.approx([0, 0.04, 0.08])
    spots = [one for shot in given for one in shot.observations]
    for one, other in itertools.combinations(spots, 2):
        east = (one.longitude - other.longitude) * math.cos(math.radians(one.latitude))
        assert math.hypot(east, one.latitude - other.latitude) * 111 > 20


class Halting:
    """A system that takes nothing for a while and then all at once."""

    def __init__(self, halts_s):
        self.seen = {}
        self.halts_s = halts_s
        self._asked = 0

    async def send(self, shot):
        self._asked += 1
        await asyncio.sleep(self.halts_s if self._asked == 1 else 0)
        self.seen[shot.names[0]] = asyncio.get_running_loop().time()

    def names(self, shot):
        return shot.names

    def used(self):
        return NOTHING_USED


async def test_a_halt_does_not_hold_the_load_back_and_counts_as_delay():
    volley = await fire(Halting(0.3), shots(20, 100.0))
    delays = volley.since(volley.due)
    assert len(delays) == 20
    assert delays[0] >= 290
    assert volley.missing == 0


async def test_what_never_comes_is_told():
    class Deaf(Halting):
        async def send(self, shot):
            if shot.due_s:
                await super().send(shot)

    volley = await fire(Deaf(0), shots(3, 100.0), seen_s=0.1)
    assert (volley.missing, len(volley.since(volley.due))) == (1, 2)


def test_memory_is_the_median_slope_of_the_minutes_after_the_warm_up():
    seconds = [100.0 + n for n in range(MINUTE)]
    seconds += [200.0 + 2.0 * minute for minute in range(9) for _ in range(MINUTE)] + [999.0] * (MINUTE - 1)
    minutes = minutes_of(seconds)
    assert minutes == [129.5, *(200.0 + 2.0 * n for n in range(9))]
    grown = grown_in("sse", [*minutes[:4], 900.0, *minutes[5:]], [80.0, 90.0, 90.5, 91.0], 1000)
    assert (grown.value, grown.unit, grown.peer_value, grown.ratio) == (2.0, "MB", 0.5, 4.0)
    assert grown_in("sse", [100.0], [], 1000).value is None
    assert grown.note.startswith("MB in minute 1: 130, 5: 900, 10: 216;")


def test_quantiles_are_of_what_there_is():
    assert quantile([], 0.5) is None
    assert quantile([3.0], 0.99) == 3.0
    assert quantile(list(range(100)), 0.5) == 50
    assert quantile(list(range(100)), 0.99) == 99


def test_a_figure_has_its_ratio_and_a_missing_one_its_reason():
    mine = figure("kafka", "p50", 20.0, "ms", peer="ms, bare", peer_value=5.0, at_most=50.0)
    assert (mine.ratio, mine.met, mine.aim) == (4.0, True, "≤ 50 ms")
    gone = figure("kafka", "p99", None, "ms", peer="ms, bare", peer_value=5.0, at_most=250.0, note="no Java")
    assert (gone.ratio, gone.met) == (None, None)
    text = "\n".join(table([mine, gone]))
    assert "4 ×" in text
    assert "not measured" in text
    assert "no Java" in text


def test_processor_time_of_a_process_is_read_and_of_none_is_nothing():
    assert used_by(os.getpid()).cpu_s > 0
    assert used_by(2**22 + 1) == NOTHING_USED


@pytest.mark.slow
def test_a_quick_run_gives_every_figure_beside_its_peer_and_leaves_nothing(tmp_path):
    before = leftovers()
    out = tmp_path / "bench.json"
    report = bench("--quick", "--only", "embedded", "--only", "replay", "--only", "sse", "--out", str(out))
    assert json.loads(out.read_text(encoding="utf-8")) == report
    assert leftovers() <= before
    assert report["machine"]["processors"] >= 1
    assert report["method"] == METHOD
    named = {(one["section"], one["name"]): one for one in report["figures"]}
    for rate in RATES:
        for share in ("p50", "p99"):
            one = named["embedded", f"{share} due to published, {rate}"]
            assert one["value"] > 0
            assert one["peer_value"] > 0
            assert one["aim"]
    poured = named["embedded", "messages a second, poured at once, one by one"]
    assert poured["value"] > 0
    assert "never published" not in poured.get("note", "")
    assert named["sse", "p99 published to subscriber, 50 subscribers"]["value"] > 0
    missing = [one for one in report["figures"] if "value" not in one]
    assert all(one["note"].startswith("no time left") for one in missing), missing
    assert {one["section"] for one in report["figures"]} == {"embedded", "sse", "replay"}
    assert {one["peer"] for one in report["figures"] if "peer" in one} >= {"/s, csv.reader"}


def test_carbon_of_an_alert_and_of_a_province_stand_beside_bare_numpy():
    figures = bench("--quick", "--only", "carbon")["figures"]
    assert [one["section"] for one in figures] == ["carbon"] * 3
    assert all(one["value"] > 0 and one["peer_value"] > 0 and one["ratio"] > 0 for one in figures)
    assert [one["aim"] for one in figures] == ["≤ 50 ms", "≤ 60 s", "≤ 60 s"]


def test_a_broker_elsewhere_is_not_loaded():
    (only,) = bench("--quick", "--only", "kafka", "--broker", "kafka://192.0.2.1:9092")["figures"]
    assert "value" not in only
    assert "this machine" in only["note"]


def test_a_broker_that_does_not_answer_is_said():
    (only,) = bench("--quick", "--only", "kafka", "--broker", "kafka://127.0.0.1:9")["figures"]
    assert "no broker" in only["note"]


@pytest.mark.broker
@pytest.mark.slow
def test_on_kafka_everything_is_measured_and_no_topic_stays(tmp_path):
    if lack := absent():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(lack)
    with Broker(tmp_path / "kafka") as broker:
        figures = bench("--quick", "--only", "kafka", "--broker", broker.url)["figures"]
        kafka = Kafka()
        places = brokers(broker.url)
        with admin.connect(places, security(kafka, places)) as client:
            assert [name for name in client.list_topics() if name.startswith("bench-")] == []
            groups = [one["group_id"] for one in client.list_groups()]
            assert [name for name in groups if name.startswith("bench-")] == []
    # a machine with other work may not be done in time; then it is said, and what was measured stands
    assert all(one.get("value", 0) > 0 or one.get("note") for one in figures), figures
    if not any(one.get("value", 0) > 0 for one in figures):
        assert all("took longer" in one["note"] for one in figures), figures
    names = " ".join(one["name"] for one in figures)
    assert all(rate in names for rate in RATES) or any(one.get("note") for one in figures)


def test_readings_against_their_baselines_stand_beside_one_sort():
    (one,) = bench("--quick", "--only", "sensors")["figures"]
    assert (one["section"], one["unit"], one["aim"]) == ("sensors", "/s", "≥ 100,000 /s")
    assert one["value"] > 0
    assert one["peer_value"] > 0


def test_a_year_of_traps_is_judged_and_the_scan_waits_to_be_asked_for():
    judged, scanned = bench("--quick", "--only", "traps")["figures"]
    assert (judged["section"], judged["unit"]) == ("traps", "s")
    assert judged["value"] > 0
    assert "--large" in scanned["note"]
