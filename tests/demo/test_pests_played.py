"""The pests of the demo through the real steps: a loud place, a defoliator, a find for its audience alone."""

import tomllib
from collections import Counter

import pytest

from schemas.observation import AnyObservation, LabResult, PestSurvey, TrapCount
from schemas.settings import Settings
from streams.demo.pests import rounds
from streams.demo.season import ENDS_AT
from streams.recorded import deliveries
from streams.region import demo_region
from streams.replay import run


@pytest.fixture(scope="module")
def played():
    return run(deliveries(one for _, _, group in rounds() for one in group), Settings(), demo_region())


def test_a_loud_place_and_a_defoliator_are_for_all_and_the_laboratory_for_its_audience(played):
    found = {
        one.pest.species: (one.grade, one.audience, one.places[2].name)
        for one in played.incidents.values()
        if one.kind == "outbreak" and one.status == "open"
    }
    assert found == {
        "Monochamus alternatus": ("II", "", "宣汉县"),
        "Parocneria orienta": ("II", "", "邻水县"),
        "Bursaphelenchus xylophilus": ("I", "quarantine", "宣汉县"),
    }
    seen = [one.pest for one in played.incidents.values() if one.kind == "outbreak" and not one.audience]
    rings = {one.species: len(one.rings) for one in seen}
    assert rings == {"Monochamus alternatus": 4, "Parocneria orienta": 0}, "seen without a key, or none known"


def test_every_outbreak_and_every_alert_of_it_carries_the_label(played):
    assert all(one.reconstruction for one in played.incidents.values() if one.kind == "outbreak")
    assert all(one.reconstruction and "重建" in one.headline["zh"] for one in played.alerts)


def test_everything_says_that_it_is_illustrative_and_is_said_once():
    every = [one for _, _, group in rounds() for one in group]
    assert len({one.observation_id for one in every}) == len(every)
    assert all(one.reconstruction and one.received_at <= ENDS_AT for one in every)
    marked = [one for one in every if isinstance(one, TrapCount | PestSurvey | LabResult)]
    assert {one.text for one in marked} == {"【示意】"}
    english = (one for _, _, group in rounds("en") for one in group)
    assert {getattr(one, "text", "") for one in english} == {"[illustrative]", ""}
    assert len({one.source for one in every if isinstance(one, TrapCount)}) == 32


def test_history_comes_in_a_few_deliveries_so_that_the_start_stays_quick():
    posts = rounds()
    assert [at for at, _, _ in posts] == sorted(at for at, _, _ in posts)
    assert len({at for at, _, _ in posts}) <= 20
    status = Counter(one.status for _, _, group in posts for one in group if isinstance(one, TrapCount))
    assert status["missing"] > 20
    assert status["full"] > 5
    assert all(isinstance(one, AnyObservation) for _, _, group in posts for one in group)


def test_every_table_of_the_plan_says_that_it_is_invented(root):
    plan = tomllib.loads((root / "streams" / "demo" / "pests.toml").read_text("utf-8"))
    tables = [one for one in plan.values() if isinstance(one, dict)] + plan["survey"]
    assert {one["status"] for one in (plan, *tables)} == {"invented"}
