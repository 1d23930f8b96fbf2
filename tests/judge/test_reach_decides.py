"""A village in the reach of the next hour raises grade and duty to report; one beside it does neither."""

from datetime import timedelta

import pytest
import shapely
from judged import START, delivery, judge, report

from detectors.region import Layer, Region
from schemas.observation import Reading
from schemas.settings import Settings

SETTINGS = Settings(carbon={"scenarios": 4})
WIND = {
    "temperature_c": 25.0,
    "relative_humidity_percent": 15.0,
    "wind_speed_ms": 12.0,
    "wind_direction_deg": 270.0,
}


def region(east_km):
    stands = Layer.of(
        "stands",
        [shapely.box(101.8, 27.8, 102.2, 28.2)],
        ["a"],
        ["a"],
        [{"species": "云南松", "volume_m3_ha": 90.0}],
    )
    village = shapely.Point(102.0 + east_km / 98.2, 28.0)
    return Region(
        "county",
        {
            "stands": stands,
            "settlements": Layer.of("settlements", [village], ["v"], ["village"], [{}]),
            "facilities": Layer.of("facilities", [], [], [], []),
        },
    )


def reading(quantity, value):
    return Reading(
        observation_id=f"s1/{quantity}", source="s1", frame="wgs84", observed_at=START,
        received_at=START + timedelta(minutes=1), longitude=102.05, latitude=28.0,
        quantity=quantity, value=value,
    )  # fmt: skip


@pytest.mark.parametrize(("east_km", "is_reached"), [(2.6, True), (-4.0, False)])
def test_what_the_next_hour_may_reach_decides(east_km, is_reached):
    calls = [report(5 + n, who=f"r{n}", kind="ground") for n in range(2)]
    given = [*(delivery(reading(*one)) for one in WIND.items()), *map(delivery, calls)]
    (one,) = judge(given, settings=SETTINGS, region=region(east_km)).incidents.values()
    assert one.reach_1h is not None
    held = {held.code for held in one.report_duty.holds}
    assert ("sc_threatens" in held, "cn_threatens" in held) == (is_reached, is_reached)
    assert one.grade == ("II" if is_reached else "III")
    assert ("in_reach" in {why.rule for why in one.reasons if why.code == "grade_condition"}) is is_reached
