"""How one message of each topic becomes rows of the history store."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from schemas import topics
from schemas.act import AnyAct
from schemas.alert import Alert
from schemas.carbon import AnyCarbon, CloseOut
from schemas.codec import Unreadable, decode, encode
from schemas.dead_letter import DeadLetter, Tick
from schemas.detection import Claims, Detection
from schemas.incident import Incident
from schemas.notice import AnyNotice, Notice
from schemas.reason import Silence
from schemas.verdict import Verdict
from streams.serve.permits_kept import keep_permit
from streams.serve.pest.kept import keep_air, keep_pest
from streams.serve.presence import keep_presence
from streams.serve.rows_said import keep_act, keep_verdict
from streams.serve.rows_told import keep_told
from streams.unnamed import covered

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ENDED = frozenset({"cancel", "expire", "close"})
"""Actions after which an alert is no longer open."""

Box = tuple[float, float, float, float]


@dataclass
class News:
    """What a batch added: alert revisions with their sequence numbers, and counts for the metrics."""

    alerts: list[tuple[int, bytes, Alert]] = field(default_factory=list)
    silences: list[Silence] = field(default_factory=list)
    detections: list[Detection] = field(default_factory=list)
    dead_letters: list[DeadLetter] = field(default_factory=list)
    ticks: list[datetime] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    reactions: list[tuple[str, str, float]] = field(default_factory=list)
    words: list[Verdict | AnyAct] = field(default_factory=list)

    def add(self, other: "News") -> None:
        """Add what another message brought."""
        self.alerts += other.alerts
        self.silences += other.silences
        self.detections += other.detections
        self.dead_letters += other.dead_letters
        self.ticks += other.ticks
        self.notices += other.notices
        self.reactions += other.reactions
        self.words += other.words


def microseconds(at: datetime) -> int:
    """Return whole microseconds since 1970-01-01 UTC."""
    return (at - EPOCH) // timedelta(microseconds=1)


def from_microseconds(at: int) -> datetime:
    """Return the aware instant `at` microseconds after 1970-01-01 UTC."""
    return EPOCH + timedelta(microseconds=at)


def one_line(raw: bytes, value: Any) -> bytes:
    """Return `raw` as one line, as server-sent events need it; what speaks of a permit names no person."""
    return encode(value) if b"\n" in raw or b"\r" in raw or b'"permit' in raw else raw


def _positions(coordinates: Any) -> Iterator[tuple[float, float]]:
    match coordinates:
        case [int() | float() as longitude, int() | float() as latitude, *_]:
            yield float(longitude), float(latitude)
        case list() | tuple():
            for part in coordinates:
                yield from _positions(part)


def box_of(geometry: dict[str, Any], longitude: float, latitude: float) -> Box:
    """Return west, south, east, north of a GeoJSON geometry and its centre, degrees."""
    points = [(longitude, latitude), *_positions(geometry.get("coordinates"))]
    for part in geometry.get("geometries") or ():
        points.extend(_positions(part.get("coordinates") if isinstance(part, dict) else None))
    longitudes, latitudes = zip(*points, strict=True)
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def _put_box(db: sqlite3.Connection, table: str, row: int, box: Box) -> None:
    west, south, east, north = box
    db.execute(f"INSERT OR REPLACE INTO {table}_box VALUES (?, ?, ?, ?, ?)", (row, west, east, south, north))  # noqa: S608 - our own name


def _put_current(db: sqlite3.Connection, table: str, row: tuple[Any, ...], box: Box) -> bool:
    """Put the state of an alert or incident unless a later revision stands there; say whether it was put."""
    put = db.execute(_CURRENT.format(table=table), (*row, *box)).fetchone()
    if put is not None:
        _put_box(db, table, put[0], box)
    return put is not None


_CURRENT = """
INSERT INTO {table} ({table}_id, revision, seq, kind, grade, status, from_us, to_us, west, south, east, north)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT ({table}_id) DO UPDATE SET revision = excluded.revision, seq = excluded.seq, kind = excluded.kind,
  grade = excluded.grade, status = excluded.status, from_us = excluded.from_us, to_us = excluded.to_us,
  west = excluded.west, south = excluded.south, east = excluded.east, north = excluded.north
