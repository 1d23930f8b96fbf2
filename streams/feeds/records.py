"""JSON, XML and CSV of any platform as one thing: records of names, values and values inside values.

XML is read without entities: a document with a DOCTYPE, deeper than 60 or over 256 kB is refused. Its own
declaration is not believed beyond the family: GB2312, GBK and GB18030 are read as GB 18030.
"""

import csv
import re
from typing import Any
from xml.etree.ElementTree import Element, ParseError, fromstring

from schemas.codec import encode
from schemas.reason import Reason
from streams.feeds.base import refusal
from streams.feeds.document import DEEPEST, document_of
from streams.feeds.text import lines_of, text_of

LARGEST_XML = 256 * 1024

Record = dict[str, Any]
Row = tuple[int, bytes, Record]
"""Number from 1 (the line, in CSV), the bytes it stood in, and what it says."""

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["']([\w.:-]+)["'][^>]*\?>""")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


def records_of(form: str, data: bytes, at: str, separator: str = ",") -> list[Row] | Reason:
    """Return the records of a payload, or why it holds none; `at` leads to the list, blank: the document."""
    if form == "csv":
        return _table(data, separator)
    document = _xml(data) if form == "xml" else document_of(data)
    if isinstance(document, Reason):
        return document
    if document is None:
        return refusal("unreadable", "no JSON")
    found = value_at(document, at) if at else document
    rows = found if isinstance(found, list) else [found]
    if found is None or not all(isinstance(row, dict) for row in rows):
        return refusal("unreadable", f"no records at {at or 'the top'}")
    whole = [data] if len(rows) == 1 and form == "xml" else None
    return [
        (number, whole[0] if whole else encode(row), row)
        for number, row in enumerate(rows, 1)
        if isinstance(row, dict)
    ]


def value_at(record: Any, path: str) -> Any:
    """Return what a dotted path leads to, None where nothing is; a number picks from a list.

    A name may have a dot in it: what is left of a path is first looked for as one name.

    >>> value_at({"a": [{"b": 1}, {"b": 2}]}, "a.1.b"), value_at({"@iot.id": 7}, "@iot.id")
    (2, 7)
    """
    names = path.split(".")
    for at, name in enumerate(names):
        if isinstance(record, dict):
            rest = ".".join(names[at:])
            if rest in record:
                return record[rest]
            record = record.get(name)
        elif isinstance(record, list) and name.isdecimal():
            record = record[int(name)] if int(name) < len(record) else None
        else:
            return None
    return record


def _table(data: bytes, separator: str) -> list[Row] | Reason:
    lines = lines_of(data)
    texts = [text_of(line) for line in lines]
    at = next((at for at, text in enumerate(texts) if text and text.strip() and text[0] != "#"), None)
    if at is None:
        return refusal("unreadable", "no head of a table")
    names = [name.strip() for name in _cells(texts[at] or "", separator)]
    rows: list[Row] = []
    for number in range(at + 1, len(lines)):
        text = texts[number]
        if text is not None and (not text.strip() or text[0] == "#"):
            continue
        cells = [] if text is None else _cells(text, separator)
        # a row of another width is left without its cells, so that it is refused and not misread
        row = dict(zip(names, cells, strict=True)) if len(cells) == len(names) else {}
        rows.append((number + 1, lines[number], row))
    return rows


def _cells(text: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([text], delimiter=separator), [])
    except csv.Error:
        return []


def _xml(data: bytes) -> Any:
    if len(data) > LARGEST_XML:
        return refusal("too_large", f"XML of more than {LARGEST_XML // 1024} kB")
    declared = _DECLARED.match(data)
    name = declared[1].decode().lower() if declared else ""
    try:
        text = data.decode("gb18030" if name in ("gb2312", "gbk", "gb18030") else name or "utf-8")
    except (LookupError, UnicodeDecodeError):
        text = text_of(data.replace(b"\n", b" ")) or ""
    text = _DECLARATION.sub("", text.lstrip("\ufeff"))
    if "<!" in re.sub(r"<!--.*?-->|<!\[CDATA\[.*?\]\]>", "", text, flags=re.DOTALL):
        return refusal("unreadable", "XML with a DOCTYPE or an entity")
    try:
        root = fromstring(text)  # noqa: S314 - no DOCTYPE, so no entities; its size is bounded
        return _element(root, 0)
    except (ParseError, ValueError, RecursionError):
        return refusal("unreadable", "broken XML")


def _element(element: Element, depth: int) -> Any:
    """Return the text of a plain element, else a dict of what is in it; repeated names become lists."""
    if depth > DEEPEST:
        raise ValueError("too deep")
    if not len(element) and not element.attrib:
        return (element.text or "").strip()
    made: Record = {f"@{_bare(name)}": value for name, value in element.attrib.items()}
    if element.text and element.text.strip():
        made["#text"] = element.text.strip()
    for child in element:
        name, value = _bare(str(child.tag)), _element(child, depth + 1)
        if name in made:
            made[name] = [*(made[name] if isinstance(made[name], list) else [made[name]]), value]
        else:
            made[name] = value
    return made


def _bare(name: str) -> str:
    return name.rpartition("}")[2]
