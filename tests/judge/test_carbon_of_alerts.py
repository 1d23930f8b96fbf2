"""The alerts that leave the judge carry carbon where the region tells what grows, and a reason where not."""

from datetime import UTC, datetime, timedelta

import pytest

from detectors.region import WORLD
from schemas.observation import Delivery, Hotspot
from schemas.settings import Settings
from streams.demo.season import season
from streams.region import demo_region
from streams.replay import run

SETTINGS = Settings(carbon={"horizon_h": 3.0, "scenarios": 8})


@pytest.fixture(scope="module")
def deliveries():
    given = [
        Delivery(delivery_id=f"{key}/{at.isoformat()}", received_at=at, observations=tuple(some))
        for at, key, some in season()
        if timedelta() <= at - datetime(2020, 3, 30, 6, 20, tzinfo=UTC) < timedelta(hours=1, minutes=45)
    ]
    assert given
    return given


def test_the_demo_fire_tells_what_it_threatens_and_an_end_tells_nothing(deliveries):
    told = run(deliveries, SETTINGS, demo_region()).alerts
    computed = [one.carbon for one in told if one.carbon.carbon_t is not None]
    assert computed
    assert all(one.horizon_h == 3.0 and one.stands > 0 and one.parameters for one in computed)
    assert all("wind_unknown" in one.cautions for one in computed)
    assert all(one.carbon.reason is not None for one in told if one.carbon.carbon_t is None)
    # the same log gives the same figures
    assert run(deliveries, SETTINGS, demo_region()).alerts == told


def test_without_a_layer_that_tells_what_grows_there_is_no_figure(deliveries):
    told = run(deliveries, SETTINGS, WORLD).alerts
    assert told
    assert {one.carbon.carbon_t for one in told} == {None}
    assert {one.carbon.reason.code for one in told} <= {"no_carbon_layer", "not_computed"}


def hotspot(minutes, frp_mw):
    return Hotspot(
        observation_id=f"h{minutes}", source="S-NPP", observed_at=NOW + timedelta(minutes=minutes),
        longitude=101.5, latitude=28.5, satellite="S-NPP", instrument="VIIRS", frp_mw=frp_mw,
        scan_km=0.4, track_km=0.4, confidence="nominal",
    )  # fmt: skip


NOW = datetime(2026, 3, 1, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("looks", "energy_mj", "undersampled"),
    [
        ([(0, 50.0), (120, 50.0)], 50 * 7200, False),
        ([(0, 50.0), (120, 100.0), (180, 100.0)], 75 * 7200 + 100 * 3600, False),
        ([(0, 50.0), (600, 50.0)], None, True),
        ([(0, 50.0), (120, 50.0), (600, 50.0)], 50 * 7200, True),
        ([(0, 50.0)], None, True),
        ([(0, 50.0), (120, None)], None, True),
        ([(0, None), (120, None)], None, False),
    ],
    ids=["two", "three", "ten hours apart", "two and one later", "one look", "one power", "no power"],
)
def test_energy_is_what_two_looks_near_in_time_saw_and_looks_too_rare_are_said(
    looks, energy_mj, undersampled
):
    given = [
        Delivery(
            delivery_id=f"d{minutes}",
            received_at=NOW + timedelta(minutes=minutes + 5),
            observations=(hotspot(minutes, power),),
        )
        for minutes, power in looks
    ]
    (last,) = run(given, Settings(), WORLD).incidents.values()
    assert (last.energy_mj, last.undersampled) == (energy_mj, undersampled)
