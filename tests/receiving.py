"""A receiver on loopback that notes every webhook, answers 200 and sometimes 500."""

import contextlib
import dataclasses
import json
import random
import threading
import time
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise


@dataclasses.dataclass(frozen=True)
class Got:
    """One request: when (monotonic s), under which id, what it said, and how it was answered."""

    at: float
    webhook_id: str
    alert: dict
    status: int

    @property
    def revision(self):
        return self.alert["alert_id"], self.alert["revision"]


class Receiver:
    """Answers as a gateway does; `fails` is the share of requests answered 500."""

    def __init__(self, fails=0.0, seed=0):
        self.got = []
        self._fails = fails
        self._dice = random.Random(seed)
        self._guard = threading.Lock()

    def take(self, webhook_id, body):
        with self._guard:
            status = 500 if self._dice.random() < self._fails else 200
            self.got.append(Got(time.monotonic(), webhook_id, json.loads(body)["data"], status))
        return status

    @property
    def accepted(self):
        with self._guard:
            return [one for one in self.got if one.status == 200]

    @property
    def pages(self):
        return [one for one in self.accepted if one.alert["pages"]]

    @contextlib.contextmanager
    def open(self):
        receiver = self

        class Hook(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                self.send_response(receiver.take(self.headers["webhook-id"], body))
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                """Say nothing."""

        with ThreadingHTTPServer(("127.0.0.1", 0), Hook) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            self.url = f"http://127.0.0.1:{server.server_port}/hook"
            try:
                yield self
            finally:
                server.shutdown()

    def told_twice(self, kills):
        """Accepted notices that came again though nobody was killed since: none may."""
        times = defaultdict(list)
        for one in self.accepted:
            times[one.webhook_id].append(one.at)
        return [
            name
            for name, at in times.items()
            for first, second in pairwise(at)
            if not any(first - GRACE_S <= kill <= second for kill in kills)
        ]

    def ids_of(self):
        """The ids under which each alert revision came; one each, whatever was killed."""
        ids = defaultdict(set)
        for one in self.got:
            ids[one.revision].add(one.webhook_id)
        return ids


RANK = {"task": 0, "IV": 1, "III": 2, "II": 3, "I": 4}
GRACE_S = 0.25
"""A kill is noted just before it is carried out; the answer may be on its way meanwhile."""
