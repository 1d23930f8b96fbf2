"""A quarantine insect in a trap is a find like a laboratory's positive: I where its place has no record.

Where an authority has pest, county and township on record, its traps are compared with their own past like
those of any other pest. Where only our own log has them, a further catch revises the outbreak and pages
nobody. That any find of a quarantine pest is red is a proposal; the law asks that it be reported at once
(植物检疫条例 art. 14).
"""

from collections.abc import Iterable

from detectors.pests.count import Options, slip_of
from detectors.pests.grading import Graded
from detectors.pests.register import Register, Where, grown, novelty
from detectors.pests.species import Species
from schemas.observation import LabResult, TrapCount
from schemas.pest import AnyPest
from schemas.reason import Reason

CATCH = "catch of a quarantine pest"


def is_catch(one: AnyPest, species: Species, counting: Options | None = None) -> bool:
    """Return whether a visit found a quarantine pest, in whatever state the trap was.

    A number that cannot be one of insects (half of one, a thousand a day) is a slip of the pen: nobody is
    called out for it, and the visit says what is wrong.
    """
    if not isinstance(one, TrapCount) or not species.is_quarantine or (one.catch or 0.0) <= 0:
        return False
    return slip_of(counting or Options(), one) is None


def is_find(one: AnyPest, species: Species, counting: Options | None = None) -> bool:
    """Return whether a row puts a quarantine pest on record: a laboratory's positive, or a catch."""
    is_positive = isinstance(one, LabResult) and one.result == "positive" and species.is_quarantine
    return is_positive or is_catch(one, species, counting)


def of_catch(register: Register, earlier: Iterable[Where], where: Where, one: TrapCount) -> Graded | None:
    """Return the grade of a catch after other finds; None: on record with an authority, numbers tell."""
    if _is_recorded(novelty(register, where)):
        return None
    found = Reason(code="caught", ref=one.observation_id, value=one.catch, rule=CATCH)
    why = novelty(grown(register, earlier), where)
    if why is None or _is_recorded(why):
        return Graded("I", False, (found, Reason(code="known_unit", rule="township", ref=where.township)))
    return Graded("I", True, (found, why))


def _is_recorded(why: Reason | None) -> bool:
    """Return whether county and township are on record: traps stand in no sub-compartment of their own."""
    return why is None or why.rule == "sub-compartment"
