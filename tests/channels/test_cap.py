"""CAP documents against the schema of OASIS, their references, both profiles, and the Atom feed."""

import pathlib
import re
from datetime import UTC, datetime

import pytest
from alerted import a_receiver, an_alert, at, replaced
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from vendors import ways

from alerts import atom, cap, cap_digest
from alerts.digest import line
from schemas.incident import Place
from schemas.receiver import Office
from schemas.settings import Settings
from schemas.verdict import Step, Verification
from streams.jurisdiction import in_force

SCHEMA = etree.XMLSchema(etree.parse(pathlib.Path(__file__).parent / "data" / "cap-1.2.xsd"))
OFFICE = Office(cap_sender="fire.xichang.example", code="513401", link="https://fh.example")
NS = {"c": cap.NAMESPACE}
SQUARE = [[102.1, 27.7], [102.3, 27.7], [102.3, 27.9], [102.1, 27.9], [102.1, 27.7]]


def made(alert, options=None, zone="Asia/Shanghai", before=()):
    profile = in_force(Settings(zone=zone))
    text = cap.document(options or cap.Options(), alert, OFFICE, profile, before)
    return etree.fromstring(text.encode())


def valid(document):
    SCHEMA.assertValid(document)
    return document


def said(document, path):
    return [one.text for one in document.iterfind(path, NS)]


def test_a_first_revision_is_an_alert_with_one_info_a_language():
    document = valid(made(an_alert(grade="II", footprint={"type": "Polygon", "coordinates": [SQUARE]})))
    assert said(document, "c:identifier") == ["F20200330-AAAAAAAA.1"]
    assert said(document, "c:msgType") == ["Alert"]
    assert said(document, "c:sent") == ["2020-03-30T16:01:00+08:00"]
    assert said(document, "c:scope") == ["Restricted"]
    assert said(document, "c:status") == ["Exercise"]
    assert said(document, "c:references") == []
    assert said(document, "c:info/c:language") == ["zh-CN", "en-US"]
    assert said(document, "c:info/c:severity") == ["Severe", "Severe"]
    assert said(document, "c:info/c:area/c:circle")[0] == "27.80000,102.20000 0.375"
    assert said(document, "c:info/c:area/c:polygon")[0].startswith("27.70000,102.10000 27.70000,102.30000")
    assert said(document, "c:info/c:area/c:geocode/c:value")[0] == "513401"


@pytest.mark.parametrize(
    ("action", "kind", "urgency"),
    [
        ("update", "Update", "Immediate"),
        ("upgrade", "Update", "Immediate"),
        ("cancel", "Cancel", "Past"),
        ("close", "Update", "Past"),
        ("expire", "Update", "Past"),
    ],
)
def test_what_follows_refers_to_the_revision_before_it(action, kind, urgency):
    document = valid(made(an_alert(3, action, "I", previous_issued_at=at(2))))
    assert said(document, "c:msgType") == [kind]
    assert said(document, "c:references") == [
        "fire.xichang.example,F20200330-AAAAAAAA.2,2020-03-30T16:02:00+08:00"
    ]
    assert set(said(document, "c:info/c:urgency")) == {urgency}


def test_with_the_whole_history_every_earlier_revision_is_named():
    history = [an_alert(n, "update", "II") for n in (1, 2, 3)]
    document = valid(made(an_alert(3, "cancel", "II"), before=history))
    (references,) = said(document, "c:references")
    assert [one.split(",")[1][-1] for one in references.split()] == ["1", "2"]


def test_where_nothing_is_known_of_what_came_before_it_is_an_alert_and_never_an_empty_reference():
    assert said(valid(made(an_alert(2, "update"))), "c:msgType") == ["Alert"]


def test_a_fire_that_comes_back_is_a_new_alert():
    assert said(valid(made(an_alert(5, "new", previous_issued_at=at(1)))), "c:msgType") == ["Alert"]


@pytest.mark.parametrize("zone", ["UTC", "Africa/Abidjan", "Asia/Shanghai", "America/St_Johns"])
def test_no_time_ends_in_z(zone):
    document = valid(made(an_alert(), zone=zone))
    times = [said(document, "c:sent"), *(said(document, f"c:info/c:{n}") for n in ("effective", "expires"))]
    assert all(re.search(r"[+-]\d\d:\d\d$", one) for group in times for one in group)
    assert zone not in {"UTC", "Africa/Abidjan"} or times[0][0].endswith("-00:00")


