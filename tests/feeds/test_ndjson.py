"""Our own observations on the way in: every kind, every frame, every refusal."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.codec import encode
from schemas.observation import Reading, Report
from streams.feeds import Limits, ndjson, read
from streams.feeds.inbound import observation_of

NOW = Limits(datetime(2026, 6, 1, tzinfo=UTC))
READING = {
    "kind": "reading", "source": "s1", "observed_at": "2025-03-02T06:20:00Z", "frame": "wgs84",
    "longitude": 102.2, "latitude": 27.9, "quantity": "temperature_c", "value": 31.5,
}  # fmt: skip


def one(**fields):
    parsed = read(json.dumps(READING | fields).encode(), NOW)
    return parsed.observations[0] if parsed.observations else parsed.rejected[0].reason


def test_every_kind_is_read_and_every_fault_named(payload):
    parsed = payload("kinds.ndjson")
    assert parsed.lines == (1, 2, 6, 7, 8, 9)
    assert [(row.line, row.reason.code) for row in parsed.rejected] == [
        (4, "no_frame"), (5, "unreadable"), (10, "bad_value"), (11, "bad_time"), (12, "swapped_coordinates?"),
        (13, "no_frame"), (14, "missing_column"), (15, "unreadable"),
    ]  # fmt: skip


def test_a_gcj02_report_is_stored_as_wgs84_with_a_note(payload):
    report = payload("kinds.ndjson").observations[1]
    assert isinstance(report, Report)
    assert (report.longitude, report.latitude) == pytest.approx((102.2644, 27.8945), abs=2e-6)
    assert (report.frame, report.mended) == ("wgs84", ("gcj02_to_wgs84",))
    assert report.observed_at == datetime(2025, 3, 2, 6, 20, tzinfo=UTC)
    assert report.observed_at.utcoffset().total_seconds() == 0


def test_a_hotspot_always_gets_the_identity_of_its_pixel(payload):
    spot = payload("kinds.ndjson").observations[0]
    assert spot.observation_id == "N20/VIIRS/20250302T0612Z/101.52000,28.11000"
    assert (spot.frp_mw, spot.source, spot.observed_at.second) == (None, "N20/VIIRS", 0)


def test_lines_before_a_break_are_kept(payload):
    parsed = payload("list_that_breaks_off.json")
    assert [o.value for o in parsed.observations] == [31.5, 31.7]
    assert [(row.line, row.reason.code) for row in parsed.rejected] == [(3, "unreadable")]


def test_of_a_list_on_one_line_that_breaks_off_the_whole_objects_are_kept():
    text = json.dumps([READING | {"value": value} for value in (1.0, 2.0, 3.0)])
    parsed = read(text[:-30].encode(), NOW)
    assert [o.value for o in parsed.observations] == [1.0, 2.0]
    assert [(row.line, row.reason.code) for row in parsed.rejected] == [(0, "unreadable")]


def test_one_object_over_several_lines_is_one_row(payload):
    (reading,) = payload("one_object.json").observations
    assert isinstance(reading, Reading)
    assert reading.mended == ("bd09_to_wgs84",)


def test_an_id_is_made_of_source_and_content_and_not_of_how_it_came():
    first = one()
    assert first.observation_id == one(received_at="2025-03-02T07:00:00Z", feed="radio").observation_id
    assert first.observation_id != one(value=31.6).observation_id
    assert first.observation_id != one(source="s2").observation_id
    assert one(observation_id="mine").observation_id == "s1~mine"


def test_a_list_and_lines_say_the_same():
    rows = [READING | {"value": value} for value in (1.0, 2.0, 3.0)]
    lines = read("\n".join(map(json.dumps, rows)).encode(), NOW)
    for text in (
        json.dumps(rows),
        json.dumps(rows, indent=1),
        "[\n" + ",\n".join(map(json.dumps, rows)) + "\n]",
    ):
        assert read(text.encode(), NOW).observations == lines.observations


def test_an_arrival_in_the_future_moves_no_clock():
    assert one(received_at="2099-01-01T00:00:00Z").received_at is None
    assert one(received_at="2099-01-01T00:00:00Z").mended == ("arrival_unknown",)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"observed_at": "1999-12-31T23:59:00Z"}, "bad_time"),
        ({"observed_at": "2026-06-01T00:16:00Z"}, "bad_time"),
        ({"observed_at": None}, "bad_time"),
        ({"observed_at": "2025-03-02T06:20:00"}, "bad_time"),
        ({"observed_at": [1]}, "bad_time"),
        ({"longitude": None}, "bad_position"),
        ({"longitude": "east"}, "bad_position"),
        ({"longitude": 0, "latitude": 0}, "bad_position"),
        ({"longitude": 1e300}, "bad_position"),
        ({"frame": None}, "no_frame"),
        ({"frame": ["wgs84"]}, "no_frame"),
        ({"kind": 7}, "bad_value"),
        ({"kind": None}, "missing_column"),
        ({"value": "warm"}, "bad_value"),
        ({"source": ""}, "bad_value"),
        ({"source": None}, "bad_value"),
    ],
)
def test_each_fault_has_its_reason(fields, code):
    assert one(**fields).code == code


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(st.integers(-9, 9), st.sampled_from(sorted(READING)), ANYTHING)
def test_any_value_in_any_field_is_read_or_refused(number, field, value):
    for given_value in (number, value):
        parsed = read(json.dumps(READING | {field: given_value}).encode(), NOW)
        assert parsed.refused or parsed.rows == 1


def test_what_was_read_reads_back_the_same(payload):
    observations = payload("kinds.ndjson").observations
    archived = b"\n".join(encode(observation) for observation in observations)
    assert read(archived, NOW).observations == observations


SPOT = {
    "kind": "hotspot", "longitude": 101.2, "latitude": 30.1, "scan_km": 0.4, "track_km": 0.4,
    "confidence": "nominal", "version": "2.0NRT",
}  # fmt: skip
SECONDS = {
    "source": ["N20/VIIRS", "N20/VIIRS", "1/VIIRS"],
    "satellite": ["N20", "N20", "N20", "1"],
    "instrument": ["VIIRS", "VIIRS", "MODIS"],
    "observed_at": ["2024-03-15T02:20:07Z", "2024-03-15T02:20:07.25+00:00", "2026-01-01T00:15:30Z"],
    "observation_id": [f"N20/VIIRS/{at}/101.20000,30.10000" for at in ("20240315T0220Z", "20260101T0015Z")],
    "frp_mw": [None, 5.0, 0.0],
    "received_at": ["2024-03-15T03:20:07Z", "2027-03-15T03:20:07Z"],
    "frame": [None, None, "gcj02"],
}


@given(st.fixed_dictionaries({name: st.sampled_from(values) for name, values in SECONDS.items()}))
@settings(max_examples=60, deadline=None)
def test_a_hotspot_with_seconds_is_read_as_one_that_is_mended(fields):
    value = SPOT | {name: said for name, said in fields.items() if said is not None}
    limits = Limits(datetime(2026, 1, 1, 0, 0, 20, tzinfo=UTC))
    found = read(json.dumps(value).encode(), limits)
    assert (*found.observations, *(row.reason for row in found.rejected)) == (observation_of(value, limits),)


def test_a_hotspot_with_seconds_alone_to_mend_is_not_taken_apart(monkeypatch):
    monkeypatch.setattr(ndjson, "observation_of", None)
    value = SPOT | {name: values[0] for name, values in SECONDS.items() if values[0]}
    (spot,) = read(json.dumps(value).encode(), NOW).observations
    assert spot.observed_at == datetime(2024, 3, 15, 2, 20, tzinfo=UTC)
