"""Invariant 14: bad input never stops the line; every row is read, mended with a note, or refused."""

import datetime as dt
import gzip

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.settings import Settings
from streams.commands.replay import command
from streams.recorded import NothingReadable, deliveries, read
from streams.replay import run

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
HEAD = (
    "latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,"
    "satellite,instrument,confidence,version,bright_ti5,frp,daynight\n"
)
GOOD = "30.1001,101.2001,330,0.4,0.4,2024-03-15,45,N20,VIIRS,n,2.0NRT,290,5,N\n"

REFUSED = {
    "latitude beyond 90": (GOOD.replace("30.1001", "130.1"), "bad_position"),
    "no number": (GOOD.replace("30.1001", "nan"), "bad_position"),
    "in the future": (GOOD.replace("2024-03-15", "2099-01-01"), "bad_time"),
    "before 2000": (GOOD.replace("2024-03-15", "1999-12-31"), "bad_time"),
    "no time": (GOOD.replace(",45,", ",,"), "bad_time"),
    "25 o'clock": (GOOD.replace(",45,", ",2545,"), "bad_time"),
}
MENDED = {
    "45": GOOD,
    "HMM": GOOD.replace(",45,", ",945,"),
    "HH:MM": GOOD.replace(",45,", ",09:45,"),
    "HH:MM:SS": GOOD.replace(",45,", ",09:45:10,"),
    "FRP -999": GOOD.replace(",5,N", ",-999,N"),
    "FRP 0": GOOD.replace(",5,N", ",0,N"),
    "FRP absent": GOOD.replace(",5,N", ",,N"),
    "no instrument": GOOD.replace(",VIIRS,", ",,"),
}


def read_text(tmp_path, text):
    path = tmp_path / "rows.csv"
    path.write_bytes(text.encode("latin-1"))
    return read([path], now=NOW)


@pytest.mark.parametrize("case", REFUSED)
def test_14_is_refused_with_a_reason_and_the_next_row_is_read(case, tmp_path):
    row, code = REFUSED[case]
    found = read_text(tmp_path, HEAD + row + GOOD)
    assert [one.reason.code for one in found.rejected] == [code]
    assert found.rejected[0].raw
    assert len(found.observations) == 1


@pytest.mark.parametrize("case", MENDED)
def test_14_is_mended_and_accepted(case, tmp_path):
    found = read_text(tmp_path, HEAD + MENDED[case])
    [one] = found.observations
    assert one.observed_at.date() == dt.date(2024, 3, 15)
    assert one.instrument == "VIIRS"
    assert (one.frp_mw is None) == case.startswith("FRP")


def test_14_swapped_coordinates_are_named_and_never_exchanged(tmp_path):
    found = read_text(tmp_path, HEAD + GOOD.replace("30.1001,101.2001", "101.2001,30.1001"))
    assert [one.reason.code for one in found.rejected] == ["swapped_coordinates?"]
    assert not found.observations


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=120),
            st.sampled_from([GOOD.encode(), *(r[0].encode() for r in REFUSED.values())]),
        ),
        max_size=12,
    )
)
@settings(max_examples=200, deadline=None)
def test_14_anything_between_good_rows_is_counted_and_nothing_raises(tmp_path_factory, parts):
    path = tmp_path_factory.mktemp("noise") / "rows.csv"
    lines = [part.replace(b"\n", b"").replace(b"\r", b"") for part in parts]
    path.write_bytes(HEAD.encode() + b"\n".join([GOOD.encode().strip(), *lines]) + b"\n")
    found = read([path], now=NOW)
    assert found.read == len(found.observations) + len(found.rejected)
    assert all(one.reason.code for one in found.rejected)
    run(deliveries(found.observations), Settings())


@pytest.mark.parametrize(
    "content",
    [
        b"\x00\x01" * 999,
        b"<!DOCTYPE html><html><body>502</body></html>",
        b"Invalid MAP_KEY.",
        b"",
        b"a,b,c\n1,2,3\n",
    ],
)
def test_14_nothing_readable_is_one_clear_line_and_a_failure(content, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(NothingReadable):
        read([path], now=NOW)
    result = CliRunner().invoke(command, [str(path), "--out", str(tmp_path / "out")])
    assert result.exit_code != 0
    assert "Traceback" not in result.output
    assert len(result.output.strip().splitlines()) == 1


def test_14_half_a_gzip_gives_its_first_half(tmp_path):
    rows = "".join(GOOD.replace("101.2001", f"{101 + i * 1e-4:.4f}") for i in range(5000))
    packed = gzip.compress((HEAD + rows).encode(), 9)
    path = tmp_path / "half.csv.gz"
    path.write_bytes(packed[: len(packed) // 2])
    found = read([path], now=NOW)
    assert 0 < len(found.observations) < 5000
    assert found.rejected[-1].reason.code == "unreadable"
