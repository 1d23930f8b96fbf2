import asyncio
import hashlib
import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from click.testing import CliRunner

from schemas.codec import encode
from schemas.dead_letter import DeadLetter
from schemas.observation import Delivery, Report
from schemas.reason import Reason
from schemas.settings import Settings
from streams.commands.dead_letters import command
from streams.dead_letters import LetterError, Server, letters_in, payload_of
from streams.engine.log import Log, Record
from streams.serve.broadcast import Broadcast
from streams.serve.keys import Keys
from streams.serve.server import create_server
from streams.serve.services import Services
from streams.serve.store import Record as Kept
from streams.serve.store import Store

NOON = datetime(2026, 3, 30, 12, tzinfo=UTC)
ROW = b"longitude,latitude\n102.2,127.8\n"


def letter(number, raw=ROW, **changes):
    fields = {
        "letter_id": f"firms/modis.csv:{number}",
        "source": "firms",
        "stage": "ingest",
        "at": NOON + timedelta(minutes=number),
        "reason": Reason(code="bad_position", value=127.8, detail="latitude"),
        "raw": raw,
        "length": len(raw),
        "sha256": hashlib.sha256(raw).hexdigest(),
        "position": f"modis.csv:{number}",
    }
    return DeadLetter(**(fields | changes))


def run(*words, env=None):
    return CliRunner().invoke(command, list(words), env=env or {})


@pytest.fixture
def data(tmp_path):
    log = Log(tmp_path)
    log.create("fenghuo.dead-letter.v1", 4)
    letters = [letter(n) for n in range(7)] + [letter(3), letter(8, raw=b"\x1b[2Jclear\n\xff")]
    for number, one in enumerate(letters):
        log.submit([Record("fenghuo.dead-letter.v1", number % 4, b"firms", encode(one))]).result()
    log.submit([Record("fenghuo.dead-letter.v1", 0, b"firms", b"not a letter")]).result()
    log.close()
    return tmp_path


def test_the_letters_of_a_log_are_read_newest_first_and_once(data):
    assert [one.letter_id.rpartition(":")[2] for one in letters_in(data)] == [
        "8",
        "3",
        "6",
        "5",
        "4",
        "2",
        "1",
        "0",
    ]


def test_list_shows_place_time_reason_and_as_json_whole_letters(data):
    done = run("list", "--data-dir", str(data), "--limit", "2")
    assert done.exit_code == 0, done.output
    assert len(done.output.splitlines()) == 2
    assert "2026-03-30T12:03:00Z  ingest  bad_position  firms  31 B  firms/modis.csv:3" in done.output
    done = run("list", "--data-dir", str(data), "--json")
    assert [json.loads(line)["stage"] for line in done.output.splitlines()] == ["ingest"] * 8


def test_show_makes_bytes_that_would_steer_a_terminal_visible(data):
    done = run("show", "firms/modis.csv:8", "--data-dir", str(data))
    assert done.exit_code == 0, done.output
    assert "\x1b" not in done.output
    assert "\\x1b[2Jclear" in done.output
    raw = run("show", "firms/modis.csv:8", "--data-dir", str(data), "--raw")
    assert raw.stdout_bytes == b"\x1b[2Jclear\n\xff"


def test_an_unknown_letter_ends_1_with_one_line(data):
    done = run("show", "nothing", "--data-dir", str(data))
    assert (done.exit_code, done.output) == (1, "Error: nothing: no such dead letter\n")


def test_a_held_directory_and_one_without_a_log_say_what_to_do(data, tmp_path):
    log = Log(data)
    done = run("list", "--data-dir", str(data))
    log.close()
    assert done.exit_code == 1
    assert "--url" in done.output
    with pytest.raises(LetterError, match="holds no log"):
        letters_in(tmp_path / "absent")
    assert not (tmp_path / "absent").exists()


def test_what_was_cut_off_is_not_sent_again():
    with pytest.raises(LetterError, match=r"cut off \(31 of 70000 bytes were kept\)"):
        payload_of(letter(1, length=70000))
    with pytest.raises(LetterError, match="nothing was kept"):
        payload_of(letter(1, raw=b""))


def test_a_delivery_that_no_step_could_judge_is_sent_as_its_observations():
    report = Report(
        observation_id="call:1",
        source="12119",
        observed_at=NOON,
        source_class="public",
        frame="wgs84",
        longitude=102.2,
        latitude=27.8,
    )
    delivery = Delivery(delivery_id="d", received_at=NOON, observations=(report, report))
    payload = payload_of(letter(1, raw=encode(delivery), stage="observe"))
    assert payload == (encode(report) + b"\n") * 2
    with pytest.raises(LetterError, match="refused at judge"):
        payload_of(letter(1, raw=b'{"origin": 1}', stage="judge"))


