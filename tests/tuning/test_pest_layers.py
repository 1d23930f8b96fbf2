"""Thresholds of one pest: a layer of its own, learned from verdicts, and refused where it silences."""

import datetime as dt

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.tuning.figures import Scale, counted
from alerts.tuning.known import Known, labels, matched
from alerts.tuning.story import Story
from alerts.tuning.trap_learning import document, trap_limits
from detectors.pests.unusual import TrapSign, of_trap
from detectors.region import WORLD
from schemas.reason import Reason
from schemas.settings import Layer, Settings
from streams.hops.build import OWNERS, build_hops
from streams.hops.outbreak_given import PestSettings
from streams.toml_file import ConfigError
from streams.tuning.differing import difference
from streams.tuning.document import DocumentError, read
from streams.tuning.layers import pests
from streams.tuning.listing import rows
from streams.tuning.publishing import Door, Wish, publish

NAME, CHINESE = "Monochamus alternatus", "松墨天牛"
AT = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
IN_FORCE = PestSettings().finding.grade


def layer(name=CHINESE, **grade):
    return Layer(scope=f"species:{name}", outbreak={"finding": {"grade": grade}})


def test_a_layer_holds_of_its_pest_alone_by_any_name_that_it_has():
    one = Settings(layers=(layer(blue_p=0.02),), outbreak={"closing": {"trap_d": 14.0}})
    judge = build_hops(one, WORLD)[1].options.pests
    assert judge.by(NAME).finding.grade.blue_p == 0.02
    assert judge.by(NAME).closing.trap_d == 14.0
    assert judge.by("Dendrolimus punctatus") == judge.options
    assert difference(one, Settings(outbreak=one.outbreak)).everything


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (layer("松墨天"), "nearest: 松墨天牛"),
        (layer(blue_q=2.0), "blue_q"),
        (layer(blu_p=0.02), "did you mean blue_p"),
        (Layer(scope=f"species:{NAME}", outbreak={"remember_y": {"x": 1.0}}), "holds of all pests"),
        (Layer(scope=f"species:{NAME}", grade={"task": 0.1}), "a species has outbreak"),
        (Layer(scope="county:1", outbreak={"closing": {"trap_d": 1.0}}), "asked of a pest"),
    ],
)
def test_what_cannot_hold_of_a_pest_is_refused_with_its_path(wrong, words):
    with pytest.raises(ConfigError, match=words) as caught:
        build_hops(Settings(layers=(wrong,)), WORLD)
    assert "$.layers[0]" in str(caught.value)


def test_one_pest_under_two_names_has_one_layer():
    with pytest.raises(ConfigError, match="has a layer already"):
        pests(Settings(layers=(layer(CHINESE), layer(NAME))))


def test_of_pests_a_document_holds_what_may_change_live_and_nothing_else():
    laid = read("[outbreak.finding.grade]\nblue_p = 0.04\n", Settings(), OWNERS)
    assert laid.outbreak == {"finding": {"grade": {"blue_p": 0.04}}}
    with pytest.raises(DocumentError, match="needs a restart: it names places"):
        read('[outbreak.recorded]\ncounties = ["X"]\n', Settings(), OWNERS)
    live = {one.path for one in rows(Settings(), OWNERS, "outbreak") if one.live}
    assert "outbreak.finding.grade.blue_p" in live
    assert "outbreak.closing.trap_d" in live
    assert not any(path.startswith("outbreak.recorded") for path in live)


def leaves(path, table):
    for name, value in table.items():
        yield from leaves(f"{path}.{name}", value) if isinstance(value, dict) else [f"{path}.{name}"]


def test_every_setting_of_every_table_is_listed_also_those_in_tables_inside_it():
    listed = {one.path for one in rows(Settings(), OWNERS)}
    for table, kind in OWNERS:
        if not table.startswith("channels."):
            plain = {k: v for k, v in msgspec.to_builtins(kind()).items() if not isinstance(v, dict) or v}
            assert set(leaves(table, plain)) <= listed, table


def test_who_makes_a_pest_silent_must_insist(tmp_path):
    door = Door(tmp_path, Settings(), OWNERS)
    text = (
        f'[[layers]]\nscope = "species:{CHINESE}"\noutbreak = {{finding = {{grade = {{blue_p = 0.02}}}}}}\n'
    )
    wish = Wish(text=text, author="Li", reason="verified", effective_at=AT)
    with pytest.raises(DocumentError, match=f"{NAME}: also in protected areas"):
        publish(door, wish, AT)
    told = publish(door, Wish(text=text, author="Li", reason="why", effective_at=AT, insists=True), AT)
    assert [one.partition(":")[0] for one in told.silences] == [NAME]
    back = publish(door, Wish(text="", author="Li", reason="back", effective_at=AT), AT)
    assert back.silences == ()


def outbreak(k, p, rule="p and q"):
    why = Reason(code="excess", rule=rule, value=p, threshold=IN_FORCE.blue_p)
    return Story(incident_id=f"P{k}", lineage=(f"P{k}",), kind="outbreak", species=NAME, opened_at=AT,
                 last_observed_at=AT, longitude=102.0, latitude=28.0, radius_m=200.0, probability=0.5,
                 reasons=(why,))  # fmt: skip


def limits(stories, said):
    return trap_limits(stories, said, lambda _name: (IN_FORCE.blue_p, IN_FORCE.yellow_p))


@given(st.lists(st.tuples(st.floats(1e-6, 0.0499), st.sampled_from([True, False, None])), max_size=40))
@settings(max_examples=60)
def test_what_is_proposed_loses_no_confirmed_outbreak_and_spares_those_it_counts(verified):
    stories = [outbreak(k, p) for k, (p, _) in enumerate(verified)]
    for found in limits(stories, [is_so for _, is_so in verified]):
        known = [(p, is_so) for p, is_so in verified if is_so is not None]
        assert found.confirmed + found.denied == len(known)
        if found.proposed is None:
            continue
        text = document([found])
        grade = pests(read(text, Settings(), OWNERS))[NAME].finding.grade
        told = [(of_trap(grade, TrapSign(p=p, q=0.0)).grade is not None, is_so) for p, is_so in known]
        assert all(still for still, is_so in told if is_so)
        assert sum(not still for still, is_so in told if not is_so) == found.spared >= 3
        assert found.low <= found.share <= found.high


def test_a_trap_that_cries_wolf_is_asked_for_more_and_other_signs_are_left_out():
    stories = [*(outbreak(k, 0.003) for k in range(6)), *(outbreak(10 + k, 0.04) for k in range(6))]
    (found,) = limits([*stories, outbreak(20, 3.1, rule="score")], [True] * 6 + [False] * 6 + [True])
    assert (found.proposed, found.spared, found.by_other_signs) == (0.01, 6, 1)
    assert found.lost_at_most == pytest.approx(1 - 0.05 ** (1 / 6), abs=1e-4)
    assert "was 0.05" in document([found])
    (kept,) = limits(stories, [True] * 6 + [None] * 6)
    assert kept.proposed is None


def test_outbreaks_have_a_row_of_their_pest_with_what_is_known_of_them():
    stories = [msgspec.structs.replace(outbreak(k, 0.01), told_at=AT, grade="IV") for k in range(3)]
    known = [
        Known(known_id=f"v{k}", is_fire=k == 0, from_at=AT, to_at=AT, longitude=102.0, latitude=28.0,
              incident_id=f"P{k}")
        for k in range(2)
    ]  # fmt: skip
    said = labels(known, matched(known, stories), len(stories))
    assert counted(stories, said, Scale(from_at=AT, to_at=AT))["species"] == {NAME: [0, 3, 1, 1]}
