"""The sender against real receivers on loopback; waits are scaled down, nothing else is."""

import asyncio
import base64
import logging
import time

import pytest
from aiohttp import web
from alerted import a_receiver
from gateway import Gateway, Post, answers, replaced_limits
from standardwebhooks import Webhook

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()


def to(gateway, name="ranger", **fields):
    return a_receiver(name, url=gateway.url, allow_private=True, **fields)


async def test_accepted_at_once_with_a_signature_that_verifies():
    async with Gateway(answers(200)).open() as gateway:
        post = Post(to(gateway, secret_env="RANGER_SECRET"), environ={"RANGER_SECRET": SECRET})
        async with post.sending():
            post.tell()
            await post.empty()
        (headers, body), notice = gateway.got[0], post.results[0]
        assert Webhook(SECRET).verify(body, headers)["data"]["grade"] == "IV"
        assert headers["webhook-id"] == notice.notice_id
        assert (notice.outcome, notice.attempts, notice.reason.code) == ("accepted", 1, "first_notice")


async def test_a_failing_gateway_is_tried_again_under_the_same_id():
    async with Gateway(answers(500, 503, 200)).open() as gateway:
        post = Post(to(gateway))
        async with post.sending():
            post.tell()
            await post.empty()
        assert post.outcomes() == ["retrying", "retrying", "accepted"]
        assert [notice.attempts for notice in post.results] == [1, 2, 3]
        assert [notice.reason.value for notice in post.results[:2]] == [500, 503]
        assert len(set(gateway.ids)) == 1


async def test_410_ends_it():
    async with Gateway(answers(410)).open() as gateway:
        post = Post(to(gateway))
        async with post.sending():
            post.tell()
            await post.empty()
            await asyncio.sleep(0.2)
        assert post.outcomes() == ["failed"]
        assert len(gateway.got) == 1


async def test_a_redirect_is_a_failure_and_is_not_followed():
    async with Gateway(answers(200)).open() as elsewhere:
        async with Gateway(answers(302, headers={"Location": elsewhere.url})).open() as gateway:
            post = Post(to(gateway))
            async with post.sending():
                post.tell(minutes=0.01)
                await post.empty()
        assert set(post.outcomes()) == {"retrying", "expired"}
        assert elsewhere.got == []


@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after_is_honoured(status):
    times = []

    async def answer(_request, number):
        times.append(time.monotonic())
        return web.Response(status=status, headers={"Retry-After": "1"}) if number == 1 else web.Response()

    async with Gateway(answer).open() as gateway:
        post = Post(to(gateway))
        async with post.sending():
            post.tell()
            await post.empty()
    assert post.outcomes() == ["retrying", "accepted"]
    assert times[1] - times[0] >= 0.99


async def hang(_request, _number):
    await asyncio.sleep(60)


async def test_a_hanging_gateway_is_given_up_on_and_tried_again():
    async with Gateway(hang).open() as gateway:
        post = Post(to(gateway))
        async with post.sending():
            post.tell()
            await post.until(lambda: len(post.results) >= 2)
        assert post.outcomes()[:2] == ["retrying", "retrying"]
        assert "Timeout" in post.results[0].reason.detail
        assert len(set(gateway.ids)) == 1


async def test_one_hanging_receiver_delays_none_of_nine_others():
    async with Gateway(hang).open() as stuck, Gateway(answers(200)).open() as quick:
        names = [f"r{k}" for k in range(9)]
        limits = replaced_limits(timeout_s=60)
        post = Post(to(stuck, "stuck"), *(to(quick, name) for name in names), limits=limits)
        async with post.sending():
            for k in range(20):
                post.tell(receiver="stuck", alert_id=f"S{k}")
            for k in range(5):
                for name in names:
                    post.tell(receiver=name, alert_id=f"A{k}")
            await post.until(lambda: all(post.outcomes(name) == ["accepted"] * 5 for name in names))
            assert post.outcomes("stuck") == []
            assert len(stuck.got) <= limits.per_receiver


