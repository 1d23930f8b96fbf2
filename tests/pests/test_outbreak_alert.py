"""From a laboratory's result to one red alert, and from loud traps to an outbreak, through replay."""

import datetime as dt

from pested import NOW, lab, told

from schemas.codec import encode


def test_a_positive_in_a_county_not_on_record_is_one_red_alert_at_once():
    outcome = told([lab()])
    (alert,) = outcome.alerts
    assert (alert.kind, alert.action, alert.grade, alert.pages) == ("outbreak", "new", "I", True)
    assert alert.issued_at == NOW, "at once, not at the end of the week"
    assert [one.code for one in alert.reasons[1:]] == ["lab_positive", "new_unit", "disaster"]
    assert alert.pest.novelty == "county"
    assert alert.audience == "quarantine"
    text = alert.headline["zh"] + alert.description["zh"]
    assert "疑似松材线虫" in text
    assert "疑似新发县" in text
    assert "待核实" in text
    assert b"NaN" not in encode(alert)


def test_the_same_positive_again_says_nothing_more():
    outcome = told([lab(), lab(received_at=NOW + dt.timedelta(days=2))])
    assert len(outcome.alerts) == 1
