"""The acceptance scripts through replay, as a file is replayed: what must come of them, line by line."""

import datetime as dt
import functools
import pathlib
import tempfile

import pytest
from alerted import a_receiver
from scripted import NAMES, STATUS, observations, script

from detectors.geodesy import distance_km
from schemas.codec import encode
from schemas.settings import Settings
from streams.recorded import deliveries, read
from streams.region import demo_region
from streams.replay import run

RECEIVERS = (
    a_receiver("county", tasks=True, areas=("513401",)),
    a_receiver("city", minimum_grade="III", areas=("513400",)),
    a_receiver("province", minimum_grade="III"),
)
LIVING = {"open", "closed"}


@functools.cache
def played(name):
    """What came of one script, read from a file of observations as `fenghuo replay` reads it."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / f"{name}.ndjson"
        path.write_bytes(b"".join(encode(one) + b"\n" for one in observations(script(name))))
        recorded = read([path], now=dt.datetime.now(dt.UTC))
    assert not recorded.rejected
    return run(deliveries(recorded.observations), Settings(receivers=RECEIVERS), demo_region())


class Played:
    """One script and what came of it; every line of `[expect]` is a property here."""

    def __init__(self, name):
        self.one, self.out = script(name), played(name)
        self.expect = self.one["expect"]
        known = sorted(self.out.incidents.values(), key=lambda i: i.opened_at)
        self.living = [one for one in known if one.status in LIVING]
        self.here = [i for i in self.living if self.away_km(i) < 12.0]

    def away_km(self, incident):
        return float(distance_km(incident.longitude, incident.latitude, *self.one["origin"]))

    def minutes(self, meant):
        """From the clock of the script to the first alert that is meant."""
        since = (a.issued_at - self.expect["clock_from"] for a in self.out.alerts if meant(a))
        return min((one / dt.timedelta(minutes=1) for one in since if one >= dt.timedelta()), default=1e9)

    incidents = property(lambda self: len(self.living))
    near = property(lambda self: len(self.here))
    merged = property(lambda self: len(self.out.incidents) - len(self.living))
    opened_at = property(lambda self: self.here[0].opened_at)
    pages = property(lambda self: sum(alert.pages for alert in self.out.alerts))
    tasks = property(lambda self: len({a.alert_id for a in self.out.alerts if a.grade == "task"}))
    silences = property(lambda self: len(self.out.silences))
    sources = property(lambda self: sorted(self.here[0].sources))
    reasons = property(lambda self: self.codes & set(self.expect["reasons"]))
    codes = property(lambda self: {reason.code for a in self.out.alerts for reason in a.reasons})
    actions = property(lambda self: [a.action for a in self.of_first()][-len(self.expect["actions"]) :])
    relations = property(lambda self: [i.relation for i in self.here])
    candidates = property(lambda self: sum(len(i.candidates) for i in self.here))
    fields = property(lambda self: len(self.here[0].shape.fields))
    task_within_min = property(lambda self: self.minutes(lambda a: a.action in {"new", "upgrade"}))
    page_within_min = property(lambda self: self.minutes(lambda a: a.pages))
    evidence_within_min = property(lambda self: self.minutes(lambda a: "sensor" in str(a.sources)))

    def of_first(self):
        return [a for a in self.out.alerts if a.alert_id == self.living[0].incident_id]

    @property
    def townships(self):
        return sorted(p.place_id for p in self.here[0].places if p.layer == "township")

    @property
    def duty(self):
        """Which triggers of a report to province and state held ten minutes after the clock of the script."""
        limit = self.expect["clock_from"] + dt.timedelta(minutes=10)
        told = [a.report_duty for a in self.out.alerts if a.issued_at <= limit and a.report_duty]
        return sorted({f"{one.code} → {one.to}" for duty in told for one in duty.holds})

    @property
    def told(self):
        """Who had accepted a notice ten minutes after the clock of the script."""
        limit = self.expect["clock_from"] + dt.timedelta(minutes=10)
        return sorted({n.receiver for n in self.out.notices if n.outcome == "accepted" and n.at <= limit})


def lines():
    """One case for every line that is expected."""
    for name in NAMES:
        for line in script(name)["expect"]:
            if line != "clock_from":
                yield pytest.param(name, line, id=f"{name}-{line}")


@pytest.mark.parametrize(("name", "line"), list(lines()))
def test_what_a_script_expects_comes_of_it(name, line):
    played = Played(name)
    found, want = getattr(played, line), played.expect[line]
    if line.endswith("_min"):
        assert found <= want
    elif line == "reasons":
        assert found == set(want)
    else:
        assert found == want


@pytest.mark.parametrize("name", NAMES)
def test_every_fact_of_a_script_has_a_status_and_every_alert_says_that_it_is_a_reconstruction(name):
    one = script(name)
    facts = [one["status"], one["origin_status"], *(seen["status"] for seen in one["seen"])]
    assert all(fact.partition(":")[0] in STATUS for fact in facts)
    assert all(alert.reconstruction for alert in played(name).alerts)
    assert played(name).alerts