async def test_a_slow_dribble_of_headers_times_out():
    async def dribble(reader, writer):
        await reader.read(100)
        writer.write(b"HTTP/1.1 200 OK\r\n")
        try:
            while True:
                writer.write(b"X-A: b\r\n")
                await writer.drain()
                await asyncio.sleep(0.1)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(dribble, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
        post = Post(a_receiver(url=url, allow_private=True))
        async with post.sending():
            post.tell()
            await post.until(lambda: post.results, within=3)
        assert post.outcomes()[0] == "retrying"


async def test_of_a_huge_answer_only_the_start_is_read():
    sent = 0

    async def flood(request, _number):
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(80):
            await response.write(b"x" * 65536)
            sent += 65536
        return response

    async with Gateway(flood).open() as gateway:
        post = Post(to(gateway))
        async with post.sending():
            post.tell()
            await post.empty()
            await asyncio.sleep(0.1)
        assert post.outcomes() == ["accepted"]
    assert sent < 80 * 65536


async def test_it_stops_when_the_alert_expires():
    async with Gateway(answers(500)).open() as gateway:
        post = Post(to(gateway))
        async with post.sending():
            post.tell(minutes=0.005)
            await post.empty()
            tried = len(gateway.got)
            await asyncio.sleep(0.2)
        assert post.outcomes()[-1] == "expired"
        assert len(gateway.got) == tried


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:{port}/hook", "https://127.0.0.1:{port}/hook", "https://localhost:{port}/hook",
     "https://[::1]:{port}/hook", "https://[::ffff:127.0.0.1]:{port}/hook", "http://example.com/hook",
     "https://10.0.0.1/", "https://169.254.169.254/latest", "ftp://example.com/", "nonsense", ""],
)  # fmt: skip
async def test_private_addresses_and_plain_http_are_refused(url):
    reached = []
    server = await asyncio.start_server(lambda _r, w: (reached.append(1), w.close()), "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        post = Post(a_receiver(url=url.format(port=port)))
        async with post.sending():
            post.tell()
            await post.empty()
    assert post.outcomes() == ["failed"]
    assert post.results[0].reason.code == "address_refused"
    assert reached == []


async def test_a_missing_secret_keeps_the_notice_until_there_is_one():
    async with Gateway(answers(200)).open() as gateway:
        receiver, environ = to(gateway, secret_env="RANGER_SECRET"), {"OTHER": "x"}
        post = Post(receiver, environ=environ)
        async with post.sending():
            post.tell()
            await post.until(lambda: post.results)
            assert gateway.got == []
            environ["RANGER_SECRET"] = SECRET
            await post.empty()
        assert post.outcomes()[-1] == "accepted"


async def test_neither_secret_nor_address_nor_answer_is_logged(caplog):
    caplog.set_level(logging.DEBUG)
    async with Gateway(answers(500, 410)).open() as gateway:
        receiver = a_receiver(url=gateway.url + "?token=4711", secret_env="S", allow_private=True)
        post = Post(receiver, environ={"S": SECRET})
        async with post.sending():
            post.tell()
            await post.empty()
    own = [record.getMessage() for record in caplog.records if record.name.startswith("streams")]
    assert own
    assert not any(word in " ".join(own) for word in ("4711", SECRET, SECRET[6:], "127.0.0.1"))
    assert not any(word in str(post.results) for word in ("4711", SECRET[6:], "127.0.0.1"))


async def test_5_after_a_kill_the_same_ids_are_sent_at_most_once_more():
    release = asyncio.Event()

    async def answer(_request, _number):
        await release.wait()
        return web.Response()

    async with Gateway(answer).open() as gateway:
        slow = replaced_limits(timeout_s=30.0)
        first = Post(to(gateway), limits=slow)
        async with first.sending():
            for k in range(3):
                first.tell(alert_id=f"A{k}")
            await first.until(lambda: len(gateway.got) == 3)
        assert first.results == []
        release.set()
        second = Post(to(gateway), limits=slow)
        second.rows = first.rows
        second.restart()
        async with second.sending():
            await second.empty()
        assert sorted(gateway.ids) == sorted([*set(gateway.ids), *set(gateway.ids)])
        assert len(set(gateway.ids)) == 3
        assert second.outcomes() == ["accepted"] * 3


async def test_a_result_that_cannot_be_written_is_written_later_and_not_sent_again():
    class Full(Post):
        full = 3

        async def send(self, topic, key, value, partition=None):
            if self.full:
                self.full -= 1
                raise OSError("disk full")
            await super().send(topic, key, value, partition)

    async with Gateway(answers(200)).open() as gateway:
        post = Full(to(gateway))
        async with post.sending():
            post.tell()
            await post.empty()
        assert len(gateway.got) == 1
        assert post.outcomes() == ["accepted"]


async def test_revisions_of_one_alert_follow_each_other_the_newest_first():
    async with Gateway(answers(500, 200)).open() as gateway:
        post = Post(to(gateway))
        post.tell()
        post.tell(revision=2, action="upgrade", grade="II")
        post.tell(revision=3, action="close", grade="II")
        async with post.sending():
            await post.empty()
        sent = [(notice.revision, notice.outcome) for notice in post.results]
        assert sent == [(2, "retrying"), (2, "accepted"), (3, "accepted")]


async def test_a_receiver_taken_out_of_the_settings_ends_its_notices():
    async with Gateway(answers(200)).open() as gateway:
        post = Post(to(gateway), known=())
        async with post.sending():
            post.tell()
            await post.empty()
        assert post.outcomes() == ["failed"]
        assert gateway.got == []
