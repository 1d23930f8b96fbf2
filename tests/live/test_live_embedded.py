"""Live on real input with `fenghuo worker` on embedded://: alerts while it runs, then what replay says."""

import datetime as dt
import json
import sqlite3
import threading
import time
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from aftermath import WHAT, accepted, in_log, last_lines, living, replayed
from closing import held_port
from processes import SOON_S, Program, Server, until, worker, write_settings
from sichuan import Listener, densest_days, passes, post_all, rows_of, table, whole_file

from schemas.codec import encode
from schemas.topics import ALERT, INCIDENT, OBSERVATION
from streams.archive import Archive

pytestmark = [pytest.mark.slow, pytest.mark.shared]
KEY = "0123456789abcdef0123456789abcdef"


class Live:
    """A worker, and a client that listens to its alerts from the start."""

    def __init__(self, folder):
        self.folder, self.data_dir = folder, folder / "data"
        self.data_dir.mkdir()
        self.settings = write_settings(folder / "settings.toml")
        self.server = Server(held_port(), self.data_dir)
        self.worker = worker(
            self.data_dir, folder / "worker.log", port=self.server.port, settings=self.settings
        )
        self.server.until_ready(self.worker)
        self.listener = Listener(self.server)
        self.listener.start()

    def settled(self):
        """Wait until all that was taken in is judged and archived, then stop; returns what the log holds."""
        now = time.time()
        until(lambda: self.server.judged_at() > now, self.worker.said)
        ends = ends_of(self.data_dir)
        until(lambda: all(kept_of(self.data_dir).get(name, 0) >= end for name, end in ends.items()))
        streamed = [(alert["alert_id"], alert["revision"]) for alert in self.listener.came]
        assert self.worker.end() == 0, self.worker.said()
        assert "Traceback" not in self.worker.said()
        found = in_log(WHAT, self.settings, "embedded://", self.data_dir)
        assert sorted(streamed) == sorted((one.alert_id, one.revision) for one in found[ALERT.name])
        return found

    def close(self):
        if self.worker.alive:
            self.worker.kill()
        self.listener.join(SOON_S)


@pytest.fixture
def live(tmp_path):
    live = Live(tmp_path)
    yield live
    live.close()


def ends_of(data_dir):
    """How far the log of observations of a running worker goes, by partition."""
    asked = (
        "SELECT p.number, p.end FROM partition p JOIN topic t ON t.id = p.topic "
        "WHERE t.name LIKE '%observation.v1'"
    )
    with closing(sqlite3.connect(f"file:{data_dir}/log.sqlite?mode=ro", uri=True)) as log:
        return {f"observation.v1/{number}": end for number, end in log.execute(asked)}


def kept_of(data_dir):
    """How far its archive has come."""
    file = data_dir / "archive" / "positions.json"
    return json.loads(file.read_bytes())["positions"] if file.exists() else {}


def archived(data_dir):
    archive = Archive(data_dir / "archive")
    return b"".join(encode(one) + b"\n" for day in archive.days() for one in archive.read(day))


@pytest.mark.parametrize("feed", [densest_days, whole_file])
def test_posted_pass_by_pass_it_ends_as_replay_does(live, shared_data, feed):
    rows = feed(rows_of(shared_data), dt.datetime.now(dt.UTC))
    post_all(live.server, passes(rows), live.listener)
    found = live.settled()
    assert sum(len(one.observations) for one in found[OBSERVATION.name]) == len(rows)
    said = living(last_lines(found[INCIDENT.name]))
    assert len(said) > 20
    assert said == living(replayed(accepted(found[OBSERVATION.name]), live.settings, live.folder)[0])
    assert said == living(replayed(archived(live.data_dir), live.settings, live.folder)[0])


@contextmanager
def firms(answer):
    """Speak the FIRMS area API on loopback: `answer()` is the table; anything but our key is refused."""
    asked = []

    class Api(BaseHTTPRequestHandler):
        def do_GET(self):
            parts = self.path.split("/")
            asked.append(parts[5:])
            body = answer() if parts[1:5] == ["api", "area", "csv", KEY] else b"Invalid MAP_KEY."
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Api) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def test_polled_from_firms_alerts_appear_on_the_stream(live, shared_data):
    """Three polls, each a program of its own, while the source grows and serves every row again."""
    rows = densest_days(rows_of(shared_data), dt.datetime.now(dt.UTC))
    shown = len(rows) // 3
    words = ["-m", "streams.cli", "ingest", "firms", "--area", "97,26,109,34.5", "--source", "MODIS_NRT"]
    words += ["--once", "--url", live.server.url, "--data-dir", live.folder / "poller"]
    environ = {"FENGHUO_API_KEY": live.server.key, "FENGHUO_FIRMS_MAP_KEY": KEY}
    counts = []
    with firms(lambda: table(rows[:shown])) as (url, asked):
        for share in (3, 2, 1):
            shown = len(rows) // share
            before = len(live.listener.came)
            poll = Program([*words, "--base-url", url], live.folder / "poll.log", environ)
            assert poll.popen.wait(SOON_S) == 0, poll.said()
            until(lambda before=before: len(live.listener.came) > before, live.worker.said)
            counts.append(len(live.listener.came))
    assert asked[0] == ["MODIS_NRT", "97,26,109,34.5", "2"]
    assert KEY not in poll.said()
    assert counts == sorted(set(counts))
    found = live.settled()
    taken = {one.observation_id for delivery in found[OBSERVATION.name] for one in delivery.observations}
    assert len(taken) == len(rows)
    said = living(last_lines(found[INCIDENT.name]))
    assert said == living(replayed(accepted(found[OBSERVATION.name]), live.settings, live.folder)[0])
