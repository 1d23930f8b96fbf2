"""The watchdog bites only when messages wait and nothing moves."""

from streams.engine.watchdog import Watchdog


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def watch(limit=10):
    clock = Clock()
    return Watchdog(limit, clock), clock


def test_nothing_waits_nothing_stalls():
    dog, clock = watch()
    for _ in range(5):
        dog.look({"a": (3, 3)})
        clock.now += 100
    assert not dog.stalled


def test_slow_is_not_still():
    dog, clock = watch()
    for position in range(5):
        dog.look({"a": (position, 100)})
        clock.now += 9
        assert not dog.stalled
    assert dog.lag == {"a": 96}


def test_standing_still_is_noticed_and_named():
    dog, clock = watch()
    dog.look({"a": (1, 2), "b": (2, 2)})
    clock.now += 11
    dog.look({"a": (1, 5), "b": (2, 2)})
    assert dog.stalled
    assert dog.standing == ["a"]
    dog.look({"a": (2, 5)})
    assert not dog.stalled


def test_a_partition_that_went_elsewhere_is_forgotten():
    dog, clock = watch()
    dog.look({"a": (1, 2)})
    clock.now += 11
    dog.look({})
    assert not dog.stalled


def test_messages_that_come_after_a_long_calm_get_their_time():
    dog, clock = watch()
    dog.look({"a": (2, 2)})
    clock.now += 1000
    dog.look({"a": (2, 3)})
    assert not dog.stalled
