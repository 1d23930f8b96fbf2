"""Files as they are found: packed, cut, in other encodings, of no known format."""

import gzip
import json
import random
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.codec import encode
from streams.recorded import NothingReadable, deliveries, read, unfold

NOW = datetime(2026, 11, 1, tzinfo=UTC)
HEAD = "latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,instrument,confidence,version,"
HEAD += "bright_ti5,frp,daynight\n"


def row(number, minute=45, satellite="N20"):
    return f"28.1,{101 + number / 1000:.3f},330,0.4,0.4,2024-03-15,{minute},{satellite},,n,2.0NRT,290,5,N\n"


def write(folder, name, data):
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def test_files_are_known_by_content_whatever_their_names(tmp_path):
    plain = write(tmp_path, "a.json", HEAD + row(1))
    packed = write(tmp_path, "b.txt", gzip.compress((HEAD + row(2)).encode()) * 2)
    recorded = read([plain, packed], now=NOW)
    assert [(file.feed, file.read) for file in recorded.files] == [("firms", 1), ("firms", 2)]
    assert recorded.read == 3


def test_of_a_cut_gzip_whole_lines_are_read_and_the_rest_is_one_refusal(tmp_path):
    dice = random.Random(3)
    rows = "".join(row(dice.randrange(9000)) for _ in range(3000))
    packed = gzip.compress((HEAD + rows).encode())
    path = write(tmp_path, "cut.csv.gz", packed[: len(packed) // 2])
    recorded = read([path], now=NOW)
    assert 500 < len(recorded.observations) < 2500
    assert [(bad.line, bad.reason.code) for bad in recorded.rejected] == [(0, "unreadable")]
    assert "gzip ends too early" in recorded.rejected[0].reason.detail
    assert recorded.read == len(recorded.observations) + 1


def test_of_a_cut_gzip_of_json_whole_features_are_read_and_the_rest_is_one_refusal(tmp_path):
    dice = random.Random(5)
    spot = {
        "acq_date": "2026-03-15",
        "acq_time": "0412",
        "satellite": "T",
        "scan": 1,
        "track": 1,
        "latitude": 28,
    }
    text = json.dumps([spot | {"longitude": dice.uniform(90, 110)} for _ in range(3000)], indent=1)
    packed = gzip.compress(text.encode())
    recorded = read([write(tmp_path, "cut.json.gz", packed[: len(packed) // 2])], now=NOW)
    assert 500 < len(recorded.observations) < 2500
    assert [(bad.line, bad.reason.code) for bad in recorded.rejected] == [(0, "unreadable")]


def test_a_damaged_gzip_is_told_apart_from_a_short_one():
    packed = bytearray(gzip.compress(random.Random(4).randbytes(4000)))
    packed[2000] ^= 0xFF
    assert "damaged" in unfold(bytes(packed))[1].detail
    assert unfold(b"no gzip") == (b"no gzip", None)


def test_a_row_without_arrival_was_received_when_observed(tmp_path):
    recorded = read([write(tmp_path, "a.csv", HEAD + row(1))], now=NOW)
    assert recorded.observations[0].received_at == recorded.observations[0].observed_at


def test_one_unreadable_file_does_not_hide_the_others(tmp_path):
    good = write(tmp_path, "good.csv", HEAD + row(1))
    page = write(tmp_path, "page.csv", "<html><title>Sorry</title>")
    recorded = read([page, good, tmp_path / "absent.csv"], now=NOW)
    assert [(file.read, file.rejected) for file in recorded.files] == [(1, 1), (1, 0), (1, 1)]
    assert "Sorry" in recorded.rejected[0].reason.detail


def test_nothing_readable_says_why_in_one_line(tmp_path):
    noise = write(tmp_path, "noise.bin", random.Random(1).randbytes(50_000))
    with pytest.raises(
        NothingReadable, match=r"^nothing readable: .*noise\.bin: not text; .*empty$"
    ) as raised:
        read([noise, write(tmp_path, "empty", b"")], now=NOW)
    assert "\n" not in str(raised.value)
    with pytest.raises(NothingReadable, match="no file given"):
        read([], now=NOW)


def test_the_archive_s_lines_are_read_as_they_were(tmp_path):
    first = read([write(tmp_path, "a.csv", HEAD + row(1) + row(2, 612, "A"))], now=NOW)
    lines = b"".join(encode(observation) + b"\n" for observation in first.observations)
    again = read([write(tmp_path, "b.gz", gzip.compress(lines))], now=NOW)
    assert again.observations == first.observations
    assert again.files[0].feed == "ndjson"


def test_deliveries_are_in_order_of_arrival_one_for_each_satellite_and_tile(tmp_path):
    text = HEAD + row(1, 612) + row(2, 45) + row(3, 45, "A") + row(4, 45)
    made = deliveries(read([write(tmp_path, "a.csv", text)], now=NOW).observations)
    assert [(f"{d.received_at:%H%M}", len(d.observations)) for d in made] == [
        ("0045", 1),
        ("0045", 2),
        ("0612", 1),
    ]
    assert [d.observations[0].satellite for d in made] == ["Aqua", "N20", "N20"]


@given(st.permutations(range(12)))
def test_any_order_of_rows_gives_the_same_deliveries(order):
    rows = [row(number, (45, 612)[number % 2], ("N20", "A")[number % 3 == 0]) for number in range(12)]
    from streams.feeds import Limits
    from streams.feeds import read as parse

    one = parse((HEAD + "".join(rows)).encode(), Limits(NOW)).observations
    two = parse((HEAD + "".join(rows[at] for at in order)).encode(), Limits(NOW)).observations
    assert deliveries(one) == deliveries(two)
    bare = deliveries(two, sealed=False)
    assert [d.observations for d in bare] == [d.observations for d in deliveries(one)]
    assert len({d.delivery_id for d in bare}) == len(bare)


def test_a_large_pass_is_cut_into_messages_with_different_ids(tmp_path):
    text = HEAD + "".join(row(number) for number in range(1200))
    made = deliveries(read([write(tmp_path, "a.csv", text)], now=NOW).observations)
    assert [len(d.observations) for d in made] == [500, 500, 200]
    assert len({d.delivery_id for d in made}) == 3
    assert max(len(encode(d)) for d in made) < 256 * 1024


def test_real_files_lose_no_row(shared_data):
    folder = shared_data / "firms"
    recorded = read(sorted(folder.glob("*.csv*")), now=NOW)
    assert Counter(file.rejected for file in recorded.files) == {0: 4}
    assert recorded.read == 1445 + 41497 + 24357 + 2050 == len(recorded.observations)
    made = deliveries(recorded.observations)
    assert sum(len(d.observations) for d in made) == recorded.read
    assert [d.received_at for d in made] == sorted(d.received_at for d in made)
