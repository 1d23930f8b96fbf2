"""Invariants 1 to 3 of the design, by their numbers: same twice, any order, any partitioning."""

import datetime as dt

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from judged import START, delivery, hotspot, judge, living, report
from msgspec.structs import replace

from schemas.observation import Pass, Reading, Sighting, TrapCount

COORDINATE = st.floats(-9.0, 9.0).map(lambda km: round(km, 2))
SATELLITES = st.sampled_from(["N20", "NPP", "N21", "Terra", "Aqua"])


@st.composite
def pixels(draw):
    satellite = draw(SATELLITES)
    wide = satellite in {"Terra", "Aqua"}
    scan = draw(st.sampled_from([1.0, 2.1, 4.8] if wide else [0.4, 0.8]))
    minutes = draw(st.integers(0, 6 * 24 * 2)) * 30
    frp = draw(st.one_of(st.none(), st.floats(0.5, 300.0)))
    lag = draw(st.integers(30, 400))
    return hotspot(
        minutes, draw(COORDINATE), draw(COORDINATE), satellite=satellite, frp=frp, lag=lag, scan=scan
    )


@st.composite
def seen(draw):
    """Pixels and reports; of some pixels a second version with another size and strength."""
    reports = st.builds(report, st.integers(0, 8640), COORDINATE, COORDINATE)
    found = draw(st.lists(st.one_of(pixels(), reports), min_size=1, max_size=10))
    for one in list(found):
        if one.observation_id.startswith("report") or draw(st.integers(0, 3)):
            continue
        size = draw(st.sampled_from([0.4, 1.0, 2.1, 4.8]))
        version = draw(st.sampled_from(["2.0URT", "2.0NRT", "2.0"]))
        frp = draw(st.sampled_from([None, 3.0, 150.0]))
        late = one.received_at + dt.timedelta(minutes=draw(st.integers(1, 900)))
        found.append(replace(one, scan_km=size, track_km=size, version=version, frp_mw=frp, received_at=late))
    return found


OBSERVATIONS = seen()
EXAMPLES = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
END = START + dt.timedelta(days=12)
"""Later than the latest arrival that is drawn."""


@given(OBSERVATIONS, st.data())
@EXAMPLES
def test_1_same_twice_changes_nothing(observations, data):
    once = [delivery(one) for one in observations]
    again = data.draw(st.permutations(once + once))
    first, second = judge(once, end=END), judge(again, end=END)
    assert living(first) == living(second)
    assert len(second.duplicates) >= len(observations)


@given(OBSERVATIONS)
@EXAMPLES
def test_1_a_repeat_adds_no_revision(observations):
    once = [delivery(one) for one in observations]
    first = judge(once, end=END)
    doubled = judge([part for one in once for part in (one, one)], end=END)
    assert [(a.alert_id, a.revision, a.action) for a in first.alerts] == [
        (a.alert_id, a.revision, a.action) for a in doubled.alerts
    ]


@given(OBSERVATIONS, st.data())
@EXAMPLES
def test_2_any_order_ends_in_the_same_incidents(observations, data):
    once = [delivery(one) for one in observations]
    shuffled = data.draw(st.permutations(once))
    assert living(judge(once, end=END)) == living(judge(shuffled, end=END))


@given(OBSERVATIONS, st.sampled_from([4, 16]), st.data())
@EXAMPLES
def test_3_any_partitioning_gives_the_same_incidents(observations, origins, data):
    once = [delivery(one) for one in observations]
    one_partition = judge(once, end=END)
    many = judge(once, origins=origins, draw=data.draw, end=END)
    assert living(one_partition) == living(many)
    assert holding(one_partition) == holding(many)


@given(OBSERVATIONS, st.data())
@EXAMPLES
def test_3_however_deliveries_are_cut(observations, data):
    single = [delivery(one) for one in observations]
    at = max(one.received_at for one in observations)
    cut = data.draw(st.integers(1, len(observations)))
    batches = [delivery(*observations[i : i + cut], at=at) for i in range(0, len(observations), cut)]
    assert living(judge(single, end=END)) == living(judge(batches, end=END))


def holding(outcome):
    """Which fires have an alert that is not over, and of which grade."""
    last = {}
    for alert in outcome.alerts:
        last[alert.alert_id] = alert
    ended = {"close", "expire", "cancel"}
    return sorted((a.incident_id, a.grade) for a in last.values() if a.action not in ended)


@given(OBSERVATIONS, st.integers(0, 12))
@EXAMPLES
def test_8_every_observation_is_told_of_or_has_its_reason(observations, late_days):
    given_ = [delivery(one, at=one.received_at + dt.timedelta(days=late_days)) for one in observations]
    given_.sort(key=lambda one: one.received_at)
    outcome = judge(given_, end=END + dt.timedelta(days=late_days))
    told = sum(
        one.observation_count for one in outcome.incidents.values() if one.status in {"open", "closed"}
    )
    distinct = {one.observation_id for one in observations}
    assert told + len(outcome.silences) == len(distinct)
    assert all(silence.reason is not None for silence in outcome.silences.values())
    shown = {alert.incident_id for alert in outcome.alerts}
    living_ids = {one.incident_id for one in outcome.incidents.values() if one.status in {"open", "closed"}}
    assert living_ids <= shown