@pytest.mark.parametrize("url", ["ftp://x", "127.0.0.1:8080", "http:///x", ""])
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(LetterError, match="no address"):
        Server(url, "")


@pytest.mark.parametrize("key", ["fh_…", "烽火", "fh_a\nb"])
def test_what_cannot_be_a_key_is_said_before_anything_is_sent(key):
    with pytest.raises(LetterError, match="this is no key"):
        Server("http://127.0.0.1:9", key)


def test_a_key_leaves_the_machine_only_by_https():
    with pytest.raises(LetterError, match="only by https"):
        Server("http://ops.invalid:8080", "fh_secret")
    Server("https://ops.invalid", "fh_secret")
    Server("http://127.0.0.1:8080", "fh_secret")


def test_nobody_there_ends_1_with_one_line():
    done = run("list", "--url", "http://127.0.0.1:1")
    assert done.exit_code == 1
    assert "does not answer" in done.output


class Taken:
    """An ingress that keeps what it is given and refuses what says so."""

    def __init__(self):
        self.payloads = []

    async def accept(self, payload, **_):
        self.payloads.append(payload)
        bad = b"127.8" in payload
        refused = {"line": 1, "outcome": "rejected", "reason": {"code": "bad_position"}}
        line = refused if bad else {"line": 1, "outcome": "accepted"}
        return SimpleNamespace(lines=[line])


@pytest.fixture
async def server(tmp_path):
    store, keys, ingress = Store(tmp_path / "history.sqlite"), Keys(tmp_path / "keys.sqlite"), Taken()
    letters = [letter(n) for n in range(120)]
    letters += [letter(200, raw=b'{"a": 1}'), letter(201, length=10**6)]
    records = [Kept("dead-letter.v1", 0, n, b"firms", encode(one)) for n, one in enumerate(letters)]
    store.apply(records)
    services = Services(store=store, keys=keys, ingress=ingress, broadcast=Broadcast(), settings=Settings())
    server = TestServer(create_server(services), host="127.0.0.1")
    await server.start_server()
    secret = keys.create(frozenset({"admin"}), NOON)[1]
    yield SimpleNamespace(
        url=f"http://127.0.0.1:{server.port}", env={"FENGHUO_API_KEY": secret}, ingress=ingress
    )
    await server.close()
    store.close()
    keys.close()


async def test_letters_of_a_running_server_are_listed_page_by_page_and_sent_again(server):
    done = await asyncio.to_thread(run, "list", "--url", server.url, "--limit", "500", env=server.env)
    assert done.exit_code == 0, done.output
    assert len(done.output.splitlines()) == 122
    wanted = ["firms/modis.csv:200", "firms/modis.csv:201", "firms/modis.csv:5", "nothing"]
    done = await asyncio.to_thread(run, "replay", *wanted, "--url", server.url, env=server.env)
    assert done.exit_code == 1
    assert server.ingress.payloads == [b'{"a": 1}', ROW]
    assert "firms/modis.csv:200: 1 accepted, 0 rejected" in done.output
    assert "firms/modis.csv:201: cut off" in done.output
    assert "firms/modis.csv:5: 0 accepted, 1 rejected (bad_position)" in done.output
    assert "nothing: no such dead letter" in done.output
    done = await asyncio.to_thread(run, "replay", wanted[0], "--url", server.url, env=server.env)
    assert done.exit_code == 0, done.output


async def test_without_a_key_the_server_refuses_and_its_words_are_shown(server):
    done = await asyncio.to_thread(run, "list", "--url", server.url)
    assert done.exit_code == 1
    assert "answered 401" in done.output


async def test_a_redirect_is_not_followed_and_the_key_stays_here():
    seen = []

    async def away(request):
        seen.append(request.path)
        raise web.HTTPFound("http://127.0.0.1:9/other")

    app = web.Application()
    app.router.add_get("/{any:.*}", away)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    url = f"http://127.0.0.1:{server.port}"
    done = await asyncio.to_thread(run, "list", "--url", url, env={"FENGHUO_API_KEY": "fh_x"})
    await server.close()
    assert (done.exit_code, len(seen)) == (1, 1)
    assert "answered 302" in done.output
