"""What an officer takes back on an outbreak counts no more; it is silenced and opened again as a fire is."""

import datetime as dt
import itertools

import pytest
from judged import delivery, judge
from pested import NOW, survey

from alerts.policy import Decision
from alerts.restraint import silenced
from schemas.act import Reopen, SetSilence, Undo
from schemas.receiver import Receiver
from schemas.verdict import Verdict
from streams.lines import INCIDENT_FIELDS
from streams.said import delivered

DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
SEEN = delivery(survey("a", value=3.0))
(NAME,) = judge([SEEN]).incidents
END = NOW + 2 * DAY


def settled(minutes):
    at = NOW + DAY + minutes * MINUTE
    return {"incident_id": NAME, "author": "李娜", "at": at, "received_at": at, "text": "看错了"}


def word(minutes, code, level="city", **more):
    return delivered(Verdict(verdict_id=f"v-{minutes}", code=code, level=level, **settled(minutes), **more))


def act(kind, minutes, **more):
    return delivered(kind(act_id=f"{kind.__name__}-{minutes}", **settled(minutes), **more))


def done(*steps, **more):
    return judge(steps, end=END, **more)


def turns(outcome):
    return [(one.action, one.pages) for one in outcome.alerts]


@pytest.mark.parametrize("restarts", [False, True])
def test_a_denial_taken_back_tells_the_outbreak_anew_and_says_who_and_why(restarts):
    back = done(SEEN, word(0, 6), act(Undo, 10, of="v-0"), restarts=restarts)
    assert turns(back) == [("new", True), ("cancel", False), ("new", True)]
    one = back.incidents[NAME]
    assert (one.status, one.feedback, one.reasons[0].code) == ("open", None, "taken_back")
    assert "denied" not in {why.code for why in one.reasons}
    assert (one.reasons[0].ref, one.reasons[0].detail) == ("v-0", "李娜, 2024-12-02T16:10:00Z: 看错了")
    assert [(said.verdict_id, said.outcome) for said in back.verdicts] == [
        ("v-0", "applied"), ("v-0", "undone"),
    ]  # fmt: skip
    assert [(said.outcome, said.applied_to) for said in back.acts] == [("applied", NAME)]


def test_what_paged_nobody_pages_nobody_when_its_denial_is_taken_back():
    old = delivery(survey("a", NOW - 60 * DAY, value=3.0, received_at=NOW))
    (name,) = judge([old]).incidents
    assert name != NAME
    said = [word(0, 6), act(Undo, 10, of="v-0")]
    renamed = [
        type(one)(**{key: getattr(one, key) for key in one.__struct_fields__} | {
            "verdicts": tuple(Verdict(**_fields(v) | {"incident_id": name}) for v in one.verdicts),
            "acts": tuple(Undo(**_fields(a) | {"incident_id": name}) for a in one.acts),
        }) for one in said
    ]  # fmt: skip
    assert turns(done(old, *renamed)) == [("new", False), ("cancel", False), ("new", False)]


def _fields(one):
    return {key: getattr(one, key) for key in one.__struct_fields__}


def test_2_what_is_taken_back_is_as_if_it_had_not_been_said_in_any_order():
    expected = _bare(done(SEEN, word(1, 0, "county")))
    for steps in itertools.permutations([SEEN, word(0, 6), word(1, 0, "county"), act(Undo, 10, of="v-0")]):
        assert _bare(done(*steps)) == expected


def _bare(outcome):
    left = [name for name in INCIDENT_FIELDS if name not in {"reasons", "revision", "judged_at"}]
    return [str(getattr(outcome.incidents[NAME], name)) for name in left]


def test_who_did_not_know_the_last_word_takes_nothing_back_and_a_repeat_changes_nothing():
    late = done(SEEN, word(0, 6), act(Undo, 10, of="v-0", knew=()))
    assert [(one.outcome, one.reason.code) for one in late.acts] == [("refused", "not_first")]
    assert late.incidents[NAME].status == "false_alarm"
    undo = act(Undo, 10, of="v-0", knew=("v-0",))
    once, twice = done(SEEN, word(0, 6), undo), done(SEEN, word(0, 6), undo, undo)
    assert (turns(once), len(once.acts)) == (turns(twice), len(twice.acts)) == (turns(twice), 1)


def test_an_officer_opens_a_denied_outbreak_again():
    outcome = done(SEEN, word(0, 6), act(Reopen, 10), delivery(survey("b", NOW + DAY / 2, value=3.0)))
    assert turns(outcome)[:3] == [("new", True), ("cancel", False), ("new", True)]
    one = outcome.incidents[NAME]
    assert (one.status, one.feedback.overcome) == ("open", True)


def test_a_silence_on_an_outbreak_holds_what_is_less_grave_until_its_end_or_until_it_is_lifted():
    until = NOW + DAY + 3 * DAY / 24
    quiet = act(SetSilence, 0, until=until, up_to="III")
    told = done(SEEN, quiet, word(20, 0)).alerts[-1]
    lifted = done(SEEN, quiet, act(Undo, 10, of="SetSilence-0"), word(20, 0)).alerts[-1]
    receiver, yes = Receiver(name="x"), Decision(send=True, reason=told.reasons[0])
    held = silenced(yes, (), told, receiver, told.issued_at)
    assert (held.send, held.reason.code) == (False, "silenced")
    assert silenced(yes, (), told, receiver, until).send
    assert silenced(yes, (), lifted, receiver, told.issued_at).send
