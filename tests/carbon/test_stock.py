"""Stock of a stand: the values of the sources to their digits, the order of tiers, what is missing."""

from datetime import date

import numpy as np
import pytest
from carbon_words import stocked, tables
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.carbon import biomass
from alerts.carbon.caution import words
from alerts.carbon.stand import stands_of
from alerts.carbon.stock import POOLS, TIERS, stock

AT_100_M3 = """冷杉 48.17 8.38 28.27
云杉 59.30 13.28 37.82
铁杉 73.68 20.41 47.23
柏木 82.79 18.21 51.51
落叶松 69.38 14.71 43.81
油松 57.20 14.36 37.28
华山松 70.69 12.02 43.25
马尾松 55.94 10.46 30.54
云南松 78.20 11.42 45.79
高山松 68.19 16.02 42.19
其他松 69.15 14.25 42.62
杉木 50.16 12.34 32.50
柳杉 76.23 20.35 50.61
水杉 41.87 13.36 27.67
樟木 64.95 17.86 40.74
楠木 78.18 20.64 49.71
栎类 91.60 26.75 59.17
桦木 77.04 19.11 47.21
硬阔类 100.11 26.13 62.74
杨树 54.66 12.41 33.26
桉树 73.00 16.13 46.80
软阔类 70.26 20.31 43.92
针叶混 64.27 17.16 41.53
阔叶混 72.97 19.12 45.13
针阔混 80.48 19.96 50.02"""

FANG_AT_100_M3 = """spruce_fir 93.92
birch 117.11
cunninghamia 62.53
cypress 107.44
oak 123.08
eucalypt 93.28
larch 94.77
evergreen_broadleaf 111.63
mixed 99.83
pinus_armandii 77.30
masson_yunnan_pine 52.06
pinus_tabuliformis 80.63
other_conifer 84.92
poplar 78.14
hemlock 82.91
other_broadleaf 83.95"""


def tree_c(found, row=0):
    return found.pools_c_t_ha[row, :2].sum()


@pytest.mark.parametrize("line", AT_100_M3.splitlines())
def test_25_species_at_100_m3_per_ha(line):
    name, above, roots, carbon = line.split()
    found = stocked(species=[name], volume_m3_ha=[100.0])
    mass = found.pools_c_t_ha[0] / found.carbon_fraction[0]
    assert (f"{mass[0]:.2f}", f"{mass[1]:.2f}") == (above, roots)
    # two are printed from products that were rounded before
    assert tree_c(found) == pytest.approx(float(carbon), abs=0.0051)
    assert TIERS[found.tier[0]] == "volume"


@pytest.mark.parametrize("line", FANG_AT_100_M3.splitlines())
def test_continuous_expansion_at_100_m3_per_ha_has_its_roots_already(line):
    kind, mass = line.split()
    row = tables().live_biomass(kind)
    assert f"{biomass.continuous(100.0, row.slope_t_m3, row.constant_t_ha):.2f}" == mass


def test_the_update_of_2013_is_kept_beside_the_original():
    row = tables().live_biomass("cypress", "zhang_2013")
    assert (row.slope_t_m3, row.constant_t_ha) == (0.4904, 30.427)


def test_the_spread_between_methods_is_carried():
    found = stocked(area_ha=[1.0, 1.0], species=["云南松", "冷杉"], volume_m3_ha=[100.0, 100.0])
    pine, fir = (
        tree_c(found, row) * np.array([found.method_low[row], found.method_high[row]]) for row in (0, 1)
    )
    assert [f"{x:.1f}" for x in (*pine, *fir)] == ["26.0", "45.8", "28.3", "47.0"]
    assert found.carbon_t(("agb", "bgb"))[0] == pytest.approx(pine.mean())


def test_below_20_m3_the_constant_of_the_other_method_is_no_second_opinion():
    found = stocked(species=["云南松"], volume_m3_ha=[10.0])
    assert (found.method_low[0], found.method_high[0]) == (0.6, 1.4)


def test_peat_carbon_of_a_depth():
    found = stocked(cover=["peat"], peat_depth_m=[0.10])
    assert f"{found.pools_c_t_ha[0, 5]:.1f}" == "81.2"
    assert found.tier[0] == 1
    unknown = stocked(cover=["泥炭地"])
    assert unknown.pools_c_t_ha[0, 5] == 962.0
    assert "peat_depth_unknown" in words(unknown.cautions[0])


