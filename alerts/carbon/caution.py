"""What must be said beside a figure: which number was missing, and which parameter nobody has checked."""

from collections.abc import Iterable
from datetime import date
from enum import IntFlag
from functools import reduce
from operator import or_

from alerts.carbon.provenance import Row


class Caution(IntFlag):
    """One bit a caution; a stand carries their sum."""

    UNVERIFIED = 1
    OVERDUE = 2
    NO_VOLUME = 4
    BAD_VOLUME = 8
    ZERO_VOLUME = 16
    UNKNOWN_SPECIES = 32
    NO_AGE = 64
    NO_AREA = 128
    PEAT_DEPTH_UNKNOWN = 256
    UNKNOWN_COVER = 512
    ORIGIN_UNKNOWN = 1024
    WIND_UNKNOWN = 2048
    SLOPE_UNKNOWN = 4096
    CLIFF = 8192
    FUEL_UNKNOWN = 16384
    WEATHER_UNKNOWN = 32768
    CAPPED_AT_STOCK = 65536
    NOTHING_KNOWN_THERE = 131072
    EXTENT_IS_PIXELS = 262144
    WIND_DIRECTION_UNKNOWN = 524288


ZH: dict[Caution, str] = {
    Caution.UNVERIFIED: "参数未核实",
    Caution.OVERDUE: "参数逾期未复核",
    Caution.NO_VOLUME: "缺蓄积",
    Caution.BAD_VOLUME: "蓄积不合理",
    Caution.ZERO_VOLUME: "蓄积为零",
    Caution.UNKNOWN_SPECIES: "树种不明",
    Caution.NO_AGE: "缺林龄",
    Caution.NO_AREA: "缺面积",
    Caution.PEAT_DEPTH_UNKNOWN: "泥炭深度不明",
    Caution.UNKNOWN_COVER: "地类不明",
    Caution.ORIGIN_UNKNOWN: "起源不明",
    Caution.WIND_UNKNOWN: "风不明",
    Caution.SLOPE_UNKNOWN: "坡度不明",
    Caution.CLIFF: "陡崖",
    Caution.FUEL_UNKNOWN: "可燃物不明",
    Caution.WEATHER_UNKNOWN: "气象不明",
    Caution.CAPPED_AT_STOCK: "以储量为上限",
    Caution.NOTHING_KNOWN_THERE: "范围内无资料",
    Caution.EXTENT_IS_PIXELS: "范围为热点像元（上限）",
    Caution.WIND_DIRECTION_UNKNOWN: "风向不明",
}
"""The same in Chinese, for whoever reads the alert."""


def words(cautions: int) -> tuple[str, ...]:
    """Return the cautions of a sum of bits as words, in a fixed order."""
    return tuple((one.name or "").lower() for one in Caution if cautions & one)


def of_rows(rows: Iterable[Row], today: date) -> Caution:
    """Return what must be said of a figure that rests on all of these rows."""
    return reduce(or_, (of_row(row, today) for row in rows), Caution(0))


def of_row(row: Row, today: date) -> Caution:
    """Return what must be said of one row of a table."""
    found = Caution(0)
    if row.unverified:
        found |= Caution.UNVERIFIED
    if row.overdue(today):
        found |= Caution.OVERDUE
    return found
