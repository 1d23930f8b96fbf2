"""What an officer takes back counts no more, in whatever order it comes; a silence holds until its end."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from judged import START, delivery, judge, living, report

from alerts.policy import Decision
from alerts.restraint import silenced
from schemas.act import DeclareOut, EnterFigures, Merge, Relabel, Relocate, SetSilence, Split, Undo
from schemas.receiver import Receiver
from schemas.verdict import Verdict
from streams.lines import INCIDENT_FIELDS
from streams.said import delivered

NEAR, FAR = delivery(report(0, 0.0, who="a", kind="ground")), delivery(report(2, 5.0, who="b"))
CHAIN = [delivery(report(n, 1.2 * n, who=f"c{n}", radius=100.0)) for n in range(4)]
END = START + dt.timedelta(hours=20)


def names(*given_):
    return sorted(one.incident_id for one in judge(given_).incidents.values() if one.status != "merged")


(ONE,), (TWO,), (LONG,) = names(NEAR), names(FAR), names(*CHAIN)


def act(kind, minutes, incident_id, act_id="", **fields):
    at = START + dt.timedelta(minutes=minutes)
    name = act_id or f"{kind.__name__}-{minutes}"
    settled = {"author": "李娜", "at": at, "received_at": at, "text": "看错了"}
    return delivered(kind(act_id=name, incident_id=incident_id, **settled, **fields))


def word(minutes, code, level="city", incident_id=ONE):
    at = START + dt.timedelta(minutes=minutes)
    name = f"v-{minutes}"
    return delivered(
        Verdict(verdict_id=name, incident_id=incident_id, code=code, level=level, author="王强", at=at,
                text="未见明火", received_at=at)
    )  # fmt: skip


def done(*steps, **more):
    return judge(sorted(steps, key=lambda one: one.received_at), ticks=True, end=END, **more)


def alive(outcome):
    return sorted(one.incident_id for one in outcome.incidents.values() if one.status in {"open", "closed"})


@pytest.mark.parametrize("restarts", [False, True])
@pytest.mark.parametrize(
    ("steps", "fires"),
    [
        ([NEAR, FAR, act(Merge, 30, TWO, "x", other_id=ONE)], {ONE, TWO}),
        ([*CHAIN, act(Split, 30, LONG, "x", observation_ids=tuple(
            one.observations[0].observation_id for one in CHAIN[2:]))], {LONG}),
    ],
)  # fmt: skip
def test_a_merge_and_a_split_are_undone_and_nobody_is_paged_for_it(steps, fires, restarts):
    undo = act(Undo, 40, min(fires), of="x")
    before, outcome = done(*steps, restarts=restarts), done(*steps, undo, restarts=restarts)
    assert set(alive(before)) != fires
    assert set(alive(outcome)) == fires
    assert [(one.act_id, one.outcome) for one in outcome.acts] == [
        ("x", "applied"), ("x", "undone"), ("Undo-40", "applied"),
    ]  # fmt: skip
    later = [alert for alert in outcome.alerts if alert.issued_at == START + dt.timedelta(minutes=40)]
    assert not any(alert.pages for alert in later)
    assert living(done(*steps, undo, delivery(report(90, 0.1, who="z")), restarts=restarts)) == living(
        done(*steps, undo, delivery(report(90, 0.1, who="z")))
    )


@pytest.mark.parametrize("restarts", [False, True])
def test_a_denial_taken_back_opens_it_again_and_people_hear_of_it(restarts):
    denied = done(NEAR, word(30, 9), restarts=restarts)
    assert denied.incidents[ONE].status == "false_alarm"
    assert denied.alerts[-1].action == "cancel"
    back = done(NEAR, word(30, 9), act(Undo, 40, ONE, of="v-30"), restarts=restarts)
    one = back.incidents[ONE]
    assert (one.status, one.feedback) == ("open", None)
    assert (back.alerts[-1].action, back.alerts[-1].pages) == ("new", True)
    why = next(reason for reason in one.reasons if reason.code == "taken_back")
    assert (why.ref, why.detail) == ("v-30", "李娜, 2024-03-01T00:40:00Z: 看错了")


CORRECTIONS = [
    act(Relabel, 10, ONE, land="forest"),
    act(Relabel, 20, ONE, land="grassland"),
    act(EnterFigures, 25, ONE, area_ha=3.0),
    act(Relocate, 30, ONE, frame="wgs84", longitude=102.1, latitude=28.1),
    act(DeclareOut, 35, ONE),
    word(36, 0),
    word(37, 9, "county"),
]
NAMES = ["Relabel-10", "Relabel-20", "EnterFigures-25", "Relocate-30", "DeclareOut-35", "v-36", "v-37"]


@given(st.sets(st.sampled_from(range(len(NAMES)))), st.data())
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_2_what_is_taken_back_is_as_if_it_had_not_been_said_in_any_order(taken, data):
    undos = [act(Undo, 50 + n, ONE, of=NAMES[n]) for n in sorted(taken)]
    left = [one for n, one in enumerate(CORRECTIONS) if n not in taken]
    expected = judge([NEAR, *left], end=END)
    doubled = [one for one in undos if data.draw(st.booleans())]
    found = judge(data.draw(st.permutations([NEAR, *CORRECTIONS, *undos, *doubled])), end=END)
    assert _bare(found) == _bare(expected)


def _bare(outcome):
    """What incidents are, without why and without how often they were judged."""
    left = [name for name in INCIDENT_FIELDS if name not in {"reasons", "revision", "judged_at"}]
    return [
        [str(getattr(one, name)) for name in left]
        for _, one in sorted(outcome.incidents.items())
        if one.status in {"open", "closed", "false_alarm"}
    ]


def test_an_undo_of_what_nobody_said_waits_and_changes_nothing():
    outcome = done(NEAR, act(Undo, 40, ONE, of="never"))
    assert [(one.outcome, one.reason.code) for one in outcome.acts] == [("waiting", "waiting_for")]
    assert len(outcome.alerts) == len(done(NEAR).alerts)


def test_a_silence_of_the_desk_holds_what_is_less_grave_until_its_end_or_until_it_is_lifted():
    until = START + dt.timedelta(hours=3)
    quiet = act(SetSilence, 30, ONE, until=until, up_to="III")
    more = delivery(report(60, 0.2, who="c", kind="ground"))
    told = done(NEAR, quiet, more).alerts[-1]
    lifted = done(NEAR, quiet, act(Undo, 40, ONE, of="SetSilence-30"), more).alerts[-1]
    receiver, yes = Receiver(name="x"), Decision(send=True, reason=told.reasons[0])
    held = silenced(yes, (), told, receiver, told.issued_at)
    assert (held.send, held.reason.code) == (False, "silenced")
    assert "李娜" in held.reason.detail
    assert silenced(yes, (), told, receiver, until).send
    assert silenced(yes, (), lifted, receiver, told.issued_at).send
    grave = type(told)(**{name: getattr(told, name) for name in told.__struct_fields__} | {"grade": "II"})
    assert silenced(yes, (), grave, receiver, told.issued_at).send
