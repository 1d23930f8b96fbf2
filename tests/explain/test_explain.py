"""Every kind of thing can be asked why: in a replay, in a data directory, over HTTP, in both languages."""

import json
import re

import pytest
from answered_words import told, verdict
from click.testing import CliRunner
from judged import START, as_read, delivery, hotspot, judge, report

from schemas.alert import Alert
from schemas.codec import decode, encode
from schemas.detection import Claims
from schemas.settings import Settings
from schemas.topics import ALERT, DETECTION, INCIDENT
from streams.cli import main
from streams.reports.facts import facts_of
from streams.serve.reaching import newest
from streams.serve.store import Record, Store

CALL = as_read(report(0, who="patrol", kind="ground"))
FIRE = next(iter(judge([delivery(CALL)]).incidents))
LONE, BESIDE = hotspot(0, 60.0), hotspot(0, 60.4)
OLD = hotspot(0, 90.0, lag=60 * 24 * 9)
LATE_THERE = hotspot(0, 60.2, satellite="N21", lag=60 * 24 * 9)
FAR = tuple(as_read(report(30 * k, 200.0 + 2.6 * k, who=f"c{k}", radius=100.0)) for k in range(2))
BETWEEN = hotspot(90, 201.3, lag=5)
JOINED = next(iter(judge([delivery(FAR[1])]).incidents))
DENIED = verdict(30, 3, FIRE, level="county", author="Li")


def asked(*words):
    done = CliRunner().invoke(main, ["explain", *map(str, words)])
    return done.exit_code, done.output


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("replayed")
    seen, said = folder / "seen.ndjson", folder / "said.ndjson"
    seen.write_bytes(
        b"".join(encode(one) + b"\n" for one in (CALL, LONE, OLD, BESIDE, LONE, LATE_THERE, *FAR, BETWEEN))
        + b'{"kind":"report"}\n'
    )
    said.write_bytes(encode(DENIED) + b"\n")
    done = CliRunner().invoke(main, ["replay", str(seen), str(said), "--out", str(folder / "out")])
    assert done.exit_code == 0, done.output
    return folder / "out"


def test_an_incident_says_rule_value_threshold_margin_and_version(out):
    code, text = asked(FIRE, "--out", out, "--json")
    found = json.loads(text)
    assert (code, found["kind"], found["outcome"], found["status"]) == (0, "incident", "told", "closed")
    rule = next(reason for reason in found["reasons"] if reason["code"] == "grade_rule")
    assert rule["rule"]
    assert rule["margin"] == pytest.approx(rule["threshold"] - rule["value"], abs=1e-3)
    assert found["reasons"][0]["code"] == "denied"
    assert found["versions"]["software"]
    assert found["feedback"]["state"] == "county"


def test_alert_id_and_answer_code_lead_to_the_same(out):
    whole = json.loads(asked(FIRE, "--out", out, "--json")[1])
    for name in (whole["alert_id"], whole["short_code"], whole["short_code"].lower()):
        assert json.loads(asked(name, "--out", out, "--json")[1]) == {**whole, "asked": name}


def test_a_silence_says_its_limit_and_by_how_much_it_was_missed(out):
    found = json.loads(asked(OLD.observation_id, "--out", out, "--json")[1])
    (why,) = found["reasons"]
    assert (found["kind"], found["outcome"], why["code"]) == ("observation", "silent", "too_late")
    assert (why["threshold"], why["margin"], why["unit"]) == (7.0, 2.0, "d")


def test_what_was_silent_says_why_though_an_incident_was_seen_there_and_then(out):
    found = json.loads(asked(LATE_THERE.observation_id, "--out", out, "--json")[1])
    assert (found["outcome"], found["reasons"][0]["code"]) == ("silent", "too_late")


def test_an_incident_that_became_part_of_another_says_of_which(out):
    found = json.loads(asked(JOINED, "--out", out, "--json")[1])
    assert found["incident_id"] == next(iter(judge([delivery(FAR[0])]).incidents)) != JOINED
    assert found["reasons"][0] == {"code": "merged_into", "ref": found["incident_id"]}


def test_a_row_that_was_refused_is_asked_by_file_and_line(out):
    line = next(json.loads(row) for row in (out / "silences.ndjson").read_text("utf-8").splitlines())
    found = json.loads(asked(f"{line['file']}:{line['line']}", "--out", out, "--json")[1])
    assert found["outcome"] == "rejected"
    assert found["reasons"][0]["code"]


def test_an_observation_that_was_told_and_came_again_leads_to_its_incident(out):
    found = json.loads(asked(LONE.observation_id, "--out", out, "--json")[1])
    assert (found["kind"], found.get("found_by", "id"), found["grade"]) == ("observation", "id", "task")
    beside = json.loads(asked(BESIDE.observation_id, "--out", out, "--json")[1])
    assert (beside["found_by"], beside["incident_id"]) == ("place_and_time", found["incident_id"])


def test_a_report_that_was_told_leads_to_its_incident_in_a_replay_too(out):
    found = json.loads(asked(CALL.observation_id, "--out", out, "--json")[1])
    assert (found["kind"], found["incident_id"]) == ("observation", FIRE)
    short = CALL.observation_id.removeprefix("patrol~")
    assert json.loads(asked(short, "--out", out, "--json")[1])["incident_id"] == FIRE
    assert json.loads(asked(OLD.observation_id, "--out", out, "--json")[1])["outcome"] == "silent"


