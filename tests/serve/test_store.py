"""The history: nothing twice, nothing lost, sequence numbers that last."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from serve_words import NOON, alerts, make_alert, make_claims, make_detection, make_incident, record
from strategies import values_of

from schemas.notice import Due, Notice
from schemas.reason import Reason, Silence
from streams.serve import queries
from streams.serve.history import incident_story, names, resolved
from streams.serve.opening import KEPT_TOPICS
from streams.serve.store import Store


def sequences(store):
    return [sequence for sequence, _ in store.alerts_after(0, 10_000)]


def test_the_same_message_again_changes_nothing(store):
    records = alerts(make_alert(1), make_alert(1, 2))
    assert len(store.apply(records).alerts) == 2
    assert not store.apply(records).alerts
    assert sequences(store) == [1, 2]


def test_the_same_revision_at_another_offset_gets_no_second_number(store):
    store.apply(alerts(make_alert(1), make_alert(1), make_alert(2)))
    assert sequences(store) == [1, 2]
    assert store.positions() == {("alert.v1", 0): 3}


def test_an_older_revision_that_comes_late_is_kept_but_is_not_the_latest(store):
    store.apply(alerts(make_alert(1, 2, grade="II"), make_alert(1, 1)))
    assert b'"revision":2' in queries.alert(store, "fire-1")[1]
    assert b'"revision":1' in queries.alert(store, "fire-1", 1)[1]
    assert sequences(store) == [1, 2]


def test_positions_and_numbers_outlive_a_restart(tmp_path):
    path = tmp_path / "history.sqlite"
    first = Store(path)
    first.apply(alerts(make_alert(1), make_alert(2)))
    first.close()
    second = Store(path)
    assert second.positions() == {("alert.v1", 0): 2}
    second.apply(alerts(make_alert(1), make_alert(2), make_alert(3)))
    assert sequences(second) == [1, 2, 3]
    second.close()


def test_a_batch_that_fails_leaves_no_trace(store):
    good = alerts(make_alert(1), make_alert(2))

    def broken():
        yield good[0]
        raise OSError("the log went away")

    with pytest.raises(OSError, match="went away"):
        store.apply(broken())
    assert sequences(store) == []
    assert store.positions() == {}
    assert len(store.apply(good).alerts) == 2


def test_what_cannot_be_read_becomes_a_dead_letter_and_the_next_is_kept(store):
    too_big = make_alert(1, 2**63)
    news = store.apply([record("alert.v1", 0, b"\xff\x00{"), *alerts(too_big, make_alert(2), start=1)])
    assert [letter.reason.code for letter in news.dead_letters] == ["unreadable", "unreadable"]
    assert news.dead_letters[0].raw == b"\xff\x00{"
    assert [alert.alert_id for _, _, alert in news.alerts] == ["fire-2"]
    assert store.positions() == {("alert.v1", 0): 3}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["alert.v1", "incident.v1", "detection.v1", "notice.v1", "tick.v1", "other"]), st.binary()
)
def test_random_bytes_never_stop_the_history(tmp_path_factory, topic, raw):
    store = Store(tmp_path_factory.mktemp("store") / "history.sqlite")
    try:
        store.apply([record(topic, 0, raw)])
        assert store.positions() == {(topic, 0): 1}
    finally:
        store.close()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_readable_message_is_kept_or_dead_lettered_and_never_twice(tmp_path_factory, data):
    topic = data.draw(st.sampled_from(KEPT_TOPICS))
    value = data.draw(values_of(topic.value))
    store = Store(tmp_path_factory.mktemp("store") / "history.sqlite")
    try:
        first = store.apply([record(topic.name, 0, value)])
        again = store.apply([record(topic.name, 1, value)])
        assert store.positions() == {(topic.name, 0): 2}
        assert not again.alerts
        assert not again.detections
        assert len(first.alerts) <= 1
    finally:
        store.close()


LOG = [
    *alerts(make_alert(1), make_alert(2), make_alert(1, 2), make_alert(2), make_alert(1, 3)),
    *alerts(make_alert(3), make_alert(4), make_alert(3), partition=1),
    record("incident.v1", 0, make_incident()),
    record("detection.v1", 0, make_claims(make_detection(1), make_detection(2))),
    record("detection.v1", 1, make_claims(make_detection(2), make_detection(3))),
]
DISTINCT = {("fire-1", 1), ("fire-1", 2), ("fire-1", 3), ("fire-2", 1), ("fire-3", 1), ("fire-4", 1)}


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_batches_crashes_and_restarts_give_each_thing_once(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("store") / "history.sqlite"
    shown = []
    store = Store(path)
    for _ in range(data.draw(st.integers(1, 6))):
        position = store.positions()
        left = [one for one in LOG if one.offset >= position.get((one.topic, one.partition), 0)]
        # A reader may begin again too early, never too late.
        batch = LOG if data.draw(st.booleans()) else left[: data.draw(st.integers(0, len(left)))]
        if batch is not LOG:
            batch = sorted(batch, key=lambda one: one.partition)
        shown += [(alert.alert_id, alert.revision) for _, _, alert in store.apply(batch).alerts]
        if data.draw(st.booleans()):
            store.close()
            store = Store(path)
    shown += [(alert.alert_id, alert.revision) for _, _, alert in store.apply(LOG).alerts]
    assert len(shown) == len(set(shown))
    assert set(shown) == DISTINCT
    assert sequences(store) == list(range(1, len(DISTINCT) + 1))
    assert store.read("SELECT count(*) FROM detection") == [(3,)]
    store.close()


def test_every_id_ever_shown_leads_to_the_incident(store):
    merged = {"status": "merged", "at": NOON + timedelta(hours=1)}
    store.apply(
        [
            record("incident.v1", 0, make_incident("c")),
            record("incident.v1", 1, make_incident("b", lineage=("b", "c"))),
            record("incident.v1", 2, make_incident("c", 2, merged_into="b", **merged)),
            record("incident.v1", 3, make_incident("a", lineage=("a", "b", "c"))),
            record("incident.v1", 4, make_incident("b", 2, merged_into="a", **merged)),
        ]
    )
    assert {resolved(store, name) for name in "abc"} == {"a"}
    assert names(store, "a") == ("a", "b", "c")
    assert incident_story(store, "nothing") is None


def test_a_circle_of_aliases_ends(store):
    store.apply(
        [
            record("incident.v1", 0, make_incident("a", status="merged", merged_into="b")),
            record("incident.v1", 1, make_incident("b", status="merged", merged_into="a")),
        ]
    )
    assert resolved(store, "a") in {"a", "b"}
    assert incident_story(store, "b") is not None


def test_an_incident_tells_its_story_in_order(store):
    later = NOON + timedelta(minutes=20)
    notice = Notice(
        notice_id="n",
        receiver="ranger",
        channel="webhook",
        alert_id="fire-1",
        incident_id="fire-1",
        revision=1,
        action="new",
        grade="III",
        outcome="retrying",
        at=later,
        attempts=1,
    )
    told = {
        **{name: getattr(notice, name) for name in notice.__struct_fields__},
        "outcome": "accepted",
        "attempts": 2,
    }
    store.apply(
        [
            record("incident.v1", 0, make_incident(at=NOON + timedelta(minutes=5), opened_at=NOON)),
            *alerts(make_alert(at=NOON + timedelta(minutes=10))),
            record("detection.v1", 0, make_claims(make_detection(1), make_detection(2, longitude=103.0))),
            record("notice.v1", 0, Due(receiver="ranger", due_at=later)),
            record("notice.v1", 1, notice),
            record("notice.v1", 2, Notice(**told)),
        ]
    )
    story = incident_story(store, "fire-1")
    assert [entry["what"] for entry in story["timeline"]] == ["detection", "revision", "alert", "notice"]
    assert story["timeline"][-1]["notice"]["outcome"] == "accepted"
    assert story["left_out"] == {}


def test_a_story_says_how_many_entries_it_leaves_out(store, monkeypatch):
    monkeypatch.setattr("streams.serve.history.MOST", 2)
    revisions = [
        make_incident(revision=number, at=NOON + timedelta(minutes=10 * number), opened_at=NOON)
        for number in (1, 2, 3)
    ]
    store.apply(
        [
            *(record("incident.v1", at, one) for at, one in enumerate(revisions)),
            record("detection.v1", 0, make_claims(*(make_detection(number) for number in range(5)))),
        ]
    )
    story = incident_story(store, "fire-1")
    assert [entry["what"] for entry in story["timeline"]] == ["detection"] * 2 + ["revision"] * 2
    assert story["left_out"] == {"revision": 1, "detection": 3}


def test_silences_are_found_by_observation_and_by_code(store):
    def silence(name, code):
        return Silence(
            observation_id=name,
            outcome="silent",
            stage="judge",
            at=NOON,
            reason=Reason(code=code) if code else None,
        )

    store.apply(
        [
            record("silence.v1", 0, silence("o-1", "masked_by")),
            record("silence.v1", 1, silence("o-1", None)),
            record("silence.v1", 2, silence("o-1", None)),
            record("detection.v1", 0, make_claims(silences=(silence("o-2", "masked_by"),))),
        ]
    )
    assert len(queries.silences(store, "o-1", None, 10)) == 2
    assert len(queries.silences(store, None, "masked_by", 10)) == 2
    assert len(queries.silences(store, "o-2", "masked_by", 10)) == 1
    assert len(queries.silences(store, None, None, 2)) == 2
    assert queries.silences(store, "o-3", None, 10) == []
