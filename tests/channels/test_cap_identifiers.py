"""Identifiers of the Chinese profile: one for each message, the same whenever and wherever it is made."""

import re
from itertools import pairwise

from alerted import an_alert, replaced
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts import cap, cap_digest
from alerts.digest import line
from schemas.receiver import Office
from schemas.settings import Settings
from streams.jurisdiction import in_force

OFFICE = Office(code="513401", cap_sender="xichang@fire.example")
OPTIONS = cap.Options(profile="cn", organisation="416")
PROFILE = in_force(Settings())
FORM = re.compile(r"<identifier>(513401416[0-9]{5}_[0-9]{14}_[0-9])</identifier>")


def own(text):
    return FORM.search(text)[1]


def named(alert):
    return own(cap.document(OPTIONS, alert, OFFICE, PROFILE))


def test_all_that_one_office_tells_in_the_same_second_has_its_own_identifier():
    ids = [f"F20200330-{n:08d}" for n in range(25)]
    alerts = {named(an_alert(1, alert_id=one)) for one in ids}
    digests = {
        own(
            cap_digest.digest_document(OPTIONS, (line("r", one, an_alert(), late=True),), OFFICE, PROFILE, "")
        )
        for one in ("digest_a", "digest_b")
    }
    assert len(alerts | digests) == 27


@settings(max_examples=40, derandomize=True)
@given(alert_id=st.from_regex(r"F20200330-[A-Z2-7]{8}", fullmatch=True), revision=st.integers(1, 40))
def test_an_identifier_is_lasting_and_is_what_later_revisions_refer_to(alert_id, revision):
    told = [an_alert(n, "update", alert_id=alert_id, minutes=1) for n in range(revision, revision + 12)]
    names = [named(one) for one in told]
    assert len(set(names)) == 12, "of one alert in one second"
    for before, after in pairwise(told):
        follows = replaced(after, previous_issued_at=before.issued_at)
        text = cap.document(OPTIONS, follows, OFFICE, PROFILE)
        assert f",{named(before)}," in re.search("<references>(.*?)</references>", text)[1]
