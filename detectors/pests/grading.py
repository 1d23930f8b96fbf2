"""Which grade a pest find has: I red, II orange, III yellow, IV blue, or None, each with its reasons.

What a laboratory found overrules what was counted; what was counted on trees overrules traps. The limits of
traps and clusters are proposals (there is no national threshold of catches); classes and disaster are the
standards'.
"""

from collections.abc import Iterable
from typing import Annotated, Literal, NamedTuple

from msgspec import Meta, Struct

from detectors.pests.register import Register, Where, grown, novelty
from schemas.reason import Reason

PestGrade = Literal["I", "II", "III", "IV"]
ORDER: tuple[PestGrade, ...] = ("I", "II", "III", "IV")
QUARANTINE_FIND = "positive of a quarantine pest"


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Limits that no standard gives: proposals, to be calibrated on verdicts."""

    blue_p: Annotated[float, Meta(gt=0, lt=1, description="p that any sign of one trap asks for.")] = 0.05
    blue_q: Annotated[
        float,
        Meta(
            gt=0,
            le=1,
            description="Share of false finds over all traps of the pest and week that any sign of one trap "
            "may have; score and two weeks running ask it too, or 800 quiet traps give seven signs a week.",
        ),
    ] = 0.20
    yellow_p: Annotated[float, Meta(gt=0, lt=1, description="p of a trap for yellow, with `yellow_q`.")] = (
        0.01
    )
    yellow_q: Annotated[
        float, Meta(gt=0, lt=1, description="Share of false finds over all traps that yellow may have.")
    ] = 0.10
    rise: Annotated[float, Meta(gt=0, description="CUSUM of a slow rise for yellow, with `rise_q`.")] = 2.26
    rise_q: Annotated[
        float, Meta(gt=0, lt=1, description="Share of false finds among the slow rises of all traps.")
    ] = 0.10
    cluster_p: Annotated[float, Meta(gt=0, lt=1, description="p of a cluster for orange.")] = 0.05
    score: Annotated[float, Meta(gt=1, description="Exceedance (y - mu) / (U - mu) for orange.")] = 2.0
    many_pines: Annotated[int, Meta(ge=2, description="Dead pines in one sub-compartment for orange.")] = 10
    contiguous_ha: Annotated[float, Meta(gt=0, description="Severe grassland for red, ha.")] = 10_000.0


class Graded(NamedTuple):
    """A grade or None, whether it may page, and why."""

    grade: PestGrade | None
    may_page: bool
    reasons: tuple[Reason, ...]


def of_class(name: str, why: Reason) -> Graded:
    """Return the grade of an occurrence class of a forest pest."""
    match name:
        case "severe":
            return _one("II", why)
        case "moderate":
            return _one("III", why)
        case "light":
            return _one("IV", why)
    return Graded(None, False, (why,))


def of_disaster(why: Reason | None) -> Graded:
    """Return red where a rule for disaster holds."""
    return Graded(None, False, ()) if why is None else _one("I", why)


def of_grassland(options: Options, name: str, why: Reason, contiguous_ha: float | None) -> Graded:
    """Return the grade of a grassland pest; red needs a known contiguous area of severe harm."""
    match name:
        case "severe":
            is_red = contiguous_ha is not None and contiguous_ha > options.contiguous_ha
            return _one("I" if is_red else "II", why)
        case "harm":
            return _one("III", why)
        case "half":
            return _one("IV", why)
    return Graded(None, False, (why,))


def of_positive(register: Register, where: Where, sample: str) -> Graded:
    """Return the grade of a laboratory's positive of a quarantine pest.

    Red at once where the sub-compartment, township or county is not on record, or it is not known which they
    are. In a recorded sub-compartment it revises the outbreak and pages nobody.
    """
    found = Reason(code="lab_positive", ref=sample, rule=QUARANTINE_FIND)
    is_new = novelty(register, where)
    if is_new is None:
        return _known(where, sample)
    return Graded("I", True, (found, is_new))


def after(register: Register, earlier: Iterable[Where], where: Where, sample: str) -> Graded:
    """Return the grade of a positive that was found after others: their places are on record by then.

    A sub-compartment found positive twice is one find; a county found twice is new once.
    """
    places = list(earlier)
    if where.unit and any(one.record == where.record for one in places):
        return _known(where, sample)
    return of_positive(grown(register, places), where, sample)


def _known(where: Where, sample: str) -> Graded:
    found = Reason(code="lab_positive", ref=sample, rule=QUARANTINE_FIND)
    return Graded("I", False, (found, Reason(code="known_unit", ref=where.unit)))


def _one(grade: PestGrade, why: Reason) -> Graded:
    return Graded(grade, True, (why,))


def doubted(graded: Graded, doubts: tuple[Reason, ...]) -> Graded:
    """Return a trap's grade with what does not fit about its visit: beside the reasons, or why it is none.

    A doubt drops no count and lowers no grade; of a silent visit it says what to look at.
    """
    if not doubts:
        return graded
    if graded.reasons:
        return graded._replace(reasons=(*graded.reasons, *doubts))
    first = doubts[0]
    told = Reason(code="below_threshold", rule=first.code, ref=first.ref, value=first.value, unit=first.unit)
    return graded._replace(reasons=(told, *doubts))


def highest(graded: tuple[Graded, ...]) -> Graded:
    """Return the highest of several grades of one outbreak, with the reasons of all that reach it.

    It may page when one of those may.
    """
    known = [one for one in graded if one.grade is not None]
    if not known:
        return Graded(None, False, tuple(why for one in graded for why in one.reasons))
    best = min((one.grade for one in known if one.grade is not None), key=ORDER.index)
    at_best = [one for one in known if one.grade == best]
    reasons = tuple(dict.fromkeys(why for one in at_best for why in one.reasons))
    return Graded(best, any(one.may_page for one in at_best), reasons)
