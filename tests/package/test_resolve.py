"""Which Python versions the pinned dependencies exist for, with binary wheels only: what the README says."""

import subprocess
import sys
import tomllib

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def pinned(root):
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    return [*project["dependencies"], *project["optional-dependencies"]["dev"]]


@pytest.mark.parametrize(("version", "more"), [("3.12", ["--no-deps"]), ("3.13", [])])
def test_every_pinned_dependency_has_a_wheel(root, tmp_path, version, more):
    """For the newest with all that these need in turn; that they agree among themselves is seen there."""
    words = ["install", "--dry-run", "--ignore-installed", "--no-input", "--quiet", "--only-binary=:all:"]
    words += more
    where = ["--python-version", version, "--implementation", "cp", "--target", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-m", "pip", *words, *where, *pinned(root)],
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=500,
    )
    assert done.returncode == 0, done.stderr[-3000:]


def test_every_dependency_is_pinned(root):
    loose = [line for line in pinned(root) if "==" not in line]
    assert loose == []
