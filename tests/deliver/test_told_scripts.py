"""Short scripts of telling on their own clock: real route and deliver hops, gateways as the script says."""

import json
import pathlib
import tomllib
from datetime import datetime, timedelta

import msgspec
import pytest
from alerted import COUNTY, LEGAL, an_alert, at, replaced
from deskside import Deskside

from alerts.digest import Options
from alerts.roster import Roster
from schemas.notice import Answer, AnyNotice, Notice, Position
from schemas.reason import Reason
from schemas.receiver import Receiver
from schemas.silencing import Silencing
from schemas.verdict import Verification
from streams.hops.collect import over
from streams.hops.concluding import conclude
from streams.hops.deliver import deliver
from streams.hops.route import route
from streams.transport.lanes import newest_of_each_lane, urgency
from streams.transport.limits import Limits

FOLDER = pathlib.Path(__file__).parent / "scripts"
NAMES = sorted(path.stem for path in FOLDER.glob("*.toml"))
STEP_MIN = 0.25


def an_object(kind, table, **fields):
    return msgspec.convert(table | fields, kind)


def runs(azimuth):
    """A reach within the hour that runs north or east of the fire at 102.2 E, 27.8 N."""
    east, north = {"north": (0.01, 0.05), "east": (0.05, 0.01)}[azimuth]
    ring = [
        [102.195, 27.795],
        [102.195 + east, 27.795],
        [102.195 + east, 27.795 + north],
        [102.195, 27.795 + north],
    ]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


class Stage(Deskside):
    """One script under way; `seen`: what gateways took, and what was concluded without them."""

    def __init__(self, script):
        self.script, self.minute, self.seen, self.tried = script, 0.0, [], {}
        self.started = []
        receivers = tuple(
            an_object(Receiver, {"url": "https://gateway.example/hook"} | one) for one in script["receivers"]
        )
        super().__init__(*receivers)
        silences = tuple(an_object(Silencing, one) for one in script.get("silences", ()))
        roster = Roster(officers=tuple(script.get("officers", ())))
        self.hop = deliver(
            receivers, tell=Options(**script.get("tell", {})), silences=silences, roster=roster
        )
        self.route = route(receivers, roster)
        self.ways = self.route.open(self.route.options, 0, {})
        self.restart()

    def take(self, message):
        result = super().take(message)
        for output in result.outputs:
            self.hear(output.value)
        return result

    def hear(self, value):
        if isinstance(value, Notice):
            if value.outcome != "retrying":
                self.note(value, value.outcome)
        elif isinstance(value, AnyNotice):
            self.take(value)

    def note(self, notice, what):
        told = f"{notice.alert_id}.{notice.revision}" if notice.action not in {"digest", "note"} else "-"
        why = f" {notice.reason.code}" if what != "taken" else ""
        self.seen.append(f"{self.minute:g} {notice.receiver} {told} {notice.action} {what}{why}")

    def say(self, one):
        """Put one line of the script in."""
        one, kind = dict(one), one["kind"]
        now = at(one.pop("at_min"))
        del one["kind"]
        if kind == "alert":
            if "runs" in one:
                one["reach_1h"] = runs(one.pop("runs"))
            if "opened_min" in one:
                one["legal"] = replaced(LEGAL, starts_at=at(one.pop("opened_min")))
            if "county" in one:
                one["places"] = (COUNTY, replaced(COUNTY, place_id=one.pop("county")))
            if one.pop("confirmed", False):
                one["feedback"] = Verification(state="county", ruling="fire")
            one["reasons"] = tuple(Reason(**each) for each in one.pop("reasons", ({"code": "opened"},)))
            made = an_alert(
                minutes=self.minute, **{k: tuple(v) if isinstance(v, list) else v for k, v in one.items()}
            )
            for output in self.route.step(self.route.options, self.ways, made, now).outputs:
                self.take(output.value)
        elif kind == "answer":
            self.take(an_object(Answer, one, at=now))
        else:
            self.take(an_object(Position, one, at=now))

    def carry(self):
        """Try what is due, as the sender does: the newest revision of each alert, the most urgent first."""
        waits = Limits().waits_s
        for row in sorted(newest_of_each_lane(self.ready()).values(), key=urgency):
            attempts, next_at = self.tried.get((row.notice_id, row.way), (row.attempts, 0.0))
            held = row.held_until is not None and row.held_until > at(self.minute)
            if held or self.minute < next_at:
                continue
            outcome, asked_s = self.asked(row)
            notice = conclude(
                row,
                outcome,
                at(self.minute),
                Reason(code="gateway_refused"),
                attempts=attempts + 1,
                wait_s=asked_s,
            )
            wait_min = max(waits[min(attempts, len(waits) - 1)], asked_s) / 60
            self.tried[row.notice_id, row.way] = attempts + 1, self.minute + wait_min
            if outcome == "accepted" and row.body.startswith("{"):
                self.began(row)
            if outcome != "retrying":
                self.note(notice, {"accepted": "taken"}.get(outcome, outcome))
            self.take(notice)

    def began(self, row):
        """Note since when it burns by what the gateway took."""
        said = json.loads(row.body)["data"]
        if starts := said.get("legal", {}).get("starts_at"):
            minutes = (datetime.fromisoformat(starts) - at(0)) / timedelta(minutes=1)
            self.started.append(
                f"{self.minute:g} {row.receiver} {row.alert_id}.{row.revision} since {minutes:g}"
            )

    def asked(self, row):
        """What the gateway of a row answers, and for how long it asks to be left alone, s."""
        gateway = self.script.get("gateways", {}).get(row.receiver, {})
        if row.way not in gateway.get("ways", [row.way]) or (gateway.get("calls_only") and not row.order):
            return "accepted", 0.0
        if gateway.get("hopeless"):
            return "failed", 0.0
        fails = self.minute < gateway.get("fails_until_min", 0)
        return ("retrying", float(gateway.get("stalls_s", 0))) if fails else ("accepted", 0.0)

    def play(self):
        lines = sorted(self.script["said"], key=lambda one: one["at_min"])
        while self.minute <= self.script["until_min"]:
            while lines and lines[0]["at_min"] <= self.minute:
                self.say(lines.pop(0))
            for row in list(self.state.rows()):
                if row.ends_at is not None and row.ends_at <= at(self.minute):
                    self.take(over(row))
            self.carry()
            self.minute += STEP_MIN
        return self.seen


@pytest.mark.parametrize("name", NAMES)
def test_what_a_script_of_telling_expects_comes_of_it(name):
    script = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    stage = Stage(script)
    assert stage.play() == script["expect"]
    if "started" in script:
        assert stage.started == script["started"]
