#!/usr/bin/env python3
"""One Apache Kafka broker (KRaft) on loopback from the published jars, without Docker.

As a program it prints the address once the broker answers and stops it on SIGTERM or Ctrl-C:

    python deploy/kafka/broker.py --data-dir deploy/kafka/data --port 9092

As a module it is a context manager: `with Broker(folder) as broker: broker.url`. Only the standard library
is used, so it runs before anything is installed. Maven brings the jars once, into `deploy/kafka/target/jars`.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import fcntl
import hashlib
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import uuid
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self

HERE = pathlib.Path(__file__).resolve().parent
JARS = HERE / "target" / "jars"
FETCH_SECONDS, READY_SECONDS, STOP_SECONDS = 600, 90, 30  # the jars are 45 MB
HEAP_MB = 256
JVM = (
    "-XX:+UseSerialGC",
    "-XX:MaxMetaspaceSize=128m",
    "-XX:MaxDirectMemorySize=128m",
    # The quick compiler only: it starts sooner, and one machine's load is small.
    "-XX:TieredStopAtLevel=1",
    "-Djava.net.preferIPv4Stack=true",
)


class BrokerError(RuntimeError):
    """The broker cannot be had; the message is one line for the person at the terminal."""


def absent() -> str:
    """What this machine lacks to run a broker, or an empty text."""
    if not shutil.which("java"):
        return "java is missing: install a Java 17 runtime (Debian: apt-get install openjdk-17-jre-headless)"
    if not shutil.which("mvn") and not _fetched():
        return "mvn is missing: install Maven (Debian: apt-get install maven); it brings the broker's jars"
    return ""


def jars() -> pathlib.Path:
    """The folder of the broker's jars, fetched by Maven when missing or when pom.xml has changed."""
    if lack := absent():
        raise BrokerError(lack)
    with _fetching():
        if not _fetched():
            _fetch()
    return JARS


def _fetched() -> bool:
    stamp = JARS / "pom.sha256"
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == _pom_hash()


def _pom_hash() -> str:
    return hashlib.sha256((HERE / "pom.xml").read_bytes()).hexdigest()


@contextlib.contextmanager
def _fetching() -> Iterator[None]:
    """One fetch at a time, however many programs start at once."""
    JARS.parent.mkdir(parents=True, exist_ok=True)
    with (JARS.parent / "lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch() -> None:
    shutil.rmtree(JARS, ignore_errors=True)
    command = ["mvn", "-B", "-q", "-f", str(HERE / "pom.xml"), "dependency:copy-dependencies"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=FETCH_SECONDS, check=False)  # noqa: S603 - words of our own
    except subprocess.TimeoutExpired:
        raise BrokerError(f"Maven brought no jars within {FETCH_SECONDS} s") from None
    if done.returncode:
        first = next((line for line in done.stdout.splitlines() if line.startswith("[ERROR]")), done.stderr)
        raise BrokerError(f"Maven could not bring the broker's jars: {first[:400]}")
    (JARS / "pom.sha256").write_text(_pom_hash(), encoding="utf-8")


def alive_brokers(port: int, timeout_s: float = 2.0) -> int:
    """How many brokers the one at `port` knows to be alive; 0 while it does not answer.

    A Metadata request, version 1, for no topic. A broker that accepts connections may still be fenced,
    and then refuses to create topics; it lists itself only once it serves.
    """
    body = struct.pack(">hhih5si", 3, 1, 1, 5, b"probe", 0)
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=timeout_s) as line:
            line.sendall(struct.pack(">i", len(body)) + body)
            with line.makefile("rb") as answer:
                head = answer.read(12)
    except OSError:
        return 0
    return int(struct.unpack(">iii", head)[2]) if len(head) == 12 else 0


