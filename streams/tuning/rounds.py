"""The rounds of traps in an archive: the newest revision of each visit, each once, by pest and month."""

from collections.abc import Iterable

from alerts.tuning.baseline_learning import Round
from detectors.pests.count import Catch, catch_of, in_force
from detectors.pests.ledger import MONDAY, WEEK, week_of
from detectors.pests.published import month_of
from detectors.pests.told_once import told_once
from schemas.observation import AnyObservation, TrapCount
from schemas.reason import Reason
from schemas.settings import Settings
from streams.config import check_tables
from streams.hops.build import OWNERS
from streams.pest_tables import load_species
from streams.tuning.layers import pests


def rounds_of(seen: Iterable[AnyObservation], settings: Settings) -> tuple[Round, ...]:
    """Return what the judge would compare; unread traps and traps of no known pest are left out."""
    species, own, general = load_species(), pests(settings), check_tables(settings, OWNERS)["outbreak"]
    by_pest: dict[str, list[Catch]] = {}
    for one in in_force(one for one in seen if isinstance(one, TrapCount)):
        pest = species.find(one.species)
        if isinstance(pest, Reason):
            continue
        got = catch_of(own.get(pest.name, general).finding.counting, one)
        if isinstance(got, Catch):
            by_pest.setdefault(pest.name, []).append(got)
    return tuple(
        _round(name, one)
        for name in sorted(by_pest)
        for one in told_once(by_pest[name], own.get(name, general).finding.counting.moved_m).visits
    )


def _round(species: str, one: Catch) -> Round:
    return Round(
        species=species,
        trap=one.trap,
        month=month_of(MONDAY + WEEK * week_of(one.ended_at)),
        ended_at=one.ended_at,
        count=one.count,
        trap_days=one.trap_days,
        is_full=one.at_least,
        longitude=one.longitude,
        latitude=one.latitude,
    )
