"""The past falls into groups that cannot meet, and judging them apart tells what judging all of it tells."""

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from judged import hotspot, report
from msgspec.structs import replace

from detectors.region import WORLD
from schemas.settings import Settings
from streams.recorded import deliveries
from streams.replay import run
from streams.tables import load_tables
from streams.tuning import judging
from streams.tuning.backtest import _run as told_together
from streams.tuning.cutting import Reach, grouped
from streams.tuning.splitting import works
from streams.tuning.stories import stories_of

HEAT = {"days": 2, "months": 1}
BASE = Settings(static_heat=HEAT)
CANDIDATE = Settings(static_heat=HEAT, grade={"rule": [{"grade": "IV", "probability": 0.3}], "task": 0.1})

HEARTHS = [
    (0.0, 0.0),
    (2.4, 0.0),
    (6.0, 1.0),
    (0.0, 9.0),
    (14.0, 0.0),
    (40.0, 40.0),
    (42.5, 40.0),
    (45.0, 40.0),
]
KINDS = [("N20", 0.4), ("N20", 0.4), ("N", 0.8), ("Terra", 1.4), ("Aqua", 3.0), ("Himawari-9", 2.0)]


def seen(minutes, hearth, east, north, kind, frp, lag):  # noqa: PLR0917 - the parts of a pixel
    satellite, scan = kind
    return hotspot(
        minutes, hearth[0] + east, hearth[1] + north, satellite=satellite, scan=scan, frp=frp, lag=lag
    )


pixels = st.builds(
    seen,
    st.integers(0, 12 * 24).map(lambda step: step * 60),
    st.sampled_from(HEARTHS),
    *[st.sampled_from([0.0, 0.0, 0.7, 1.3, 2.5])] * 2,
    st.sampled_from(KINDS),
    st.sampled_from([0.5, 20.0, 300.0]),
    st.sampled_from([0, 60, 180, 3000]),
)
people = st.builds(
    lambda minutes, hearth, radius: report(minutes, *hearth, radius=radius),
    st.integers(0, 12 * 24).map(lambda step: step * 60 + 7),
    st.sampled_from(HEARTHS),
    st.sampled_from([300.0, 4000.0]),
)

LARGE_AND_A_SPARK = [
    seen(720, (0.0, 0.0), x, y, KINDS[0], 20.0, 60) for x, y in ((0, 0), (1.3, 0), (0, 1.3), (1.3, 1.3))
]
LARGE_AND_A_SPARK += [seen(840, (0.0, 0.0), 4.6, 0.6, KINDS[0], 20.0, 60)]
ALWAYS_HOT = [seen(1440 * day, (0.0, 0.0), x, 0.0, KINDS[0], 5.0, 60) for day in range(5) for x in (0.0, 0.7)]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.one_of(pixels, pixels, pixels, people), min_size=2, max_size=30))
@example(LARGE_AND_A_SPARK)
@example(ALWAYS_HOT)
def test_groups_judged_apart_tell_what_judging_everything_at_once_tells(observations):
    past = deliveries(observations)
    found = [
        judging.judged(part, lambda _done: None)
        for part in works(past, BASE, CANDIDATE, None, WORLD, carbon=False)
    ]
    for side, sides in ((BASE, [one.base for one in found]), (CANDIDATE, [one.candidate for one in found])):
        whole = stories_of(run(past, side), load_tables().evidence.surroundings)
        apart = told_together("x", side, sides, WORLD).stories
        assert [replace(one, reasons=()) for one in apart] == [
            replace(one, carbon_t=None, reasons=()) for one in whole
        ]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.one_of(pixels, pixels, people), min_size=1, max_size=40), st.sampled_from([0.0, 78.0, 178.0])
)
def test_what_may_meet_is_of_one_group_and_the_rest_is_not(observations, turned):
    moved = [replace(one, longitude=(one.longitude + turned + 180.0) % 360.0 - 180.0) for one in observations]
    reach = Reach(
        sharp_km=2.0, spark_km=5.0, link_km=8.0, sight_km=9.0, weather_km=9.0, vague=frozenset({"Himawari-9"})
    )
    groups = grouped(moved, reach)
    sharp = np.array([reach.is_sharp(one) for one in moved])
    apart = np.linalg.norm(groups.places[:, None] - groups.places[None], axis=2)
    limit = np.where(sharp[:, None] & sharp[None], reach.sharp_km, reach.link_km)
    same = groups.labels[:, None] == groups.labels[None]
    assert same[apart <= limit].all()
    assert same[(apart <= reach.spark_km) & _many_at_once(apart, limit)[:, None]].all()


def _many_at_once(apart, limit):
    """Whether each is one of three that links alone join."""
    near = apart <= limit
    for _ in range(6):
        near = near @ near
    return near.sum(axis=1) >= 3


def test_a_country_full_of_lone_pixels_falls_into_many_groups():
    dice = np.random.default_rng(3)
    observations = [
        hotspot(int(dice.integers(0, 30 * 1440)), float(x), float(y))
        for x, y in zip(dice.uniform(0, 400, 3000), dice.uniform(0, 400, 3000), strict=True)
    ]
    parts = works(deliveries(observations), BASE, CANDIDATE, None, WORLD, carbon=False)
    sizes = [sum(len(one.observations) for one in part.deliveries) for part in parts]
    assert len(parts) == 8
    assert max(sizes) < 1.3 * sum(sizes) / len(sizes)