def test_each_missing_number_falls_one_tier_and_is_said():
    found = stocked(
        area_ha=[1, 1, 1, 1, 1, 1],
        species=["云杉", "云杉", "云杉", "dragon tree", "dragon tree", None],
        cover=["forest"] * 5 + [None],
        origin=["natural"] * 6,
        volume_m3_ha=[200, np.nan, -999, 90, np.nan, np.nan],
        age_a=[np.nan, 50, np.nan, np.nan, np.nan, np.nan],
    )
    assert [TIERS[t] for t in found.tier] == ["volume", "type_age", "type_mean", "ipcc", "ipcc", "unknown"]
    said = [set(words(c)) - {"unverified"} for c in found.cautions]
    assert said[0] == set()
    assert said[1] == {"no_volume"}
    assert said[2] == {"bad_volume", "no_age"}
    assert said[3] == {"unknown_species"}
    assert said[4] == {"unknown_species", "no_volume"}
    assert said[5] == {"unknown_cover"}
    assert tree_c(found, 1) == pytest.approx(107.06 * 71.46 / 88.27)
    assert tree_c(found, 2) == pytest.approx(107.06)
    # (90 x 1.0 x 1.29 + 90 x 1.4 x 1.23) / 2 x 0.47
    assert tree_c(found, 3) == pytest.approx((90 * 1.29 + 126 * 1.23) / 2 * 0.47)
    assert tree_c(found, 4) == pytest.approx(86.75)
    assert not found.is_known[5].any()


def test_a_stand_without_volume_of_wood_holds_no_tree_carbon_and_says_so():
    found = stocked(species=["云南松"], volume_m3_ha=[0.0])
    assert tree_c(found) == 0
    assert "zero_volume" in words(found.cautions[0])


def test_a_stand_without_area_is_counted_in_no_sum_and_says_so():
    found = stocked(area_ha=[0.0, np.nan, -3.0], species=["云南松"] * 3, volume_m3_ha=[50.0] * 3)
    assert found.carbon_t().tolist() == [0, 0, 0]
    assert all("no_area" in words(one) for one in found.cautions)
    assert (found.pools_c_t_ha[:, 0] > 0).all()


def test_unverified_and_overdue_parameters_are_said():
    columns = {"species": ["云南松"], "volume_m3_ha": [100.0]}
    assert words(stocked(**columns).cautions[0]) == ("unverified",)
    assert words(stocked(today=date(2031, 1, 1), **columns).cautions[0]) == ("unverified", "overdue")
    measured = stocked(species=["云杉"], age_a=[30.0], origin=["natural"])
    assert words(measured.cautions[0]) == ("no_volume",)


def test_names_codes_and_slugs_are_the_same_species():
    spoken = ["云南松", "230", "pinus_yunnanensis", " 云南松林 "]
    assert len(set(stands_of(tables(), area_ha=np.ones(4), species=spoken).species.tolist())) == 1


def test_bamboo_shrub_grassland_and_wetland_have_their_own_means():
    spoken = ["毛竹", "灌木林", "高山灌丛", "草原", "沼泽"]
    found = stocked(area_ha=np.ones(5), species=spoken)
    assert np.allclose(found.pools_c_t_ha[:, :2].sum(axis=1), [21.0, 8.46, 3.2, 11.25, 11.25])
    assert (found.method_high > found.method_low).all()
    assert not found.is_known[1, POOLS.index("soil")]


def columns():
    number = st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True))
    row = st.tuples(
        st.sampled_from(["云南松", "毛竹", "泥炭", "草原", "", "?"]), number, number, number, number,
        st.sampled_from(["natural", "人工", None]),
    )  # fmt: skip
    return st.lists(row, min_size=1, max_size=8)


@settings(max_examples=60, deadline=None)
@given(columns())
def test_whatever_a_layer_says_no_stock_is_negative_or_not_a_number(rows):
    spoken, volume, age, area, depth, origin = zip(*rows, strict=True)
    found = stocked(
        species=spoken, origin=origin,
        volume_m3_ha=np.array(volume, float), age_a=np.array(age, float),
        area_ha=np.array(area, float), peat_depth_m=np.array(depth, float),
    )  # fmt: skip
    assert np.isfinite(found.pools_c_t_ha).all()
    assert (found.pools_c_t_ha >= 0).all()
    assert np.isfinite(found.carbon_t()).all()
    assert (found.method_low <= found.method_high).all()
    silent = ~found.is_known.any(axis=1)
    assert all("unknown_cover" in words(one) for one in found.cautions[silent])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0, 900), min_size=2, max_size=6), st.floats(0.1, 1e4))
def test_stock_grows_with_volume_and_area(volumes, factor):
    ordered = sorted(volumes)
    columns = {"species": ["栎类"] * len(ordered), "volume_m3_ha": ordered}
    one = stocked(area_ha=np.ones(len(ordered)), **columns)
    assert (np.diff(one.pools_c_t_ha[:, 0]) >= 0).all()
    more = stocked(
        area_ha=np.full(len(ordered), factor), species=["栎类"] * len(ordered), volume_m3_ha=ordered
    )
    assert np.allclose(more.carbon_t(), factor * one.carbon_t())


def test_order_of_stands_changes_nothing():
    rows = [3, 1, 0, 2]
    stands = stands_of(
        tables(), area_ha=[1, 2, 3, 4], species=["云南松", "", "草原", "云杉"], cover=["forest"] * 4,
        volume_m3_ha=[90, 40, np.nan, np.nan], age_a=[1, 2, 3, 70],
    )  # fmt: skip
    straight, mixed = (stock(tables(), one, date(2026, 1, 1)) for one in (stands, stands.take(rows)))
    for name, column in vars(straight).items():
        assert np.array_equal(column[rows], getattr(mixed, name)), name
