"""One payload per oddity of FIRMS files, each read or refused for the reason it should be."""

import gzip
import random
import time
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.observation import Hotspot
from streams.feeds import FEEDS, Limits, read
from streams.feeds.refusal import error_words

HEAD = "latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,instrument,confidence,version,"
HEAD += "bright_ti5,frp,daynight"
NOW = Limits(datetime(2026, 6, 1, tzinfo=UTC))


def codes(parsed):
    return [(row.line, row.reason.code) for row in parsed.rejected]


def mended(parsed):
    return [spot.mended for spot in parsed.observations]


def test_a_viirs_row_keeps_every_field(payload):
    first, second, third = payload("viirs_plain.csv").observations
    assert first == Hotspot(
        observation_id="N20/VIIRS/20250302T0612Z/101.52002,28.11001", source="N20/VIIRS", feed="firms",
        observed_at=datetime(2025, 3, 2, 6, 12, tzinfo=UTC), longitude=101.52002, latitude=28.11001,
        satellite="N20", instrument="VIIRS", scan_km=0.41, track_km=0.38, confidence="nominal", frp_mw=6.4,
        brightness_k=331.4, background_k=291.2, is_day=True, version="2.0NRT",
    )  # fmt: skip
    assert (second.confidence, third.confidence, third.is_day) == ("high", "low", False)
    assert third.satellite == "NPP"


def test_modis_percent_becomes_the_word_and_is_kept(payload):
    spots = payload("modis_plain.csv").observations
    assert [(s.confidence, s.confidence_percent) for s in spots] == [
        ("high", 82),
        ("low", 29),
        ("nominal", 30),
    ]
    assert [s.land_type for s in spots] == [0, 2, 0]
    assert [s.source for s in spots] == ["Terra/MODIS", "Aqua/MODIS", "Aqua/MODIS"]


def test_times_without_zeros_with_colons_and_epoch_days_are_mended(payload):
    parsed = payload("times.csv")
    assert [f"{s.observed_at:%H%M%S}" for s in parsed.observations] == [
        "004500", "061200", "061200", "061200", "000000", "061200",
    ]  # fmt: skip
    assert mended(parsed) == [
        ("acq_time_padded",), ("acq_time_padded",), ("acq_time_colons",), ("acq_time_colons",),
        ("acq_time_padded",), ("epoch_date", "acq_time_padded"),
    ]  # fmt: skip
    assert all(s.observed_at.date().isoformat() == "2025-03-02" for s in parsed.observations)


def test_times_that_cannot_be_are_refused_to_the_minute(payload):
    parsed = payload("bad_times.csv")
    assert codes(parsed) == [(line, "bad_time") for line in (2, 3, 4, 5, 6)]
    assert [s.longitude for s in parsed.observations] == [101.56]


def test_unknown_power_is_unknown_and_never_zero(payload):
    parsed = payload("unknown_frp.csv")
    assert [s.frp_mw for s in parsed.observations] == [None, None, None, None, 5.0]
    assert mended(parsed) == [("frp_unknown",)] * 4 + [("confidence_unknown",)]
    assert codes(parsed) == [(6, "bad_value")]


def test_impossible_positions_are_refused_and_never_exchanged(payload):
    parsed = payload("bad_positions.csv")
    assert codes(parsed) == [(2, "swapped_coordinates?"), *((line, "bad_position") for line in range(3, 9))]
    assert [s.latitude for s in parsed.observations] == [0.0]


def test_viirs_rows_under_modis_names_are_viirs(payload):
    parsed = payload("viirs_under_modis_names.csv")
    assert [s.source for s in parsed.observations] == ["NPP/VIIRS", "N21/VIIRS"]
    assert mended(parsed) == [("instrument_missing", "viirs_under_modis_names")] * 2
    assert [s.brightness_k for s in parsed.observations] == [331.0, 331.0]


def test_modis_rows_under_viirs_names_are_modis(payload):
    (spot,) = payload("modis_under_viirs_names.csv").observations
    assert (spot.source, spot.background_k) == ("Terra/MODIS", 290.0)
    assert spot.mended == ("instrument_corrected", "modis_under_viirs_names")


