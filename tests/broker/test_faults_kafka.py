"""Invariant 5 on a real broker: worker and server killed while deliveries come in; nothing is lost."""

import datetime as dt
import random
import time

import pytest
from aftermath import WHAT, check_log, check_stream, check_told, heirs, in_log, wait_told
from cluster import Cluster
from fires import burning, posts
from posting import Poster
from processes import until
from receiving import Receiver

from schemas.codec import encode

pytestmark = [pytest.mark.broker, pytest.mark.slow]
NOW = dt.datetime.now(dt.UTC)


@pytest.fixture
def cluster(tmp_path, kafka_broker):
    with Receiver(fails=0.05, seed=4).open() as receiver:
        cluster = Cluster(tmp_path, kafka_broker, receiver)
        cluster.start()
        yield cluster
        cluster.close()


def ended_well(cluster, fires):
    """Everything is told; stop, and compare with an uninterrupted replay of what was accepted."""
    wait_told(cluster.receiver, fires, within=240)
    cluster.wait_judging()
    check_stream(cluster.server)
    assert cluster.server.get("/v1/dead-letters")["dead_letters"] == []
    cluster.end()
    found = in_log(WHAT, cluster.settings, cluster.broker, cluster.dirs["worker"])
    alerts = check_log(found, cluster.settings, cluster.folder)
    check_told(cluster.receiver, cluster.kills, alerts, heirs(found["incident.v1"]))


@pytest.mark.timeout(900)
def test_5_killed_at_six_random_moments(cluster):
    dice = random.Random(10)
    fires = 18
    poster = Poster(cluster.server, posts(11, fires, NOW), seed=12, pause_s=1.2)
    poster.start()
    for number in range(6):
        cluster.start_worker()
        if number % 5 == 2:
            time.sleep(dice.uniform(0.5, 6.0))  # while it starts, joins or recovers
        else:
            cluster.wait_judging()
            time.sleep(dice.uniform(0, 2.0))
        cluster.kill("worker")
        if number % 3 == 0:
            cluster.kill("serve")
            cluster.start_server()
    poster.hurry.set()
    cluster.start_worker()
    poster.join(240)
    assert not poster.is_alive()
    assert poster.refused == []
    ended_well(cluster, fires)


@pytest.mark.timeout(600)
def test_5_a_raise_that_came_while_the_worker_was_down_is_told(cluster):
    """Killed between outputs and rows: what was put out is put out again after the restart, the same.

    Were it another revision under the same number, every reader would drop it as a repeat.
    """
    looks = [
        b"".join(encode(one) + b"\n" for one in look) for look in burning(1, NOW - dt.timedelta(hours=2))
    ]
    cluster.start_worker(spied="judge:alerts:3")
    cluster.wait_judging()
    for number, look in enumerate(looks[:2], start=1):
        assert cluster.server.post(look)[0] == 202
        until(lambda number=number: cluster.revision() == number)
    assert cluster.server.post(looks[2])[0] == 202
    cluster.wait_killed()
    for look in looks[3:]:
        assert cluster.server.post(look)[0] == 202
    cluster.start_worker()
    ended_well(cluster, 1)
