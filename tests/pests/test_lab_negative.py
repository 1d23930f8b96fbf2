"""A laboratory that finds nothing takes off what dead pines raised, and no more; a positive stays."""

import datetime as dt

import pytest
from pested import NOW, lab, survey, told

DAY = dt.timedelta(days=1)


def negatives(number, **fields):
    at = NOW + 3 * DAY
    return [lab(f"neg/{n}", at, result="negative", sample_id=f"S{n}", **fields) for n in range(number)]


def turns(*finds):
    return [(one.action, one.grade) for one in told(finds).alerts]


@pytest.mark.parametrize(
    ("dead", "examined", "want"),
    [
        (1, 1, [("new", "III"), ("cancel", "III")]),
        (3, 2, [("new", "III"), ("downgrade", "IV")]),
        (3, 3, [("new", "III"), ("cancel", "III")]),
        (40, 9, [("new", "II"), ("downgrade", "III")]),
        (40, 10, [("new", "II"), ("cancel", "II")]),
    ],
)
def test_negatives_lower_dead_pines_and_end_them_when_all_owed_are_there(dead, examined, want):
    assert turns(survey(unit_id="12", value=float(dead)), *negatives(examined, unit_id="12")) == want


def test_the_reason_is_the_laboratory_and_says_how_many_samples():
    outcome = told([survey(unit_id="12", value=1.0), *negatives(1, unit_id="12")])
    why = outcome.alerts[-1].reasons[0]
    assert (why.code, why.ref, why.value, why.threshold) == ("lab_negative", "S0", 1.0, 1.0)
    (gone,) = outcome.incidents.values()
    assert gone.status == "false_alarm"


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"unit_id": "13"},
        {"longitude": 107.02},
        {"result": "inconclusive"},
        {"species": "Monochamus alternatus"},
    ],
)
def test_what_was_found_elsewhere_or_not_at_all_takes_nothing_off(elsewhere):
    unit = {} if "longitude" in elsewhere else {"unit_id": "12"}
    found = lab("neg", NOW + 3 * DAY, **(unit | {"result": "negative"} | elsewhere))
    assert turns(survey(value=1.0, **unit), found) == [("new", "III")]


def test_a_positive_of_the_place_stands_above_every_negative():
    finds = [
        survey(unit_id="12", value=1.0),
        lab("pos", NOW + DAY, unit_id="12"),
        *negatives(5, unit_id="12"),
    ]
    assert turns(*finds)[-1] == ("upgrade", "I")


def test_the_order_in_which_they_come_changes_nothing():
    finds = [survey(unit_id="12", value=3.0), *negatives(3, unit_id="12")]
    ends = {one.incident_id: one.status for one in told(finds).incidents.values()}
    late = [survey(unit_id="12", value=3.0, received_at=NOW + 9 * DAY), *negatives(3, unit_id="12")]
    outcome = told(late)
    assert outcome.alerts == []
    assert list(ends.values()) == ["false_alarm"]
    assert outcome.silences["survey/1"].reason.code == "lab_negative"
