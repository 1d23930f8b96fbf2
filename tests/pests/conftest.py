"""Reference vectors and real files for the pest tests."""

import csv
import json
import pathlib

import numpy as np
import pytest


@pytest.fixture(scope="session")
def vectors():
    return json.loads((pathlib.Path(__file__).parent / "data" / "vectors.json").read_text("utf-8"))


@pytest.fixture(scope="session")
def series_b(vectors):
    return np.array(vectors["series_b"]["y"], dtype=float)


@pytest.fixture(scope="session")
def detector_rows(vectors):
    return vectors["detectors_series_b"]["rows"]


@pytest.fixture(scope="session")
def salmonella(shared_data):
    """Rows of the reference files of weekly Salmonella Newport counts, by name."""

    def read(name):
        path = shared_data / "pests" / f"salmNewport_{name}.csv"
        return list(csv.DictReader(path.read_text("utf-8").splitlines()))

    return read
