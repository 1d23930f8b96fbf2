"""Invariant 4: same log, same order, same settings, same clock: byte-identical alerts on every engine."""

import datetime as dt

import pytest
from driven import by_replay, by_worker, create_topics, settings_for
from judged import delivery, hotspot, report

from detectors.places import WORLD
from schemas.topics import ALERT, INCIDENT
from streams.demo.season import STARTS_AT, season
from streams.recorded import deliveries
from streams.region import demo_region
from streams.replay import INCIDENT_FIELDS

HOURS = dt.timedelta(hours=8)


def small():
    """A fire seen by two satellites and a caller, a neighbour it merges with, and a quiet day."""
    return [
        delivery(hotspot(0, 0.0, 0.0), hotspot(0, 9.0, 1.0)),
        delivery(report(20, 0.3, 0.2)),
        delivery(hotspot(55, 2.6, 0.0, satellite="NPP", frp=90.0)),
        delivery(*(hotspot(300, 1.3 + 0.3 * i, 0.1, satellite="Aqua", scan=1.0, frp=70.0) for i in range(5))),
        delivery(hotspot(300 + 30 * 60, 9.1, 1.0)),
    ]


def xichang():
    """The first hours of the reconstructed season."""
    seen = (one for _, _, group in season() for one in group)
    return [one for one in deliveries(seen) if STARTS_AT <= one.received_at < STARTS_AT + HOURS]


CASES = {"small": (small, lambda: WORLD), "xichang": (xichang, demo_region)}


@pytest.mark.parametrize("case", CASES)
async def test_4_alerts_are_byte_identical_in_replay_and_on_embedded(case, tmp_path):
    given, region = CASES[case][0](), CASES[case][1]()
    settings = settings_for("t.")
    replayed = by_replay(given, settings, region)
    live = await by_worker(given, settings, region, "embedded://", tmp_path)
    assert len(replayed.raw[ALERT.name]) > 3
    assert live.raw[ALERT.name] == replayed.raw[ALERT.name]
    assert live.raw[INCIDENT.name] == replayed.raw[INCIDENT.name]


@pytest.mark.parametrize("case", CASES)
async def test_4_alerts_are_byte_identical_in_replay_and_on_kafka(case, tmp_path, kafka_broker):
    given, region = CASES[case][0](), CASES[case][1]()
    settings = settings_for(f"agree-{case}.")
    create_topics(settings, kafka_broker)
    replayed = by_replay(given, settings, region)
    live = await by_worker(given, settings, region, kafka_broker, tmp_path)
    assert live.raw[ALERT.name] == replayed.raw[ALERT.name]


@pytest.mark.parametrize("engine", ["embedded", "kafka"])
async def test_3_poured_in_at_once_over_eight_partitions_the_incidents_are_the_same(
    engine, tmp_path, request
):
    broker = request.getfixturevalue("kafka_broker") if engine == "kafka" else "embedded://"
    given, region = xichang(), demo_region()
    settings = settings_for(f"poured-{engine}.", partitions=8)
    if engine == "kafka":
        create_topics(settings, broker)
    replayed = by_replay(given, settings, region)
    live = await by_worker(given, settings, region, broker, tmp_path, one_by_one=False)
    assert lines(live) == lines(replayed)
    assert holding(live) == holding(replayed)
    assert holding(live)


def lines(said):
    return sorted(
        tuple(str(getattr(one, name)) for name in INCIDENT_FIELDS)
        for one in said.incidents().values()
        if one.status in {"open", "closed"}
    )


def holding(said):
    """Fires of which an alert is out and not over, with its grade: who is told of such a fire holds it."""
    last = {}
    for alert in said.of(ALERT):
        if alert.alert_id not in last or alert.revision > last[alert.alert_id].revision:
            last[alert.alert_id] = alert
    over = {"close", "expire", "cancel"}
    return sorted((a.incident_id, a.grade) for a in last.values() if a.action not in over)
