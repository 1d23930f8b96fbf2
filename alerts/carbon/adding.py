"""Sums that add up: what several alerts say of a stand is united first, then summed by what is asked."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Annotated

from msgspec import Meta, Struct

Tonnes = Annotated[float, Meta(ge=0)]


class Share(Struct, frozen=True, kw_only=True):
    """What one incident puts at risk in one stand, t C."""

    incident_id: str
    stand_id: str
    stock_t: Tonnes
    exposed_t: Tonnes
    loss_t: Tonnes


class Sum(Struct, frozen=True, kw_only=True):
    """Exposed stock and loss of one stand, owner, project, place or day, t C."""

    exposed_t: Tonnes
    loss_t: Tonnes


def united(shares: Iterable[Share]) -> dict[str, Sum]:
    """Return exposed stock and loss by stand, over all incidents: never more than the stand holds.

    Parts of one stand are joined as chances are, 1 - (1 - a)(1 - b): no more than their sum, no less than the
    largest. Several shares of one incident in one stand are one claim: the largest counts.
    """
    claims: dict[str, dict[str, Share]] = defaultdict(dict)
    for one in shares:
        held = claims[one.stand_id].get(one.incident_id)
        if held is None or (one.loss_t, one.exposed_t) > (held.loss_t, held.exposed_t):
            claims[one.stand_id][one.incident_id] = one
    return {stand: _joined(claims[stand]) for stand in sorted(claims)}


def _joined(by_incident: Mapping[str, Share]) -> Sum:
    ones = [by_incident[incident] for incident in sorted(by_incident)]
    stock = max(one.stock_t for one in ones)
    if len(ones) == 1 or stock <= 0:
        return Sum(exposed_t=min(ones[0].exposed_t, stock), loss_t=min(ones[0].loss_t, stock))
    spared_exposed = spared_loss = 1.0
    for one in ones:
        spared_exposed *= 1.0 - min(one.exposed_t / stock, 1.0)
        spared_loss *= 1.0 - min(one.loss_t / stock, 1.0)
    return Sum(exposed_t=stock * (1.0 - spared_exposed), loss_t=stock * (1.0 - spared_loss))


def of_incidents(shares: Iterable[Share]) -> dict[str, Sum]:
    """Return the sums of each incident by itself; they may overlap, so they are not added to each other."""
    found: dict[str, list[Share]] = defaultdict(list)
    for one in shares:
        found[one.incident_id].append(one)
    return {incident: total(united(found[incident])) for incident in sorted(found)}


def total(stands: Mapping[str, Sum]) -> Sum:
    """Return the sum over stands."""
    ordered = [stands[stand] for stand in sorted(stands)]
    return Sum(exposed_t=sum(one.exposed_t for one in ordered), loss_t=sum(one.loss_t for one in ordered))


def rolled(stands: Mapping[str, Sum], belongs: Mapping[str, Mapping[str, float]]) -> dict[str, Sum]:
    """Return sums by key: `belongs` gives the part of each stand (0 to 1) that lies under each key.

    What lies under no key is summed under "", so that the keys always add up to the total.
    """
    exposed: dict[str, float] = defaultdict(float)
    lost: dict[str, float] = defaultdict(float)
    for stand in sorted(stands):
        parts = _parts(belongs.get(stand, {}))
        for key in sorted(parts):
            exposed[key] += stands[stand].exposed_t * parts[key]
            lost[key] += stands[stand].loss_t * parts[key]
    return {key: Sum(exposed_t=exposed[key], loss_t=lost[key]) for key in sorted(exposed)}


def _parts(given: Mapping[str, float]) -> dict[str, float]:
    """Return the parts of a stand; more than the whole is scaled down, what is missing goes under ""."""
    whole = sum(given.values())
    parts = {key: part / max(whole, 1.0) for key, part in given.items() if part > 0}
    rest = 1.0 - sum(parts.values())
    return {**parts, "": rest} if rest > 1e-12 else parts
