"""Fixtures every test may use."""

import os
import pathlib

import closing
import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

ROOT = pathlib.Path(__file__).resolve().parent.parent


WAITING = ("slow", "broker", "browser")
SELECTING = "test_mqtt"
"""paho waits with select(), which knows 1,024 open files; a process that mapped regions has more."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    for item in items:
        if "shared_data" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.shared)
    # Files that wait for processes come first: the short ones then fill the gaps, and none is a long tail.
    first = {item.path for item in items if any(map(item.get_closest_marker, WAITING))}
    items.sort(key=lambda item: (SELECTING not in item.path.name, item.path not in first))


def pytest_unconfigure():
    closing.let_go()


def missing(what: str) -> None:
    """Skip with the reason; in CI nothing that matters may skip."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"missing in CI: {what}")
    pytest.skip(what)


@pytest.fixture(scope="session")
def root() -> pathlib.Path:
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> pathlib.Path:
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        missing("the folder of real files is not beside the checkout")
    return folder
