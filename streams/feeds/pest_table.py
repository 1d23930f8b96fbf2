"""Tables of trap rounds, surveys and laboratory results with Chinese columns: CSV (GB 18030 too), xlsx, JSON.

    诱捕器编号,经度,纬度,坐标系,有害生物,开始时间,检查时间,状态,捕获数
    XH-001,107.7221,31.3512,CGCS2000,松墨天牛,2026-05-04 09:00,2026-05-11 09:30,正常,6

A column 检测结果 makes the rows laboratory results, 调查指标 or 危害程度 makes them surveys. Times without
a zone are taken for UTC+8, and that is noted. In NDJSON the names of the columns are those of the fields. An
empty count is `missing`, never zero. A correction is the same row with a higher 更正号; trees told one by one
are rows of as many places. Of a workbook every sheet with such columns is read.
"""

import csv
from collections.abc import Iterable
from dataclasses import replace

from msgspec import structs

from schemas.observation import AnyObservation
from schemas.reason import Reason
from streams.feeds.base import Feed, Limits, Parsed, Rejected, refusal
from streams.feeds.pest_columns import fields_of, is_header
from streams.feeds.pest_objects import Row, objects_of
from streams.feeds.pest_row import observation_in
from streams.feeds.sheet import is_workbook, sheets_of
from streams.feeds.text import lines_of, text_of, texts_of

NAME = "pest-table"
HEADER_WITHIN = 20
DELIMITERS = (",", "\t", ";", "，")


def recognise(head: bytes) -> bool:
    """Return whether it is a workbook, or text whose first lines name the columns of a pest table."""
    if is_workbook(head) or objects_of(head, whole=False):
        return True
    texts = (text_of(line) for line in lines_of(head)[:HEADER_WITHIN])
    return any(text is not None and is_header(_split(text)) for text in texts)


def _split(line: str) -> list[str]:
    """Return the cells of one line by the delimiter that it has most of."""
    delimiter = max(DELIMITERS, key=line.count)
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def parse(data: bytes, limits: Limits) -> Parsed:
    """Return every row below the header as an observation or a refusal."""
    if is_workbook(data[:4096]):
        sheets = sheets_of(data)
        if isinstance(sheets, str):
            return Parsed(NAME, refused=refusal("unreadable", sheets))
        return _read_sheets(sheets, limits)
    if objects := objects_of(data):
        return _read_objects(objects, limits)
    lines = lines_of(data)
    # No lines have one text, the empty one.
    texts = texts_of(lines) if lines else []
    rows = (
        (at, None if text is None else _split(text), raw)
        for at, (text, raw) in enumerate(zip(texts, lines, strict=True), 1)
    )
    return _read(rows, limits)


def _read_sheets(sheets: dict[str, list[list[str]]], limits: Limits) -> Parsed:
    """Return the rows of all sheets that name their columns; of several, each refusal names its sheet.

    A sheet without such a row is refused by its name; a workbook of none but such as a whole.
    """
    read = {
        name: _read(((at, cells, _line(cells)) for at, cells in enumerate(rows, 1)), limits)
        for name, rows in sheets.items()
    }
    tables = [one for one in read.values() if one.refused is None]
    if not tables:
        return next(iter(read.values()), _read((), limits))
    bad: list[Rejected] = []
    for name, one in read.items():
        if one.refused is not None:
            bad.append(Rejected(1, _line(sheets[name][0]), _on(name, one.refused)))
        elif len(read) > 1:
            bad += [replace(row, reason=_on(name, row.reason)) for row in one.rejected]
        else:
            bad += one.rejected
    return Parsed(
        NAME,
        tuple(row for one in tables for row in one.observations),
        tuple(bad),
        lines=tuple(line for one in tables for line in one.lines),
    )


def _on(sheet: str, reason: Reason) -> Reason:
    return structs.replace(reason, detail=f"sheet {sheet!r:.40}: {reason.detail}"[:240])


def _line(cells: list[str]) -> bytes:
    """Return a row of a workbook as the CSV line that would say the same."""
    return ",".join(
        f'"{cell.replace(chr(34), chr(34) * 2)}"' if "," in cell else cell for cell in cells
    ).encode()


def _read(rows: Iterable[tuple[int, list[str] | None, bytes]], limits: Limits) -> Parsed:
    header: list[str | None] = []
    head = b""
    good: list[AnyObservation] = []
    numbers: list[int] = []
    bad: list[Rejected] = []
    for at, cells, raw in rows:
        if cells is None:
            bad.append(Rejected(at, raw, refusal("unreadable", "not text"), head))
        elif not any(cell.strip() for cell in cells) or (cells[0].startswith("#") and len(cells) == 1):
            continue
        elif not header:
            if is_header(cells):
                header, head = fields_of(cells), raw
        else:
            got = observation_in(header, cells, limits)
            if isinstance(got, Reason):
                bad.append(Rejected(at, raw, got, head))
            else:
                good.append(got)
                numbers.append(at)
    if not header:
        return Parsed(NAME, refused=refusal("missing_column", "no row names the columns of a pest table"))
    return Parsed(NAME, tuple(good), tuple(bad), lines=tuple(numbers))


def _read_objects(objects: Iterable[Row], limits: Limits) -> Parsed:
    """Return every JSON object whose names are columns of a pest table as an observation or a refusal."""
    good: list[AnyObservation] = []
    numbers: list[int] = []
    bad: list[Rejected] = []
    for at, cells, raw in objects:
        if cells is None:
            bad.append(Rejected(at, raw, refusal("unreadable", "no JSON object")))
            continue
        got = observation_in(fields_of(list(cells)), list(cells.values()), limits)
        if isinstance(got, Reason):
            bad.append(Rejected(at, raw, got))
        else:
            good.append(got)
            numbers.append(at)
    return Parsed(NAME, tuple(good), tuple(bad), lines=tuple(numbers))


PEST_TABLE = Feed(NAME, recognise, parse)
