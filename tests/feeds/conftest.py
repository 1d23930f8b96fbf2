"""A fixed clock and the payloads of this folder."""

import pathlib
from datetime import UTC, datetime

import pytest

from streams.feeds import Limits, read

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def limits():
    return Limits(NOW)


@pytest.fixture
def payload(limits):
    """Read one file of tests/feeds/data as feeds read it."""
    folder = pathlib.Path(__file__).parent / "data"
    return lambda name: read((folder / name).read_bytes(), limits)
