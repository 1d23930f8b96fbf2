"""Satellite tables that are no FIRMS: AFIMG text, JAXA level 2 and 3, HMS rows."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.feeds import FEEDS, HEAD_BYTES, read
from streams.feeds.base import Limits
from streams.feeds.geostationary import HIMAWARI_DEG, pixel_km, view
from streams.recorded import read as read_files

LIMITS = Limits(datetime(2026, 6, 1, tzinfo=UTC))


def codes(parsed):
    return [(row.line, row.reason.code) for row in parsed.rejected]


def test_frp_of_level_2_is_flux_times_area(payload):
    parsed = payload("l2wlf.csv")
    assert parsed.feed == "jaxa-l2wlf"
    assert [round(spot.frp_mw, 3) for spot in parsed.observations] == [13.29, 12.404, 50.0, 2.797]
    assert [spot.confidence for spot in parsed.observations] == ["low", "low", "nominal", "low"]
    first, _, third, _ = parsed.observations
    assert (first.satellite, first.instrument, first.longitude) == ("Himawari-9", "AHI", 101.66)
    assert (first.observed_at, third.observed_at) == (
        datetime(2025, 12, 9, 19, 2, tzinfo=UTC),
        datetime(2025, 12, 9, 0, 2, tzinfo=UTC),
    )
    assert codes(parsed) == [(7, "swapped_coordinates?"), (8, "missing_column")]


def test_a_refused_row_can_be_handed_in_again_with_its_head(payload):
    row = payload("l2wlf.csv").rejected[0]
    again = read(row.readable.replace(b"91.04", b"31.04"), LIMITS)
    assert [spot.latitude for spot in again.observations] == [31.04]


def test_a_slot_in_which_nothing_burns_is_read_and_empty():
    head = b"# 2025 12  9 19  0 UTC\n# ID,Year,Month,Day,Time(UTC),Lat,Lon,Area(km^2),Volcano,Level,"
    parsed = read(head + b"Reliability,FRP(Wm^-2),QF,Hot(ID)\n", LIMITS)
    assert (parsed.feed, parsed.rows, parsed.refused) == ("jaxa-l2wlf", 0, None)


def test_level_3_is_in_megawatts_already_and_hourly(payload):
    parsed = payload("l3wlf.csv")
    assert parsed.feed == "jaxa-l3wlf"
    assert [spot.frp_mw for spot in parsed.observations] == [83.5, 13.5, 33.5]
    assert [spot.confidence for spot in parsed.observations] == ["high", "low", "nominal"]
    assert {spot.satellite for spot in parsed.observations} == {"Himawari-8"}
    assert codes(parsed) == [(4, "bad_time")]


def test_a_daily_table_says_no_hour_and_is_refused_whole():
    parsed = read(b"2021, 4, 20, 28.44, 102.16, 83.5, 120.0, 5\n", LIMITS)
    assert parsed.refused is not None
    assert "no hour" in parsed.refused.detail


@pytest.mark.parametrize(
    ("lon", "lat", "zenith", "size"),
    [(102.264, 27.894, 53.1, (3.5, 2.1)), (101.01, 30.03, 55.4, (3.8, 2.1)), (140.7, 0.0, 0.0, (2.0, 2.0))],
)
def test_a_geostationary_pixel_grows_towards_the_edge_of_the_disk(lon, lat, zenith, size):
    assert view(lon, lat, HIMAWARI_DEG)[1] == pytest.approx(zenith, abs=0.05)
    assert tuple(round(float(side), 1) for side in pixel_km(str(lon), str(lat), HIMAWARI_DEG)) == size


def test_afimg_has_satellite_and_time_in_its_source_line(payload):
    parsed = payload("afimg_eight_columns.txt")
    assert (parsed.feed, codes(parsed)) == ("afimg", [(13, "bad_position")])
    assert {(spot.satellite, f"{spot.observed_at:%Y%m%d %H%M}") for spot in parsed.observations} == {
        ("N20", "20240712 0720")
    }
    assert [spot.confidence for spot in parsed.observations] == ["nominal", "high", "low", "unknown"]
    assert [spot.land_type for spot in parsed.observations] == [0, 2, 1, None]
    assert [spot.frp_mw for spot in parsed.observations] == [2.35572743, 2.35572743, None, 2.35572743]


def test_afimg_of_seven_columns_says_nothing_of_the_land(payload):
    parsed = payload("afimg_seven_columns.txt")
    assert [(spot.satellite, spot.land_type) for spot in parsed.observations] == [("NPP", None)] * 4


def test_afimg_of_another_width_is_refused_whole(payload):
    parsed = payload("afimg_nine_columns.txt")
    assert (parsed.observations, parsed.rejected) == ((), ())
    assert "[9] columns" in parsed.refused.detail


def test_afimg_cut_in_the_middle_of_a_row_is_refused_whole():
    whole = b"# source: AFIMG_j02_d20231211_t0152445_e1_b1_c1.nc\n 1.5, 2.5, 330, 0.375, 0.375, 8, 3.5\n"
    assert len(read(whole, LIMITS).observations) == 1
    assert read(whole + b" 1.6, 2.6, 33", LIMITS).refused is not None
    assert read(whole.replace(b"j02_d2023", b"j02_dxxxx"), LIMITS).refused is not None


def test_hms_rows_of_four_sensors(payload):
    parsed = payload("hms.txt")
    assert parsed.feed == "hms"
    assert [(spot.source, spot.frp_mw) for spot in parsed.observations] == [
        ("GOES-EAST/ABI", 42.106),
        ("NPP/VIIRS", None),
        ("N20/VIIRS", None),
        ("Terra/MODIS", 8.5),
    ]
    assert f"{parsed.observations[1].observed_at:%Y-%m-%d %H:%M}" == "2022-04-06 07:59"
    assert codes(parsed) == [(6, "bad_time")]
    assert parsed.retractions == ()


def test_a_row_gone_from_a_later_collection_of_its_day_is_taken_back(payload):
    parsed = payload("hms_collected.csv")
    assert (parsed.rows, parsed.rejected) == (4, ())
    (back,) = parsed.retractions
    assert back.retracts == parsed.observations[1].observation_id
    assert (back.observed_at, back.received_at) == (
        parsed.observations[1].observed_at,
        datetime(2022, 4, 6, 21, 14, 24, tzinfo=UTC),
    )


def test_the_real_hms_file_is_read_whole(shared_data):
    path = shared_data / "scoring" / "hms_new_mexico_20220405_20220514.csv.gz"
    recorded = read_files([path], now=LIMITS.now)
    assert (recorded.read, recorded.rejected) == (36054, ())
    assert len({one.observation_id for one in recorded.observations}) == 36054
    assert Counter(one.source for one in recorded.observations) == {
        "GOES-EAST/ABI": 14753,
        "NPP/VIIRS": 10551,
        "N20/VIIRS": 10345,
        "Terra/MODIS": 399,
        "GOES-WEST/ABI": 6,
    }
    assert sum(one.frp_mw is None for one in recorded.observations) == 4149
    assert len(recorded.besides) == 678
    spots = {one.observation_id: one for one in recorded.observations}
    assert all(back.received_at > spots[back.retracts].received_at for back in recorded.besides)


@given(
    st.binary(max_size=200), st.sampled_from(["l2wlf.csv", "l3wlf.csv", "hms.txt", "afimg_eight_columns.txt"])
)
def test_no_feed_ever_raises(root, noise, name):
    data = (root / "tests" / "feeds" / "data" / name).read_bytes()
    for feed in FEEDS:
        for made in (noise, data[: len(data) // 2] + noise, noise + b"\n" + data):
            feed.recognise(made[:HEAD_BYTES])
            parsed = feed.parse(made, LIMITS)
            assert len(parsed.lines) == len(parsed.observations)


def test_a_slot_says_that_the_satellite_looked_also_where_nothing_burns(payload):
    head = b"# 2025 12  9 19  0 UTC  2025 12  9 19 30 UTC\n# ID,Year,Month,Day,Time(UTC),Lat,Lon,Area(km^2),"
    empty = read(head + b"Volcano,Level,Reliability,FRP(Wm^-2),QF,Hot(ID)\n", LIMITS)
    (one,) = empty.passes
    assert (one.source, one.observed_at) == ("Himawari-9/AHI", datetime(2025, 12, 9, 19, tzinfo=UTC))
    assert (one.looked, one.could_see, empty.rows, empty.besides) == (True, False, 0, (one,))
    assert payload("l2wlf.csv").passes == (one,)
    assert payload("l3wlf.csv").passes == ()
    assert read(head.replace(b"12  9", b"13 39") + b"Volcano,Level,Reliability,FRP\n", LIMITS).passes == ()
