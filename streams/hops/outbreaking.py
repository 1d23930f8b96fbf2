"""Pests in the judge: finds are judged at once, catches when their week is over, outbreaks close with time.

What is judged is a function of the set of observations and the week: order, repeats, corrections and restarts
change nothing in the end. A count more than a few weeks late is history: the statistics learn from it, and it
is no sign.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from msgspec.structs import replace

from detectors.pests import trap_sign
from detectors.pests.caught import is_catch, is_find
from detectors.pests.count import catch_of, doubts_between
from detectors.pests.grading import Graded, doubted
from detectors.pests.ledger import MONDAY, WEEK, week_of
from detectors.pests.register import Where
from detectors.pests.sign import Find, graded_finds
from detectors.pests.told_once import told_again
from detectors.pests.trap_sign import Past
from schemas.incident import Place
from schemas.observation import TrapCount
from schemas.pest import AnyPest
from schemas.reason import Reason, Silence
from schemas.topics import SILENCE
from streams.audience import of_pest
from streams.hops.outbreak_again import again_of
from streams.hops.outbreak_board import Course, PestRow
from streams.hops.outbreak_said import close_over, settle_species
from streams.hops.rank import rank
from streams.hops.sitting import Sitting

POINT_M = 1.0
"""A find is at its place: which areas hold it is asked within this radius."""


def take(sitting: Sitting, pests: Sequence[AnyPest]) -> None:
    """Take observations of pests in: finds are judged now, catches wait for the end of their week."""
    touched: set[str] = set()
    places = _places(sitting, pests)
    for one in pests:
        species = sitting.given.pests.rules.species.find(one.species)
        if isinstance(species, Reason):
            _silent(sitting, one, species)
            continue
        known = sitting.desk.pests.rows.get(one.observation_id)
        if known is not None and rank(known.one) >= rank(one):
            continue
        row = PestRow(one=one, species=species.name, where=Where())
        if isinstance(one, TrapCount) and not species.is_quarantine:
            _count(sitting, row, known)
            continue
        where = sitting.given.pests.where(one, species.name, places.get(one.observation_id, ()))
        if isinstance(one, TrapCount):
            old_d = sitting.given.pests.by(species.name).finding.survey_d
            is_old = sitting.now - one.observed_at > timedelta(days=old_d)
            _count(sitting, replace(row, where=where, sealed=is_old), known)
        else:
            _find(sitting, replace(row, where=where))
        touched |= {species.name} if known is None else {species.name, known.species}
    for name in sorted(touched):
        _judge_finds(sitting, name)
        settle_species(sitting, name)


def _places(sitting: Sitting, pests: Sequence[AnyPest]) -> Mapping[str, tuple[Place, ...]]:
    finds = [one for one in pests if not isinstance(one, TrapCount) or of_pest(one)]
    if not finds:
        return {}
    region = sitting.given.region.at(sitting.now)
    lon, lat = [one.longitude for one in finds], [one.latitude for one in finds]
    found = region.places_bulk(lon, lat, [POINT_M] * len(finds))
    return {one.observation_id: at for one, at in zip(finds, found, strict=True)}


def _count(sitting: Sitting, row: PestRow, known: PestRow | None) -> None:
    """Keep a count; what is already judged of its week and later is judged anew when time passes."""
    board, options = sitting.desk.pests, sitting.given.pests.by(row.species).finding
    limit = options.trap.weeks
    for one in (row, known):
        if one is not None:
            _judge_anew(sitting, one, is_sign=known is not None and known.grade is not None)
    late = board.courses.get(row.species, Course(0)).week - week_of(row.one.observed_at)
    caught = catch_of(options.counting, row.one) if isinstance(row.one, TrapCount) else None
    if isinstance(caught, Reason):
        _keep(sitting, replace(row, reasons=(caught,)))
        _silent(sitting, row.one, caught)
    elif late <= limit:
        _keep(sitting, row)
        _silent(sitting, row.one, Reason(code="waiting_for", rule="end of its week"))
    elif known is not None and known.grade is not None and not _is_red(known):
        # corrected after its week was last judged: the sign stands
        _keep(sitting, replace(known, one=row.one))
    else:
        why = _late("weeks", float(late), float(limit))
        _keep(sitting, replace(row, reasons=(why,)))
        _silent(sitting, row.one, why)


def _judge_anew(sitting: Sitting, row: PestRow, *, is_sign: bool) -> None:
    board, week = sitting.desk.pests, week_of(row.one.observed_at)
    course = board.courses.get(row.species, Course(0))
    board.past.setdefault(row.species, Past()).forget(week)
    reach = course.week - sitting.given.pests.by(row.species).finding.trap.weeks
    if is_sign or reach <= week < course.week:
        _keep_course(sitting, row.species, replace(course, dirty=True))


def _late(unit: str, value: float, limit: float) -> Reason:
    margin = round(value - limit, 3)
    return Reason(code="too_late", value=round(value, 3), threshold=limit, margin=margin, unit=unit)


def _find(sitting: Sitting, row: PestRow) -> None:
    """Keep a survey or a result; one too old to be a sign is kept for the record alone."""
    limit = sitting.given.pests.by(row.species).finding.survey_d
    days = (sitting.now - row.one.observed_at) / timedelta(days=1)
    if days > limit:
        why = _late("d", days, limit)
        _keep(sitting, replace(row, reasons=(why,), sealed=True))
        _silent(sitting, row.one, why)
    else:
        _keep(sitting, row)


def _judge_finds(sitting: Sitting, name: str) -> None:
    """Grade every survey, result and catch of quarantine: a find is new only where none was before it."""
    board, given = sitting.desk.pests, sitting.given.pests
    species = given.rules.species.by_name[name.casefold()]
    rows = [board.rows[one] for one in sorted(board.of_species.get(name, ()))]
    counting = given.by(name).finding.counting
    finds: list[Find] = [
        row.one for row in rows if not isinstance(row.one, TrapCount) or is_catch(row.one, species, counting)
    ]
    where = {row.one.observation_id: row.where for row in rows}
    again = again_of(board.rows[one.observation_id] for one in finds)
    finds = [one for one in finds if one.observation_id not in again]
    for one, found in graded_finds(given.by(name).finding, given.rules, species, finds, where):
        row = board.rows[one.observation_id]
        if not row.sealed:
            _grade(sitting, row, found)
    _tell_again(sitting, again)


def watch(sitting: Sitting) -> None:
    """Let time pass up to `now`: judge the weeks that are over, close outbreaks, forget what is old."""
    board, week = sitting.desk.pests, (sitting.now - MONDAY) // WEEK
    for name in sorted(board.of_species):
        course = board.courses.get(name, Course(0))
        if (course.week < week or course.dirty) and board.of_species[name]:
            _judge_weeks(sitting, name, max(week, course.week))
    close_over(sitting)
    _forget(sitting)


def _judge_weeks(sitting: Sitting, name: str, week: int) -> None:
    board, options = sitting.desk.pests, sitting.given.pests.by(name).finding
    _keep_course(sitting, name, Course(week))
    ledger = board.ledger(options.counting, name)
    if not ledger.weeks:
        return
    past = board.past.setdefault(name, Past())
    for number, graded in trap_sign.judge(options.trap, options.grade, ledger, week, past).items():
        for grade, visit in graded:
            if _is_red(board.rows[visit.observation_id]):
                continue
            before = ledger.before(visit)
            notes = () if before is None else doubts_between(options.counting, before, visit)
            _grade(sitting, board.rows[visit.observation_id], doubted(grade, notes))
        told = {visit.observation_id for _, visit in graded}
        for visit in ledger.visits(number):
            row = board.rows[visit.observation_id]
            if row.grade and not _is_red(row) and visit.observation_id not in told:
                # of several visits in a week the newest speaks for all
                _grade(sitting, row, Graded(None, False, (Reason(code="superseded_by", rule="later visit"),)))
        _tell_again(sitting, ledger.again(number))
    settle_species(sitting, name)


def _tell_again(sitting: Sitting, again: Mapping[str, str]) -> None:
    """Say of each observation that was told under another id too that the other one stands for it."""
    for name, stands in sorted(again.items()):
        row = sitting.desk.pests.rows[name]
        if not row.sealed:
            _grade(sitting, row, Graded(None, False, (told_again(stands),)))


def _is_red(row: PestRow) -> bool:
    """Return whether a visit is a find of a quarantine pest: numbers alone make no catch red."""
    return isinstance(row.one, TrapCount) and row.grade == "I"


def _grade(sitting: Sitting, row: PestRow, graded: Graded) -> None:
    """Keep the grade of an observation, and say why it leads to nothing or that it now does."""
    reasons = graded.reasons or (Reason(code="below_threshold"),)
    after = replace(row, grade=graded.grade, may_page=graded.may_page, reasons=reasons)
    if after == row:
        return
    _keep(sitting, after)
    if graded.grade is None:
        _silent(sitting, row.one, reasons[0])
    elif row.grade is None:
        _silent(sitting, row.one, None)


def _keep(sitting: Sitting, row: PestRow) -> None:
    sitting.desk.pests.put(row)
    sitting.result.rows[f"n/{row.one.observation_id}"] = row


def _keep_course(sitting: Sitting, name: str, course: Course) -> None:
    if sitting.desk.pests.courses.get(name) != course:
        sitting.desk.pests.courses[name] = course
        sitting.result.rows[f"e/{name}"] = course


def _silent(sitting: Sitting, one: AnyPest, reason: Reason | None) -> None:
    """Say why an observation is no sign, or that it now is one, to whom its pest is for."""
    name = one.observation_id
    said = Silence(
        observation_id=name,
        outcome="silent",
        stage="pests",
        at=sitting.now,
        reason=reason,
        audience=of_pest(one),
    )
    sitting.put(SILENCE, name, said)


def _forget(sitting: Sitting) -> None:
    """Once a day, drop what is older than the history that statistics learn from; a record is for good."""
    board, now = sitting.desk.pests, sitting.now
    if board.swept_at is not None and now - board.swept_at < timedelta(days=1):
        return
    board.swept_at = now
    oldest = now - timedelta(days=365.25 * sitting.given.pests.options.remember_y)
    for name in board.older(oldest):
        if _is_record(sitting, board.rows[name]):
            continue
        board.drop(name)
        sitting.result.rows[f"n/{name}"] = None


def _is_record(sitting: Sitting, row: PestRow) -> bool:
    """Return whether a row has put its place on record: a positive or a catch of a quarantine pest."""
    species = sitting.given.pests.rules.species.by_name[row.species.casefold()]
    counting = sitting.given.pests.by(row.species).finding.counting
    return species.is_quarantine and is_find(row.one, species, counting)
