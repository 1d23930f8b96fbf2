"""The memory of static heat: whatever can touch a hit is found, at every latitude."""

import math
import random
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors import static_heat
from detectors.geodesy import KM_PER_DEGREE
from detectors.static_heat import LARGEST_RADIUS_KM, HeatIndex, Hit, Options, bins_round
from streams.hops.heat import keep_heat

RADIUS = st.sampled_from([0.5, 0.7, 1.6, LARGEST_RADIUS_KM])


def hit(name, lon, lat, radius, *, day=1):
    return Hit(name, day, lon, lat, radius, f"look {name}", None)


@given(st.floats(-80, 80), st.floats(0, 360), st.floats(0, 0.999), RADIUS, RADIUS)
@settings(max_examples=400, deadline=None)
def test_all_that_can_touch_a_hit_is_found(lat, bearing, share, mine, theirs):
    here = hit("here", 102.0, lat, mine)
    far = share * (mine + theirs) / KM_PER_DEGREE
    north = far * math.cos(math.radians(bearing))
    east = far * math.sin(math.radians(bearing)) / math.cos(math.radians(lat))
    other = hit("other", 102.0 + east, lat + north, theirs)
    index = HeatIndex()
    index.add(other)
    assert index.near(here) == [other]


def test_a_place_is_quiet_until_it_was_hot_on_more_days_than_asked_for():
    index, judged = HeatIndex(), hit("judged", 102.0, 45.0, 0.5, day=500)
    for number in range(10):
        index.add(hit(f"d{number}", 102.0, 45.0, 0.5, day=400 + 10 * number))
    assert index.quiet(Options(), *bins_round(judged))
    index.add(hit("d10", 102.0, 45.0, 0.5, day=499))
    assert not index.quiet(Options(), *bins_round(judged))


def test_a_place_hot_every_day_of_two_months_is_quiet_until_the_third():
    index, march = HeatIndex(), date(2024, 3, 1).toordinal()
    judged = hit("judged", 102.0, 45.0, 0.5, day=march + 60)
    for number in range(60):
        index.add(hit(f"d{number}", 102.0, 45.0, 0.5, day=march + number))
    assert index.quiet(Options(), *bins_round(judged))
    index.add(hit("may", 102.0, 45.0, 0.5, day=march + 61))
    assert not index.quiet(Options(), *bins_round(judged))


def test_nothing_can_be_masked_before_the_days_and_the_months_that_are_asked_for():
    index, march = HeatIndex(), date(2024, 3, 1).toordinal()
    hits = [hit(f"d{number}", 102.0 + number, 45.0, 0.5, day=march + number) for number in range(61)]
    for one in hits:
        assert index.is_young(Options())
        index.add(one)
    index.settle([(march, hits[:20])])
    assert len(index.archive) == 20
    assert index.is_young(Options())
    index.add(hit("may", 102.0, 45.0, 0.5, day=march + 61))
    assert not index.is_young(Options())


def test_a_day_counts_until_the_last_hit_of_it_is_forgotten():
    index, options = HeatIndex(), Options(days=2, months=1)
    days = [700000, 700001, 700002, 700002, 700002]
    hits = [hit(f"h{n}", 102.0, 45.0, 0.5, day=day) for n, day in enumerate(days)]
    for one in hits:
        index.add(one)
    for one in hits[2:4]:
        index.forget([one])
        assert not index.quiet(options, *bins_round(hits[0]))
    index.forget(hits[4:])
    assert index.quiet(options, *bins_round(hits[0]))


@given(st.lists(st.tuples(st.floats(101.9, 102.1), st.integers(700000, 700003), RADIUS), max_size=8))
def test_what_hits_may_mask_is_found_once_whatever_their_number(given_):
    hits = [hit(f"h{n}", lon, 28.0, radius, day=day) for n, (lon, day, radius) in enumerate(given_)]
    index = HeatIndex()
    for one in hits:
        index.add(one)
    since = index.since(hits)
    needed = {other.detection_id for one in hits for other in index.near(one) if other.day >= one.day}
    assert len(since) == len({other.detection_id for other in since})
    assert needed == {other.detection_id for other in since}


def test_what_was_forgotten_is_not_found():
    index, one = HeatIndex(), hit("one", 102.0, 45.0, 0.5)
    index.add(one)
    index.forget([one])
    index.forget([one])
    assert index.near(one) == []


