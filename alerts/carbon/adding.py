"""Sums that add up: what several alerts say of a stand is united first, then summed by what is asked."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated

from msgspec import Meta, Struct

from alerts.carbon.at_risk import Answer

Tonnes = Annotated[float, Meta(ge=0)]


class Share(Struct, frozen=True, kw_only=True):
    """What one incident puts at risk in one stand, t C."""

    incident_id: str
    stand_id: str
    stock_t: Tonnes
    exposed_t: Tonnes
    loss_t: Tonnes
    low_t: Tonnes = 0.0
    high_t: Tonnes = 0.0
    """The middle 95 % of the loss; parameters are shared, so all stands are low or high together."""


class Sum(Struct, frozen=True, kw_only=True):
    """Exposed stock and loss of one stand, owner, project, place or day, t C."""

    exposed_t: Tonnes
    loss_t: Tonnes
    low_t: Tonnes = 0.0
    high_t: Tonnes = 0.0


def shares_of(incident_id: str, answer: Answer) -> Iterator[Share]:
    """Yield what an answer puts at risk in each stand; nothing where it has no figure."""
    if answer.stock_t is None or answer.exposed_t is None or answer.loss_t is None:
        return
    columns = (answer.stock_t.tolist(), answer.exposed_t.tolist(), answer.loss_t.tolist())
    mean, low, high = (getattr(answer.carbon, name) or 0.0 for name in ("carbon_t", "low_t", "high_t"))
    for stand, held, exposed, lost in zip(answer.ids, *columns, strict=True):
        part = min(lost, held) / mean if mean > 0 else 0.0
        yield Share(
            incident_id=incident_id,
            stand_id=stand,
            stock_t=held,
            exposed_t=min(exposed, held),
            loss_t=min(lost, held),
            low_t=min(part * low, held),
            high_t=min(part * high, held),
        )


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
        return Sum(**{name: min(getattr(ones[0], name), stock) for name in FIGURES})
    spared = dict.fromkeys(FIGURES, 1.0)
    for one in ones:
        for name in FIGURES:
            spared[name] *= 1.0 - min(getattr(one, name) / stock, 1.0)
    return Sum(**{name: stock * (1.0 - left) for name, left in spared.items()})


FIGURES = ("exposed_t", "loss_t", "low_t", "high_t")


def of_incidents(shares: Iterable[Share]) -> dict[str, Sum]:
    """Return the sums of each incident by itself; they may overlap, so they are not added to each other."""
    found: dict[str, list[Share]] = defaultdict(list)
    for one in shares:
        found[one.incident_id].append(one)
    return {incident: total(united(found[incident])) for incident in sorted(found)}


def total(stands: Mapping[str, Sum]) -> Sum:
    """Return the sum over stands."""
    return weighed((stands[stand], 1.0) for stand in sorted(stands))


def alone(shares: Iterable[Share]) -> Sum:
    """Return the sum of one incident's own shares, one of each stand."""
    return weighed((one, 1.0) for one in shares)


def weighed(given: Iterable[tuple[Share | Sum, float]]) -> Sum:
    """Return the sum of parts; exact, so that their order does not matter."""
    parts = list(given)
    return Sum(**{name: math.fsum(getattr(one, name) * part for one, part in parts) for name in FIGURES})


def rolled(stands: Mapping[str, Sum], belongs: Mapping[str, Mapping[str, float]]) -> dict[str, Sum]:
    """Return sums by key: `belongs` gives the part of each stand (0 to 1) that lies under each key.

    What lies under no key is summed under "", so that the keys always add up to the total.
    """
    found: dict[str, list[tuple[Share | Sum, float]]] = defaultdict(list)
    for stand in sorted(stands):
        for key, part in _parts(belongs.get(stand, {})).items():
            found[key].append((stands[stand], part))
    return {key: weighed(found[key]) for key in sorted(found)}


def _parts(given: Mapping[str, float]) -> dict[str, float]:
    """Return the parts of a stand; more than the whole is scaled down, what is missing goes under ""."""
    whole = sum(given.values())
    parts = {key: part / max(whole, 1.0) for key, part in given.items() if part > 0}
    rest = 1.0 - sum(parts.values())
    return {**parts, "": rest} if rest > 1e-12 else parts
