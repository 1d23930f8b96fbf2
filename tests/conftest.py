"""Fixtures every test may use."""

import os
import pathlib

import closing
import examples
import ordering
import pytest

examples.load()

ROOT = pathlib.Path(__file__).resolve().parent.parent


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    for item in items:
        if "shared_data" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.shared)
        if ordering.has(item, ordering.AGAIN):
            item.add_marker(pytest.mark.flaky(reruns=1))
    examples.draw(item.obj for item in items if hasattr(item, "obj"))
    ordering.put_in_order(items)


def pytest_terminal_summary(terminalreporter):
    if again := ordering.second_tries(terminalreporter.stats):
        terminalreporter.section("PASSED ONLY AT THE SECOND TRY: each is a defect to be mended", red=True)
        for name in again:
            terminalreporter.write_line(f"SECOND TRY {name}", red=True)


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