def test_the_chinese_profile_says_colours_and_has_its_own_identifiers():
    options = cap.Options(profile="cn", organisation="416", hazard_code="own-1")
    document = made(an_alert(2, "upgrade", "II", previous_issued_at=at(1)), options)
    (own,) = said(document, "c:identifier")
    assert re.fullmatch(r"513401416[0-9]{5}_20200330160200_[0-9]", own)
    before = said(made(an_alert(1), options), "c:identifier")[0]
    assert said(document, "c:references")[0].split(",")[1] == before
    assert set(said(document, "c:info/c:severity")) == {"Orange"}
    assert said(document, "c:info/c:eventCode/c:value")[0] == "own-1"
    assert not SCHEMA.validate(document)
    document = made(an_alert(2, "upgrade", "II"))
    assert said(document, "c:info/c:eventCode") == []
    colours = [one for one in document.iterfind("c:info/c:parameter", NS) if one[0].text == "severityColor"]
    assert {one[1].text for one in colours} == {"Orange"}


def test_an_office_that_may_issue_is_named_and_then_it_is_no_exercise():
    alert = an_alert()
    alert = replaced(alert, status="Actual", legal=replaced(alert.legal, issuer="西昌市森防指"))
    document = valid(made(alert))
    assert said(document, "c:status") == ["Actual"]
    assert said(document, "c:info/c:senderName") == ["西昌市森防指"] * 2


def test_what_is_taken_back_says_why_and_who_in_its_description():
    step = Step(verdict_id="v-1", level="county", code=4, author="值班员甲", at=at(2), text="砖厂高温")
    ruling = Verification(state="county", code=4, ruling="no_fire", ruled_by="v-1", steps=(step,))
    for action in ("cancel", "downgrade"):
        document = valid(made(an_alert(3, action, "II", previous_issued_at=at(2), feedback=ruling)))
        zh, en = said(document, "c:info/c:description")
        assert zh == "西昌市经久乡 理由：砖厂高温（值班员甲）"
        assert en.endswith("Reason: 砖厂高温 (值班员甲)")
    assert "理由" not in said(valid(made(an_alert())), "c:info/c:description")[0]


def test_an_uncertain_place_is_said_to_be_one_with_every_candidate():
    places = [("513401102", "安哈镇"), ("513401103", "经久乡")]
    townships = tuple(
        Place(layer="township", place_id=code, name=name, relation="possibly_inside") for code, name in places
    )
    document = valid(made(an_alert(places=townships)))
    assert said(document, "c:info/c:description")[0].endswith("位置未定，可能在：安哈镇、经久乡")
    assert said(document, "c:info/c:area/c:areaDesc")[0] == "安哈镇、经久乡"
    for name in ("wecom", "dingtalk", "email"):
        body = ways()[name].render(an_alert(places=townships), a_receiver(email="a@b.cn")).body
        assert "位置未定，可能在：安哈镇、经久乡" in body


TEXT = st.text(max_size=200)
RINGS = st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=3, max_size=400)


@settings(max_examples=60, deadline=None)
@given(
    TEXT,
    TEXT,
    RINGS,
    st.sampled_from(["new", "update", "cancel", "close"]),
    st.sampled_from(["I", "IV", "task"]),
)
def test_whatever_people_wrote_the_document_is_valid(headline, name, ring, action, grade):
    alert = an_alert(
        2,
        action,
        grade,
        previous_issued_at=at(1),
        headline={"zh": headline, "en": headline},
        description={"zh": headline},
        places=(Place(layer="county", place_id="513401", name=name, relation="possibly_inside"),),
        footprint={"type": "MultiPolygon", "coordinates": [[[*ring, ring[0]]], []]},
    )
    document = valid(made(alert))
    for corners in said(document, "c:info/c:area/c:polygon"):
        pairs = corners.split()
        assert pairs[0] == pairs[-1]
        assert 4 <= len(pairs) <= 101
        assert all(abs(float(pair.split(",")[0])) <= 90 for pair in pairs)
    feed = etree.fromstring(atom.feed([alert], "https://fh.example/v1/alerts.atom", at(), "x").encode())
    assert len(feed.findall("{http://www.w3.org/2005/Atom}entry")) == 1


