"""A process that has read every module of a worker and forks one for each that asks: no start costs imports.

What is killed and started again and again comes from here. It is a process of its own, as one that a
supervisor starts, but for the seed of hashes, which is that of the nursery; what a test starts last, and
compares, is started by the interpreter itself.
"""

import atexit
import importlib
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import threading
import time

NEEDED = ("streams.cli", "streams.commands.worker", "streams.node", "streams.replay")


class Nursery:
    """The side that asks: one process for all that this one starts, until it ends."""

    def __init__(self, environ):
        self._lock = threading.Lock()
        mine, theirs = socket.socketpair()
        with theirs:
            self._popen = subprocess.Popen(
                [sys.executable, __file__, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env=environ,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._lines = mine.makefile("rw", encoding="utf-8")
        mine.close()
        atexit.register(self.close)

    def ask(self, **what):
        with self._lock:
            self._lines.write(json.dumps(what) + "\n")
            self._lines.flush()
            return json.loads(self._lines.readline())

    def close(self):
        self._popen.kill()
        self._popen.wait()
        self._lines.close()


class Forked:
    """One process from the nursery, with what a test asks of `subprocess.Popen`."""

    def __init__(self, nursery, **what):
        self._nursery = nursery
        self.returncode = None
        self.pid = nursery.ask(**what)

    def poll(self):
        if self.returncode is None:
            self.returncode = self._nursery.ask(ended=self.pid)
        return self.returncode

    def wait(self, timeout=None):
        ends = None if timeout is None else time.monotonic() + timeout
        while self.poll() is None:
            if ends is not None and time.monotonic() > ends:
                raise subprocess.TimeoutExpired(f"forked {self.pid}", timeout)
            time.sleep(0.01)
        return self.returncode

    def send_signal(self, number):
        # it is not waited for before it is asked for, so no other process can have its number
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self):
        self.send_signal(signal.SIGKILL)


def ended(pid):
    """Return how a child ended; None while it runs."""
    found, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


def born(asked, lines):
    """Become the program that was asked for; never returns."""
    code = 1
    try:
        lines.close()
        os.setsid()
        os.chdir(asked["cwd"])
        os.environ |= asked["environ"]
        out = os.open(asked["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        os.dup2(out, 1)
        os.dup2(out, 2)
        first, *words = asked["words"]
        if first == "-m":
            importlib.import_module(words[0]).main(words[1:])
        else:
            sys.argv = [first, *words]
            runpy.run_path(first, run_name="__main__")
    except SystemExit as over:
        code = over.code if isinstance(over.code, int) else int(over.code is not None)
    except BaseException:  # noqa: BLE001 - as the interpreter does at its end
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def main():
    """Answer one line after the other, until nobody asks any more."""
    for name in NEEDED:
        __import__(name)
    lines = socket.socket(fileno=int(sys.argv[1])).makefile("rw", encoding="utf-8")
    for line in lines:
        asked = json.loads(line)
        answer = ended(asked["ended"]) if "ended" in asked else os.fork() or born(asked, lines)
        lines.write(json.dumps(answer) + "\n")
        lines.flush()


if __name__ == "__main__":
    main()
