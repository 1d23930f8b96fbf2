"""A spreadsheet (xlsx) as rows of text; every sheet with anything on it, by its name, dates as ISO text."""

import datetime as dt
import io
import warnings
import zipfile
from typing import Any

MAGIC = b"PK\x03\x04"
MOST_UNPACKED = 64 * 1024 * 1024
"""Bytes a workbook may unpack to; a small file can hold gigabytes of zeros."""
MOST_ROWS = 200_000
MOST_COLUMNS = 200


def is_workbook(head: bytes) -> bool:
    """Return whether the first bytes are those of an xlsx file."""
    return head.startswith(MAGIC) and (b"[Content_Types].xml" in head or b"xl/" in head or b"_rels/" in head)


def sheets_of(data: bytes) -> dict[str, list[list[str]]] | str:
    """Return each sheet's cells by row as text, or in words why the workbook cannot be read."""
    import openpyxl  # noqa: PLC0415 - half a second at every start, for the few files that are workbooks

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                return "the workbook unpacks to more than 64 MiB"
        with warnings.catch_warnings():
            # Styles and print settings that openpyxl does not know change no cell.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            return _cells(book)
    except Exception as error:  # noqa: BLE001 - a damaged workbook raises whatever its broken part leads to
        return f"no workbook that can be read: {type(error).__name__}"


def _cells(book: Any) -> dict[str, list[list[str]]]:
    sheets: dict[str, list[list[str]]] = {}
    for sheet in book.worksheets:
        # Files by other programs state wrong dimensions, and cells beyond them would be lost.
        sheet.reset_dimensions()
        rows = sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS)
        found = [[_shown(cell) for cell in row] for row in rows]
        while found and not any(found[-1]):
            found.pop()
        if found:
            sheets[str(sheet.title)] = found
    return sheets


def _shown(cell: Any) -> str:
    """Return a cell as people see it: a share that is shown in per cent is kept as a fraction."""
    value = cell.value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and "%" in (cell.number_format or ""):
        return f"{value * 100:.10g}%"
    return _text(value)


def _text(cell: Any) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return str(cell)
        case dt.datetime() | dt.date():
            return cell.isoformat()
        case float() if cell.is_integer():
            return str(int(cell))
    return str(cell).strip()
