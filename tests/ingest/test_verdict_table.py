"""What people found comes from an office's table: by number or name, once, with what contradicts."""

import datetime as dt
import json

import pytest
from aiohttp import web
from click.testing import CliRunner
from closing import put_away
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback import serving

from alerts.feedback import says
from schemas.codec import decode
from schemas.observation import Delivery
from schemas.settings import Kafka, Settings
from schemas.topics import OBSERVATION
from streams.commands import ingest_verdicts
from streams.commands.ingest import command
from streams.engine.logs import close_logs, open_log
from streams.engine.places import topic_name
from streams.feeds.verdicts import Answer, Fault, contradictions, identity, read_answers, wanting
from streams.ingest.post import HttpPost, NotWanted, Taken
from streams.jurisdiction import in_force

PROFILE = in_force(Settings())
NAMES = {one.code: one.text for one in PROFILE.feedback}
TABLE = (
    "事件编号,核查结果,核查时间,核查人,反馈级别,备注\n"
    "F-1,农用火,2026-03-02 15:10,吉木,县级,秸秆\n"
    "F-1,0,2026/03/02 16:00,李明,现场,\n"
    "F-2,未找到,2026-03-02 17:00,李明,现场,\n"
    "F-3,火,2026-03-02 17:00,李明,现场,\n"
    "F-4,农用火,2026-03-02 17:00,吉木,县级,\n"
    ",0,2026-03-02 17:00,李明,现场,\n"
)


@given(st.sampled_from(sorted(NAMES)), st.data())
@settings(max_examples=30)
def test_a_code_is_the_same_by_number_and_by_each_of_its_names(code, data):
    word = data.draw(st.sampled_from([str(code), *NAMES[code].values()]))
    (one,) = read_answers(PROFILE, "Asia/Shanghai", f"incident_id,code\nF-1,{word}\n".encode())
    assert one.code == code
    assert says(PROFILE, one.code) == says(PROFILE, code)


@given(st.binary(max_size=200))
@settings(max_examples=60)
def test_no_bytes_raise_anything_but_that_it_is_no_such_table(raw):
    try:
        found = read_answers(PROFILE, "UTC", raw)
    except ValueError:
        return
    assert all(isinstance(one, Answer | Fault) for one in found)


def test_rows_are_read_in_the_language_and_zone_of_the_office_and_faults_name_their_line():
    for encoding in ("utf-8-sig", "gb18030"):
        rows = read_answers(PROFILE, "Asia/Shanghai", TABLE.encode(encoding))
        assert [type(one) for one in rows] == [Answer, Answer, Answer, Fault, Answer, Fault]
    first, _, _, bad, *_ = rows
    assert (first.code, first.level, first.author, first.text) == (3, "county", "吉木", "秸秆")
    assert first.at.isoformat() == "2026-03-02T15:10:00+08:00"
    assert (bad.line, "0 林火" in bad.why) == (5, True)
    assert "reason" in wanting(PROFILE, rows[4])
    (clash,) = contradictions(PROFILE, [one for one in rows if isinstance(one, Answer)])
    assert clash == "F-1: line 2 says 3 农用火, line 3 says 0 林火"


def test_what_a_table_lacks_is_said_with_the_heads_that_it_may_have():
    with pytest.raises(ValueError, match=r"code \(反馈代码, 核查结果.*incident_id \(事件编号"):
        read_answers(PROFILE, "UTC", "结果,编号\n3,F-1\n".encode())
    (one,) = read_answers(PROFILE, "UTC", b"incident_id,code,author\nF-1,3,Li\n")
    assert wanting(PROFILE, one) == "names no at (核查时间, 反馈时间)"


@pytest.fixture
def table(tmp_path):
    file = tmp_path / "answers.csv"
    file.write_text(TABLE, encoding="utf-8")
    return file


def invoked(*words):
    try:
        return CliRunner().invoke(command, ["verdicts", *map(str, words)])
    finally:
        close_logs()


def test_a_check_tells_everything_and_hands_nothing_in(table, tmp_path):
    done = invoked(table, "--check", "--json", "--broker", "embedded://", "--data-dir", tmp_path / "data")
    told = json.loads(done.stdout)
    assert done.exit_code == 1
    assert (told["fires"], told["others"], told["unknown"]) == (1, 1, 1)
    assert [one["line"] for one in told["refused"]] == [5, 6, 7]
    assert len(told["contradictions"]) == 1
    assert not (tmp_path / "data").exists()


def test_the_same_row_is_one_verdict_in_the_log_however_often_it_comes(table, tmp_path):
    for _ in range(2):
        done = invoked(table, "--broker", "embedded://", "--data-dir", tmp_path / "data")
        assert "answers.csv: 3 accepted, 0 rejected" in done.stdout
        assert "contradiction" in done.stdout
    said = [one for delivery in in_log(tmp_path / "data") for one in delivery.verdicts]
    assert len(said) == 6
    assert len({one.verdict_id for one in said}) == 3
    assert {(one.incident_id, one.code) for one in said} == {("F-1", 3), ("F-1", 0), ("F-2", 9)}
    assert all(one.received_at is not None for one in said)


def in_log(data_dir):
    log = open_log(data_dir, Kafka())
    for partition in range(Kafka().partitions):
        for row in log.read(topic_name(Kafka(), OBSERVATION), partition, 0):
            yield decode(row.value, Delivery)
    close_logs()


async def test_a_server_is_given_each_row_as_json_and_what_it_refuses_is_said(session):
    got = []

    async def take(request):
        assert request.content_type == "application/json"
        body = await request.json()
        got.append(body)
        if body["incident_id"] == "F-2":
            return web.json_response({"detail": "no such incident"}, status=404)
        return web.json_response({"accepted": True, "verdict_id": body["verdict_id"]}, status=202)

    app = web.Application()
    app.router.add_post("/v1/verdicts", take)
    runner, url = await serving(app)
    post = HttpPost(session, url, None, door=ingest_verdicts.DOOR)
    one = Answer(code=0, incident_id="F-1", author="Li", at=dt.datetime(2026, 3, 2, tzinfo=dt.UTC))
    assert await ingest_verdicts.given_to(post, one) == Taken(1, 0)
    assert got[0]["verdict_id"] == identity(one)
    with pytest.raises(NotWanted, match="no such incident"):
        await ingest_verdicts.given_to(post, Answer(code=9, incident_id="F-2", author="Li", at=one.at))
    await put_away(runner)
