"""What the history keeps and forgets: old rows, files of later versions, another log, better versions."""

import sqlite3
from datetime import timedelta

import pytest
from serve_words import NOON, alerts, make_alert, make_claims, make_detection, make_incident, record

from schemas.codec import decode
from schemas.dead_letter import DeadLetter, Tick
from schemas.detection import Detection
from schemas.reason import Reason
from streams.serve.retention import Retention, forget, judged_until
from streams.serve.rows import microseconds
from streams.serve.schema import StoreTooNewError
from streams.serve.store import Store


def test_old_rows_are_forgotten_but_not_what_is_open_and_no_number_comes_again(store):
    old = NOON - timedelta(days=2000)
    letter = DeadLetter(
        letter_id="l",
        source="s",
        stage="ingest",
        at=old,
        reason=Reason(code="unreadable"),
        raw=b"",
        length=0,
        sha256="",
    )
    store.apply(
        [
            *alerts(make_alert(1, at=old), make_alert(2, at=old), make_alert(2, 2, at=old, action="close")),
            record("incident.v1", 0, make_incident("fire-1", at=old)),
            record("incident.v1", 1, make_incident("fire-2", at=old, status="closed")),
            record("detection.v1", 0, make_claims(make_detection(1, at=old), make_detection(2))),
            record("dead-letter.v1", 0, letter),
            record("tick.v1", 0, Tick(at=NOON)),
            record("tick.v1", 0, Tick(at=old), partition=1),
        ]
    )
    assert judged_until(store) == NOON
    assert forget(store, Retention(), NOON) == 7
    assert [row[0] for row in store.read("SELECT alert_id FROM alert_revision")] == ["fire-1"]
    assert store.read("SELECT incident_id FROM incident") == [("fire-1",)]
    assert store.read("SELECT count(*) FROM detection_box") == [(1,)]
    assert forget(store, Retention(), NOON) == 0
    news = store.apply(alerts(make_alert(9), start=3))
    assert [sequence for sequence, _, _ in news.alerts] == [4]


def test_a_file_of_a_later_version_is_refused(tmp_path):
    path = tmp_path / "history.sqlite"
    Store(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreTooNewError, match="99"):
        Store(path)


def test_another_log_is_read_from_its_beginning_without_repeats(store):
    store.apply(alerts(make_alert(1), make_alert(2)))
    store.start_over()
    assert store.positions() == {}
    assert [alert.alert_id for _, _, alert in store.apply(alerts(make_alert(2), make_alert(3))).alerts] == [
        "fire-3"
    ]


def test_of_a_detection_the_best_version_is_kept_at_its_place(store):
    near_real_time = make_detection(1, rank=0, frp_mw=4.0)
    standard = make_detection(1, rank=2, frp_mw=9.0, longitude=103.0, at=NOON + timedelta(hours=1))
    later = [make_detection(2), standard, make_detection(1, rank=1, frp_mw=5.0)]
    claims = [make_claims(near_real_time), *(make_claims(one) for one in later)]
    news = store.apply([record("detection.v1", at, one) for at, one in enumerate(claims)])
    assert len(news.detections) == 2
    kept = store.read("SELECT id, body, west, to_us FROM detection ORDER BY id")
    assert [(number, decode(body, Detection)) for number, body, _, _ in kept] == [
        (1, standard),
        (2, make_detection(2)),
    ]
    assert kept[0][2:] == (103.0, microseconds(standard.observed_at))
    assert store.read("SELECT round(west, 3) FROM detection_box WHERE id = 1") == [(103.0,)]
