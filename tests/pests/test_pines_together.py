"""Dead pines: orange where more of them stand together than chance allows, yellow where each stands alone."""

import datetime as dt

import numpy as np
from pested import NOW, survey, told

from detectors.pests.pines import Options, clustered
from detectors.pests.register import Where

DAY = dt.timedelta(days=1)


def looked(dead, seed=3):
    """Places a kilometre apart, each looked at on a day of the last four weeks."""
    rng = np.random.default_rng(seed)
    return [
        survey(
            f"s{at}",
            NOW - int(rng.integers(1, 20)) * DAY,
            value=float(number),
            longitude=107.0 + 0.0105 * (at % 6),
            latitude=31.0 + 0.009 * (at // 6),
        )
        for at, number in enumerate(dead)
    ]


ALONE = [1, 0, 1, 0, 1, 0, 0, 1, 0, 2, 0, 1, 1, 0, 0, 1, 0, 1, 0, 1, 0, 0, 1, 0]
TOGETHER = [7, 8, *ALONE[2:6], 8, 7, *ALONE[8:]]


def test_trees_that_stand_together_are_orange_without_a_laboratory_and_others_yellow():
    outcome = told(looked(TOGETHER))
    orange = next(one for one in outcome.alerts if one.grade == "II")
    assert {"cluster", "recurrence", "dead_pines"} <= {one.code for one in orange.reasons}
    assert "偶然约每" in orange.description["zh"]
    assert {one.grade for one in told(looked(ALONE)).alerts} == {"III"}


def test_only_the_places_of_the_cluster_are_in_it_and_later_finds_change_nothing():
    finds = looked(TOGETHER)
    found = clustered(Options(), finds, {})
    assert {name for name, one in found.items() if one.p < 0.05} == {"s0", "s1", "s6", "s7"}
    later = [survey(f"l{at}", NOW + 60 * DAY, value=9.0, longitude=107.5) for at in range(3)]
    again = clustered(Options(), [*later, *reversed(finds)], {})
    assert {name: again[name] for name in found} == found


def test_the_same_trees_counted_twice_are_no_more_trees():
    finds = looked(TOGETHER)
    twice = [
        survey(
            f"t{one.observation_id}",
            one.observed_at,
            value=one.value,
            longitude=one.longitude,
            latitude=one.latitude,
        )
        for one in finds
    ]
    once, again = clustered(Options(), finds, {}), clustered(Options(), [*finds, *twice], {})
    assert {name: again[name].p for name in once} == {name: one.p for name, one in once.items()}


def test_too_few_places_are_no_scan_and_a_sub_compartment_is_one_place():
    assert clustered(Options(), looked([9, 9, 0, 0, 0, 0, 0, 0, 0]), {}) == {}
    where = {f"s{at}": Where(unit=f"u{at % 3}") for at in range(24)}
    assert clustered(Options(), looked(TOGETHER), where) == {}
