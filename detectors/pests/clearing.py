"""What a laboratory's negatives take off dead pines: all where every sample owed is negative, else one grade.

Of up to ten dead trees each is sampled, of more at least ten (usual practice in China, from memory). A
positive of the same place stands above every negative.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Annotated

import numpy as np
from msgspec import Meta, Struct

from detectors.pests.grading import ORDER, Graded
from detectors.pests.register import Where
from detectors.pests.zones import paired_km
from schemas.observation import LabResult, PestSurvey, TrapCount
from schemas.reason import Reason

Find = PestSurvey | LabResult | TrapCount


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which negatives speak of which dead pines; proposals."""

    most_samples: Annotated[int, Meta(ge=1, description="Samples owed at most for the dead of a place.")] = 10
    within_d: Annotated[float, Meta(gt=0, description="Days after the count, results still speak of it.")] = (
        180.0
    )
    within_m: Annotated[float, Meta(gt=0, description="Of a find whose sub-compartment is unknown, m.")] = (
        500.0
    )


def cleared(
    options: Options, graded: Sequence[tuple[Find, Graded]], where: Mapping[str, Where]
) -> list[tuple[Find, Graded]]:
    """Return the grades with those of dead pines lowered by what laboratories did not find there."""
    results = [one for one, _ in graded if isinstance(one, LabResult)]
    if not any(one.result == "negative" for one in results):
        return list(graded)
    return [
        (one, _lowered(options, one, found, results, where)) if _is_suspected(found) else (one, found)
        for one, found in graded
    ]


def _is_suspected(found: Graded) -> bool:
    return found.grade is not None and any(why.code == "dead_pines" for why in found.reasons)


def _lowered(
    options: Options, one: Find, found: Graded, results: Iterable[LabResult], where: Mapping[str, Where]
) -> Graded:
    there = [other for other in results if _speaks_of(options, other, one, where)]
    negative = {other.sample_id or other.observation_id for other in there if other.result == "negative"}
    if not negative or any(other.result == "positive" for other in there) or found.grade is None:
        return found
    # of the whole sub-compartment: its trees may have come one a row
    dead = max((why.value or 1.0 for why in found.reasons if why.code == "dead_pines"), default=1.0)
    owed = float(min(int(np.ceil(dead)), options.most_samples))
    margin = len(negative) - owed
    why = Reason(
        code="lab_negative", ref=min(negative), value=float(len(negative)), threshold=owed, margin=margin
    )
    lower = ORDER.index(found.grade) + 1
    if margin >= 0 or lower == len(ORDER):
        return Graded(None, False, (why,))
    return Graded(ORDER[lower], found.may_page, (*found.reasons, why))


def _speaks_of(options: Options, result: LabResult, find: Find, where: Mapping[str, Where]) -> bool:
    """Return whether a result is of the same place as a find, and not older than it."""
    waited = result.observed_at - find.observed_at
    # a positive of long ago or of later speaks as well
    if result.result == "negative" and not timedelta(0) <= waited <= timedelta(days=options.within_d):
        return False
    one, other = (
        where.get(each.observation_id) or Where(unit=getattr(each, "unit_id", "")) for each in (result, find)
    )
    if one.unit and other.unit:
        return one.record == other.record
    ends = (result.longitude, result.latitude, find.longitude, find.latitude)
    apart = paired_km(*(np.array([each]) for each in ends))
    return float(apart[0]) * 1000 <= options.within_m
