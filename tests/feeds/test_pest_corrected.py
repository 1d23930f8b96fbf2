"""A corrected row of a pest table takes the place of the first, however its cells are written."""

import pytest
from msgspec.structs import replace
from test_pest_table import NOW, parsed, row, table

from streams.feeds.pest_identity import row_of
from streams.ingest.dry_run import dry_run


@pytest.mark.parametrize(
    "changed",
    [
        {"species": "松墨天牛"},
        {"species": "Monochamus alternatus"},
        {"start": "2026-05-04T09:00+08:00", "end": "2026-05-11T09:30+08:00"},
        {"end": "2026-05-11T01:30:00Z"},
        {"end": "2026年5月11日 9时30分"},
        {"start": "2026-05-05 09:00"},
        {"trap": "ｘｈ-001"},
        {"lon": "107.7321"},
    ],
)
def test_a_correction_may_write_pest_time_and_trap_otherwise(changed):
    first, second = parsed(table(row(), row(catch="0", revision="1", **changed))).observations
    assert first.observation_id == second.observation_id
    assert (second.catch, second.revision) == (0, 1)


@pytest.mark.parametrize(
    "changed",
    [
        {"species": "红脂大小蠹"},
        {"end": "2026-05-11 09:31"},
        {"end": "2026-05-11T09:30Z"},
        {"trap": "XH-002"},
        {"trap": "XH-001（东）"},
        {"trap": "XH_001"},
    ],
)
def test_another_pest_time_or_trap_is_another_row(changed):
    first, second = parsed(table(row(), row(revision="1", **changed))).observations
    assert first.observation_id != second.observation_id


@pytest.mark.parametrize("end", ["昨天Z", "2026-13-11T09:30+08:00", "9Z"])
def test_what_ends_like_a_zone_and_is_no_time_is_refused(end):
    (bad,) = parsed(table(row(end=end))).rejected
    assert bad.reason.code == "bad_time"


TREES = "调查点,经度,纬度,坐标系,有害生物,调查时间,调查指标,数值,小班号,方法\n"
TREE = "UAV-3,{},31.3512,CGCS2000,松材线虫,2026-05-11,变色松树,{},12,无人机"


def test_trees_told_one_by_one_under_the_name_of_a_flight_are_as_many_rows():
    trees = [TREE.format(east, 1) for east in ("107.7221", "107.7231", "107.72210001")]
    one, other, again = parsed((TREES + "\n".join(trees)).encode()).observations
    assert one.observation_id != other.observation_id
    assert one.observation_id == again.observation_id
    (mended,) = parsed((TREES + TREE.format("107.72210", 2)).encode()).observations
    assert mended.observation_id == one.observation_id


def test_samples_are_told_apart_by_their_number_else_by_their_place():
    head = "调查点,经度,纬度,坐标系,有害生物,采样时间,检测结果,样品编号"
    cells = "L-1,{},31.3,WGS84,松材线虫,2026-05-11,阳性,{}"
    rows = [(107.7, "S1"), (107.8, "S1"), (107.7, "S2"), (107.7, ""), (107.8, "")]
    lines = [cells.format(*one) for one in rows]
    ids = [one.observation_id for one in parsed("\n".join([head, *lines]).encode()).observations]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 4


def test_a_dry_run_names_rows_that_say_the_same_whatever_they_are_of():
    lines = [TREE.format("107.7221", 1), TREE.format("107.7221", 1), TREE.format("107.7222", 1)]
    checked = dry_run((TREES + "\n".join(lines)).encode(), NOW)
    assert [(one.line, one.reason.code, one.reason.detail) for one in checked.doubts] == [
        (3, "duplicate_of", "line 2")
    ]


@pytest.mark.parametrize("rows", [table(row()), (TREES + TREE.format("107.7221", 1)).encode()])
def test_what_was_read_knows_its_row_again(rows):
    (one,) = parsed(rows).observations
    assert row_of(one) == one.observation_id
    assert row_of(replace(one, observation_id=f"{one.observation_id[:-40]}{'0' * 40}")) == one.observation_id
    assert not row_of(replace(one, observation_id="phone/1"))
