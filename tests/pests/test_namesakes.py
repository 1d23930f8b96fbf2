"""Two places of one name are two: in the register, in the log of finds, and in what settings may say."""

import datetime as dt

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pested import NOW, lab, told

from detectors.pests.grading import after, of_positive
from detectors.pests.register import Register, Where, novelty
from detectors.region import WORLD, Layer, Region
from streams.hops.outbreak_given import PestSettings, Recorded
from streams.hops.outbreak_record import check_records
from streams.toml_file import ConfigError

DAY = dt.timedelta(days=1)
WEST, EAST = shapely.box(106.5, 30.5, 107.0, 31.5), shapely.box(107.0, 30.5, 107.5, 31.5)
CITIES = Region(
    "cities",
    {
        "city": Layer.of("city", [WEST, EAST], ["5110", "5111"], ["内江市", "乐山市"]),
        "county": Layer.of("county", [WEST, EAST], ["511002", "511102"], ["市中区", "市中区"]),
        "township": Layer.of("township", [WEST, EAST], ["511002100", "511102100"], ["双河镇", "双河镇"]),
    },
)
HERE, THERE = {"longitude": 106.9}, {"longitude": 107.1}


def pages(finds, **outbreak):
    return [one.pages for one in told(finds, region=CITIES, **outbreak).alerts]


def test_a_find_in_one_says_nothing_of_the_other():
    finds = [lab("a", unit_id="12", **HERE), lab("b", NOW + DAY, unit_id="12", **THERE)]
    outcome = told(finds, region=CITIES)
    assert [(one.pages, one.pest.novelty) for one in outcome.alerts] == [(True, "county")] * 2


@pytest.mark.parametrize(
    ("county", "township", "unit"),
    [
        ("511002", "511002100", "511002100/12"),
        ("内江市/市中区", "内江市/市中区/双河镇", "内江市/市中区/双河镇/12"),
        ("内江市/市中区", "511002100", "12"),
    ],
)
def test_a_register_that_names_one_of_them_speaks_for_that_one_alone(county, township, unit):
    record = {"counties": [county], "townships": [township], "units": [unit]}
    assert pages(
        [lab("a", unit_id="12", **HERE), lab("b", NOW + DAY, unit_id="12", **THERE)], recorded=record
    ) == [
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("record", "candidates"),
    [
        ({"counties": ["市中区"]}, ("市中区 511002", "市中区 511102")),
        ({"townships": ["双河镇"]}, ("双河镇 511002100", "双河镇 511102100")),
        ({"townships": ["市中区/双河镇"]}, ("双河镇 511002100", "双河镇 511102100")),
        ({"units": ["双河镇/12"]}, ("双河镇 511002100", "双河镇 511102100")),
        ({"townships": ["511002100", "511102100"], "units": ["12"]}, ("511002100", "511102100")),
    ],
)
@pytest.mark.parametrize("of", ["", "红脂大小蠹"])
def test_a_name_that_may_mean_two_is_refused_with_both(record, candidates, of):
    given_ = {"recorded_of": {of: record}} if of else {"recorded": record}
    with pytest.raises(ConfigError, match=r"outbreak\.recorded") as refused:
        told([lab("a", **HERE)], region=CITIES, **given_)
    assert all(one in str(refused.value) for one in candidates)


def test_a_number_alone_says_nothing_of_a_township_that_only_our_log_has():
    record = Register(units=frozenset({"12", "双河镇/12"}), townships=frozenset({"甲镇"}))
    first = Where(unit="1", township="双河镇", county="k", city="c", in_epidemic_list=True)
    second = Where(unit="12", township="双河镇", county="k", city="c", in_epidemic_list=True)
    assert after(record, [first], second, "S").reasons[1].rule == "sub-compartment"


NAME = st.sampled_from(["甲", "乙"])
PLACES = st.builds(Where, unit=NAME, township=NAME, county=NAME, city=NAME, in_epidemic_list=st.none())


@given(PLACES, PLACES)
@settings(max_examples=60, deadline=None)
def test_whatever_was_found_the_next_is_new_in_the_widest_place_that_differs(one, other):
    widest = next(
        (
            rule
            for rule, part in (("county", 2), ("township", 3), ("sub-compartment", 4))
            if (one.city, one.county, one.township, one.unit)[:part]
            != (other.city, other.county, other.township, other.unit)[:part]
        ),
        None,
    )
    got = after(Register(), [one], other, "S")
    assert got.may_page == (widest is not None)
    assert widest is None or got.reasons[1].rule == widest
    whole = Register(
        units=frozenset({one.record}),
        townships=frozenset({one.township_key}),
        counties=frozenset({one.county_key}),
    )
    why = novelty(whole, other)
    assert (None if why is None else why.rule) == widest
    assert of_positive(whole, other, "S").may_page == (widest is not None)


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["红脂大小蠧"], "unknown pest '红脂大小蠧'; nearest: 红脂大小蠹"),
        (["松材线虫病"], r"pine wilt is \[outbreak.recorded\]"),
        (["红脂大小蠹", "D. valens"], "'D. valens' is '红脂大小蠹' again"),
    ],
)
def test_a_register_that_would_be_read_for_no_pest_is_refused(names, says):
    with pytest.raises(ConfigError, match=says):
        check_records(PestSettings(recorded_of={name: Recorded() for name in names}), WORLD)
    check_records(PestSettings(recorded_of={"美国白蛾": Recorded(), "D. valens": Recorded()}), WORLD)
