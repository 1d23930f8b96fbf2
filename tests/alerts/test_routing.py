import pytest
from alerted import COUNTY, a_receiver, an_alert

from alerts.routing import due

GRADES = ["task", "IV", "III", "II", "I"]


@pytest.mark.parametrize("minimum", GRADES[1:])
@pytest.mark.parametrize("grade", GRADES[1:])
def test_a_receiver_gets_its_minimum_grade_and_worse(grade, minimum):
    wanted = GRADES.index(grade) >= GRADES.index(minimum)
    assert due(an_alert(grade=grade), (a_receiver(minimum_grade=minimum),)) == (("ranger",) if wanted else ())


def test_tasks_go_only_to_those_who_ask_for_tasks():
    receivers = (a_receiver("office", tasks=True), a_receiver("ranger"))
    assert due(an_alert(grade="task"), receivers) == ("office",)


@pytest.mark.parametrize("relation", ["inside", "possibly_inside", "near"])
def test_an_area_counts_inside_and_near(relation):
    place = type(COUNTY)(layer="county", place_id="513401", name="西昌市", relation=relation)
    receivers = (
        a_receiver("here", areas=("513401",)),
        a_receiver("there", areas=("513402",)),
        a_receiver("all"),
    )
    assert due(an_alert(places=(place,)), receivers) == ("here", "all")