@given(OBSERVATIONS)
@EXAMPLES
def test_13_a_warning_carries_the_fields_of_law_and_stays_an_exercise(observations):
    for alert in judge([delivery(one) for one in observations], end=END).alerts:
        legal = alert.legal
        stated = (
            legal.category,
            legal.level,
            legal.starts_at,
            legal.affected_area,
            legal.caution,
            legal.measures,
        )
        assert all(stated)
        assert legal.issued_at == alert.issued_at
        assert (alert.scope, alert.status, legal.issuer) == ("Restricted", "Exercise", "")


@given(OBSERVATIONS)
@EXAMPLES
def test_15_no_alert_says_out_or_false(observations):
    for alert in judge([delivery(one) for one in observations], end=END).alerts:
        words = " ".join([*alert.headline.values(), *alert.description.values()])
        assert "已扑灭" not in words
        assert "误报" not in words
        if alert.reasons[0].code == "quiet":
            assert alert.action in {"close", "expire"}, "quiet takes nothing back"
            assert "未宣布扑灭" in alert.description["zh"]


def numbered(outcome):
    """The revisions of every alert, in the order in which they were put out."""
    found = {}
    for alert in outcome.alerts:
        found.setdefault(alert.alert_id, []).append(alert.revision)
    return found


@given(OBSERVATIONS, st.data())
@EXAMPLES
def test_6_no_revision_is_told_twice_whatever_merges_and_falls_apart(observations, data):
    outcome = judge(data.draw(st.permutations([delivery(one) for one in observations])), end=END)
    for revisions in numbered(outcome).values():
        assert revisions == list(range(1, len(revisions) + 1))
    for one in outcome.incidents.values():
        if one.status == "merged":
            assert one.merged_into in outcome.incidents
            assert one.merged_into != one.incident_id


WORKS = [
    hotspot(8 * 1440 * i - 112 * 1440, 0.1 * (i % 3), 0.0, satellite="Aqua", scan=1.0, frp=12.0)
    for i in range(15)
]


@given(OBSERVATIONS, st.integers(0, 50), st.data())
@settings(EXAMPLES, max_examples=40)
def test_7_masks_that_come_and_go_tell_no_revision_twice(observations, hours, data):
    late = [replace(one, received_at=START + dt.timedelta(hours=hours)) for one in WORKS[-2:]]
    given_ = [delivery(one) for one in [*WORKS[:-2], *late, *observations]]
    outcome = judge(data.draw(st.permutations(given_)), end=END)
    for revisions in numbered(outcome).values():
        assert revisions == list(range(1, len(revisions) + 1))


def sparse(minutes):
    """One observation of every kind that no detector turns into a claim."""
    at = START + dt.timedelta(minutes=minutes)
    common = {"observed_at": at, "received_at": at + dt.timedelta(minutes=5)}
    spot = {"frame": "wgs84", "longitude": 102.0, "latitude": 28.0, **common}
    box = {"west": 101.0, "south": 27.0, "east": 103.0, "north": 29.0, **common}
    camera = {"frame": "wgs84", "station_longitude": 102.0, "station_latitude": 28.0, **common}
    trap = {"species": "Monochamus alternatus", "started_at": at, "status": "missing", **spot}
    return [
        Pass(observation_id=f"pass-{minutes}", source="NPP/VIIRS", looked=True, **box),
        Pass(observation_id=f"blind-{minutes}", source="N20/VIIRS", looked=False, reason="cloud", **box),
        Reading(
            observation_id=f"read-{minutes}", source="st/1", quantity="temperature_c", value=21.0, **spot
        ),
        TrapCount(observation_id=f"trap-{minutes}", source="trap/1", **trap),
        Sighting(
            observation_id=f"see-{minutes}", source="cam/1", source_class="video", azimuth_deg=45.0, **camera
        ),
        report(minutes, saw="nothing", who="ranger"),
    ]


@given(OBSERVATIONS, st.integers(0, 8640))
@settings(EXAMPLES, max_examples=60)
def test_8_every_kind_of_observation_is_told_of_or_has_its_reason(observations, minutes):
    every = [*observations, *sparse(minutes)]
    outcome = judge([delivery(one) for one in every], end=END)
    told = sum(
        one.observation_count for one in outcome.incidents.values() if one.status in {"open", "closed"}
    )
    assert told + len(outcome.silences) == len({one.observation_id for one in every})
    assert outcome.silences[f"pass-{minutes}"].reason.code == "looked"
    assert outcome.silences[f"trap-{minutes}"].reason.code == "not_read"
