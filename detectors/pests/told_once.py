"""A trap is read once at a time: two visits that end at one instant at one place are one, told twice.

So it is where a count comes from the phone and again in a table, or from a table that an older version read
under another id. Counted twice, its catch and its days would be added up.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from detectors.pests.count import Catch, Options, apart_m
from schemas.reason import Reason

SAME_PLACE_M = Options().moved_m
AGAIN = "told under two ids"


class Told(NamedTuple):
    """Visits by time, each once, and of every other telling the id of the visit that it tells."""

    visits: tuple[Catch, ...]
    again: dict[str, str]


def told_once(catches: Iterable[Catch], same_place_m: float = SAME_PLACE_M) -> Told:
    """Return each visit once: of two tellings the higher revision, then the larger count stands."""
    of_one: dict[tuple[str, datetime], list[Catch]] = {}
    for one in catches:
        of_one.setdefault((one.trap, one.ended_at), []).append(one)
    stand: list[Catch] = []
    again: dict[str, str] = {}
    for tellings in of_one.values():
        stand += tellings if len(tellings) == 1 else _apart(tellings, same_place_m, again)
    return Told(tuple(sorted(stand, key=by_time)), again)


def told_again(stands: str) -> Reason:
    """Return why an observation is no sign of its own: the other telling stands for it."""
    return Reason(code="duplicate_of", ref=stands, rule=AGAIN)


def by_time(one: Catch) -> tuple[datetime, str]:
    """Return what puts visits in order."""
    return one.ended_at, one.observation_id


def _apart(tellings: list[Catch], same_place_m: float, again: dict[str, str]) -> list[Catch]:
    kept: list[Catch] = []
    for one in sorted(tellings, key=_worth, reverse=True):
        same = next((other for other in kept if apart_m(other, one) <= same_place_m), None)
        if same is None:
            kept.append(one)
        else:
            again[one.observation_id] = same.observation_id
    return kept


def _worth(one: Catch) -> tuple[int, int, str]:
    return one.revision, one.count, one.observation_id
