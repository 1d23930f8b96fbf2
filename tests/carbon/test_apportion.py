"""What a fire takes falls to the stands where it burns: each stand alone is the oracle."""

import numpy as np
import pytest
import shapely
from carbon_words import TODAY
from hypothesis import given, settings
from hypothesis import strategies as st
from risk_words import PLANE, every, feature

from alerts.carbon.apportion import apportioned
from alerts.carbon.at_risk import Fire, Options, at_risk
from alerts.carbon.ground import ground_of
from alerts.carbon.scenario import Drivers

STANDS = [
    feature("pine", (0, 0, 400, 400), species="云南松", volume_m3_ha=100.0),
    feature("fir", (400, 0, 800, 400), species="冷杉", volume_m3_ha=300.0),
    feature("meadow", (800, 0, 1200, 400), layer="grassland", kind="草甸"),
    feature("bog", (1200, 0, 1600, 400), layer="wetland", kind="泥炭", peat_depth_m=1.5),
]


def answer(features, options):
    shape = shapely.box(0, 0, 1600, 300)
    ground = ground_of(every().stock, features, PLANE)
    fire = Fire(shape, 1.0, 5, Drivers())
    return at_risk(every(), ground, fire, TODAY, options, shapes=np.array([shape], object))


@pytest.mark.parametrize(
    "options",
    [
        Options(fire_type="crown", peat_wetness="dry"),
        Options(accounting="stock_change", peat_wetness="dry"),
        Options(severity="high", peat_moisture_pct=60.0),
    ],
    ids=["crown", "stock change", "severe, wet bog"],
)
def test_a_stand_loses_in_company_what_it_loses_alone(options):
    together = answer(STANDS, options)
    found = dict(zip(together.ids, together.loss_t.tolist(), strict=True))
    assert sum(found.values()) == pytest.approx(together.carbon.carbon_t, rel=1e-4)
    for one in STANDS:
        alone = answer([one], options)
        assert found[alone.ids[0]] == pytest.approx(alone.carbon.carbon_t, rel=0.03), alone.ids
    assert (together.loss_t <= together.exposed_t).all()


def test_carbon_of_soil_that_does_not_burn_draws_no_loss_to_a_meadow():
    found = answer(STANDS[:3], Options(fire_type="crown"))
    part = dict(zip(found.ids, (found.loss_t / found.exposed_t).tolist(), strict=True))
    assert part["grassland/meadow"] < 0.1 * part["stands/pine"]


numbers = st.floats(0, 1e6)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=8), st.floats(0, 4e6))
def test_parts_add_up_and_none_is_above_its_most(rows, whole):
    weight, most = np.array(rows).T
    parts = apportioned(whole, weight, most)
    assert (parts >= 0).all()
    assert (parts <= most * (1 + 1e-9)).all()
    room = most[weight > 0].sum()
    assert parts.sum() == pytest.approx(min(whole, room), rel=1e-6, abs=1e-6)
