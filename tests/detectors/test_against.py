"""A look that saw nothing speaks only against a fire that it could have seen."""

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from detectors.against import Fire, could_see, speaking, weight
from detectors.look_times import LookTimes
from schemas.detection import Look
from streams.tables import load_tables

TABLE = load_tables().evidence.against
SPAN_S = 1800.0
AT = dt.datetime(2024, 3, 1, tzinfo=dt.UTC)
FIRE = Fire(longitude=102.0, latitude=28.0, last_seconds=AT.timestamp(), least_frp_mw=20.0)


def look(hours=2.0, source="NPP/VIIRS", kind="satellite", **box):
    given_ = {"west": 101.0, "south": 27.0, "east": 103.0, "north": 29.0} | box
    return Look(source=source, source_class=kind, observed_at=AT + dt.timedelta(hours=hours), **given_)


CAN = {
    "a finer eye over the place, later": (FIRE, look()),
    "on the edge of its box": (FIRE, look(west=102.0)),
    "all of a wide place": (replace(FIRE, radius_m=5000.0), look(west=101.94, south=27.95)),
    "a fire just strong enough": (replace(FIRE, least_frp_mw=10.0), look()),
    "somebody who stands there, whatever the power": (
        replace(FIRE, least_frp_mw=None),
        look(source="r", kind="ground"),
    ),
}
CANNOT = {
    "not later than the evidence": (FIRE, look(0.0)),
    "elsewhere": (FIRE, look(west=102.1)),
    "half of where it may burn": (replace(FIRE, radius_m=5000.0), look(west=102.0)),
    "a little less than all of it": (replace(FIRE, radius_m=5000.0), look(west=101.95, south=27.95)),
    "somebody in the middle of a coarse pixel": (
        replace(FIRE, radius_m=2828.0),
        look(source="r", kind="ground", west=101.997, east=102.003, south=27.997, north=28.003),
    ),
    "an eye nobody knows": (FIRE, look(source="NPP/OTHER")),
    "a fire too weak for it": (replace(FIRE, least_frp_mw=9.9), look()),
    "a small fire and a coarse eye in a far orbit": (FIRE, look(source="Himawari-9/AHI")),
    "a fire of unknown power": (replace(FIRE, least_frp_mw=None), look()),
    "a caller": (FIRE, look(source="12119", kind="public")),
}


@pytest.mark.parametrize("case", CAN)
def test_it_could_have_seen_it(case):
    assert could_see(TABLE, *CAN[case]) is not None


@pytest.mark.parametrize("case", CANNOT)
def test_it_could_not(case):
    assert could_see(TABLE, *CANNOT[case]) is None


def weighed(*looks):
    return weight(TABLE, FIRE, speaking(TABLE, FIRE, looks), SPAN_S)


def test_one_source_counts_once_within_half_an_hour_and_all_together_have_a_limit():
    half = math.log(0.5)
    assert weighed(look()) == weighed(look(), look(2.2)) == pytest.approx(half)
    assert weighed(look(), look(2.5)) == pytest.approx(2 * half)
    many = [look(0.5 + 0.1 * i, source=f"s{i}/VIIRS") for i in range(9)]
    assert weighed(*many) == pytest.approx(math.log(TABLE.most))


def test_long_after_the_evidence_it_only_says_that_it_is_over():
    assert weighed(look(TABLE.within_h + 0.1)) == 0.0
    assert speaking(TABLE, FIRE, [look(TABLE.within_h + 0.1)])


@given(st.permutations([look(1.0), look(2.0), look(3.0, "Terra/MODIS"), look(4.0, "r", "ground")]))
def test_the_order_of_looks_changes_nothing(looks):
    assert weighed(*looks) == pytest.approx(math.log(0.5 * 0.5 * 0.75 * 0.2)) or weighed(*looks) == math.log(
        TABLE.most
    )


@given(st.lists(st.integers(0, 20), max_size=20), st.integers(0, 20), st.integers(0, 20))
def test_looks_by_time_are_those_that_going_over_all_would_find(hours, after, before):
    every = [look(float(hour), source=f"s{at}/VIIRS") for at, hour in enumerate(hours)]
    times, moment = LookTimes(), AT + dt.timedelta(hours=after)
    times.add(every)
    kept = [one for one in every if one.observed_at >= AT + dt.timedelta(hours=before)]
    times.forget(AT + dt.timedelta(hours=before))
    assert len(times) == len(kept)
    found = times.later(moment)
    assert found == sorted(
        (one for one in kept if one.observed_at > moment), key=lambda one: (one.observed_at, one.source)
    )