def mast(dice, name, day):
    """A hit of one of a few chimneys, sometimes of unknown strength."""
    lon, lat = dice.choice([(102.0, 45.0), (102.004, 45.003), (102.03, 45.0)])
    frp = dice.choice([None, 5.0, 9.0, 400.0])
    return Hit(name, day, lon, lat, dice.choice([0.5, 1.6]), f"look {day}", frp)


@given(st.randoms(use_true_random=False), st.integers(0, 200))
@settings(max_examples=40, deadline=None)
def test_a_settled_hit_masks_as_it_did_before(dice, border):
    start, whole, settled, rows = date(2024, 3, 1).toordinal(), HeatIndex(), HeatIndex(), {}
    for n in range(60):
        one = mast(dice, f"h{n % 55}", start + dice.randrange(185))
        rows.setdefault((start + dice.randrange(200), n), []).append(one)
        whole.add(one)
        settled.add(one)
    settled.settle((day, hits) for (day, _), hits in rows.items() if day < start + border)
    options = Options(days=3, months=2)
    judged = [mast(dice, f"new {n}", start + 190 + n) for n in range(12)]
    assert [settled.reason(options, one) for one in judged] == [whole.reason(options, one) for one in judged]
    assert [settled.quiet(options, *bins_round(one)) for one in judged] == [
        whole.quiet(options, *bins_round(one)) for one in judged
    ]


def test_settled_hits_are_forgotten_with_their_row_and_take_48_bytes_each():
    index, hits = HeatIndex(), [hit(f"h{n}", 102.0 + n / 100, 28.0, 0.5, day=700000 + n) for n in range(20)]
    for one in hits:
        index.add(one)
    index.settle([(700000, hits[:8]), (700008, hits[8:15])])
    assert len(index.archive) == 15
    assert index.archive.nbytes == 15 * 48
    assert index.near(hits[0]) == [] != index.near(hits[19])
    index.archive.forget(700008)
    assert len(index.archive) == 7
    left = index.archive.near(range(5000), range(500, 600))
    assert sorted(left.day.tolist()) == list(range(700008, 700015))


def test_a_source_that_repeats_itself_without_end_takes_no_more_memory_than_its_days():
    index, day = HeatIndex(), 700000
    for d in range(3):
        hits = [
            Hit(f"{d}/{n}", day + d, 140.7, 28.0, 1.4, f"look {d}/{n}", [None, 9.0, 20.0, 3.0][n % 4])
            for n in range(5000)
        ]
        for one in hits:
            index.add(one)
        index.settle([(day + d, hits)])
    assert len(index.archive) == 3
    assert index.archive.near(*whole_earth()).frp_mw.tolist() == [20.0, 20.0, 20.0]


@given(st.integers(0, 2**32).map(random.Random), st.sampled_from([None, 50.0]))
@settings(max_examples=15, deadline=None)
def test_a_flood_of_one_day_is_kept_by_place_and_masks_as_it_would_by_name(dice, brightest):
    start, rows, plain = date(2024, 3, 1).toordinal(), {}, HeatIndex()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(static_heat, "MOST_NAMED", 5)
        index = HeatIndex()
        for d in range(0, 100, 8):
            hits = [
                Hit(f"{d}/{n}", start + d, 102.0102 + dice.random() / 4000, 45.01, 0.7, f"look {d}", 9.0)
                for n in range(60)
            ]
            hits += [Hit(f"{d}/top", start + d, 102.0102, 45.01, 0.7, f"look {d}", brightest)]
            for one in hits:
                plain.add(one)
            for k in range(0, len(hits), 7):
                keep_heat(index, rows, hits[k : k + 7])
    judged = hit("judged", 102.01, 45.01, 0.5, day=start + 101)
    assert len(index.near(judged)) <= 13 * (5 + 2) < len(plain.near(judged))
    assert len(rows) <= 13 * 3
    found, expected = index.reason(Options(), judged), plain.reason(Options(), judged)
    assert (found.code, found.rule, found.threshold) == (expected.code, expected.rule, expected.threshold)
    again = HeatIndex()
    for kept in rows.values():
        for one in kept:
            again.add(one)
    assert sorted(one.detection_id for one in again.near(judged)) == sorted(
        one.detection_id for one in index.near(judged)
    )
    assert again.reason(Options(), judged) == found


def whole_earth():
    return range(-3600, 3601), range(-1800, 1801)
