"""Loss of observation: a source that keeps silent beyond its rhythm becomes an incident of kind `blind`.

Asked whenever time passes, from what was heard of each source until then; nothing here reads a clock. After a
time in which we ourselves could not be reached nothing is held against anybody for a quarter of an hour.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from alerts import blind
from detectors.trust.expected import FORGOTTEN_D, Watched
from detectors.trust.rhythm import due_at, overdue
from schemas.detection import Presence
from schemas.incident import Incident
from schemas.reason import Reason
from schemas.topics import INCIDENT
from streams.hops.blind_incident import Loss, incident_of, same_words
from streams.hops.board import BlindRow, Board, Resumed, SourceRow, group_of
from streams.hops.desk import FireRow
from streams.hops.hearing import joined
from streams.hops.settling import ends, still_lost
from streams.hops.sitting import Sitting
from streams.hops.telling import tell

REGRADE = timedelta(hours=1)
"""Grades follow the fire danger at every full hour."""

SETTLING = timedelta(minutes=15)
"""How long after an outage of our own nobody is held to be lost (placeholder)."""

WATCHERS = frozenset({"satellite", "aerial", "video", "tower", "ground"})
"""Classes whose looks count for the places they look at, though nobody expects them."""


def hear(sitting: Sitting, heard: Iterable[Presence]) -> None:
    """Note when sources last looked: of those that are expected, and of those that watch a place."""
    board, given = sitting.desk.board, sitting.given.watching
    placed = given.expecting.placed(sitting.given.region.at(sitting.now))
    for one in heard:
        watches = one.source_class in WATCHERS and (one.box is not None or one.longitude is not None)
        if not watches and one.source not in placed and given.expecting.match(one.source) is None:
            continue
        known = board.sources.get(one.source)
        if known is None:
            row = SourceRow(source=one.source, since=sitting.now, heard=one)
            board.next_at = None
        else:
            row = replace(known, heard=one if known.heard is None else joined(known.heard, one))
        if row != known:
            _keep(sitting, row)
        if board.woken is not None:
            board.woken.add(group_of(one.source, row))


def _keep(sitting: Sitting, row: SourceRow) -> None:
    sitting.desk.board.sources[row.source] = row
    sitting.result.rows[f"s/{row.source}"] = row


def watch(sitting: Sitting, before: datetime | None) -> None:
    """Let time pass up to `now`: open, revise and close losses; `before` is up to when it had passed."""
    board, now = sitting.desk.board, sitting.now
    _note_outage(sitting, before)
    version = sitting.given.region.at(now).version
    if version != board.placed_by:
        board.placed_by, board.next_at = version, None
    regrade = before is not None and _hour(before) != _hour(now)
    every = board.next_at is None or now >= board.next_at
    woken = set(board.lost) if board.woken is None or regrade else board.woken & set(board.lost)
    board.woken = set()
    if not (every or woken):
        return
    watched = _watched(sitting)
    groups = _groups(board, watched)
    for group in sorted({*groups, *board.lost} if every else woken):
        _judge(sitting, group, {one: watched[one] for one in groups.get(group, ())}, regrade=regrade)
    if every:
        board.next_at = _next_at(board, watched, now)


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _note_outage(sitting: Sitting, before: datetime | None) -> None:
    """Note when we came back after nothing could reach us: the log says so, not the clock of this worker."""
    outage_s, now = sitting.given.outage_s, sitting.now
    if outage_s is not None and before is not None and (now - before).total_seconds() > outage_s:
        sitting.desk.board.resumed_at = now
        sitting.result.rows["r/resumed"] = Resumed(now)


def _watched(sitting: Sitting) -> dict[str, Watched]:
    """Return every source that is expected now; from the first time on each of them has a row."""
    board, expecting, now = sitting.desk.board, sitting.given.watching.expecting, sitting.now
    placed = expecting.placed(sitting.given.region.at(now))
    found = expecting.named() | placed
    for source, row in board.sources.items():
        one = None if source in placed else expecting.match(source)
        if one is not None and (source in found or now - _last(row) < timedelta(days=FORGOTTEN_D)):
            found[source] = one if row.heard is None else _standing(one, row.heard)
    for source in [one for one in board.sources if one not in found]:
        # whoever only watches a place is not missed, and after long enough forgotten
        if now - _last(board.sources[source]) >= timedelta(days=FORGOTTEN_D):
            del board.sources[source]
            sitting.result.rows[f"s/{source}"] = None
    for source in sorted(set(found) - set(board.sources)):
        _keep(sitting, SourceRow(source=source, since=now))
    return found


def _standing(one: Watched, heard: Presence) -> Watched:
    """Return a source that the region does not know at the place it gave itself: there the sun goes down."""
    return replace(one, longitude=heard.longitude, latitude=heard.latitude, radius_m=heard.radius_m)


def _last(row: SourceRow) -> datetime:
    return row.since if row.looked_at is None else row.looked_at


def _groups(board: Board, watched: Iterable[str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for source in sorted(watched):
        groups.setdefault(group_of(source, board.sources[source]), []).append(source)
    return groups


def _next_at(board: Board, watched: Mapping[str, Watched], now: datetime) -> datetime:
    """Return a time before which none of those that are not overdue can become so."""
    found = now + timedelta(days=1)
    for source, one in watched.items():
        last = _last(board.sources[source])
        beat = one.rhythm
        bound = last + timedelta(seconds=beat.grace_s + beat.every_s * (beat.missed - 1))
        if bound <= now:
            bound = due_at(beat, last, one.light())
        if bound > now:
            found = min(found, bound)
    found = min([found, *(at for at in ends(board, watched) if at > now)])
    settled = None if board.resumed_at is None else board.resumed_at + SETTLING
    return min(found, settled) if settled is not None and settled > now else found


def _reason(row: SourceRow, one: Watched, now: datetime) -> Reason | None:
    """Return why a source counts as lost; what kept it from looking says more than its silence."""
    why = overdue(one.rhythm, one.source, _last(row), now, one.light())
    heard = row.heard
    if why is None or heard is None or heard.unable is None or heard.unable_at is None:
        return why
    if heard.looked_at is not None and heard.looked_at >= heard.unable_at:
        return why
    return replace(why, code=heard.unable.code, rule=heard.unable.rule, detail=heard.unable.detail)


def _judge(sitting: Sitting, group: str, members: Mapping[str, Watched], *, regrade: bool) -> None:
    """Bring what is said of one group up to date."""
    board, now = sitting.desk.board, sitting.now
    whys = {one: _reason(board.sources[one], watched, now) for one, watched in members.items()}
    lost = {one: why for one, why in whys.items() if why is not None}
    known = board.lost.get(group)
    if known is not None:
        lost, back = still_lost(known, members, whys, now)
        if lost and back != known.back:
            known = _note_back(sitting, group, replace(known, back=back))
    if not lost:
        if known is not None:
            again = Reason(code="observed_again", ref=group)
            left = Reason(code="no_longer_expected", ref=group)
            _close(sitting, group, known, again if members else left)
        return
    is_settling = board.resumed_at is not None and now < board.resumed_at + SETTLING
    same = known is not None and set(known.incident.sources) == set(lost)
    if (known is None and is_settling) or (same and not regrade):
        return
    loss = Loss(group, {one: members[one] for one in lost}, lost)
    _say(sitting, group, incident_of(sitting, loss, known), known)


def _note_back(sitting: Sitting, group: str, known: BlindRow) -> BlindRow:
    sitting.desk.board.lost[group] = known
    sitting.result.rows[f"b/{group}"] = known
    sitting.desk.board.next_at = None
    return known


def _close(sitting: Sitting, group: str, known: BlindRow, why: Reason) -> None:
    one, now = known.incident, sitting.now
    ended = replace(
        one,
        status="closed",
        closed_at=now,
        judged_at=now,
        last_observed_at=now,
        revision=one.revision + 1,
        reasons=(why, *one.reasons),
    )
    _say(sitting, group, ended, known)
    row = sitting.desk.board.lost.pop(group, known)
    # those that are back may be lost again, and were left out when this was computed
    sitting.desk.board.next_at = None
    sitting.result.rows[f"b/{group}"] = None
    sitting.note(one.incident_id, revision=ended.revision, issued=row.issued)


def _say(sitting: Sitting, group: str, incident: Incident, known: BlindRow | None) -> None:
    """Put out a revision of the incident and, if one is due, of its alert; without news neither."""
    issued = None if known is None else known.issued
    turn = blind.turn(issued, incident, sitting.now, sitting.given.watching.options.again_h)
    if turn is None and known is not None and same_words(incident, known.incident):
        return
    sitting.put(INCIDENT, incident.incident_id, incident)
    row = FireRow(incident=incident, issued=issued)
    if turn is not None:
        row = tell(sitting, row, turn, ())
    kept = BlindRow(incident=incident, issued=row.issued, back={} if known is None else known.back)
    sitting.desk.board.lost[group] = kept
    sitting.result.rows[f"b/{group}"] = kept
