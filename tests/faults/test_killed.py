"""Invariant 5 on embedded://: kill -9 a whole worker anywhere; nothing is lost, and little is said twice."""

import datetime as dt
import random
import signal
import time

import pytest
from aftermath import WHAT, check_log, check_stream, check_told, heirs, in_log, wait_told
from fires import posts
from posting import Poster

pytestmark = pytest.mark.slow
NOW = dt.datetime.now(dt.UTC)


def ended_well(stand, poster, fires):
    """Start once more, let everything be told, stop, and compare with an uninterrupted replay."""
    poster.hurry.set()
    stand.start_ready()
    poster.join(240)
    assert not poster.is_alive(), f"{poster.done} posted: {stand.program.said()}"
    assert poster.refused == []
    wait_told(stand.receiver, fires)
    streamed = check_stream(stand.server)
    letters = stand.server.get("/v1/dead-letters")["dead_letters"]
    assert letters == []
    assert stand.program.end() == 0, stand.program.said()
    found = in_log(WHAT, stand.settings, "embedded://", stand.data_dir)
    alerts = check_log(found, stand.settings, stand.folder)
    check_told(stand.receiver, stand.kills, alerts, heirs(found["incident.v1"]))
    said = sorted((one["alert_id"], one["revision"]) for one in streamed)
    assert said == sorted((one.alert_id, one.revision) for one in found["alert.v1"]), "history and log differ"
    assert "Traceback" not in stand.program.said()


@pytest.mark.timeout(900)
def test_5_killed_at_fifty_random_moments(stand):
    dice = random.Random(50)
    fires = 60
    poster = Poster(stand.server, posts(5, fires, NOW), seed=7, pause_s=0.3)
    poster.start()
    for _ in range(50):
        stand.start()
        if dice.random() < 0.6:
            stand.server.until_ready(stand.program)
            time.sleep(dice.uniform(0, 0.8))
        else:
            time.sleep(dice.uniform(0.02, 0.7))  # while it starts or recovers
        stand.kill()
    assert poster.unanswered > 10, "nothing was in flight at any kill"
    ended_well(stand, poster, fires)


HOPS = ("observe", "judge", "route", "deliver")
PLACES = ("step", "write", "written")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("stand", [0.1], indirect=True)
def test_5_killed_between_step_output_state_and_commit(stand):
    """Here the receiver refuses more often: told is only what it took in the end."""
    dice = random.Random(12)
    fires = 24
    poster = Poster(stand.server, posts(6, fires, NOW), seed=8)
    poster.start()
    for hop in HOPS:
        for place in PLACES:
            stand.start(spied=f"{hop}:{place}:{dice.randint(1, 6)}")
            stand.wait_killed()
            assert stand.program.popen.returncode == -signal.SIGKILL, stand.program.said()
    ended_well(stand, poster, fires)