def _die_with_parent() -> None:
    """The broker ends when whoever started it is killed (Linux PR_SET_PDEATHSIG)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


@dataclass
class Broker:
    """One broker and its data folder. `port` 0 chooses a free one; it stays the same over restarts.

    `listeners` adds ports beside the open one: SSL, SASL_PLAINTEXT, SASL_SSL, each with its port or 0;
    what they need is told in `extra`, the broker's own settings. `scram` names users and passwords, known
    to the broker from the moment its folder is formatted. Start it from a thread that lives as long as it.
    """

    folder: pathlib.Path
    port: int = 0
    heap_mb: int = HEAP_MB
    extra: Mapping[str, str] = field(default_factory=dict)
    scram: Mapping[str, str] = field(default_factory=dict, repr=False)
    listeners: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        wanted = {"PLAINTEXT": self.port, "CONTROLLER": 0, **self.listeners}
        self.ports = {name: port or self._hold() for name, port in wanted.items()}
        self._running: subprocess.Popen[bytes] | None = None

    def _hold(self) -> int:
        """A free port, bound as long as this object lives: only who reuses addresses may listen on it."""
        probe = socket.socket()
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", 0))
        weakref.finalize(self, probe.close)
        return int(probe.getsockname()[1])

    @property
    def url(self) -> str:
        """Where clients without encryption connect: `kafka://127.0.0.1:PORT`."""
        return f"kafka://{self.address('PLAINTEXT')}"

    @property
    def pid(self) -> int:
        """Process id of the broker. Raises BrokerError when it does not run."""
        if self._running is None:
            raise BrokerError("the broker is not running")
        return self._running.pid

    def ended(self) -> bool:
        """Whether the broker has ended without being told."""
        return self._running is None or self._running.poll() is not None

    def address(self, listener: str) -> str:
        """`127.0.0.1:PORT` of a listener."""
        return f"127.0.0.1:{self.ports[listener]}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Format the data folder when it is new, start the broker and return once it serves."""
        classpath = f"{HERE}:{jars()}/*"
        self.folder.mkdir(parents=True, exist_ok=True)
        settings = self.folder / "server.properties"
        settings.write_text("".join(f"{k}={v}\n" for k, v in self.properties().items()), encoding="utf-8")
        settings.chmod(0o600)
        if not (self.folder / "log" / "meta.properties").is_file():
            self._format(classpath, settings)
        with (self.folder / "broker.log").open("ab") as log:
            self._running = subprocess.Popen(  # noqa: S603 - words of our own
                [*self._java(classpath), "kafka.Kafka", str(settings)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - sets one flag, takes no lock
                start_new_session=True,
            )
        self._wait()

    def stop(self) -> None:
        """End the broker in good order: its logs are flushed and closed."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the broker as a crash would (SIGKILL); `start` brings it back on the same port."""
        self._end(signal.SIGKILL)

    def properties(self) -> dict[str, str]:
        """The broker's settings: those of server.properties beside this file, its own ports, and `extra`."""
        lines = (HERE / "server.properties").read_text(encoding="utf-8").splitlines()
        shared = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
        listeners = [f"{name}://127.0.0.1:{port}" for name, port in self.ports.items()]
        protocols = {name: "PLAINTEXT" if name == "CONTROLLER" else name for name in self.ports}
        return {
            **shared,
            "listeners": ",".join(listeners),
            "advertised.listeners": ",".join(one for one in listeners if not one.startswith("CONTROLLER")),
            "listener.security.protocol.map": ",".join(f"{a}:{b}" for a, b in protocols.items()),
            "controller.quorum.voters": f"1@{self.address('CONTROLLER')}",
            "log.dirs": str(self.folder / "log"),
            **self.extra,
        }

    def _java(self, classpath: str) -> list[str]:
        return ["java", f"-Xms{min(64, self.heap_mb)}m", f"-Xmx{self.heap_mb}m", *JVM, "-cp", classpath]

    def _format(self, classpath: str, settings: pathlib.Path) -> None:
        users = [
            part
            for name, password in self.scram.items()
            for kind in ("SCRAM-SHA-256", "SCRAM-SHA-512")
            for part in ("--add-scram", f"{kind}=[name={name},password={password}]")
        ]
        told = ["format", "-t", str(uuid.uuid4()), "-c", str(settings), *users]
        command = [*self._java(classpath), "kafka.tools.StorageTool", *told]
        done = subprocess.run(command, capture_output=True, text=True, timeout=READY_SECONDS, check=False)  # noqa: S603 - words of our own
        if done.returncode:
            raise BrokerError(f"cannot format {self.folder}: {(done.stderr or done.stdout).strip()[-400:]}")

    def _wait(self) -> None:
        assert self._running is not None
        until = time.monotonic() + READY_SECONDS
        while not alive_brokers(self.ports["PLAINTEXT"]):
            if self._running.poll() is not None or time.monotonic() > until:
                self.kill()
                raise BrokerError(f"the broker did not start; its log ends:\n{self.tail()}")
            time.sleep(0.05)

    def tail(self, size: int = 2000) -> str:
        """The last `size` bytes of the broker's log."""
        log = self.folder / "broker.log"
        return log.read_bytes()[-size:].decode("utf-8", "replace") if log.is_file() else ""

    def _end(self, with_signal: signal.Signals) -> None:
        if self._running is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self._running.send_signal(with_signal)
        try:
            self._running.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._running.kill()
            self._running.wait()
        self._running = None


def main() -> int:
    """Run until told to stop; 1 with one clear line when the broker cannot be had or ends by itself."""
    parser = argparse.ArgumentParser(description="One Kafka broker on 127.0.0.1, without Docker.")
    parser.add_argument("--data-dir", type=pathlib.Path, default=HERE / "data", help="kept between runs")
    parser.add_argument("--port", type=int, default=9092, help="0 chooses a free one")
    parser.add_argument("--heap-mb", type=int, default=HEAP_MB)
    parser.add_argument("--fetch-only", action="store_true", help="bring the jars and end")
    told = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        if told.fetch_only:
            print(jars())
            return 0
        with Broker(told.data_dir.resolve(), told.port, told.heap_mb) as broker:
            print(broker.url, flush=True)
            return _watch(broker, stop)
    except BrokerError as error:
        print(error, file=sys.stderr)
        return 1


def _watch(broker: Broker, stop: threading.Event) -> int:
    while not stop.wait(0.5):
        if broker.ended():
            print(f"the broker has ended by itself:\n{broker.tail()}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
