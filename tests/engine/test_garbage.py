"""A large state that lives long is left alone by the collector while hops run, and looked at by the hour."""

import asyncio
import gc
from contextlib import contextmanager

import pytest

from streams.engine import timers
from streams.garbage import calm


@pytest.fixture(autouse=True)
def usual_collector():
    """Other tests of this program may have set the collector for a long run."""
    before = gc.get_threshold()
    gc.unfreeze()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*before)


@contextmanager
def full_looks():
    """Yield a list that grows by one with every look at everything."""
    looks = []

    def note(phase, info):
        if phase == "start" and info["generation"] == 2:
            looks.append(info)

    gc.callbacks.append(note)
    try:
        yield looks
    finally:
        gc.callbacks.remove(note)


def a_state_grows():
    return [[number] for number in range(400_000)]


def test_a_growing_state_is_not_looked_at_again_and_again():
    with full_looks() as usual:
        a_state_grows()
    with full_looks() as calmly, calm():
        a_state_grows()
    assert len(usual) > 0
    assert calmly == []


def test_what_dies_young_is_still_collected():
    with calm():
        found = gc.get_stats()[1]["collected"]
        for _ in range(300_000):
            ring = []
            ring.append(ring)
        assert gc.get_stats()[0]["collected"] + gc.get_stats()[1]["collected"] > found


def test_the_collector_is_left_as_it_was_found():
    before = gc.get_threshold()

    @calm()
    def fails():
        assert gc.get_threshold() != before
        raise ValueError("on purpose")

    with pytest.raises(ValueError, match="on purpose"):
        fails()
    assert gc.get_threshold() == before


class Ticking:
    """As much of an app as the timer asks for: it sleeps briefly and stops after some rounds."""

    def __init__(self, rounds):
        self.left = rounds

    @property
    def should_stop(self):
        return self.left < 0

    async def sleep(self, _seconds):
        self.left -= 1
        await asyncio.sleep(0)


async def test_by_the_hour_everything_is_looked_at_but_not_for_a_stop():
    with full_looks() as looks:
        await timers.collect(Ticking(3))
    assert len(looks) == 3