def test_a_collected_row_arrived_when_it_was_first_seen(payload):
    parsed = payload("collected.csv")
    seen = datetime(2025, 3, 2, 6, 17, 32, tzinfo=UTC)
    assert [s.received_at for s in parsed.observations] == [seen, seen, None, None]
    assert ["arrival_unknown" in s.mended for s in parsed.observations] == [False, False, True, True]
    assert parsed.observations[0].feed == "data/hourly.json"


def test_every_row_under_a_header_that_lacks_a_column_is_refused(payload):
    assert codes(payload("no_longitude.csv")) == [(2, "missing_column"), (3, "missing_column")]


def test_one_bad_row_never_hurts_the_next(payload):
    parsed = payload("rows_of_every_kind.csv")
    assert parsed.lines == (2, 6)
    assert codes(parsed) == [
        (5, "missing_column"),
        (7, "bad_value"),
        (8, "unreadable"),
        (9, "missing_column"),
    ]
    assert parsed.rejected[2].raw == b"\x00\xfe\xff"


def test_byte_order_mark_gb18030_and_latin_1_are_read(payload):
    assert payload("bom_and_other_encodings.csv").rows == 2
    assert not payload("bom_and_other_encodings.csv").rejected


def test_files_joined_end_to_end_are_read_each_by_its_own_header(payload):
    assert payload("two_headers.csv").lines == (2, 3, 4, 6, 7, 8)


def test_a_log_line_before_the_header_is_no_row(payload):
    assert payload("log_line_first.csv").lines == (3, 4, 5)


@pytest.mark.parametrize("name", ["features.json", "features_wrapped_after_log.json"])
def test_features_are_read_and_null_positions_refused(payload, name):
    parsed = payload(name)
    assert parsed.lines == (1, 3)
    assert codes(parsed) == [(2, "bad_position"), (4, "unreadable")]
    assert parsed.observations[1].longitude == 101.53


def test_of_features_that_break_off_the_whole_ones_are_kept(root):
    text = (root / "tests/feeds/data/features.json").read_text(encoding="utf-8")
    spot = text.splitlines()[1].strip().rstrip(",")
    text = '{"features": [' + ",\n".join([spot] * 5) + "]}"
    for cut in range(len(spot) + 30, len(text) - 3, 17):
        parsed = read(text[:cut].encode(), NOW)
        assert len(parsed.observations) == text[:cut].count("}}")
        assert codes(parsed) == [(0, "unreadable")]


def test_python_notation_is_read(payload):
    assert [s.source for s in payload("python_repr.txt").observations] == ["Terra/MODIS"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("error_page.html", "503 Service Unavailable"),
        ("wrong_key.txt", "wrong key"),
        ("over_limit.txt", "too many"),
    ],
)
def test_what_is_no_data_is_named(payload, name, words):
    parsed = payload(name)
    assert parsed.rows == 0
    assert parsed.refused.code == "unreadable"
    assert words in parsed.refused.detail


def test_an_empty_day_is_read_and_has_no_rows():
    parsed = read((HEAD + "\n").encode(), NOW)
    assert (parsed.rows, parsed.refused) == (0, None)


def test_the_source_s_plain_words_are_told_apart():
    assert error_words(b"Invalid API call.") == "wrong request"
    assert error_words(b"Missing MAP_KEY, invalid") == "wrong key"
    assert error_words(HEAD.encode()) is None


def test_the_same_pixel_has_one_identity_by_every_feed():
    row = "28.1,101.5,331,0.4,0.4,2025-03-02,{},{},{},n,{},290,5,N"
    forms = [
        ("0612", "N20", "VIIRS", "2.0NRT"), ("612", "1", "", "2.0URT"),
        ("06:12:33", "NOAA-20", "MODIS", "2.0"), ("0612", "NOAA20", "viirs", ""),
    ]  # fmt: skip
    parsed = read("\n".join([HEAD, *(row.format(*form) for form in forms)]).encode(), NOW)
    assert {s.observation_id for s in parsed.observations} == {"N20/VIIRS/20250302T0612Z/101.50000,28.10000"}
    assert parsed.rows == 4


