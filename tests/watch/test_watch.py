"""The watcher speaks when what it watches is gone for too long, once, and again when it is back."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from click.testing import CliRunner
from closing import held_port, put_away
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook

from streams.commands.watch import SECRET, command
from streams.watch import Vigil, ask, key_of, signed

START = datetime(2026, 4, 5, 6, tzinfo=UTC)
KEY = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def vigil(limit_s=120):
    return Vigil("http://there", timedelta(seconds=limit_s), START)


def at(seconds):
    return START + timedelta(seconds=seconds)


def test_it_waits_for_the_limit_and_then_tells_once():
    one = vigil()
    assert one.look(("no answer",), at(119)) is None
    word = one.look(("no answer",), at(120))
    assert (word.state, word.since, word.reasons) == ("not_ready", START, ("no answer",))
    again = one.look(("no answer",), at(150))
    assert again.word_id == word.word_id, "not accepted: the same word is tried again"
    one.told(word)
    assert one.look(("no answer",), at(180)) is None


def test_it_tells_that_it_is_back_only_where_it_told_that_it_was_gone():
    one = vigil()
    one.look(("no answer",), at(60))
    assert one.look(None, at(90)) is None
    one.told(one.look(("no answer",), at(300)))
    back = one.look(None, at(330))
    assert (back.state, back.since) == ("ready_again", at(90))
    one.told(back)
    assert one.look(None, at(360)) is None


@given(st.lists(st.booleans(), min_size=1, max_size=60), st.lists(st.booleans(), min_size=60, max_size=60))
def test_words_alternate_and_none_comes_before_its_limit(ready, accepted):
    one, told, last_ready = vigil(100), [], START
    for number, (is_ready, is_accepted) in enumerate(zip(ready, accepted, strict=False)):
        now = at(30 * (number + 1))
        word = one.look(None if is_ready else ("gone",), now)
        last_ready = now if is_ready else last_ready
        if word is not None and word.state == "not_ready":
            assert now - last_ready >= timedelta(seconds=100)
        if word is not None and is_accepted:
            one.told(word)
            told.append(word.state)
    assert told == ["not_ready", "ready_again"] * (len(told) // 2) + ["not_ready"] * (len(told) % 2)


def test_the_signature_is_the_one_of_the_standard_s_library():
    word = Vigil("http://there", timedelta(0), datetime.now(UTC)).look(("gone",), datetime.now(UTC))
    headers, body = signed(word, key_of(KEY))
    assert Webhook(KEY).verify(body, headers)["type"] == "watch.not_ready"


@pytest.mark.parametrize("secret", ["whsec_", "whsec_???", ""])
def test_a_secret_that_is_none_is_refused_and_not_repeated(secret):
    with pytest.raises(ValueError, match="not base64") as raised:
        key_of(secret)
    assert "?" not in str(raised.value)


@contextlib.asynccontextmanager
async def served(**handlers):
    app = web.Application()
    app.router.add_get("/readyz", handlers.get("get", _ready))
    app.router.add_post("/hook", handlers.get("post", _ready))
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await put_away(runner)


async def _ready(_request):
    return web.json_response({"ready": True, "reasons": []})


@pytest.mark.parametrize(
    ("status", "body", "reasons"),
    [
        (200, b"{}", None),
        (503, b'{"reasons": ["the disk is full"]}', ("the disk is full",)),
        (503, b"<html>", ("the answer is 503",)),
        (302, b"", ("the answer is 302",)),
    ],
)
async def test_what_readyz_says_is_passed_on(status, body, reasons):
    import aiohttp

    async def get(_request):
        return web.Response(status=status, body=body, headers={"Location": "/"} if status == 302 else {})

    async with served(get=get) as url, aiohttp.ClientSession() as session:
        assert await ask(session, url) == reasons
    async with aiohttp.ClientSession() as session:
        assert (await ask(session, url))[0].startswith("no answer")


READY = """
import http.server, sys
class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *_):
        pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Ready).serve_forever()
"""
"""A system that is ready as long as it lives."""


@contextlib.asynccontextmanager
async def running(*words, **more):
    child = await asyncio.create_subprocess_exec(*words, stderr=subprocess.DEVNULL, **more)
    try:
        yield child
    finally:
        if child.returncode is None:
            # not SIGINT: what runs in the background of a script is born deaf to it
            child.terminate()
        await child.wait()


async def test_a_killed_system_is_told_of_and_so_is_its_return(tmp_path, root):
    heard = asyncio.Queue()

    async def post(request):
        heard.put_nowait(json.loads(await request.read())["data"]["state"])
        return web.Response(status=204)

    port = held_port()
    system = [sys.executable, "-c", READY, str(port)]
    async with served(post=post) as url:
        words = [sys.executable, "-m", "streams.cli", "watch", f"http://127.0.0.1:{port}"]
        words += ["--webhook", f"{url}/hook", "--limit", "0.2", "--every", "0.05"]
        env = {**os.environ, SECRET: KEY, "PYTHONPATH": str(root)}
        async with running(*system) as first, running(*words, env=env, cwd=tmp_path):
            for _ in range(1200):
                with contextlib.suppress(OSError):
                    (await asyncio.open_connection("127.0.0.1", port))[1].close()
                    break
                await asyncio.sleep(0.05)
            first.kill()
            assert await asyncio.wait_for(heard.get(), 60) == "not_ready"
            async with running(*system):
                assert await asyncio.wait_for(heard.get(), 60) == "ready_again"
    assert heard.empty()


def test_without_somebody_to_tell_or_a_secret_it_does_not_start(monkeypatch):
    monkeypatch.delenv(SECRET, raising=False)
    assert "--webhook says who is told" in CliRunner().invoke(command, ["http://127.0.0.1:1"]).output
    done = CliRunner().invoke(command, ["http://127.0.0.1:1", "--webhook", "http://127.0.0.1:1"])
    assert SECRET in done.output
    done = CliRunner().invoke(command, ["http://127.0.0.1:1", "--once"])
    assert (done.exit_code, "not ready: no answer" in done.output) == (1, True)
