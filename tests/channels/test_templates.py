"""Approved templates: one segment whatever is put in, a plain order to leave, and why it is taken back."""

import pathlib
import re

from alerted import a_receiver, an_alert, at, replaced
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.channels import exits
from alerts.channels.template import MOST, MOST_LATIN, VARIABLES, opened, proposed
from alerts.digest import line
from alerts.segments import segments, units
from schemas.incident import Place
from schemas.reason import Reason
from schemas.receiver import Office
from schemas.settings import Settings
from schemas.verdict import Step, Verification
from streams.jurisdiction import in_force

RANGER = a_receiver(channel="aliyun-sms", phone="13800138000")
LONGEST = Office(signature="西昌市森林草原防火办", duty_phone="010888888888")
"""Ten letters of a signature; an area code of four digits and a number of eight."""


def way(office=LONGEST, jurisdiction="cn-sichuan"):
    return exits(in_force(Settings(jurisdiction=jurisdiction)), Settings(office=office))["aliyun-sms"]


def ruling(why="砖厂高温", who="值班员甲"):
    step = Step(verdict_id="v-1", level="county", code=4, author=who, at=at(2), text=why)
    return Verification(state="county", code=4, ruling="no_fire", ruled_by="v-1", steps=(step,))


def filled(alert, office=LONGEST, jurisdiction="cn-sichuan"):
    out = way(office, jurisdiction)
    words = opened(out.render(alert, RANGER))
    return words, proposed(out.given, words.template, words.variables)


XICHANG = Office(signature="西昌森防", duty_phone="08341234567")
ANHA = (Place(layer="township", place_id="513401102", name="安哈镇", relation="inside"),)


def test_an_order_to_leave_is_plain():
    _, text = filled(an_alert(2, "update", "II", order="pull_back", places=ANHA), XICHANG)
    assert text == "【西昌森防】撤离编号7KQ2：安哈镇，16:02。立即撤离，到安全处回编号收到。电08341234567"
    assert "远看" not in text


def test_a_cancel_and_a_lower_grade_say_why_and_who():
    _, text = filled(an_alert(3, "cancel", "II", feedback=ruling(), places=ANHA), XICHANG)
    assert text == "【西昌森防】撤销火情编号7KQ2：安哈镇，16:03。砖厂高温(值班员甲)。电08341234567"
    words, text = filled(an_alert(3, "downgrade", "IV", feedback=ruling(), places=ANHA), XICHANG)
    assert words.template == "lower"
    assert text.endswith("因砖厂高温(值班员甲)。仍远看勿近。电08341234567")


def test_quiet_is_not_out_and_declared_out_is():
    quiet = filled(an_alert(3, "close", "II"), XICHANG)[0]
    out = filled(an_alert(3, "close", "II", reasons=(Reason(code="declared_out"),)), XICHANG)[0]
    assert (quiet.variables["why"], out.variables["why"]) == ("未宣布扑灭", "已宣布扑灭")


def test_a_long_reason_is_shortened_and_says_so():
    words, text = filled(an_alert(3, "downgrade", "IV", feedback=ruling("砖厂夜间出窑高温" * 9)), XICHANG)
    assert "…" in words.variables["why"]
    assert "值班员甲" in words.variables["why"]
    assert units(text) <= 70


LETTERS = st.text(alphabet="县乡镇村桥山🔥€A", min_size=1, max_size=60) | st.just("很长的地名" * 12)
ALERTS = st.builds(
    an_alert,
    st.just(3),
    st.sampled_from(["new", "upgrade", "update", "downgrade", "cancel", "close", "expire"]),
    st.sampled_from(["task", "IV", "I"]),
    kind=st.sampled_from(["fire", "outbreak", "blind"]),
    reconstruction=st.booleans(),
    status=st.sampled_from(["Test", "Exercise"]),
    order=st.sampled_from(["", "", "pull_back"]),
    observed_at=st.sampled_from([at(0), at(-2000)]),
    reasons=st.sampled_from([(Reason(code="opened"),), (Reason(code="new_field", value=12.0),)]),
    feedback=st.none() | st.builds(ruling, LETTERS, LETTERS),
    places=st.lists(
        st.builds(
            Place,
            layer=st.sampled_from(["township", "county", "place_names", "settlements"]),
            place_id=st.sampled_from(["513401", "513401102", "513402", "x"]),
            name=LETTERS,
            relation=st.sampled_from(["inside", "possibly_inside", "near"]),
            distance_km=st.none() | st.floats(0, 5),
            azimuth_deg=st.none() | st.floats(0, 359),
        ),
        max_size=5,
    ).map(tuple),
)


@settings(max_examples=150, deadline=None)
@given(ALERTS, st.sampled_from(["cn-sichuan", "generic-en"]))
def test_every_variable_at_its_longest_leaves_one_segment(alert, jurisdiction):
    words, text = filled(alert, replaced(LONGEST), jurisdiction)
    assert tuple(words.variables) == VARIABLES[words.template]
    assert all(
        0 < units(one) <= (MOST if jurisdiction == "cn-sichuan" else MOST_LATIN)
        for one in words.variables.values()
    )
    assert len(segments(text)) == 1
    safe = {"tell": "远看勿近", "lower": "远看勿近", "leave": "立即撤离"}.get(words.template, "")
    assert jurisdiction != "cn-sichuan" or safe in text


def test_a_digest_of_a_thousand_is_one_segment():
    lines = tuple(line("r", "d", an_alert(grade="I", alert_id=f"A{k}")) for k in range(1000))
    out = way()
    words = opened(out.digest(lines, RANGER))
    assert units(proposed(out.given, "digest", words.variables)) <= 70


def test_the_readme_proposes_what_the_profile_says():
    readme = (pathlib.Path(__file__).parents[2] / "alerts" / "README.md").read_text(encoding="utf-8")
    shown = dict(re.findall(r"^\| `template_(\w+)` \| `(.+)` \|$", readme, re.MULTILINE))
    texts = in_force(Settings()).first.short_message.template
    fixed = {"call": "电08341234567"}
    assert shown == {
        name: text.format(**{one: f"${{{one}}}" for one in VARIABLES[name]}, **fixed)
        for name, text in texts.items()
    }
