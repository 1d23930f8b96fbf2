"""Acceptance scripts on Kafka: the same bytes as in replay (invariant 4)."""

from driven import by_replay, by_worker, create_topics, settings_for
from scripted import observations, script

from schemas.topics import ALERT
from streams.recorded import deliveries
from streams.region import demo_region


async def test_4_scripts_are_byte_identical_in_replay_and_on_kafka(tmp_path, kafka_broker):
    given = deliveries(
        seen for name in ("b_mianning_spotting", "f_maerkang_breaker") for seen in observations(script(name))
    )
    settings = settings_for("scripts.")
    create_topics(settings, kafka_broker)
    replayed = by_replay(given, settings, demo_region())
    live = await by_worker(given, settings, demo_region(), kafka_broker, tmp_path)
    assert live.raw[ALERT.name] == replayed.raw[ALERT.name]