WHERE excluded.revision > {table}.revision RETURNING id
"""


def keep_alert(db: sqlite3.Connection, raw: bytes, alert: Alert, news: News, _part: int) -> None:
    """Keep one alert revision; a revision already kept gets no second sequence number."""
    body = one_line(raw, alert)
    issued = microseconds(alert.issued_at)
    row = {
        "alert": alert.alert_id,
        "revision": alert.revision,
        "incident": alert.incident_id,
        "issued": issued,
        "body": body,
    }
    added = db.execute(
        # Not OR IGNORE: what that ignores has already used up a sequence number.
        "INSERT INTO alert_revision (alert_id, revision, incident_id, issued_us, body)"
        " SELECT :alert, :revision, :incident, :issued, :body WHERE NOT EXISTS"
        " (SELECT 1 FROM alert_revision WHERE alert_id = :alert AND revision = :revision)",
        row,
    )
    if added.rowcount != 1 or added.lastrowid is None:
        return
    news.alerts.append((added.lastrowid, body, alert))
    status = "ended" if alert.action in ENDED else "open"
    name = (alert.alert_id, alert.revision, added.lastrowid)
    box = box_of(alert.footprint, alert.longitude, alert.latitude)
    _put_current(db, "alert", (*name, alert.kind, alert.grade, status, issued, issued), box)


def keep_incident(db: sqlite3.Connection, raw: bytes, incident: Incident, _news: News, _part: int) -> None:
    """Keep one incident revision and every id it was ever shown under."""
    added = db.execute(
        "INSERT OR IGNORE INTO incident_revision (incident_id, revision, judged_us, body)"
        " VALUES (?, ?, ?, ?)",
        (incident.incident_id, incident.revision, microseconds(incident.judged_at), one_line(raw, incident)),
    )
    if added.rowcount != 1:
        return
    name = (incident.incident_id, incident.revision, added.lastrowid)
    times = microseconds(incident.opened_at), microseconds(incident.last_observed_at)
    box = box_of(incident.footprint, incident.longitude, incident.latitude)
    if _put_current(db, "incident", (*name, incident.kind, incident.grade, incident.status, *times), box):
        _keep_aliases(db, incident)


def _keep_aliases(db: sqlite3.Connection, incident: Incident) -> None:
    if incident.status == "merged" and incident.merged_into:
        aliases = [(incident.incident_id, incident.merged_into)]
    else:
        db.execute("DELETE FROM alias WHERE alias = ?", (incident.incident_id,))
        others = (name for name in incident.lineage if name != incident.incident_id)
        aliases = [(name, incident.incident_id) for name in others]
    db.executemany("INSERT OR REPLACE INTO alias VALUES (?, ?)", aliases)


def keep_claims(db: sqlite3.Connection, _raw: bytes, claims: Claims, news: News, part: int) -> None:
    """Keep the detections, of each the best version, and the silences of one batch of claims."""
    for detection in claims.detections:
        known = db.execute(
            "SELECT id, body FROM detection WHERE detection_id = ?", (detection.detection_id,)
        ).fetchone()
        if known is None:
            _put_detection(db, None, detection)
            news.detections.append(detection)
        elif _refines(detection, known[1]):
            _put_detection(db, known[0], detection)
    for silence in claims.silences:
        keep_silence(db, b"", silence, news, part)
    for presence in claims.heard:
        keep_presence(db, presence)
    for permit in claims.permits:
        keep_permit(db, permit)
    for pest in claims.pests:
        keep_pest(db, pest)
    for measured in claims.weather:
        keep_air(db, measured)


def _refines(detection: Detection, kept: bytes) -> bool:
    """Say whether a detection is a better version than the one kept."""
    before = decode(kept, Detection)
    return isinstance(before, Unreadable) or detection.rank > before.rank


def _put_detection(db: sqlite3.Connection, row: int | None, detection: Detection) -> None:
    """Put a detection into a new row, or in place of the version that stands in `row`."""
    observed, received = microseconds(detection.observed_at), microseconds(detection.received_at)
    place = (detection.longitude, detection.latitude) * 2
    name = (row, detection.detection_id, detection.kind)
    put = db.execute(
        "INSERT OR REPLACE INTO detection (id, detection_id, kind, received_us, from_us, to_us,"
        " west, south, east, north, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (*name, received, observed, observed, *place, encode(detection)),
    ).fetchone()
    _put_box(db, "detection", put[0], place)


def keep_silence(db: sqlite3.Connection, _raw: bytes, silence: Silence, news: News, _part: int) -> None:
    """Keep why one observation leads to no alert; an empty code says that it now does."""
    code = silence.reason.code if silence.reason else ""
    added = db.execute(
        "INSERT OR IGNORE INTO silence (observation_id, outcome, stage, at_us, code, body)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            silence.observation_id,
            silence.outcome,
            silence.stage,
            microseconds(silence.at),
            code,
            encode(silence),
        ),
    )
    if added.rowcount == 1:
        news.silences.append(silence)


def keep_notice(db: sqlite3.Connection, raw: bytes, said: AnyNotice, news: News, _part: int) -> None:
    """Keep what was due, the last result of each delivery, receipts and answers."""
    reaction = keep_told(db, one_line(raw, said), said)
    if reaction is not None:
        news.reactions.append(reaction)
    if isinstance(said, Notice):
        news.notices.append(said)


def keep_carbon(db: sqlite3.Connection, raw: bytes, one: AnyCarbon, _news: News, _part: int) -> None:
    """Keep the newest total of a level and key, or what a fire that is over took."""
    if isinstance(one, CloseOut):
        name, at = ("close_out", one.incident_id), one.closed_at or EPOCH
    else:
        name, at = (one.level, one.key), one.at
    db.execute(
        "INSERT INTO carbon VALUES (?, ?, ?, ?) ON CONFLICT (level, key) DO UPDATE SET"
        " at_us = excluded.at_us, body = excluded.body WHERE excluded.at_us >= carbon.at_us",
        (*name, microseconds(at), one_line(raw, one)),
    )


def keep_word(db: sqlite3.Connection, _raw: bytes, one: Verdict | AnyAct, news: News, _part: int) -> None:
    """Keep what became of an answer or an act."""
    if isinstance(one, Verdict):
        keep_verdict(db, one)
    else:
        keep_act(db, one)
    news.words.append(one)


def keep_dead_letter(db: sqlite3.Connection, _raw: bytes, letter: DeadLetter, news: News, _part: int) -> None:
    """Keep what could not be read; the people of permits in it are covered."""
    letter = msgspec.structs.replace(letter, raw=covered(letter.raw))
    added = db.execute(
        "INSERT OR IGNORE INTO dead_letter (letter_id, source, at_us, code, body) VALUES (?, ?, ?, ?, ?)",
        (letter.letter_id, letter.source, microseconds(letter.at), letter.reason.code, encode(letter)),
    )
    if added.rowcount == 1:
        news.dead_letters.append(letter)


def keep_tick(db: sqlite3.Connection, _raw: bytes, tick: Tick, news: News, part: int) -> None:
    """Keep up to when everything received has been judged."""
    at = microseconds(tick.at)
    db.execute(
        "INSERT INTO tick VALUES (?, ?) ON CONFLICT (part) DO UPDATE SET at_us = max(at_us, excluded.at_us)",
        (part, at),
    )
    news.ticks.append(tick.at)


Keep = Callable[[sqlite3.Connection, bytes, Any, News, int], None]

KEEP: dict[str, tuple[Any, Keep]] = {
    topics.INCIDENT.name: (topics.INCIDENT.value, keep_incident),
    topics.ALERT.name: (topics.ALERT.value, keep_alert),
    topics.CARBON.name: (topics.CARBON.value, keep_carbon),
    topics.SILENCE.name: (topics.SILENCE.value, keep_silence),
    topics.DETECTION.name: (topics.DETECTION.value, keep_claims),
    topics.NOTICE.name: (topics.NOTICE.value, keep_notice),
    topics.VERDICT.name: (topics.VERDICT.value, keep_word),
    topics.ACT.name: (topics.ACT.value, keep_word),
    topics.DEAD_LETTER.name: (topics.DEAD_LETTER.value, keep_dead_letter),
    topics.TICK.name: (topics.TICK.value, keep_tick),
}
"""By topic: the type of its messages and what keeps one."""
