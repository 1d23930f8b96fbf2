from alerted import a_receiver, an_alert

from streams.hops.route import route

HERE, THERE = a_receiver("here", areas=("513401",)), a_receiver("there", areas=("1",))


def names(alert):
    hop = route((HERE, THERE))
    result = hop.step(hop.options, hop.open(hop.options, 0, {}), alert, hop.now(alert))
    assert not result.rows
    assert all(output.key == output.value.receiver for output in result.outputs)
    assert all(output.value.due_at == alert.issued_at for output in result.outputs)
    return [output.key for output in result.outputs]


def test_what_tells_goes_where_it_was_asked_for():
    assert names(an_alert()) == ["here"]
    assert names(an_alert(2, "upgrade", "II")) == ["here"]


def test_what_takes_back_goes_to_whoever_may_have_been_told():
    for action in ("update", "downgrade", "cancel", "expire", "close", "confirm"):
        assert names(an_alert(2, action)) == ["here", "there"]


def test_an_alert_that_took_over_another_reaches_those_who_may_hold_the_other():
    assert names(an_alert(2, "upgrade", "II", supersedes=("B",))) == ["here", "there"]
