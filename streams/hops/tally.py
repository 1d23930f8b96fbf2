"""Live totals of carbon at risk on `carbon.v1`: when time passes, each sum that changed is said once."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from msgspec.structs import replace

from alerts.carbon.adding import Sum, alone
from alerts.carbon.at_risk import shown
from alerts.carbon.reversal import natural_risk, share_of_stock
from schemas.carbon import CarbonTotal, Level
from schemas.topics import CARBON
from streams.carbon_places import Belonging, whole
from streams.hops.carbon import Assessor
from streams.hops.sitting import Sitting
from streams.hops.stake import KEPT, Ledger, Stake

Place = tuple[Level, str]

RETURNS_A = (0, 10, 25, 50, 100)
"""Return periods of the non-permanence tool's table, years."""


def publish(sitting: Sitting) -> None:
    """Put out every total that is another than was last said."""
    ledger, given = sitting.desk.ledger, sitting.given
    if given.carbon is None or not (ledger.now.stale or ledger.now.sums or ledger.said):
        return
    assessor = given.carbon(given.region.at(sitting.now))
    is_anew = _anew(ledger, assessor)
    changed = ledger.now.freshened() | (set(ledger.now.sums) if is_anew else set())
    touched = _touched(ledger, changed)
    if is_anew:
        touched |= {place for place in ledger.said if place[0] != "day"}
    for level, key in sorted(touched):
        _say(sitting, ledger, level, key)
    for day in sorted(day for day, union in ledger.days.items() if union.stale):
        union = ledger.days[day]
        union.freshened()
        if day >= (sitting.now - KEPT).date():
            stakes = [one[day] for one in ledger.stakes.values() if day in one]
            total = union.total((stand, 1.0) for stand in union.sums)
            _put(sitting, ledger, _total(sitting, "day", day.isoformat(), total, stakes, len(union.sums)))


def _anew(ledger: Ledger, assessor: Assessor) -> bool:
    """Return whether the places of stands were not known yet, or were those of another region."""
    held = ledger.belonging
    if held is not None and held.assessor.region.version == assessor.region.version:
        return False
    ledger.belonging = Belonging(assessor)
    ledger.members.clear()
    return True


def _touched(ledger: Ledger, changed: Iterable[str]) -> set[Place]:
    """Move the stands that changed under their keys; return every level and key that this touches."""
    touched: set[Place] = set()
    for stand in changed:
        assert ledger.belonging is not None
        parts: dict[Any, dict[str, float]] = {"total": {"": 1.0}, "stand": {stand: 1.0}}
        parts |= ledger.belonging.of(stand)
        for level, keys in parts.items():
            for key, part in whole(keys).items():
                touched.add((level, key))
                if stand in ledger.now.sums:
                    ledger.members[level, key][stand] = part
                else:
                    ledger.members[level, key].pop(stand, None)
        touched |= {("incident", one) for one in ledger.now.shares.get(stand, ())}
    gone = {key for level, key in ledger.said if level == "incident"} - ledger.now.by_incident.keys()
    return touched | {("incident", one) for one in gone}


def _say(sitting: Sitting, ledger: Ledger, level: Level, key: str) -> None:
    if level == "incident":
        stakes = _current(ledger, [key])
        stands = ledger.now.by_incident.get(key, ())
        shares = [ledger.now.shares[stand][key] for stand in stands]
        total = alone(shares)
    else:
        members = ledger.members.get((level, key), {})
        stands = tuple(members)
        stakes = _current(ledger, ledger.now.incidents(members))
        total = ledger.now.total(members.items())
    made = _total(sitting, level, key, total, stakes, len(stands))
    if level == "project" and key and ledger.belonging is not None:
        made = _of_project(made, ledger.belonging, sitting.now.date())
    _put(sitting, ledger, made)


def _current(ledger: Ledger, incidents: Iterable[str]) -> list[Stake]:
    return [
        ledger.stakes[one][max(ledger.stakes[one])]
        for one in sorted(incidents)
        if one in ledger.now.by_incident
    ]


def _total(  # noqa: PLR0913, PLR0917 - a figure names all of these
    sitting: Sitting, level: Level, key: str, total: Sum, stakes: list[Stake], stands: int
) -> CarbonTotal:
    belonging = sitting.desk.ledger.belonging
    told = [one.carbon for one in stakes]
    return CarbonTotal(
        at=sitting.now,
        level=level,
        key=key,
        name="" if belonging is None else belonging.name(level, key),
        exposed_t=shown(total.exposed_t),
        loss_t=shown(total.loss_t),
        low_t=shown(total.low_t),
        high_t=shown(total.high_t),
        stands=stands,
        incidents=len({one.incident_id for one in stakes}),
        pools=_words(one.pools for one in told),
        tiers=_words(one.tiers_ha for one in told),
        cautions=_words(one.cautions for one in told),
        parameters=", ".join(sorted({one.parameters for one in told})),
        gwp_set=", ".join(sorted({one.gwp_set for one in told if one.gwp_set})),
        region=sitting.given.region.at(sitting.now).version,
    )


def _words(given: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(sorted({word for words in given for word in words}))


def _of_project(made: CarbonTotal, belonging: Belonging, today: date) -> CarbonTotal:
    """Return a project's total with what part of its stock that is, and how it would be scored."""
    stock_t = belonging.stock_t(made.key, today)
    share = None if stock_t is None else share_of_stock(made.loss_t, stock_t)
    if stock_t is None or share is None:
        return made
    rows = belonging.assessor.tables.reversals
    scores = {str(years): natural_risk(rows, share, years) for years in RETURNS_A}
    return replace(made, stock_t=shown(stock_t), share_of_stock=shown(share), reversal=scores)


def _put(sitting: Sitting, ledger: Ledger, made: CarbonTotal) -> None:
    """Put a total out unless it was said before; what is at risk no more is said once, and forgotten."""
    place = (made.level, made.key)
    before = ledger.said.get(place)
    if before is not None and replace(before, at=made.at) == made:
        return
    if made.incidents == 0 and before is None:
        return
    name = f"{made.level}/{made.key}"
    sitting.put(CARBON, name, made)
    if made.incidents == 0:
        del ledger.said[place]
        sitting.result.rows[f"z/{name}"] = None
    else:
        ledger.said[place] = made
        sitting.result.rows[f"z/{name}"] = made
