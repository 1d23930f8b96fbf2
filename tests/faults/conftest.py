"""A worker on embedded:// with a webhook receiver, which a test may kill and start again."""

import random
import time

import pytest
from closing import held_port
from processes import SOON_S, Program, Server, until, worker, write_settings
from receiving import Receiver

SPIED = "tests/faults/spied_worker.py"


class Stand:
    """One data directory, its receiver, and at most one worker process at a time."""

    def __init__(self, folder, receiver):
        self.folder = folder
        self.receiver = receiver
        self.data_dir = folder / "data"
        self.settings = write_settings(folder / "settings.toml", receiver=receiver.url)
        self.log = folder / "worker.log"
        self.kills = []
        # with the mark: without it packed bytes are hidden, for they may hold a quarantine find
        self.server = Server(held_port(), self.data_dir, ("ingest", "viewer", "operator", "quarantine"))
        self.dice = random.Random(folder.name)
        self.program = None

    def start(self, spied=None, *, again=True):
        words = [
            "worker",
            "--data-dir",
            self.data_dir,
            "--port",
            self.server.port,
            "--settings",
            self.settings,
        ]
        if spied is None:
            where = {"port": self.server.port, "settings": self.settings}
            self.program = worker(self.data_dir, self.log, **where, again=again)
        else:
            self.program = Program([SPIED, spied, *words], self.log, again=again)
        return self.program

    def start_ready(self, *, again=False):
        self.start(again=again)
        self.server.until_ready(self.program)

    def kill(self):
        assert self.program.alive, f"ended by itself: {self.program.said()}"
        self.program.kill()
        self.kills.append(time.monotonic())

    def wait_killed(self, within=SOON_S):
        until(lambda: not self.program.alive, lambda: f"not killed: {self.program.said()}", within)
        self.kills.append(time.monotonic())

    def close(self):
        if self.program is not None and self.program.alive:
            self.program.kill()


@pytest.fixture
def stand(request, tmp_path):
    """Its receiver answers 500 to one request in twenty, or to the share that a test asks for."""
    (tmp_path / "data").mkdir()
    with Receiver(fails=getattr(request, "param", 0.05), seed=3).open() as receiver:
        stand = Stand(tmp_path, receiver)
        yield stand
        stand.close()