def test_figures_say_their_unit_once_and_times_are_those_of_the_clocks_there(out):
    text = asked(FIRE, "--out", out)[1]
    rule = next(line for line in text.splitlines() if "grade_rule" in line)
    assert "至Ⅲ级尚差 0.1146" in rule
    assert "规则 Ⅳ级" in rule
    assert re.search(r"数据表 2026-11\w", rule)
    assert "县级 · 农用火 · Li · 2024-03-01 08:30 +0800" in text


def test_people_read_sentences_in_their_language(out, tmp_path):
    settings = tmp_path / "en.toml"
    settings.write_text('jurisdiction = "generic-en"\n', encoding="utf-8")
    chinese, english = asked(FIRE, "--out", out)[1], asked(FIRE, "--out", out, "--settings", settings)[1]
    assert "已告知" in chinese
    assert "县级 · 农用火 · Li" in chinese
    assert not re.search(r"[\u3000-\u9fff]", english)
    assert "county · farm burning · Li" in english
    assert "threshold" in english


def test_what_nobody_knows_ends_in_one_line_and_one(out, tmp_path):
    assert asked("F19990101-NOTHERE0", "--out", out) == (
        1,
        "Error: F19990101-NOTHERE0: nothing is known of it here\n",
    )
    assert asked(FIRE, "--data-dir", tmp_path)[0] == 1
    assert asked(FIRE, "--out", tmp_path)[0] == 1


def history(path, outputs=None):
    store = Store(path / "history.sqlite")
    outputs = outputs or judge([delivery(CALL), delivery(LONE), told(DENIED)])
    values = [(INCIDENT, one) for one in outputs.incidents.values()]
    values += [(ALERT, one) for one in outputs.alerts]
    claims = tuple(outputs.witnessed.values())
    values += [(DETECTION, Claims(origin=0, origins=1, received_at=START, detections=claims))]
    store.apply(Record(topic.name, 0, at, b"", encode(value)) for at, (topic, value) in enumerate(values))
    return store


def test_a_data_directory_says_the_same(tmp_path):
    history(tmp_path).close()
    found = json.loads(asked(FIRE, "--data-dir", tmp_path, "--json")[1])
    assert found["reasons"][0]["code"] == "denied"
    assert "grade_rule" in {reason["code"] for reason in found["reasons"]}
    lone = json.loads(asked(LONE.observation_id, "--data-dir", tmp_path, "--json")[1])
    assert lone["grade"] == "task"
    own = CALL.observation_id.removeprefix("patrol~")
    assert json.loads(asked(own, "--data-dir", tmp_path, "--json")[1])["incident_id"] == FIRE
    assert asked(own[1:], "--data-dir", tmp_path)[0] != 0


NIGHT = 19 * 60
LARGE = [hotspot(NIGHT, 0.4 * i, 0.4 * j) for i in range(5) for j in range(4)]
AHEAD = hotspot(NIGHT + 2, 4.2, 0.5, frp=4.0)
SPARKED = judge([delivery(*LARGE), delivery(AHEAD)], ticks=True)
(PARENT,) = [one for one in SPARKED.incidents.values() if one.candidates]
(SPARK,) = PARENT.candidates


@pytest.fixture(params=["replay", "store"])
def sparked(request, tmp_path):
    if request.param == "store":
        history(tmp_path, SPARKED).close()
        return "--data-dir", tmp_path
    seen = tmp_path / "seen.ndjson"
    seen.write_bytes(b"".join(encode(one) + b"\n" for one in (*LARGE, AHEAD)))
    done = CliRunner().invoke(main, ["replay", str(seen), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    return "--out", tmp_path / "out"


def test_a_fire_with_a_candidate_is_explained_by_its_own_alert_and_the_candidate_by_its_task(sparked):
    for name in (PARENT.incident_id, PARENT.short_code, LARGE[0].observation_id, LARGE[7].observation_id):
        found = json.loads(asked(name, *sparked, "--json")[1])
        assert (found["alert_id"], found["grade"]) == (PARENT.incident_id, PARENT.grade)
        assert "spotting_candidate" not in {reason["code"] for reason in found["reasons"]}
    for name in (SPARK.candidate_id, SPARK.candidate_id[-8:-4], AHEAD.observation_id):
        found = json.loads(asked(name, *sparked, "--json")[1])
        assert (found["incident_id"], found["alert_id"]) == (PARENT.incident_id, SPARK.candidate_id)
        assert (found["grade"], "spotting_candidate" in {one["code"] for one in found["reasons"]}) == (
            "task",
            True,
        )


def test_the_report_upward_and_the_reach_are_those_of_the_fire_and_not_of_its_candidate(tmp_path):
    store, now = history(tmp_path, SPARKED), PARENT.last_observed_at
    found = facts_of(store, None, Settings(), PARENT.incident_id, now)
    assert (found.told.alert.alert_id, found.told.alert.grade) == (PARENT.incident_id, PARENT.grade)
    assert decode(newest(store, PARENT.incident_id), Alert).alert_id == PARENT.incident_id
    store.close()
