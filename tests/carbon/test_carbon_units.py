"""Every figure of carbon that leaves the house carries its unit, and figures scale as their units do."""

import msgspec
import numpy as np
import pytest
from carbon_words import losing, spreading, stocked, tables
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.carbon.provenance import Row
from schemas.alert import Carbon, Range
from schemas.carbon import CarbonTotal, CloseOut
from schemas.weather import Conditions

UNITS = (
    "_t", "_ha", "_h", "_c", "_pct", "_ms", "_deg", "_mm", "_km", "_m", "_a", "_mj", "_kg", "_g_kg", "_t_ha",
)  # fmt: skip
BARE = {
    "probability",
    "share_of_stock",
    "stands",
    "incidents",
    "draws",
    "v",
    "danger_level",
    "fwi",
    "revision",
}
"""Numbers without a unit: shares, counts and indices."""


@pytest.mark.parametrize("kind", [Carbon, Range, CarbonTotal, CloseOut, Conditions])
def test_every_number_of_a_message_has_its_unit_in_its_name(kind):
    numbers = {
        field.encode_name
        for field in msgspec.structs.fields(kind)
        if any(word in str(field.type) for word in ("float", "int,", "int |", "'int'"))
    }
    assert numbers
    bare = {name for name in numbers if not name.endswith(UNITS)} - BARE
    assert bare <= {"reversal", "is_within"}


def test_every_row_of_every_table_says_where_it_is_from():
    rows: list[Row] = [
        *tables().species, *tables().covers, *tables().constants, *losing().combustion,
        *losing().emission_factors, *losing().mortality, *spreading().fuels, *spreading().slopes,
    ]  # fmt: skip
    assert all(row.source and row.version and row.review_by for row in rows)
    assert {row.status for row in rows} <= {"verified", "computed", "memory", "proposal"}


@settings(max_examples=25, deadline=None)
@given(st.floats(1, 400), st.floats(0.1, 1e4))
def test_tonnes_per_hectare_times_hectares_are_tonnes(volume, area):
    one = stocked(species=["云南松"], volume_m3_ha=[volume], area_ha=[1.0])
    many = stocked(species=["云南松"], volume_m3_ha=[volume], area_ha=[area])
    assert np.allclose(one.pools_c_t_ha, many.pools_c_t_ha)
    assert many.carbon_t()[0] == pytest.approx(area * one.carbon_t()[0])
