"""What is known of the past: truth as NDJSON or perimeters, and verdicts as NDJSON or a table.

Verdicts come as the table that `fenghuo ingest verdicts` takes too, and a row may name a place that was
looked at. One that cannot be used is refused with its line and its reason; the others are used.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import shapely

from alerts.feedback import says
from alerts.tuning.known import Known
from schemas.codec import Unreadable, decode
from schemas.jurisdiction import Jurisdiction
from schemas.verdict import Verdict
from streams.feeds.verdicts import Answer, Fault, answer_of, read_answers
from streams.recorded import unfold
from streams.score.truth import TruthError, read_truth

__all__ = ["Evidence", "TruthError", "read_evidence"]

SPAN = timedelta(hours=6)
"""A verdict about a place says something of what was seen there from so long before to so long after."""

PLACE_KM = 1.0
KM_PER_DEGREE = 111.195


@dataclass(frozen=True)
class Refused:
    """One row of a table that could not be used."""

    file: str
    line: int
    why: str


@dataclass(frozen=True)
class Evidence:
    """Everything known, and what could not be read."""

    known: tuple[Known, ...]
    refused: tuple[Refused, ...] = ()


def read_evidence(
    truth: Sequence[Path], verdicts: Sequence[Path], said: Iterable[Verdict], profile: Jurisdiction
) -> Evidence:
    """Return what is known from truth files, verdict files and the verdicts of the archive.

    Raises
    ------
    TruthError
        when a file cannot be read at all; its message names it.
    """
    known = [one for path in truth for one in _truth(path)]
    rows = [answer_of(one) for one in said]
    refused: list[Refused] = []
    for path in verdicts:
        for found in _rows(path, profile):
            if isinstance(found, Fault):
                refused.append(Refused(str(path), found.line, found.why))
            else:
                rows.append(found)
    return Evidence((*known, *_answered(rows, profile)), tuple(refused))


def _truth(path: Path) -> Iterator[Known]:
    """Yield the known things of one file: NDJSON of ours, or perimeters as GeoJSON."""
    text = _text(path)
    lines = [line for line in text.splitlines() if line.strip()]
    if lines and '"known_id"' in lines[0]:
        for number, line in enumerate(lines, 1):
            one = decode(line.encode(), Known)
            if isinstance(one, Unreadable):
                raise TruthError(f"{path}: line {number}: {one.why}")
            yield one
        return
    for fire in read_truth(path)[0]:
        middle = fire.perimeter.representative_point()
        west, south, east, north = fire.perimeter.bounds
        yield Known(
            known_id=fire.fire_id,
            is_fire=True,
            what=fire.name.strip(),
            from_at=fire.discovered_at - SPAN,
            to_at=fire.discovered_at + timedelta(hours=48),
            longitude=middle.x,
            latitude=middle.y,
            radius_km=round(KM_PER_DEGREE * max(east - west, north - south) / 2.0, 2),
            footprint=msgspec.convert(shapely.geometry.mapping(fire.perimeter.convex_hull), dict),
        )


def _text(path: Path) -> str:
    try:
        return _content(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TruthError(f"{path}: not UTF-8 text (byte {error.start})") from error


def _content(path: Path) -> bytes:
    try:
        content, broken = unfold(path.read_bytes())
    except OSError as error:
        raise TruthError(f"{path}: {error.strerror}") from error
    if broken is not None:
        raise TruthError(f"{path}: {broken.detail or broken.code}")
    return content


def _rows(path: Path, profile: Jurisdiction) -> tuple[Answer | Fault, ...]:
    """Return the rows of one file; raises TruthError when none of it can be read."""
    try:
        return read_answers(profile, profile.zone, _content(path))
    except ValueError as error:
        raise TruthError(f"{path}: {error}") from error


def _answered(rows: Sequence[Answer], profile: Jurisdiction) -> Iterator[Known]:
    """Yield one known thing for each incident or place that was answered, however often."""
    groups: dict[tuple[str, str, str], list[Answer]] = defaultdict(list)
    for one in rows:
        groups[_key(one)].append(one)
    for key in sorted(groups):
        yield _known(key, groups[key], profile)


def _key(one: Answer) -> tuple[str, str, str]:
    """Return what is answered: an incident, or a place of a hundredth of a degree on a day."""
    if one.incident_id:
        return (one.incident_id, "", "")
    assert one.longitude is not None
    assert one.latitude is not None
    assert one.at is not None
    return ("", f"{one.longitude:.2f},{one.latitude:.2f}", f"{one.at:%Y-%m-%d}")


def _known(key: tuple[str, str, str], rows: Sequence[Answer], profile: Jurisdiction) -> Known:
    times = [one.at for one in rows if one.at is not None]
    first, last = min(times, default=EVER), max(times, default=EVER)
    words = {one.code: says(profile, one.code) for one in rows}
    sides = {word == "fire" for word in words.values() if word in {"fire", "other"}}
    clash = len(sides) > 1
    return Known(
        known_id="verdict:" + " ".join(part for part in key if part),
        is_fire=None if clash or not sides else sides.pop(),
        what="; ".join(dict.fromkeys(one.text for one in rows if one.text))[:400],
        from_at=first - SPAN,
        to_at=last + SPAN,
        longitude=rows[0].longitude or 0.0,
        latitude=rows[0].latitude or 0.0,
        radius_km=PLACE_KM,
        incident_id=key[0],
        contradicted=tuple(f"code {code}: {word}" for code, word in sorted(words.items())) if clash else (),
    )


EVER = datetime.fromisoformat("1970-01-02T00:00:00+00:00")
"""Of an incident the span is its own; this stands where nobody noted when."""
