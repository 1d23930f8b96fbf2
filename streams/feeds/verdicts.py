"""A table of what people found, as CSV with Chinese or English heads or as NDJSON: row by row, with faults.

    事件编号,核查结果,核查时间,核查人,反馈级别,备注
    F-2026…,农用火,2026-03-02 15:10,吉木,县级,秸秆

A result is a feedback code of the jurisdiction, by number or by name. Times without a zone are those of the
office. A row without an incident may name longitude, latitude and time of a place that was looked at.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

import msgspec

from alerts.feedback import says
from schemas.codec import Unreadable, decode
from schemas.jurisdiction import Jurisdiction
from schemas.units import Latitude, Longitude, UtcTime
from schemas.verdict import LEVELS, Signed, Verdict, Written
from streams.feeds.text import text_of

HEADS: dict[str, tuple[str, ...]] = {
    "incident_id": ("incident_id", "事件编号", "火情编号", "热点编号"),
    "code": ("code", "反馈代码", "核查结果", "反馈类型"),
    "at": ("at", "核查时间", "反馈时间"),
    "author": ("author", "核查人", "反馈人"),
    "level": ("level", "反馈级别"),
    "text": ("text", "备注", "说明"),
    "longitude": ("longitude", "经度"),
    "latitude": ("latitude", "纬度"),
}
"""Our fields and how the head of a table may name them."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One row that can be used."""

    line: int = 0
    code: int
    incident_id: str = ""
    longitude: Longitude | None = None
    latitude: Latitude | None = None
    at: UtcTime | None = None
    author: str = ""
    level: Signed = "field"
    text: Written = ""


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One row that cannot, and why."""

    line: int
    why: str


def read_answers(profile: Jurisdiction, zone: str, content: bytes) -> tuple[Answer | Fault, ...]:
    """Return every row of a file as an answer or a fault.

    Raises
    ------
    ValueError
        when it is no text, or lacks the columns that every row needs.
    """
    text = text_of(content.removeprefix(b"\xef\xbb\xbf"))
    if text is None:
        raise ValueError("not text")
    if text.lstrip().startswith("{"):
        return tuple(_lines(text))
    try:
        return tuple(_rows(profile, zone, text))
    except csv.Error as error:
        raise ValueError(f"no table: {error}") from error


def _lines(text: str) -> Iterator[Answer | Fault]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            one = decode(line.encode(), Verdict)
            yield Fault(line=number, why=one.why) if isinstance(one, Unreadable) else answer_of(one, number)


def answer_of(one: Verdict, line: int = 0) -> Answer:
    """Return what a verdict answers."""
    return Answer(
        line=line,
        code=one.code,
        incident_id=one.incident_id,
        at=one.at,
        author=one.author,
        level=one.level,
        text=one.text[:400],
    )


def _rows(profile: Jurisdiction, zone: str, text: str) -> Iterator[Answer | Fault]:
    table = csv.DictReader(io.StringIO(text, newline=""))
    names = {head: _field(head) for head in table.fieldnames or ()}
    columns = set(names.values())
    if "code" not in columns or not ("incident_id" in columns or {"longitude", "latitude", "at"} <= columns):
        raise ValueError(f"needed are the columns {_known('code')} and {_known('incident_id')}, or {PLACE}")
    for row in table:
        cells = {names[head]: cell.strip() for head, cell in row.items() if head and cell and names.get(head)}
        yield _row(profile, zone, cells, table.line_num)


def _field(head: str | None) -> str:
    plain = (head or "").strip().lower()
    return next((name for name, spellings in HEADS.items() if plain in spellings), "")


def _known(name: str) -> str:
    """Return how a column may be headed, our name first."""
    ours, *others = HEADS[name]
    return f"{ours} ({', '.join(others)})"


PLACE = f"{_known('longitude')}, {_known('latitude')} and {_known('at')}"
"""The columns that say where and when in the place of an incident."""


def _row(profile: Jurisdiction, zone: str, cells: Mapping[str, str], line: int) -> Answer | Fault:
    plain: dict[str, object] = {name: cell for name, cell in cells.items() if cell}
    code = _code(profile, cells.get("code", ""))
    if code is None:
        known = ", ".join(f"{one.code} {next(iter(one.text.values()))}" for one in profile.feedback)
        return Fault(line=line, why=f"code {cells.get('code', '')!r} is none of 0 to 10 ({known})")
    plain |= {"line": line, "code": code}
    if "level" in cells:
        plain["level"] = _level(profile, cells["level"])
    if "at" in cells:
        plain["at"] = _instant(cells["at"], zone)
    try:
        one = msgspec.convert(plain, Answer, strict=False)
    except msgspec.ValidationError as error:
        return Fault(line=line, why=str(error))
    if not one.incident_id and (one.longitude is None or one.latitude is None or one.at is None):
        return Fault(line=line, why="names no incident_id, and not all of longitude, latitude and at")
    return one


def _code(profile: Jurisdiction, said: str) -> int | None:
    """Return the feedback code that a number or a name in any language stands for."""
    word = said.strip().casefold()
    for one in profile.feedback:
        if word in {str(one.code), *(name.casefold() for name in one.text.values())}:
            return one.code
    return None


def _level(profile: Jurisdiction, said: str) -> str:
    """Return the level that a word stands for; a word that stands for none comes back as it is."""
    if said in {"现场", *LEVELS}:
        return "field" if said == "现场" else said
    states = ((one.level, one.text) for one in profile.feedback_state if one.level)
    return next((level for level, text in states if said in text.values()), said)


def _instant(text: str, zone: str) -> str:
    try:
        at = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        return text
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).isoformat()


def wanting(profile: Jurisdiction, one: Answer) -> str:
    """Return what a row lacks to go into the log as somebody's word; empty: nothing."""
    if not one.incident_id:
        return "names no incident_id: a place alone serves a backtest, `fenghuo tune --verdicts`"
    if not one.author or one.at is None:
        return f"names no {_known('at' if one.author else 'author')}"
    if one.level != "field" and says(profile, one.code) in {"other", "not_found"} and not one.text:
        return "a denial that an office signs gives its reason in text"
    return ""


def identity(one: Answer) -> str:
    """Return the id of an answer: the same row, in any file, is one verdict."""
    at = "" if one.at is None else one.at.isoformat()
    seal = "\n".join((one.incident_id, str(one.code), one.level, one.author, at, one.text))
    return f"v:{sha256(seal.encode()).hexdigest()[:24]}"


def contradictions(profile: Jurisdiction, answers: Iterable[Answer]) -> tuple[str, ...]:
    """Return, for each incident that some call a fire and others not, who says what."""
    found: dict[str, list[Answer]] = defaultdict(list)
    for one in answers:
        if one.incident_id and says(profile, one.code) in {"fire", "other"}:
            found[one.incident_id].append(one)
    return tuple(
        f"{name}: " + ", ".join(f"line {one.line} says {_named(profile, one.code)}" for one in said)
        for name, said in sorted(found.items())
        if len({says(profile, one.code) for one in said}) > 1
    )


def _named(profile: Jurisdiction, code: int) -> str:
    words = next((one.text for one in profile.feedback if one.code == code), {})
    return f"{code} {next(iter(words.values()), '')}".strip()
