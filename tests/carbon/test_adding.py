"""Carbon adds up: united stands, roll-ups, close-outs and the risk of reversal."""

import math

import pytest
from carbon_words import texts
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.carbon.adding import Share, of_incidents, rolled, total, united
from alerts.carbon.closing import close_out, skill
from alerts.carbon.provenance import rows_of
from alerts.carbon.reversal import Reversal, natural_risk, share_of_stock
from alerts.carbon.union import Union
from schemas.alert import Carbon, Range


def share(incident="F1", stand="s1", stock=100.0, exposed=50.0, loss=20.0):
    return Share(incident_id=incident, stand_id=stand, stock_t=stock, exposed_t=exposed, loss_t=loss)


@st.composite
def many(draw):
    stocks = draw(st.lists(st.floats(0, 1e5), min_size=1, max_size=4))
    found = []
    for _ in range(draw(st.integers(1, 8))):
        stand = draw(st.integers(0, len(stocks) - 1))
        exposed = stocks[stand] * draw(st.floats(0, 1))
        incident = draw(st.sampled_from(["F1", "F2", "P1"]))
        found.append(share(incident, f"s{stand}", stocks[stand], exposed, exposed * draw(st.floats(0, 1))))
    return found


@settings(max_examples=60, deadline=None)
@given(many(), st.randoms(use_true_random=False))
def test_union_is_at_most_the_sum_and_the_stock_and_knows_no_order(shares, dice):
    found = united(shares)
    for stand, one in found.items():
        mine = [s for s in shares if s.stand_id == stand]
        stock = mine[0].stock_t
        slack = 1e-9 * stock
        assert one.loss_t <= min(stock, sum(s.loss_t for s in mine)) + slack
        assert one.loss_t <= one.exposed_t + slack
        assert one.exposed_t <= min(stock, sum(s.exposed_t for s in mine)) + slack
        assert one.loss_t >= max(s.loss_t for s in mine) - slack
    turned = dice.sample(shares, len(shares))
    assert united(turned) == found
    assert united([*shares, *shares]) == found


def test_fire_and_pest_on_one_stand_never_take_more_than_it_holds():
    both = united([share(loss=90, exposed=100), share("P1", loss=80, exposed=100)])["s1"]
    assert both.loss_t == pytest.approx(100 * (1 - 0.1 * 0.2))
    assert both.exposed_t == 100
    by_incident = of_incidents([share(loss=90, exposed=100), share("P1", loss=80, exposed=100)])
    assert (by_incident["F1"].loss_t, by_incident["P1"].loss_t) == (90, 80)


@settings(max_examples=40, deadline=None)
@given(many(), st.dictionaries(st.sampled_from(["s0", "s1", "s2"]), st.dictionaries(
    st.sampled_from(["国有", "集体", "x"]), st.floats(0, 1.5), max_size=3), max_size=3))  # fmt: skip
def test_every_roll_up_adds_up_to_the_total(shares, belongs):
    stands = united(shares)
    keys = rolled(stands, belongs)
    whole = total(stands)
    assert sum(one.loss_t for one in keys.values()) == pytest.approx(whole.loss_t, rel=1e-9, abs=1e-9)
    assert sum(one.exposed_t for one in keys.values()) == pytest.approx(whole.exposed_t, rel=1e-9, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(many(), st.randoms(use_true_random=False))
def test_live_sums_kept_up_to_date_are_those_of_what_is_left_whatever_came_before(shares, dice):
    live, last = Union(), {}
    names = sorted({one.incident_id for one in shares})
    for _ in range(6):
        name = dice.choice(names)
        last[name] = [one for one in shares if one.incident_id == name and dice.random() < 0.7]
        live.put(name, last[name])
        if dice.random() < 0.5:
            live.freshened()
    live.freshened()
    # of several shares of one incident in one stand the last one put counts
    left = [one for some in last.values() for one in {one.stand_id: one for one in some}.values()]
    assert live.sums == united(left)
    whole = live.total((stand, 1.0) for stand in live.sums)
    assert whole == total(united(left))
    for one in live.sums.values():
        assert one.low_t <= one.exposed_t * (1 + 1e-9)
        assert one.loss_t <= one.exposed_t * (1 + 1e-9)


def test_a_stand_across_a_border_is_divided_and_the_rest_is_named():
    found = rolled(united([share()]), {"s1": {"510000": 0.25, "530000": 0.5}})
    assert {key: one.loss_t for key, one in found.items()} == {"": 5.0, "510000": 5.0, "530000": 10.0}


def carbon(loss, low, high, exposed):
    around = Range(mean_t=exposed, low_t=0, high_t=exposed * 2)
    return Carbon(carbon_t=loss, low_t=low, high_t=high, exposed=around)


def test_close_out_and_the_skill_of_forecasts():
    hit = close_out("F1", carbon(100, 50, 200, 400), carbon(80, 60, 90, 90))
    miss = close_out("F2", carbon(300, 200, 500, 900), carbon(600, 500, 700, 700))
    open_one = close_out("F3", carbon(10, 5, 20, 40), None)
    assert (hit.error_t, hit.is_within, miss.is_within, open_one.realised_t) == (20, True, False, None)
    found = skill([hit, miss, open_one])
    assert (found.incidents, found.within) == (2, 0.5)
    assert found.bias == pytest.approx(400 / 680 - 1)
    assert found.factor == pytest.approx(math.exp((math.log(100 / 80) + math.log(2)) / 2))
    assert found.skill == pytest.approx(1 - (20 + 300) / (320 + 300))
    assert skill([open_one]) is None
    unknown = close_out("F4", Carbon(carbon_t=None), None)
    assert unknown.forecast_t is None


@pytest.mark.parametrize(
    ("loss", "years", "measures", "score"),
    [(0.8, 5, "none", None), (0.7, 12, "none", 30), (0.5, 10, "one", 10), (0.3, 60, "none", 3),
     (0.1, 200, "prevention_and_containment", 0.25), (0.01, 3, "none", 4), (1.0, 100, "none", 4)],
)  # fmt: skip
def test_natural_risk_of_the_non_permanence_tool(loss, years, measures, score):
    assert natural_risk(rows_of(texts()["reversal.csv"], Reversal), loss, years, measures) == score


def test_every_score_of_the_tools_table():
    # Verra, AFOLU Non-Permanence Risk Tool 4.2, table 10: loss downwards, return period across
    table = {0.7: [None, 30, 20, 5, 4], 0.5: [30, 20, 5, 4, 3], 0.25: [20, 5, 4, 3, 2], 0.05: [5, 4, 3, 2, 1],
             0.0: [4, 3, 2, 1, 1]}  # fmt: skip
    rows = rows_of(texts()["reversal.csv"], Reversal)
    said = {loss: [natural_risk(rows, loss, years) for years in (0, 10, 25, 50, 100)] for loss in table}
    assert said == table


def test_share_of_a_projects_stock():
    assert share_of_stock(5, 20) == 0.25
    assert share_of_stock(50, 20) == 1.0
    assert share_of_stock(5, 0) is None