@given(st.permutations(HEAD.split(",")))
def test_columns_in_any_order_give_the_same(order):
    row = "28.1,101.5,331,0.4,0.4,2025-03-02,45,1,,n,2,290,5,N"
    cells = dict(zip(HEAD.split(","), row.split(","), strict=True))
    text = f"{','.join(order)}\n{','.join(cells[name] for name in order)}\n"
    (spot,) = read(text.encode(), NOW).observations
    assert (spot.observation_id, spot.frp_mw) == ("N20/VIIRS/20250302T0045Z/101.50000,28.10000", 5.0)


@given(st.binary(max_size=400))
def test_random_bytes_never_raise_in_any_feed(noise):
    for data in (noise, HEAD.encode() + b"\n" + noise, b'{"features": [' + noise, b'[{"acq_date": "' + noise):
        read(data, NOW)
        for feed in FEEDS:
            feed.recognise(data)
            feed.parse(data, NOW)


@given(st.lists(st.text(alphabet='0123456789.-,":eNaninf_T/ ', max_size=90), max_size=8))
def test_every_line_that_is_not_blank_or_comment_is_counted(rows):
    parsed = read("\n".join([HEAD, *rows]).encode(), NOW)
    assert parsed.rows == sum(bool(row.strip()) for row in rows)
    assert sorted((*parsed.lines, *(row.line for row in parsed.rejected))) == [
        at for at, row in enumerate(rows, 2) if row.strip()
    ]


@given(
    st.recursive(
        st.none() | st.floats() | st.text(max_size=8), lambda s: st.lists(s, max_size=4), max_leaves=9
    )
)
def test_features_of_any_shape_never_raise(value):
    for thing in ({"acq_date": value}, {"properties": value, "geometry": value}, value):
        parsed = read(repr([thing, {"acq_date": "x"}]).encode("utf-8", "replace"), NOW)
        assert parsed.refused or parsed.rows == 2


ROWS = {
    "modis_sichuan_2021_2025q1.csv": 1445,
    "modis_replay_20220402_20220414.csv.gz": 41497,
    "viirs_375_nrt_union.csv.gz": 24357,
    "viirs_gorongosa_2026.csv": 2050,
}


def content(path):
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


@pytest.mark.parametrize(("name", "rows"), ROWS.items())
def test_every_row_of_the_real_files_is_a_hotspot(shared_data, name, rows):
    parsed = read(content(shared_data / "firms" / name), Limits(datetime(2027, 1, 1, tzinfo=UTC)))
    assert (len(parsed.observations), parsed.rejected) == (rows, ())
    assert len(set(parsed.lines)) == rows


def test_hourly_files_serve_the_same_rows_again_under_the_same_ids(shared_data):
    hours = sorted((shared_data / "firms" / "modis_hourly_raw").glob("*.json.gz"))
    ids = [{s.observation_id for s in read(content(hour), NOW).observations} for hour in hours]
    assert len(ids) == 6
    assert all(len(one & two) > 0.9 * len(one) for one, two in pairwise(ids))


def test_a_day_of_viirs_costs_no_more_than_some_passes_of_plain_python_over_it():
    dice = random.Random(1)
    rows = [
        f"{dice.uniform(-60, 60):.5f},{dice.uniform(-180, 180):.5f},331.2,0.41,0.38,"
        f"2025-03-02,{dice.randrange(24):02d}{dice.randrange(60):02d},N20,VIIRS,n,2.0NRT,291.5,6.25,D"
        for _ in range(92_000)
    ]
    data = "\n".join([HEAD, *rows]).encode()
    start = time.process_time()
    plain = [[float(cell) for cell in line.split(",")[:5]] for line in data.decode().splitlines()[1:]]
    plain_s = time.process_time() - start
    start = time.process_time()
    parsed = read(data, NOW)
    ours_s = time.process_time() - start
    assert len(parsed.observations) == len(plain) == 92_000
    assert ours_s < 15 * plain_s
