"""A front in a gale, and a second fire beside one that a satellite watches: no first sight stays untold."""

import pytest
from judged import delivery, hotspot, judge, report

from schemas.settings import Settings

SINCE = 8 * 60
"""Minutes after the start: four in the afternoon at 102 E."""

HOURS = 5


def wide(minutes, *easts):
    """One look of a satellite whose pixels of 2 km are too far off to join fires, arriving late."""
    pixels = (
        hotspot(SINCE + minutes, east, satellite="Himawari-9", scan=2.0, frp=80.0, lag=12) for east in easts
    )
    return delivery(*pixels)


def ranger(hours, east, north=0.2):
    minutes, who = round(SINCE + hours * 60), f"patrol/{hours}"
    return delivery(report(minutes, east, north, kind="ground", who=who, saw="flame", radius=800.0))


def arrived(parts):
    return sorted(parts, key=lambda one: one.received_at)


def front(speed):
    """A front that runs east, the satellite's looks every ten minutes, and rangers at its head."""
    looks = []
    for minutes in range(10, HOURS * 60, 10):
        head = speed * minutes / 60.0
        looks.append(wide(minutes, *(2.0 * k for k in range(20) if head - 4.0 <= 2.0 * k <= head + 1.0)))
    return [*(ranger(hours, speed * hours) for hours in (0.0, 2.0, 3.0, 4.5)), *looks]


def swath(speed):
    """The look that sees all that such a front has burned, some hours later."""
    at = SINCE + HOURS * 60 + 120
    columns = range(int(speed * HOURS / 0.4))
    return delivery(*(hotspot(at, 0.4 * i, 0.4 * j, lag=150) for i in columns for j in range(-2, 3)))


KNOWN = Settings(detectors={"hotspot": {"orthocorrected": ["Himawari-9"]}})
"""As where heights are known: pixels lie on the ground, to 0.6 km; they are coarse for all that."""


def living(outcome):
    return [one for one in outcome.incidents.values() if one.status in {"open", "closed"}]


@pytest.mark.parametrize("speed", [1.0, 1.5])
def test_a_front_told_in_parts_is_one_with_the_oldest_id_once_a_fine_look_joins_them(speed):
    parts = judge(arrived(front(speed)), ticks=True)
    oldest, *others = sorted(living(parts), key=lambda one: one.opened_at)
    assert others
    whole = judge(arrived([*front(speed), swath(speed)]), ticks=True)
    (fire,) = living(whole)
    assert fire.incident_id == oldest.incident_id
    assert {one.incident_id for one in others} <= set(fire.lineage)
    joining = max(one.issued_at for one in whole.alerts)
    assert sum(one.pages for one in whole.alerts if one.issued_at == joining) <= 1


@pytest.mark.parametrize("away", [2.9, 4.0, 6.0])
@pytest.mark.parametrize("lit", [-20, 0, 20])
@pytest.mark.parametrize("where", [Settings(), KNOWN], ids=["heights unknown", "heights known"])
def test_a_second_fire_beside_one_that_a_satellite_watches_is_paged_at_its_first_sight(away, lit, where):
    """Its pixel may be hot before, and beside that of the other: it may be a front or not."""
    seen = 140
    pixel = 2.0 * round(away / 2.0)
    looks = [
        wide(minutes, 0.0, *([pixel] if minutes >= seen + lit else []))
        for minutes in range(0, HOURS * 60, 10)
    ]
    outcome = judge(arrived([ranger(0.0, 0.0), *looks, ranger(seen / 60, away)]), ticks=True, settings=where)
    _, east = sorted(living(outcome), key=lambda one: one.longitude)
    told = [one for one in outcome.alerts if one.alert_id in east.lineage and one.pages]
    late = min(one.issued_at for one in told) - ranger(seen / 60, away).received_at
    assert late.total_seconds() <= 600.0


@pytest.mark.parametrize("away", [3.6, 5.0, 6.5])
@pytest.mark.parametrize("where", [Settings(), KNOWN], ids=["heights unknown", "heights known"])
@pytest.mark.parametrize("radius", [1200.0, 2000.0])
def test_a_second_fire_that_only_calls_tell_of_is_paged_beside_one_that_a_satellite_watches(
    away, where, radius
):
    calls = [
        delivery(report(SINCE + 60 + 4 * k, away, 0.1 * k, who=f"call/{k}", saw="flame", radius=radius))
        for k in range(3)
    ]
    looks = [wide(minutes, 0.0, 2.0) for minutes in range(0, 180, 10)]
    outcome = judge(arrived([ranger(0.0, 0.0), *looks, *calls]), ticks=True, settings=where)
    _, east = sorted(living(outcome), key=lambda one: one.longitude)
    assert [one for one in outcome.alerts if one.alert_id in east.lineage and one.pages]