def test_the_feed_has_one_entry_an_alert_with_its_document_and_its_point():
    alerts = [an_alert(2, "upgrade", "II"), an_alert(alert_id="F2")]
    feed = etree.fromstring(atom.feed(alerts, "https://fh.example/v1/alerts.atom", at(9), "s").encode())
    a = "{http://www.w3.org/2005/Atom}"
    links = [one.find(f"{a}link").attrib for one in feed.findall(f"{a}entry")]
    assert links[0]["href"] == "https://fh.example/v1/alerts/F20200330-AAAAAAAA.cap?revision=2"
    assert {one["type"] for one in links} == {"application/cap+xml"}
    assert [one.text for one in feed.iter("{http://www.georss.org/georss}point")] == [
        "27.80000 102.20000"
    ] * 2
    assert feed.find(f"{a}updated").text == "2020-03-30T08:09:00Z"
    assert len({one.find(f"{a}id").text for one in feed.findall(f"{a}entry")}) == 2


def test_the_channel_posts_the_document_with_its_token_and_key():
    from alerts.channels.base import Stamp

    way, receiver = ways(office={"cap_sender": "x.example"})["cap"], a_receiver(url="https://cap.example/in")
    message = way.render(an_alert(), receiver)
    valid(etree.fromstring(message.body.encode()))
    request = way.request(message, receiver, Stamp("notice_1", datetime.now(UTC), "", ("token",)))
    assert request.url == "https://cap.example/in"
    assert request.headers == {
        "content-type": "application/cap+xml",
        "idempotency-key": "notice_1",
        "authorization": "Bearer token",
    }


def a_digest(count=3, **fields):
    grades = ["task", "IV", "II"]
    alerts = [
        an_alert(grade=grades[k % 3], alert_id=f"A{k}", headline={"zh": "<&火情"}, **fields)
        for k in range(count)
    ]
    return tuple(line("r", "digest_1", one) for one in alerts)


def test_a_digest_is_one_valid_document_with_an_info_for_each_fire_and_pages_nobody():
    way = ways()["cap"]
    message = way.digest(a_digest(), a_receiver())
    document = valid(etree.fromstring(message.body.encode()))
    assert message.headers == {"content-type": "application/cap+xml"}
    assert said(document, "c:identifier") == ["digest_1"]
    assert said(document, "c:msgType") == ["Alert"]
    assert said(document, "c:incidents") == ["A2 A1 A0"]
    assert said(document, "c:info/c:language") == ["zh-CN", "en-US"] * 3
    assert said(document, "c:info/c:severity")[::2] == ["Severe", "Minor", "Unknown"]
    assert set(said(document, "c:info/c:urgency")) == {"Unknown"}
    assert "补录3起" in said(document, "c:note")[0]
    assert said(document, "c:info/c:area/c:circle")[0] == "27.80000,102.20000 0.375"
    assert "expires" not in message.body


def test_the_letter_of_a_digest_has_it_attached():
    import msgspec

    kept = msgspec.json.decode(ways()["email"].digest(a_digest(), a_receiver(email="a@b.cn")).body)
    valid(etree.fromstring(kept["cap"].encode()))
    assert kept["name"] == "digest_1.cap"


def test_a_digest_of_hundreds_tells_the_gravest_one_by_one_and_counts_all():
    document = valid(etree.fromstring(ways()["cap"].digest(a_digest(300), a_receiver()).body.encode()))
    assert len(document.findall("c:info", NS)) == 100
    assert set(said(document, "c:info/c:severity")) == {"Severe"}
    assert "300" in said(document, "c:note")[0]


@settings(max_examples=40, deadline=None)
@given(
    TEXT,
    st.sampled_from(["new", "cancel", "close", "downgrade"]),
    st.sampled_from(["fire", "outbreak", "blind"]),
    st.sampled_from(["Actual", "Exercise", "Test"]),
)
def test_whatever_a_digest_lists_the_document_is_valid(headline, action, kind, status):
    one = an_alert(2, action, "III", kind=kind, headline={"zh": headline}, status=status)
    lines = (*a_digest(1), line("r", "digest_1", one))
    for name in ("cn-sichuan", "generic-en"):
        profile = in_force(Settings(jurisdiction=name))
        text = cap_digest.digest_document(cap.Options(), lines, OFFICE, profile, "")
        assert said(valid(etree.fromstring(text.encode())), "c:status") == [
            "Actual" if status == "Actual" else "Exercise"
        ]
    chinese = cap_digest.digest_document(cap.Options(profile="cn"), lines, OFFICE, in_force(Settings()), "")
    assert len(said(etree.fromstring(chinese.encode()), "c:identifier")[0]) == 31
