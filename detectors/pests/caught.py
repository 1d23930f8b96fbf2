"""A quarantine pest in a trap or seen by a survey is a find like a positive: I where its place has no record.

A nematode is seen by nobody in the field: what a survey says of one is a suspicion, to be sampled. Where an
authority has pest, county and township on record, its traps are compared with their own past like those of
any other pest, and its surveys have the classes of the standard. Where only our own log has them, a further
find revises the outbreak and pages nobody. That any find of a quarantine pest is red is a proposal; the law
asks that it be reported at once (植物检疫条例 art. 14).
"""

from collections.abc import Iterable

from detectors.pests.count import Options, slip_of
from detectors.pests.grading import Graded
from detectors.pests.register import Register, Where, grown, novelty
from detectors.pests.species import Species
from detectors.pests.surveyed import PINES
from schemas.observation import LabResult, PestSurvey, TrapCount
from schemas.pest import AnyPest
from schemas.reason import Reason

CATCH = "catch of a quarantine pest"
SEEN = "quarantine pest seen by a survey"


def is_catch(one: AnyPest, species: Species, counting: Options | None = None) -> bool:
    """Return whether a visit found a quarantine pest, in whatever state the trap was.

    A number that cannot be one of insects (half of one, a thousand a day) is a slip of the pen: nobody is
    called out for it, and the visit says what is wrong.
    """
    if not isinstance(one, TrapCount) or not species.is_quarantine or (one.catch or 0.0) <= 0:
        return False
    return slip_of(counting or Options(), one) is None


def is_seen(one: AnyPest, species: Species) -> bool:
    """Return whether a survey found a quarantine pest, or damage it gives to it; dead pines are no proof."""
    can_be = species.is_quarantine and species.guild != "nematode"
    return can_be and isinstance(one, PestSurvey) and one.measure not in PINES and one.value > 0


def is_find(one: AnyPest, species: Species, counting: Options | None = None) -> bool:
    """Return whether a row puts a quarantine pest on record: a positive, a catch, or a survey that saw it."""
    is_positive = isinstance(one, LabResult) and one.result == "positive" and species.is_quarantine
    return is_positive or is_catch(one, species, counting) or is_seen(one, species)


def of_catch(
    register: Register, earlier: Iterable[Where], where: Where, one: TrapCount | PestSurvey
) -> Graded | None:
    """Return the grade of a catch or of what a survey saw, after other finds.

    None: on record with an authority, numbers tell.
    """
    if _is_recorded(novelty(register, where)):
        return None
    found = _found(one)
    why = novelty(grown(register, earlier), where)
    if why is None or _is_recorded(why):
        return Graded("I", False, (found, Reason(code="known_unit", rule="township", ref=where.township)))
    return Graded("I", True, (found, why))


def _found(one: TrapCount | PestSurvey) -> Reason:
    if isinstance(one, TrapCount):
        return Reason(code="caught", ref=one.observation_id, value=one.catch, rule=CATCH)
    return Reason(code="caught", ref=one.observation_id, value=one.value, unit=one.measure, rule=SEEN)


def _is_recorded(why: Reason | None) -> bool:
    """Return whether county and township are on record: traps stand in no sub-compartment of their own."""
    return why is None or why.rule == "sub-compartment"
