"""Tables of trap rounds as counties send them: GB 18030, xlsx, Chinese columns; each bad row has a reason."""

import datetime as dt
import io

import msgspec
import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.observation import LabResult, PestSurvey, TrapCount
from streams.commands.ingest import command
from streams.feeds import read
from streams.feeds.base import Limits
from streams.feeds.pest_columns import COLUMNS, EXAMPLE, EXAMPLE_MARK, TEMPLATE, WORDS, plain, template
from streams.feeds.pest_table import PEST_TABLE
from streams.ingest.dry_run import dry_run

NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
HEADER = "诱捕器编号,经度（度）,纬度,坐标系,有害生物,开始时间,检查时间,状态,捕获数,更正号"
GOOD = "XH-001,107.7221,31.3512,CGCS2000,松褐天牛,2026-05-04 09:00,2026/5/11 9:30,正常,6,"


def table(*rows, header=HEADER):
    return "\r\n".join([header, *rows]).encode("utf-8")


def parsed(data):
    return read(data, Limits(NOW))


def row(**changed):
    names = ("trap", "lon", "lat", "frame", "species", "start", "end", "status", "catch", "revision")
    cells = dict(zip(names, GOOD.split(","), strict=True)) | changed
    return ",".join(cells[name] for name in names)


def reason(**changed):
    got = parsed(table(row(**changed)))
    assert got.observations == ()
    return got.rejected[0].reason


def test_a_row_with_chinese_columns_becomes_a_trap_count():
    got = parsed(table(GOOD))
    assert (got.feed, got.rejected, got.lines) == ("pest-table", (), (2,))
    (one,) = got.observations
    assert isinstance(one, TrapCount)
    assert (one.source, one.species, one.status, one.catch) == ("XH-001", "Monochamus alternatus", "ok", 6)
    assert one.observed_at == dt.datetime(2026, 5, 11, 1, 30, tzinfo=dt.UTC)
    assert one.started_at == dt.datetime(2026, 5, 4, 1, 0, tzinfo=dt.UTC)
    assert (one.longitude, one.frame) == (107.7221, "wgs84")
    assert set(one.mended) == {"zone_assumed", "species_named", "cgcs2000_to_wgs84"}


def test_gb18030_and_other_delimiters_read_the_same():
    expected = parsed(table(GOOD)).observations
    text = table(GOOD).decode()
    assert parsed(text.encode("gb18030")).observations == expected
    assert parsed(("\ufeff" + text).encode()).observations == expected
    assert parsed(text.replace(",", "\t").encode()).observations == expected
    assert parsed(text.replace(",", ";").encode()).observations == expected
    assert parsed(("宣汉县诱捕记录表\r\n\r\n" + text).encode()).observations == expected


def workbook(*rows):
    book = openpyxl.Workbook()
    book.active.title = "空表"
    sheet = book.create_sheet("五月")
    for cells in rows:
        sheet.append(cells)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_xlsx_reads_the_same_with_its_own_dates_and_numbers():
    cells = GOOD.split(",")
    cells[1:3] = [107.7221, 31.3512]
    cells[5:7] = [dt.datetime(2026, 5, 4, 9), dt.datetime(2026, 5, 11, 9, 30)]  # noqa: DTZ001 - as in a workbook
    cells[8] = 6.0
    data = workbook(HEADER.split(","), cells)
    assert parsed(data).observations == parsed(table(GOOD)).observations
    bad = parsed(workbook(HEADER.split(","), [*cells[:8], -1]))
    assert bad.rejected[0].line == 2
    assert parsed(bad.rejected[0].readable).rejected[0].reason == bad.rejected[0].reason


