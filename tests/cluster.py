"""A worker and a server on a real broker, each a process that may be killed, and the receiver they tell."""

import subprocess
import sys
import time

from closing import held_port
from processes import ROOT, SOON_S, Program, Server, serve, until, worker, write_settings

SESSION_S = 6
"""The shortest that a broker allows: so long nobody takes over from a worker that was killed."""


class Cluster:
    """One worker and one server on the broker, and the receiver they tell."""

    def __init__(self, folder, broker, receiver):
        self.folder, self.broker, self.receiver = folder, broker, receiver
        self.dirs = {name: folder / name for name in ("worker", "serve")}
        for path in self.dirs.values():
            path.mkdir()
        self.settings = write_settings(
            folder / "settings.toml",
            receiver=receiver.url,
            prefix=f"{folder.name}.",
            partitions=4,
            session_s=SESSION_S,
        )
        self.server = Server(held_port(), self.dirs["serve"])
        self.kills = []
        self.programs = {}

    def create_topics(self):
        words = ["topics", "create", "--broker", self.broker, "--settings", self.settings]
        subprocess.run(
            [sys.executable, "-m", "streams.cli", *map(str, words)], cwd=ROOT, check=True, timeout=SOON_S
        )

    def start(self):
        """Create the topics and start the server."""
        self.create_topics()
        self.start_server()
        self.server.until_ready(self.programs["serve"])

    def log(self, name):
        return self.folder / f"{name}.log"

    def start_worker(self, spied=None):
        where = {"broker": self.broker, "settings": self.settings}
        if spied is None:
            self.programs["worker"] = worker(self.dirs["worker"], self.log("worker"), **where, again=True)
            return
        words = ["worker", "--data-dir", self.dirs["worker"]]
        words += [part for name, value in where.items() for part in (f"--{name}", value)]
        program = Program(["tests/faults/spied_worker.py", spied, *words], self.log("worker"), again=True)
        self.programs["worker"] = program

    def start_server(self):
        self.programs["serve"] = serve(
            self.dirs["serve"],
            self.log("serve"),
            self.server.port,
            broker=self.broker,
            settings=self.settings,
        )

    def kill(self, name):
        program = self.programs[name]
        assert program.alive, f"ended by itself: {program.said()}"
        program.kill()
        if name == "worker":
            self.kills.append(time.monotonic())

    def wait_killed(self, within=SOON_S):
        program = self.programs["worker"]
        until(lambda: not program.alive, lambda: f"not killed: {program.said()}", within)
        self.kills.append(time.monotonic())

    def revision(self):
        """The revision of the only alert."""
        return max((one["properties"]["revision"] for one in self.server.all_of("/v1/alerts")), default=0)

    def wait_judging(self, within=SOON_S):
        """Wait until the worker that runs judges what is received now."""
        now = time.time()
        until(lambda: self.server.judged_at() >= now, self.programs["worker"].said, within)

    def end(self):
        """Stop both as a supervisor does; nothing may have gone wrong."""
        for name in ("worker", "serve"):
            assert self.programs[name].end() == 0, self.programs[name].said()
            assert "Traceback" not in self.programs[name].said(), self.programs[name].said()

    def close(self):
        for program in self.programs.values():
            if program.alive:
                program.kill()
