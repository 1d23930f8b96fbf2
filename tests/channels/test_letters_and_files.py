"""E-mail with CAP against a mail server on loopback, lines in a file, records for Kafka."""

import asyncio
import contextlib
import email
import json
import sys
from datetime import UTC, datetime
from email import policy

import pytest
from alerted import a_receiver, an_alert
from vendors import ways

from alerts.channels.base import Message, Response, Stamp
from alerts.digest import line
from streams.transport import carry
from streams.transport.attempt import ruled

STAMP = Stamp("notice_1", datetime(2020, 3, 30, 8, tzinfo=UTC), "n")
OFFICER = a_receiver(email="officer@example.cn", allow_private=True)


@contextlib.asynccontextmanager
async def mail_server(reply="250 taken"):
    """A mail server that takes a letter and answers RCPT as told; yields its port and the letters."""
    letters, busy = [], set()

    async def talk(reader, writer):
        busy.add(asyncio.current_task())

        def say(text):
            writer.write(f"{text}\r\n".encode())

        say("220 here")
        while raw := await reader.readline():
            word = raw.decode().strip().upper()
            if word.startswith("EHLO"):
                say("250-here\r\n250 8BITMIME")
            elif word.startswith("RCPT"):
                say(reply)
            elif word == "DATA":
                say("354 go on")
                text = await reader.readuntil(b"\r\n.\r\n")
                letters.append(email.message_from_bytes(text[:-3], policy=policy.default))
                say("250 kept")
            elif word == "QUIT":
                say("221 bye")
                break
            else:
                say("250 ok")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], letters
    finally:
        server.close()
        await asyncio.gather(*busy, return_exceptions=True)


def letter_way(port, **more):
    table = {"host": "127.0.0.1", "port": port, "security": "plain", "sender": "fh@example.cn"}
    return ways(email={**table, **more})["email"]


async def sent(way, message, stamp=STAMP, *, allow_private=True):
    async with carry.Carrier(timeout_s=5, answer_bytes=1000) as carrier:
        return ruled(
            await carrier.carry(way.request(message, OFFICER, stamp), allow_private=allow_private), way
        )


async def test_a_letter_has_words_a_document_and_the_notice_as_its_id():
    async with mail_server() as (port, letters):
        way = letter_way(port)
        said = await sent(way, way.render(an_alert(grade="II"), OFFICER))
        old = await sent(way, way.digest((line("r", "d", an_alert()),), OFFICER))
    assert (said.outcome, old.outcome) == ("accepted", "accepted")
    told, _ = letters
    assert told["To"] == "officer@example.cn"
    assert told["Message-ID"] == "<notice_1@example.cn>"
    assert told["Subject"] == "火情"
    assert "研判火情Ⅱ级 7KQ2" in told.get_body().get_content()
    (file,) = told.iter_attachments()
    assert (file.get_content_type(), file.get_filename()) == (
        "application/cap+xml",
        "F20200330-AAAAAAAA.1.cap",
    )
    assert b"urn:oasis:names:tc:emergency:cap:1.2" in file.get_content()


@pytest.mark.parametrize(
    ("reply", "outcome"), [("550 no such user", "failed"), ("451 later", "retry"), ("250 ok", "accepted")]
)
async def test_the_reply_code_decides(reply, outcome):
    async with mail_server(reply) as (port, _):
        way = letter_way(port)
        said = await sent(way, way.render(an_alert(), OFFICER))
    assert said.outcome == outcome


async def test_what_a_server_says_of_a_refusal_is_kept_without_the_address():
    async with mail_server("550 5.1.1 <ranger.wang@example.cn> unknown, call 13812345678") as (port, _):
        way = letter_way(port)
        said = await sent(way, way.render(an_alert(), OFFICER))
    assert "<r****@example.cn> unknown, call 138****5678" in said.reason.detail


async def test_no_server_is_tried_again_and_a_login_in_the_clear_refused():
    async with mail_server() as (port, _):
        pass
    way = letter_way(port)
    assert (await sent(way, way.render(an_alert(), OFFICER))).outcome == "retry"
    way = letter_way(port, secret_env="SMTP")
    stamp = Stamp("n", STAMP.at, "", ("user", "password"))
    said = await sent(way, way.render(an_alert(), OFFICER), stamp, allow_private=False)
    assert (said.outcome, said.reason.code) == ("failed", "address_refused")


async def test_without_the_extra_the_reason_names_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "aiosmtplib", None)
    way = letter_way(1)
    said = await sent(way, way.render(an_alert(), OFFICER))
    assert (said.outcome, said.reason.detail) == ("retry", "the extra `email` is not installed")


async def test_each_receiver_has_a_file_and_each_message_a_line(tmp_path):
    way = ways(file={"directory": str(tmp_path / "told")})["file"]
    for number in (1, 2):
        assert (await sent(way, way.render(an_alert(number), OFFICER))).outcome == "accepted"
    lines = (tmp_path / "told" / "ranger.ndjson").read_text().splitlines()
    assert [json.loads(one)["message"]["data"]["revision"] for one in lines] == [1, 2]
    assert json.loads(lines[0])["notice_id"] == "notice_1"


async def test_a_name_stays_in_its_directory_and_a_full_or_forbidden_one_is_tried_again(tmp_path):
    way = ways(file={"directory": str(tmp_path / "told")})["file"]
    request = way.request(Message("{}"), a_receiver("../../evil"), STAMP)
    assert carry.append(request).status == 200
    assert [one.name for one in (tmp_path / "told").iterdir()] == [".._.._evil.ndjson"]
    (tmp_path / "file").write_text("")
    blocked = ways(file={"directory": str(tmp_path / "file")})["file"]
    assert (await sent(blocked, Message("{}"))).outcome == "retry"


async def test_a_record_says_what_it_is_and_needs_a_kafka():
    way = ways(kafka={"topic": "others"})["kafka"]
    message = way.render(an_alert(grade="II"), OFFICER)
    record = way.request(message, OFFICER, STAMP)
    assert (record.topic, record.key) == ("others", "ranger")
    assert json.loads(record.value)["type"] == "alert.new"
    assert record.headers["ce_id"] == "notice_1"
    assert record.headers["ce_type"] == "fenghuo.alert.new.v1"
    assert record.headers["ce_time"] == "2020-03-30T08:01:00Z"
    said = await sent(way, message)
    assert (said.outcome, "embedded" in said.reason.detail) == ("failed", True)
    assert way.accepted(Response(200)).outcome == "accepted"
