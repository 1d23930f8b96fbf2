"""Who is sent a revision: those it may concern, and of its end whoever may hold it."""

import pytest
from alerted import a_receiver, an_alert
from hypothesis import given
from hypothesis import strategies as st

from schemas.codec import encode
from streams.hops.route import route

HERE, THERE = a_receiver("here", areas=("513401",)), a_receiver("there", areas=("1",))
OFFICE = a_receiver("office", tasks=True, areas=("513401",))
EVERYBODY = ["here", "there", "office"]
ELSEWHERE = {"places": ()}


class Router:
    def __init__(self):
        self.hop = route((HERE, THERE, OFFICE))
        self.rows = {}
        self.restart()

    def restart(self):
        self.state = self.hop.open(self.hop.options, 0, self.rows)

    def names(self, alert):
        result = self.hop.step(self.hop.options, self.state, alert, self.hop.now(alert))
        for key, row in result.rows.items():
            self.rows.pop(key, None)
            if row is not None:
                self.rows[key] = encode(row)
        assert all(output.key == output.value.receiver for output in result.outputs)
        assert all(output.value.due_at == alert.issued_at for output in result.outputs)
        return [output.key for output in result.outputs]


@pytest.fixture
def router():
    return Router()


def test_what_tells_goes_where_it_was_asked_for(router):
    assert router.names(an_alert()) == ["here", "office"]
    assert router.names(an_alert(2, "upgrade", "II")) == ["here", "office"]


@pytest.mark.parametrize("action", ["downgrade", "cancel", "expire", "close"])
def test_what_takes_back_goes_to_those_it_was_sent_to(router, action):
    router.names(an_alert())
    router.restart()
    assert router.names(an_alert(2, action, **ELSEWHERE)) == ["here", "office"]


def test_a_task_and_its_end_go_to_those_alone_who_take_tasks(router):
    assert router.names(an_alert(grade="task")) == ["office"]
    assert router.names(an_alert(2, "update", "task")) == []
    assert router.names(an_alert(3, "expire", "task")) == ["office"]


def test_a_task_that_was_graded_ends_for_all_who_were_sent_it(router):
    router.names(an_alert(grade="task"))
    router.names(an_alert(2, "upgrade", "IV"))
    router.names(an_alert(3, "downgrade", "task"))
    assert sorted(router.names(an_alert(4, "expire", "task"))) == ["here", "office"]


def test_an_update_goes_to_where_the_fire_is_now_and_its_end_follows(router):
    router.names(an_alert(**ELSEWHERE))
    assert router.names(an_alert(2, "update")) == ["here", "office"]
    assert router.names(an_alert(3, "update", late=True)) == []
    assert router.names(an_alert(4, "close", **ELSEWHERE)) == ["here", "office"]


@pytest.mark.parametrize("action", ["downgrade", "cancel", "expire", "close"])
def test_where_it_is_not_known_who_holds_it_everybody_counts(router, action):
    assert router.names(an_alert(2, action)) == EVERYBODY


def test_a_revision_that_went_by_elsewhere_makes_everybody_count(router):
    router.names(an_alert())
    router.names(an_alert(3, "update"))
    assert router.names(an_alert(4, "close")) == EVERYBODY


def test_an_alert_that_took_over_another_reaches_once_those_who_may_hold_the_other(router):
    router.names(an_alert())
    assert router.names(an_alert(2, "upgrade", "II", supersedes=("B",))) == EVERYBODY
    assert router.names(an_alert(3, "update", "II", supersedes=("B",))) == ["here", "office"]
    assert router.names(an_alert(4, "update", "II", supersedes=("B", "C"))) == EVERYBODY
    assert router.names(an_alert(5, "close", "II")) == EVERYBODY


def test_a_repeat_is_sent_to_the_same_again(router):
    first, close = an_alert(), an_alert(2, "close")
    once = [router.names(one) for one in (first, close)]
    assert [router.names(one) for one in (first, close)] == once


def test_after_sixty_days_it_is_forgotten_and_everybody_counts(router):
    day = 60 * 24
    router.names(an_alert(alert_id="OLD"))
    router.names(an_alert(minutes=61 * day))
    assert not any("OLD" in key for key in router.rows)
    assert router.names(an_alert(2, "close", alert_id="OLD", minutes=62 * day)) == EVERYBODY


steps = st.tuples(
    st.sampled_from(["new", "upgrade", "update", "downgrade", "close", "cancel", "confirm"]),
    st.sampled_from(["task", "IV", "II"]),
    st.booleans(),
    st.booleans(),
)


@given(st.lists(steps, max_size=12), st.data())
def test_11_whoever_was_sent_what_may_tell_is_sent_what_takes_back(course, data):
    router, told = Router(), set()
    for revision, (action, grade, late, here) in enumerate(course, 1):
        alert = an_alert(revision, action, grade, late=late, **({} if here else ELSEWHERE))
        if data.draw(st.booleans()):
            router.restart()
        names = router.names(alert)
        assert len(names) == len(set(names))
        if action in {"new", "upgrade", "update"}:
            told |= set(names)
        elif action != "confirm":
            assert told <= set(names)