def test_a_broken_workbook_is_refused_whole():
    data = workbook(HEADER.split(","), GOOD.split(","))
    assert parsed(data[: len(data) // 2]).refused.code == "unreadable"
    assert parsed(workbook(["nothing", "known"])).refused.code == "missing_column"


@pytest.mark.parametrize(
    ("changed", "code", "word"),
    [
        ({"catch": "-1"}, "bad_value", "no count"),
        ({"catch": "0.1"}, "bad_value", "no count"),
        ({"catch": "99999999"}, "bad_value", "no count"),
        ({"catch": "六"}, "bad_value", "no number"),
        ({"catch": ""}, "missing_column", "when it is 0"),
        ({"status": "不知道"}, "bad_value", ""),
        ({"species": "松墨天午"}, "unknown_species", "松墨天牛 Monochamus alternatus"),
        ({"species": ""}, "unknown_species", ""),
        ({"frame": ""}, "no_frame", ""),
        ({"frame": "西安80"}, "no_frame", ""),
        ({"lon": "31.35", "lat": "107.72"}, "swapped_coordinates?", ""),
        ({"lon": ""}, "bad_position", ""),
        ({"end": "昨天"}, "bad_time", "no time"),
        ({"end": "2026-02-30 09:00"}, "bad_time", "no time"),
        ({"end": "2026-05-03 09:00"}, "bad_time", "ends before it starts"),
        ({"end": "2027-05-03 09:00"}, "bad_time", "future"),
        ({"start": ""}, "missing_column", "started_at"),
        ({"trap": ""}, "missing_column", "source"),
    ],
)
def test_a_bad_row_says_why(changed, code, word):
    got = reason(**changed)
    assert got.code == code
    assert word in got.detail


def test_an_empty_count_is_missing_and_a_written_zero_is_zero():
    missing, zero = parsed(table(row(catch="", status=""), row(catch="0"))).observations
    assert (missing.status, missing.catch) == ("missing", None)
    assert "empty_is_missing" in missing.mended
    assert (zero.status, zero.catch) == ("ok", 0)


def test_a_correction_has_the_id_of_what_it_corrects():
    first, second, other = parsed(
        table(row(), row(catch="9", revision="1"), row(end="2026-05-18 09:00"))
    ).observations
    assert first.observation_id == second.observation_id != other.observation_id
    assert (first.revision, second.revision) == (0, 1)


def test_surveys_and_laboratory_results_by_their_columns():
    survey = table(
        "D-1,107.7,31.3,WGS84,马尾松毛虫,2026-05-11,虫口密度,14,幼虫,12-3,20",
        header="调查点,经度,纬度,坐标系,有害生物,调查时间,调查指标,数值,虫态,小班号,调查株数",
    )
    (one,) = parsed(survey).observations
    assert isinstance(one, PestSurvey)
    assert (one.measure, one.value, one.stage, one.unit_id, one.sampled) == (
        "larvae_per_tree",
        14,
        "larva",
        "12-3",
        20,
    )
    lab = table(
        "L-1,107.7,31.3,WGS84,松材线虫病,2026-05-11,阳性,S-9",
        header="调查点,经度,纬度,坐标系,有害生物,采样时间,检测结果,样品编号",
    )
    (one,) = parsed(lab).observations
    assert isinstance(one, LabResult)
    assert (one.species, one.result, one.sample_id) == ("Bursaphelenchus xylophilus", "positive", "S-9")


def test_ndjson_names_species_too():
    (count,) = parsed(table(GOOD)).observations
    said = msgspec.to_builtins(count) | {"species": "松天牛", "observation_id": "x"}
    (got,) = parsed(msgspec.json.encode(said)).observations
    assert got.species == "Monochamus alternatus"
    bad = parsed(msgspec.json.encode(said | {"species": "Monochamus alternata"}))
    assert bad.rejected[0].reason.code == "unknown_species"


def test_the_template_can_be_read_and_names_only_known_columns():
    (left_in,) = parsed(template()).rejected
    assert "example row" in left_in.reason.detail
    filled_in = template().decode("utf-8").replace(EXAMPLE_MARK, "晴").encode()
    (one,) = parsed(filled_in).observations
    assert one.source == EXAMPLE[0]
    assert set(TEMPLATE) <= {name for names in COLUMNS.values() for name in names}
    assert all(plain(word) == word for words in WORDS.values() for word in words)


def test_a_dry_run_names_every_bad_and_every_doubtful_row():
    rows = [
        row(),
        row(catch="-1", end="2026-05-12 09:00"),
        row(start="2026-05-09 09:00", end="2026-05-16 09:00"),
        row(start="2026-05-25 09:00", end="2026-05-30 09:00", lon="107.73"),
        row(),
        row(trap="XH-2", status="未检查", catch=""),
    ]
    got = dry_run(table(*rows), NOW)
    assert (got.good, [(one.line, one.reason.code) for one in got.faults]) == (5, [(3, "bad_value")])
    assert [(one.line, one.reason.code) for one in got.doubts] == [
        (4, "overlaps"),
        (5, "gap"),
        (5, "moved"),
        (6, "duplicate_of"),
        (7, "not_read"),
    ]


@pytest.mark.parametrize(
    ("cells", "code", "says"),
    [
        ({"status": "坏了"}, "bad_value", "状态 (status): '坏了' (nearest: 损坏) is none of 正常、未检查"),
        ({"trap": ""}, "missing_column", "诱捕器编号 (source) is empty"),
        ({"end": ""}, "missing_column", "检查时间 (observed_at) is empty"),
    ],
)
def test_a_refusal_says_in_the_words_of_the_form_what_would_be_right(cells, code, says):
    (bad,) = parsed(table(row(**cells))).rejected
    assert bad.reason.code == code
    assert says in bad.reason.detail


def test_the_command_checks_and_writes_the_form(tmp_path):
    form = tmp_path / "form.csv"
    done = CliRunner().invoke(command, ["traps", "--template", str(form)])
    assert done.exit_code == 0, done.output
    assert form.read_bytes() == template()
    file = tmp_path / "rounds.csv"
    file.write_bytes(table(row(), row(catch="0.1", trap="XH-7")))
    done = CliRunner().invoke(command, ["traps", str(file), "--check"])
    assert done.exit_code == 1
    assert "line 3: bad_value" in done.output
    assert "1 rows good, 1 bad, 0 doubtful" in done.output
    file.write_bytes(table(row(catch="99999")))
    done = CliRunner().invoke(command, ["traps", str(file), "--check"])
    assert done.exit_code == 0
    assert "doubtful, kept: bad_value most per trap-day, 99999" in done.output
    assert CliRunner().invoke(command, ["traps"]).exit_code == 2


CELLS = st.one_of(
    st.text(max_size=12), st.sampled_from([*GOOD.split(","), "正常", "松墨天牛", "1e400", "nan", "-0", "inf"])
)


@given(st.lists(st.lists(CELLS, max_size=12), max_size=5))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_stands_in_the_cells_no_row_is_lost_and_nothing_raises(rows):
    lines = [",".join(cells) for cells in rows]
    got = parsed(table(*lines))
    assert got.feed == "pest-table"
    assert len(got.lines) == len(got.observations)


def test_nothing_at_all_is_refused():
    assert PEST_TABLE.parse(b"", Limits(NOW)).refused.code == "missing_column"


@given(st.binary(max_size=200))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_random_bytes_behind_a_workbooks_mark_never_raise(data):
    assert parsed(b"PK\x03\x04xl/" + data).refused.code == "unreadable"
