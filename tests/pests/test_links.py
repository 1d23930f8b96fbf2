"""Signs that belong together, through the index: as every pair one by one, also at pole and date line."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.pests.links import components, linked, near_pairs
from detectors.pests.zones import distances_between_km


def one_by_one(lon, lat, days, within_km, gap_d):
    is_one = (distances_between_km(lon, lat, lon, lat) <= within_km) & (abs(days[:, None] - days) <= gap_d)
    left, parts = set(range(len(days))), []
    while left:
        queue = [min(left)]
        part = set()
        while queue:
            at = queue.pop()
            left.discard(at)
            part.add(at)
            queue += left.intersection(np.flatnonzero(is_one[at]).tolist())
        parts.append(sorted(part))
    return parts


@given(
    st.integers(0, 10_000),
    st.sampled_from([(107.0, 31.0), (179.99, 31.0), (10.0, 89.98), (0.0, -89.98)]),
    st.sampled_from([0.3, 2.0, 5.0]),
)
@settings(max_examples=60, deadline=None)
def test_components_are_those_of_every_pair(seed, centre, within_km):
    rng = np.random.default_rng(seed)
    number = int(rng.integers(1, 60))
    lon = (centre[0] + np.round(rng.normal(0, 0.05, number), 2) + 180) % 360 - 180
    lat = np.clip(centre[1] + np.round(rng.normal(0, 0.05, number), 2), -90, 90)
    days = np.sort(np.round(rng.uniform(0, 400, number)))
    found = components(number, *linked(lon, lat, days, within_km, 60.0))
    assert found == one_by_one(lon, lat, days, within_km, 60.0)


def test_each_near_pair_is_met_once():
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(107, 107.2, 80), rng.uniform(31, 31.2, 80)
    one, other = near_pairs(lon, lat, 3.0)
    found = sorted(tuple(sorted(pair)) for pair in zip(one.tolist(), other.tolist(), strict=True))
    near = np.argwhere(np.triu(distances_between_km(lon, lat, lon, lat) <= 3.0, 1)).tolist()
    assert found == [tuple(pair) for pair in near]
