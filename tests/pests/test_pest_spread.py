"""Kernels against their printed values and their own integrals; rings, seasons, hosts, roads, height."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detectors.pests.spread import (
    RINGS,
    Options,
    Stands,
    density,
    exponential_within,
    quantile_m,
    risk,
    within,
)
from streams.pest_tables import load_species, load_spread

OPTIONS = Options()
M_PER_DEGREE = 111_194.93
HERE = np.array([105.0]), np.array([31.0])


@pytest.mark.parametrize(
    ("scale", "radius", "share"),
    [
        (100, 100, 0.2642),
        (100, 500, 0.9596),
        (600, 500, 0.2032),
        (600, 1000, 0.4963),
        (600, 2000, 0.8454),
        (600, 5000, 0.9978),
    ],
)
def test_exponential_shares(scale, radius, share):
    assert float(exponential_within(np.array(radius), scale)) == pytest.approx(share, abs=5e-5)


@pytest.mark.parametrize(
    ("radius", "share"),
    [
        (200, 0.539),
        (500, 0.882),
        (1000, 0.944),
        (1200, 0.953),
        (2000, 0.976),
        (5000, 0.990),
        (10_000, 0.992),
        (20_000, 0.995),
    ],
)
def test_shares_of_the_mixture(radius, share):
    assert float(within(OPTIONS, np.array(radius))) == pytest.approx(share, abs=6e-4)


@pytest.mark.parametrize(("share", "radius"), [(0.5, 185), (0.9, 562), (0.95, 1120), (0.99, 4431)])
def test_quantiles_of_the_mixture(share, radius):
    assert quantile_m(OPTIONS, share) == pytest.approx(radius, rel=0.005)


def test_the_density_adds_up_to_the_share():
    edges = np.linspace(0, 5000, 200_001)
    middle = (edges[1:] + edges[:-1]) / 2
    total = np.sum(density(OPTIONS, middle) * 2 * np.pi * middle * np.diff(edges))
    assert total == pytest.approx(float(within(OPTIONS, np.array(5000.0))), abs=1e-5)


def stands(*metres, **changed):
    """Stands of one hectare of pure 马尾松 so many metres north of the find."""
    number = len(metres)
    fields = {
        "longitude": np.full(number, 105.0),
        "latitude": 31.0 + np.array(metres, dtype=float) / M_PER_DEGREE,
        "area_ha": np.ones(number),
        "host": np.ones(number),
        "height_m": np.full(number, 600.0),
        "road": np.full(number, np.nan),
    }
    return Stands(**fields | {name: np.full(number, value, dtype=float) for name, value in changed.items()})


def test_rings_by_the_nearest_find():
    got = risk(OPTIONS, stands(100, 199, 201, 1201, 5001, 20_001), *HERE, 1.0)
    assert got.ring.tolist() == [0, 0, 1, 2, 3, 4]
    assert len(RINGS) == len(OPTIONS.rings_m)
    assert got.nearest_m[0] == pytest.approx(100, rel=1e-4)


def test_one_hectare_at_a_distance_is_density_times_area():
    got = risk(OPTIONS, stands(800), *HERE, 1.0).probability[0]
    assert got == pytest.approx(float(density(OPTIONS, np.array(800.0))) * 10_000 * 1.5, rel=1e-3)


def test_no_flight_in_winter_but_people_drive_all_year():
    winter = risk(OPTIONS, stands(50, 300), *HERE, 0.0).probability
    summer = risk(OPTIONS, stands(50, 300), *HERE, 1.0).probability
    people = Options(near_weight=0.0, far_weight=0.0)
    np.testing.assert_allclose(winter, risk(people, stands(50, 300), *HERE, 1.0).probability)
    assert np.all(winter > 0)
    assert np.all(winter < summer / 100)
    with pytest.raises(ValueError, match="season gate"):
        risk(OPTIONS, stands(50), *HERE, 1.2)


def test_hosts_height_and_roads():
    plain = risk(OPTIONS, stands(800), *HERE, 1.0).probability[0]
    assert risk(OPTIONS, stands(800, host=0.0), *HERE, 1.0).probability[0] == 0
    assert risk(OPTIONS, stands(800, host=0.7), *HERE, 1.0).probability[0] == pytest.approx(0.7 * plain)
    assert risk(OPTIONS, stands(800, height_m=1501), *HERE, 1.0).probability[0] == pytest.approx(0.3 * plain)
    assert risk(OPTIONS, stands(800, height_m=np.nan), *HERE, 1.0).probability[0] == pytest.approx(plain)
    assert risk(OPTIONS, stands(800, road=1.0), *HERE, 1.0).probability[0] == pytest.approx(plain)
    many = risk(OPTIONS, stands(800, road=9.0), *HERE, 1.0).probability[0]
    assert many == pytest.approx(plain * 2.5 / 1.5)
    assert load_spread().susceptibility("杉木") == 0
    assert load_spread().susceptibility("马尾松") == 1


@given(st.lists(st.floats(0, 30_000), min_size=1, max_size=6), st.floats(0, 1))
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_probability_stays_within_bounds_and_more_finds_never_lower_it(metres, gate):
    finds = 31.0 + np.array(metres) / M_PER_DEGREE
    given_ = stands(0, 400, 3000, area_ha=20.0)
    before = np.zeros(3)
    for number in range(1, len(metres) + 1):
        got = risk(OPTIONS, given_, np.full(number, 105.0), finds[:number], gate).probability
        assert np.all((got >= before - 1e-12) & (got <= 1))
        before = got


def test_without_a_find_there_is_no_risk():
    got = risk(OPTIONS, stands(0, 400), np.array([]), np.array([]), 1.0)
    assert got.probability.tolist() == [0, 0]
    assert got.ring.tolist() == [4, 4]


def test_only_pests_with_evidence_have_a_kernel_and_say_what_it_rests_on():
    table, known = load_spread(), load_species()
    named = [one.species for one in table.kernel]
    assert named == ["Bursaphelenchus xylophilus", "Monochamus alternatus"]
    assert all(known.find(name).name == name for name in named)
    assert all(one.source and one.status == "proposed" for one in table.kernel)
    assert table.of("Dendroctonus valens") is None
