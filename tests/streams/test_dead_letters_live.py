"""`fenghuo dead-letters` against a worker that runs, as processes: seen, shown, and sent in again."""

import asyncio
import contextlib
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest

from schemas.settings import Kafka, Settings
from schemas.topics import OBSERVATION
from streams.engine.log import Record
from streams.engine.logs import close_logs, open_log
from streams.engine.places import topic_name
from streams.engine.writer import EmbeddedWriter
from streams.ingress import Ingress
from streams.serve.keys import Keys

SETTINGS = Settings(kafka=Kafka(partitions=2))
POISON = "fenghuo.observation.v1/1/0"
FENGHUO = str(pathlib.Path(sys.executable).with_name("fenghuo"))
HEAD = "latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,instrument,confidence,version,"
HEAD += "bright_ti5,frp,daynight\n"


def rows(now):
    """One pass of a satellite 20 minutes ago: three pixels, and one whose place is exchanged."""
    at = now - timedelta(minutes=20)
    sound = [f"28.1,{101.2 + n / 1000:.3f}" for n in range(3)]
    return HEAD + "".join(
        f"{place},350,0.4,0.4,{at:%Y-%m-%d},{at:%H%M},N20,VIIRS,n,2.0NRT,290,25,N\n"
        for place in (*sound, "101.2,28.1")
    )


async def refuse(data_dir, now):
    """Let a day's wrong clock refuse a pass, and put a message in that no hop can read."""
    log = open_log(data_dir, SETTINGS.kafka)
    ingress = Ingress(EmbeddedWriter(log, SETTINGS.kafka))
    payload = rows(now).encode()
    yesterday = now - timedelta(days=1)
    await ingress.accept(payload, feed="http", source_name="http/k", received_at=yesterday)
    await log.append([Record(topic_name(SETTINGS.kafka, OBSERVATION), 1, b"k", b"\xff poison")])
    close_logs()


@contextlib.contextmanager
def running(data_dir, root):
    (data_dir / "settings.toml").write_text("tick_s = 0.5\n[kafka]\npartitions = 2\n", encoding="utf-8")
    words = ["worker", "--data-dir", data_dir, "--port", "0", "--settings", data_dir / "settings.toml"]
    with (
        (data_dir / "worker.log").open("w") as errors,
        subprocess.Popen(
            [FENGHUO, *words], cwd=root, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as worker,
    ):
        try:
            url = re.search(r"http://127\.0\.0\.1:\d+", worker.stdout.readline())[0]
            yield url
        finally:
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(120) == 0, (data_dir / "worker.log").read_text(encoding="utf-8")


class Asker:
    """A person at a terminal, with a key."""

    def __init__(self, url, secret, root):
        self.url, self.root = url, root
        self.environ = {**os.environ, "FENGHUO_API_KEY": secret}

    def run(self, *words, code=0):
        done = subprocess.run(
            [FENGHUO, "dead-letters", *words, "--url", self.url],
            cwd=self.root,
            env=self.environ,
            capture_output=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done

    def letters(self):
        return [json.loads(line) for line in self.run("list", "--json").stdout.splitlines()]

    def get(self, path):
        request = urllib.request.Request(
            self.url + path, headers={"X-API-Key": self.environ["FENGHUO_API_KEY"]}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())

    def until(self, true, within=120):
        ends = time.monotonic() + within
        while not true():
            assert time.monotonic() < ends
            time.sleep(0.1)


@pytest.mark.slow
def test_letters_of_a_running_worker_are_listed_shown_and_sent_in_again(tmp_path, root):
    now = datetime.now(UTC)
    asyncio.run(refuse(tmp_path, now))
    keys = Keys(tmp_path / "keys.sqlite")
    secret = keys.create(frozenset({"operator"}), now)[1]
    viewer = keys.create(frozenset({"viewer"}), now)[1]
    keys.close()
    with running(tmp_path, root) as url:
        asker = Asker(url, secret, root)
        asker.until(lambda: len(asker.letters()) == 5)
        by_code = {}
        for letter in asker.letters():
            by_code.setdefault(letter["reason"]["code"], []).append(letter["letter_id"])
        assert {code: len(ids) for code, ids in by_code.items()} == {
            "bad_time": 3,
            "swapped_coordinates?": 1,
            "unreadable": 1,
        }
        check_shown(asker)
        check_sent(asker, by_code)
        refused = Asker(url, viewer, root).run("list", code=1)
        assert b"403" in refused.stderr
        assert len(refused.stderr.splitlines()) == 1
        busy = subprocess.run(
            [FENGHUO, "dead-letters", "list", "--data-dir", tmp_path],
            cwd=root,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert busy.returncode == 1
        assert "ask its server with --url" in busy.stderr


def check_shown(asker):
    """What no hop could read is shown by its place, with the very bytes."""
    assert asker.run("show", POISON, "--raw").stdout == b"\xff poison"
    shown = asker.run("show", POISON).stdout.decode()
    assert "observe" in shown
    assert " poison" in shown
    assert b"no such dead letter" in asker.run("show", "none/0/0", code=1).stderr


def check_sent(asker, by_code):
    """Rows that only the clock refused are accepted now and judged; what is wrong is refused again."""
    done = asker.run("replay", *by_code["bad_time"])
    assert done.stdout.decode().count("1 accepted, 0 rejected") == 3
    asker.until(lambda: asker.get("/v1/detections")["numberReturned"] == 3)
    asker.until(lambda: asker.get("/v1/incidents?status=open")["numberReturned"] == 1)
    again = asker.run("replay", *by_code["swapped_coordinates?"], "--json", code=1)
    answer = json.loads(again.stdout)
    assert answer["counts"] == {"accepted": 0, "rejected": 1}
    assert answer["lines"][0]["reason"]["code"] == "swapped_coordinates?"
    assert b"no observation" in asker.run("replay", POISON, code=1).stderr
