"""A corrected row of a pest table takes the place of the first, however its cells are written."""

import pytest
from test_pest_table import parsed, row, table


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
    ],
)
def test_another_pest_time_or_trap_is_another_row(changed):
    first, second = parsed(table(row(), row(revision="1", **changed))).observations
    assert first.observation_id != second.observation_id


@pytest.mark.parametrize("end", ["昨天Z", "2026-13-11T09:30+08:00", "9Z"])
def test_what_ends_like_a_zone_and_is_no_time_is_refused(end):
    (bad,) = parsed(table(row(end=end))).rejected
    assert bad.reason.code == "bad_time"
