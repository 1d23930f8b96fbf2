"""Real `fenghuo` processes on loopback: started, asked over HTTP, killed; and the settings they run with."""

import contextlib
import functools
import http.client
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from urllib.parse import urlsplit

from nursery import Forked, Nursery

from streams.serve.keys import Keys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOON_S = 120.0
"""Whatever takes longer in a program of ours hangs, however busy the machine; who waits, waits so long."""

UNANSWERED = (OSError, http.client.HTTPException)
"""What a client sees of a server that is killed or not yet there."""


PATH = {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"}


@functools.cache
def nursery():
    """Where programs that are killed and started again come from; one for each process of the tests."""
    return Nursery({**os.environ, **PATH})


class Program:
    """One process; its words go to a file, so that it never waits for a reader.

    `again`: one of many starts; it is forked from the nursery, which spares the imports.
    """

    def __init__(self, words, log, environ=None, *, again=False):
        self.log = log
        words = list(map(str, words))
        if again:
            self.popen = Forked(nursery(), words=words, log=str(log), cwd=str(ROOT), environ=environ or {})
            return
        with log.open("a") as out:
            self.popen = subprocess.Popen(
                [sys.executable, *words],
                cwd=ROOT,
                env={**os.environ, **PATH, **(environ or {})},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def alive(self):
        return self.popen.poll() is None

    def kill(self):
        """kill -9, and wait until it is gone."""
        self.popen.kill()
        self.popen.wait()

    def end(self):
        """Ask it to end as a supervisor does; returns its exit code, with a kill if it does not."""
        if self.alive:
            self.popen.send_signal(signal.SIGTERM)
        try:
            return self.popen.wait(SOON_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"did not end within {SOON_S:.0f} s\n{self.said()}") from None

    def said(self):
        return self.log.read_text(encoding="utf-8", errors="replace")[-20_000:]


class Server:
    """Where a program answers over HTTP, and the key to ask it with."""

    def __init__(self, port, data_dir, roles=("ingest", "viewer", "operator")):
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        keys = Keys(data_dir / "keys.sqlite")
        _, self.key = keys.create(frozenset(roles), datetime.now(UTC))
        keys.close()

    def ask(self, method, path, body=None, within=SOON_S, **headers):
        """Return status and answer; raises what is in UNANSWERED when there is none."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=within)
        headers = {"Authorization": f"Bearer {self.key}"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        with contextlib.closing(connection):
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()

    def get(self, path):
        status, body = self.ask("GET", path)
        assert status == 200, (path, status, body[:500])
        return json.loads(body)

    def post(self, body, key=None, **headers):
        named = {"Idempotency_Key": key} if key else {}
        return self.ask("POST", "/v1/observations", body, **named, **headers)

    def is_ready(self):
        with contextlib.suppress(*UNANSWERED):
            return self.ask("GET", "/readyz", within=10.0)[0] == 200
        return False

    def until_ready(self, program, within=SOON_S):
        until(self.is_ready, lambda: program.said() if program.alive else f"ended: {program.said()}", within)

    def judged_at(self):
        """The time up to which everything received has been judged, Unix s; 0 when nobody answers."""
        with contextlib.suppress(*UNANSWERED):
            for line in self.ask("GET", "/metrics")[1].decode().splitlines():
                if line.startswith("fenghuo_judged_timestamp_seconds "):
                    return float(line.rpartition(" ")[2])
        return 0.0

    def all_of(self, path):
        """Every feature of a collection, page by page."""
        found, place = [], path
        while place:
            page = self.get(place)
            found += page["features"]
            following = [link["href"] for link in page.get("links", ()) if link["rel"] == "next"]
            parts = urlsplit(following[0]) if following else None
            place = f"{parts.path}?{parts.query}" if parts else None
        return found


def until(true, explain=lambda: "", within=SOON_S):
    """Wait until `true()`; fails with `explain()`."""
    ends = time.monotonic() + within
    while not true():
        assert time.monotonic() < ends, f"not within {within:.0f} s: {explain()}"
        time.sleep(0.05)


def worker(data_dir, log, *words, port=None, broker="embedded://", settings=None, environ=None, again=False):
    """Start `fenghuo worker`."""
    asked = ["-m", "streams.cli", "worker", "--broker", broker, "--data-dir", data_dir]
    asked += ["--port", port] if port else []
    asked += ["--settings", settings] if settings else []
    return Program([*asked, *words], log, environ, again=again)


def serve(data_dir, log, port, *, broker, settings=None):
    """Start `fenghuo serve`."""
    asked = ["-m", "streams.cli", "serve", "--broker", broker, "--data-dir", data_dir, "--port", port]
    return Program([*asked, *(["--settings", settings] if settings else [])], log)


def write_settings(path, *, receiver="", tasks=False, tick_s=0.5, **kafka):
    """Write a settings file with at most one webhook receiver on loopback."""
    lines = ['name = "fault tests"', f"tick_s = {tick_s}", "[kafka]"]
    lines += [f"{name} = {json.dumps(value)}" for name, value in kafka.items()]
    if receiver:
        lines += ["[[receivers]]", 'name = "ranger"', f'url = "{receiver}"', "allow_private = true"]
        lines += [f"tasks = {str(tasks).lower()}"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
