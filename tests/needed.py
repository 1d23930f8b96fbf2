"""What a test needs that no package brings: where it is missing the test is skipped, and in CI it fails."""

import os
import shutil

import pytest


def missing(what):
    """Skip with the reason; in CI nothing that matters may skip."""
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"missing: {what}")


def program(name, what_for):
    """Return the path of a program of the machine."""
    return shutil.which(name) or missing(f"{name}, which {what_for}")
