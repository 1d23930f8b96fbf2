"""All acceptance scripts on Kafka: the same bytes as in replay (invariant 4)."""

import pytest
from driven import by_replay, by_worker, create_topics, settings_for
from scripted import GROUPS, observations, script

from schemas.topics import ALERT, INCIDENT
from streams.recorded import deliveries
from streams.region import demo_region


@pytest.mark.parametrize("group", GROUPS)
async def test_4_scripts_are_byte_identical_in_replay_and_on_kafka(group, tmp_path, kafka_broker):
    given = deliveries(seen for name in GROUPS[group] for seen in observations(script(name)))
    settings = settings_for(f"scripts-{group}.")
    create_topics(settings, kafka_broker)
    replayed = by_replay(given, settings, demo_region())
    live = await by_worker(given, settings, demo_region(), kafka_broker, tmp_path)
    assert len(replayed.raw[ALERT.name]) > 3
    assert live.raw[ALERT.name] == replayed.raw[ALERT.name]
    assert live.raw[INCIDENT.name] == replayed.raw[INCIDENT.name]
