"""A start by other settings: what was told as one and is several now pages nobody, and nothing is lost."""

from judged import START, Line, delivery, report, tick
from msgspec.structs import replace
from test_fronts import KNOWN, arrived, living, ranger, wide
from test_withdrawn import taken_back

from detectors.region import WORLD
from schemas.codec import decode, encode
from schemas.observation import Delivery
from schemas.settings import Setting, Settings
from streams.hops.desk_rows import TakenBack

BLUNT = Settings(detectors=KNOWN.detectors, association={"coarse_km": 1.0})
"""As before pixels of 2 km stopped joining."""

PAST = arrived([ranger(0.0, 0.0), *(wide(m, 0.0, 2.0) for m in range(0, 100, 10)), ranger(1.0, 3.8)])


def line(settings, before=None):
    made = Line(settings, WORLD, origins=1, outage_s=None, draw=None, restarts=False)
    if before is not None:
        made.rows, made.outcome = before.rows, before.outcome
    return made


def run(one, deliveries):
    told = len(one.outcome.alerts)
    for each in deliveries:
        one.watch(each, 0)
        one.watch(tick(each.received_at), 0)
        one.drain_all()
    return one.outcome.alerts[told:]


def test_parts_of_a_told_fire_are_told_without_a_page_and_go_on_as_fires_of_their_own():
    before = line(BLUNT)
    run(before, PAST)
    assert len(living(before.outcome)) == 1
    after = line(KNOWN, before)
    first = run(after, [wide(110, 0.0, 2.0)])
    assert len(living(after.outcome)) == 2
    assert [one.reasons[0].code for one in first if one.action == "new"] == ["joined_otherwise"]
    assert not any(one.pages for one in first)
    again = line(KNOWN, after)
    assert not any(one.pages for one in run(again, [wide(120, 0.0, 2.0)]))
    assert any(one.pages for one in run(again, [ranger(3.0, 20.0)]))


def test_so_it_is_under_a_document_in_force():
    said = Setting(
        name="default", version=1, author="Li", reason="slower", effective_at=START, received_at=START,
        document="[association]\nnear_h = 20.0\n",
    )  # fmt: skip
    before = line(BLUNT)
    run(before, [Delivery(delivery_id="said", received_at=START, settings=(said,)), *PAST])
    assert len(living(before.outcome)) == 1
    after = line(KNOWN, before)
    first = run(after, [wide(110, 0.0, 2.0)])
    assert [(one.reasons[0].code, one.pages) for one in first if one.action == "new"] == [
        ("joined_otherwise", False)
    ]


def test_a_start_by_the_same_settings_tells_nothing():
    before = line(KNOWN)
    run(before, PAST)
    assert run(line(KNOWN, before), [wide(110, 0.0, 2.0)]) == run(before, [wide(110, 0.0, 2.0)])


def test_where_the_row_of_the_whole_cannot_be_read_its_parts_page_as_ever():
    before = line(BLUNT)
    run(before, PAST)
    after = line(KNOWN, before)
    rows = after.rows[-1]
    (name,) = [key for key in rows if key.startswith("f/")]
    rows[name] = b"{"
    assert any(one.pages for one in run(after, [wide(110, 0.0, 2.0)]))


def test_what_was_taken_back_by_its_short_id_before_ids_had_their_source_stays_so():
    said = report(0, 0.0, who="patrol/7", kind="ground")
    before = line(KNOWN)
    run(before, [delivery(said), delivery(taken_back(said))])
    assert living(before.outcome) == []
    rows = before.rows[-1]
    (name,) = [key for key in rows if key.startswith("w/")]
    short = decode(rows.pop(name), TakenBack)
    rows[f"w/{said.observation_id}"] = encode(replace(short, by=(f"back-{said.observation_id}",)))
    after = line(KNOWN, before)
    assert run(after, [delivery(report(20, 30.0, who="patrol/8"))])
    (one,) = living(after.outcome)
    assert one.longitude > 102.2
    # and its source may restore it by that id still
    run(after, [delivery(taken_back(taken_back(said), 60))])
    assert len(living(after.outcome)) == 2
