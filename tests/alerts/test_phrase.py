"""How numbers, directions and times are written: as the language has it, and the same number always."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from alerts.phrase import direction, filled, from_place, number, percent
from schemas.settings import Settings
from streams.jurisdiction import in_force

ZH = in_force(Settings()).words["zh"]
EN = in_force(Settings(jurisdiction="generic-en")).words["en"]
GERMAN = replace(EN, decimal=",", thousands=".")


def test_separators_are_those_of_the_language():
    assert number(GERMAN, 1234567.891, 2) == "1.234.567,89"
    assert number(EN, 1234567.891, 2) == "1234567.89"


@given(st.floats(-1e9, 1e9), st.integers(0, 4))
def test_a_written_number_is_the_number(value, digits):
    back = number(GERMAN, value, digits).replace(".", "").replace(",", ".")
    assert float(back) == float(f"{value:.{digits}f}")


@given(st.floats(0, 1))
def test_per_cent_are_rounded_once(share):
    assert f"{percent(share)}%" == f"{share:.0%}"


@pytest.mark.parametrize(
    ("azimuth_deg", "zh", "en"),
    [
        (0, "北", "N"),
        (22.4, "北", "N"),
        (22.6, "东北", "NE"),
        (180, "南", "S"),
        (359.9, "北", "N"),
        (-45, "西北", "NW"),
    ],
)
def test_a_bearing_has_the_nearest_of_eight_names(azimuth_deg, zh, en):
    assert (direction(ZH, azimuth_deg), direction(EN, azimuth_deg)) == (zh, en)


def test_a_place_is_told_from_a_named_one():
    assert from_place(ZH, "长板桥", 44.0, 1234.0) == "长板桥东北1.2km"
    assert from_place(EN, "Changbanqiao", 44.0, 1234.0) == "1.2 km NE of Changbanqiao"


def test_a_sentence_is_filled_as_python_does_whatever_its_gaps():
    gaps = {"a": "1%", "b": "{x}", "unused": ""}
    for template in ("", "{a}", "100 % {a}{b}", "{{{a}}} {b!s} {a:>4}", "%s {b}", "{a}{a}"):
        assert filled(template, gaps) == template.format(**gaps)
    with pytest.raises(KeyError):
        filled("{c}", gaps)
