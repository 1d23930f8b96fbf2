"""What a broker has acknowledged is there after kill -9, on topics as `fenghuo topics create` makes them."""

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.structs import TopicPartition

from deploy.kafka.broker import Broker
from schemas.settings import Kafka
from streams.kafka.admin import connect, create, present
from streams.kafka.names import wanted
from streams.kafka.security import Security

KAFKA = Kafka(prefix="durable.", partitions=2)


@pytest.fixture
def broker(kafka_node, tmp_path):
    """A broker of its own, because it is killed."""
    assert kafka_node.pid
    with Broker(tmp_path) as broker:
        with connect([broker.address("PLAINTEXT")], Security("PLAINTEXT")) as client:
            create(client, wanted(KAFKA))
        yield broker


async def read(place, topic, partitions, count):
    consumer = AIOKafkaConsumer(bootstrap_servers=place, auto_offset_reset="earliest")
    async with consumer:
        consumer.assign([TopicPartition(topic, partition) for partition in range(partitions)])
        return [int((await consumer.getone()).value) for _ in range(count)]


async def test_acknowledged_messages_survive_kill_9_of_the_broker(broker):
    place, topic = broker.address("PLAINTEXT"), "durable.observation.v1"
    acknowledged = []
    for round_ in range(2):
        async with AIOKafkaProducer(bootstrap_servers=place, acks="all", linger_ms=1) as producer:
            for number in range(round_ * 200, round_ * 200 + 200):
                sent = await producer.send(topic, b"%d" % number, partition=number % 2)
                if number % 10 == 9:
                    await sent
                    acknowledged = list(range(number + 1))
        broker.kill()
        broker.start()
    found = await read(place, topic, 2, len(acknowledged))
    assert sorted(found) == acknowledged
    with connect([place], Security("PLAINTEXT")) as client:
        assert present(client, [topic])[topic].configs["flush.messages"] == "1"
