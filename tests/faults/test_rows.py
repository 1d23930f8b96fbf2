"""The state of a hop is a cache of its rows: thrown away at any moment, what follows is said all the same."""

import datetime as dt
import functools
from collections import deque

import pytest
from fires import burning
from judged import START, delivery, hotspot, report

from detectors.region import WORLD
from schemas.codec import encode
from schemas.receiver import Receiver
from schemas.settings import Settings
from streams.demo.season import STARTS_AT, season
from streams.hops.build import build_hops
from streams.hops.deliver import at_once
from streams.recorded import deliveries
from streams.region import demo_region
from streams.replay import tick

SETTINGS = Settings(receivers=(Receiver(name="ranger", url="https://example.org/"),))


class Forgetful:
    """The hops of one partition; after every `each` steps all state is opened anew from the rows."""

    def __init__(self, region, each):
        self.hops = build_hops(SETTINGS, region)
        self.rows = {hop.name: {} for hop in self.hops}
        self.each = each
        self.steps = 0
        self.said = []
        self.open()

    def open(self):
        self.states = {hop.name: hop.open(hop.options, 0, self.rows[hop.name]) for hop in self.hops}

    def feed(self, one):
        waiting = deque([("observation.v1", one)])
        while waiting:
            name, message = waiting.popleft()
            for hop in self.hops:
                if name in {topic.name for topic in hop.topics}:
                    waiting += self.step(hop, message)

    def step(self, hop, message):
        self.steps += 1
        if self.each and self.steps % self.each == 0:
            self.open()
        now = hop.now(message)
        result = hop.step(hop.options, self.states[hop.name], message, now)
        for key, row in result.rows.items():
            if row is None:
                self.rows[hop.name].pop(key, None)
            else:
                self.rows[hop.name][key] = encode(row)
        outputs = [*result.outputs, *at_once(result, now)]
        self.said += [(output.topic.name, encode(output.value)) for output in outputs]
        return [(output.topic.name, output.value) for output in outputs]


def small():
    return [
        delivery(hotspot(0, 0.0, 0.0), hotspot(0, 9.0, 1.0)),
        delivery(report(20, 0.3, 0.2)),
        delivery(hotspot(55, 2.6, 0.0, satellite="NPP", frp=90.0)),
        delivery(*(hotspot(300, 1.3 + 0.3 * i, 0.1, satellite="Aqua", scan=1.0, frp=70.0) for i in range(5))),
        tick(START + dt.timedelta(hours=40)),
        delivery(*(hotspot(50 * 60, 1.3 + 0.3 * i, 0.1, satellite="Aqua", frp=70.0) for i in range(5))),
    ]


def growing():
    """A fire whose looks each raise the grade, and are so old on arrival that they wait for a tick."""
    looks = burning(3, START)
    late = START + dt.timedelta(hours=10)
    steps = []
    for number, look in enumerate(looks):
        at = late + dt.timedelta(minutes=number)
        steps += [delivery(*look, at=at), tick(at)]
    return steps


def xichang():
    seen = (one for _, _, group in season() for one in group)
    hours = dt.timedelta(hours=5)
    steps = []
    for one in deliveries(seen):
        if STARTS_AT <= one.received_at < STARTS_AT + hours:
            steps += [one, tick(one.received_at)]
    return steps


CASES = {
    "small": (small, lambda: WORLD),
    "growing": (growing, lambda: WORLD),
    "xichang": (xichang, demo_region),
}


def played(case, each):
    given, region = CASES[case]
    hops = Forgetful(region(), each)
    for one in given():
        hops.feed(one)
    return hops


@functools.cache
def calm_run(case):
    """The same without a restart."""
    return played(case, 0)


@pytest.mark.parametrize("each", [1, 2, 7])
@pytest.mark.parametrize("case", CASES)
def test_5_what_is_said_does_not_depend_on_when_the_state_was_thrown_away(case, each):
    calm, shaken = calm_run(case), played(case, each)
    assert len(calm.said) > 5
    assert shaken.said == calm.said
    assert shaken.rows == calm.rows
