"""Runs the toy program as a process that may be killed."""

import pathlib
import subprocess
import sys

import pytest

TOY = pathlib.Path(__file__).parent / "toy.py"


@pytest.fixture
def run_toy(root):
    """Return a function that starts the toy program; every process is gone at the end."""
    started = []

    def run(data_dir, expect, **options):
        words = [f"--{name}={value}" for name, value in options.items()]
        process = subprocess.Popen(
            [sys.executable, TOY, f"--data-dir={data_dir}", f"--expect={expect}", *words],
            cwd=root,
            env={"PYTHONPATH": f"{root}:{TOY.parent}", "PATH": ""},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.wait()
        process.stderr.close()
