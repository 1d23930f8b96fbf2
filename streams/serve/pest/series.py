"""The series of traps beside what was expected of them, and the season, of an outbreak or of one trap."""

import asyncio
import datetime as dt
import functools
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from aiohttp import web

from detectors.geodesy import KM_PER_DEGREE, distance_km
from detectors.pests import series as laid
from detectors.pests.count import Catch, catch_of, doubts
from detectors.pests.excess import Options as Comparing
from detectors.pests.ledger import MONDAY, WEEK, week_of
from detectors.pests.told_once import told_once
from schemas.codec import encode
from schemas.incident import Incident
from schemas.observation import TrapCount
from schemas.pest import AnyPest
from schemas.reason import Reason
from streams.hops.outbreak_given import PestSettings
from streams.serve.filters import whole
from streams.serve.layers import region_of
from streams.serve.pest import asked as asking
from streams.serve.pest import reading
from streams.serve.pest.reading import Trap
from streams.serve.pest.season import season_at
from streams.serve.problems import problem
from streams.serve.reading import json_response
from streams.serve.rows import Box, from_microseconds, microseconds
from streams.serve.scoping import Sees, sees_of
from streams.serve.services import SERVICES, Services
from streams.serve.store import Store
from streams.serve.thresholds import settings_now

WEEKS, MOST_WEEKS = 30, 160
"""Weeks that are shown unless others are asked for, and at most."""

MOST_TRAPS = 6
"""So many traps of an outbreak are shown, those with signs and the nearest first; the rest is counted."""

MOST_FINDS = 50

NEAR_KM = 5.0
"""Traps so near to an outbreak belong to its story: the ring of flight."""

SIGN = "sign"


class Asked(NamedTuple):
    """What a question came to: the traps that are shown, how many are not, the pests, and the place."""

    traps: list[Trap]
    left_out: int
    species: tuple[str, ...]
    place: tuple[float, float]


async def series(request: web.Request) -> web.Response:
    """Answer with the weeks of an outbreak's traps (`incident`) or of one (`trap`), and the season."""
    incident, trap = asking.text_of(request, "incident"), asking.text_of(request, "trap")
    if bool(incident) == bool(trap):
        raise problem(400, "ask for one of incident and trap")
    weeks = whole(request.query, "weeks", WEEKS, MOST_WEEKS)
    services, sees = request.app[SERVICES], sees_of(request)
    how = _of_incident if incident else _of_trap
    answer = await asyncio.to_thread(how, services, sees, incident or trap, weeks)
    response = json_response(encode(answer))
    response.enable_compression()
    return response


def _of_trap(services: Services, sees: Sees | None, name: str, weeks: int) -> dict[str, Any]:
    traps = [one for one in reading.traps_named(services.store, name) if asking.sees_trap(sees, one)]
    if not traps:
        raise problem(404, "no such trap, or nobody has read it yet")
    first = traps[0]
    place = (first.longitude, first.latitude)
    return _answer(services, Asked(traps, 0, (asking.species_of(first.species).name,), place), weeks)


def _of_incident(services: Services, sees: Sees | None, name: str, weeks: int) -> dict[str, Any]:
    one = asking.outbreak(services.store, name, sees)
    assert one.pest is not None
    species = asking.species_of(one.pest.species)
    names = tuple(filter(None, (species.name, species.vector)))
    found = reading.traps_in(services.store, names, _about(one, NEAR_KM))
    found = [trap for trap in found if asking.sees_trap(sees, trap)]
    shown = _nearest(services.store, found, one)
    finds = reading.finds_in(
        services.store, (species.name,), _about(one, 0.1), microseconds(one.opened_at - dt.timedelta(days=1))
    )
    place = (one.longitude, one.latitude)
    answer = _answer(services, Asked(shown, len(found) - len(shown), names, place), weeks)
    return {"incident_id": one.incident_id, **answer, "finds": _told(services.store, finds)}


def _about(one: Incident, km: float) -> Box:
    """Return the box of an outbreak grown by so many kilometres."""
    tall = km / KM_PER_DEGREE + one.radius_m / 1000 / KM_PER_DEGREE
    wide = tall / max(0.05, float(np.cos(np.radians(one.latitude))))
    return one.longitude - wide, one.latitude - tall, one.longitude + wide, one.latitude + tall


def _nearest(store: Store, traps: list[Trap], one: Incident) -> list[Trap]:
    """Return the traps that had a sign since the outbreak began, then the nearest."""
    lon, lat = (np.array([getattr(trap, name) for trap in traps]) for name in ("longitude", "latitude"))
    apart = distance_km(lon, lat, one.longitude, one.latitude)
    since = one.opened_at - dt.timedelta(days=1)
    signs = []
    for trap in traps:
        seen = [
            c.observation_id
            for c in reading.counts_of(store, trap.source, trap.species)
            if c.observed_at >= since
        ]
        signs.append(sum(code == "" for code in reading.judged(store, seen).values()))
    order = sorted(range(len(traps)), key=lambda at: (-signs[at], apart[at], traps[at].source))
    return [traps[at] for at in order[:MOST_TRAPS]]


def _answer(services: Services, asked: Asked, weeks: int) -> dict[str, Any]:
    now = asking.now_of(services)
    last = (now - MONDAY) // WEEK
    options = asking.options_of(settings_now(services), asked.species[0] if asked.species else "")
    region = region_of(services)
    shown = [
        {"name": asking.name_of(region, trap.source)}
        | _weeks_of(services.store, options, trap, range(last - weeks, last))
        for trap in asked.traps
    ]
    return {
        "now": now,
        "band": laid.BAND,
        "alpha": options.finding.trap.comparing.alpha,
        "traps": shown,
        "left_out": asked.left_out,
        "season": season_at(services, asked.species, asked.place, now),
    }


def _weeks_of(store: Store, options: PestSettings, trap: Trap, weeks: range) -> dict[str, Any]:
    counts = reading.counts_of(store, trap.source, trap.species)
    caught = [(one, catch_of(options.finding.counting, one)) for one in counts]
    read = [got for _, got in caught if isinstance(got, Catch)]
    catches = told_once(read, options.finding.counting.moved_m).visits
    oldest = reading.first_us(store, trap.species)
    first = week_of(from_microseconds(oldest)) if oldest is not None else weeks.start
    laid_out = _laid(options.finding.trap.comparing, catches, first, weeks.start, weeks.stop)
    outcome = reading.judged(store, [one.observation_id for one in laid_out if one.observation_id])
    why: dict[int, tuple[str, str]] = {
        week_of(one.observed_at): (one.status, got.code) for one, got in caught if isinstance(got, Reason)
    }
    species = asking.species_of(trap.species)
    doubtful = _noted(options, catches)
    return {
        **trap._asdict(),
        "chinese": species.chinese,
        "unit": _unit(counts),
        "weeks": [
            _week(one, outcome, why) | {"notes": doubtful.get(one.observation_id, ())} for one in laid_out
        ],
    }


def _noted(options: PestSettings, catches: Sequence[Catch]) -> dict[str, tuple[str, ...]]:
    """Return by visit what does not fit beside the one before, or is weak; no count is dropped."""
    between = doubts(options.finding.counting, catches)
    found = {one.observation_id: (*one.notes, *between.get(one.observation_id, ())) for one in catches}
    return {name: tuple(note.code for note in notes) for name, notes in found.items() if notes}


def _unit(counts: Sequence[TrapCount]) -> str:
    return next((one.unit for one in reversed(counts) if one.unit), "")


@functools.lru_cache(maxsize=256)
def _laid(
    options: Comparing, catches: tuple[Catch, ...], first: int, start: int, stop: int
) -> tuple[laid.Week, ...]:
    """Return the weeks of one trap; many pages ask for the same, and a year of fits takes a second."""
    found = laid.series(options, catches, first, range(start, stop))
    return next(iter(found.values()), ())


def _week(one: laid.Week, outcome: dict[str, str], why: dict[int, tuple[str, str]]) -> dict[str, Any]:
    code = outcome.get(one.observation_id)
    status, reason = why.get(one.week, ("", ""))
    told = one._asdict() | {"judged": None if code is None else code or SIGN}
    for name in ("mean", "trap_days"):
        told[name] = None if told[name] is None else round(told[name], 3)
    is_over = one.state != "unread" and one.limit is not None and (one.catch or 0) > one.limit
    unread = {"status": status, "reason": reason} if one.state == "unread" else {"status": "", "reason": ""}
    return told | unread | {"is_over": is_over}


def _told(store: Store, finds: Sequence[AnyPest]) -> list[dict[str, Any]]:
    """Return surveys and results as rows of a table, with what became of each."""
    shown = finds[:MOST_FINDS]
    outcome = reading.judged(store, [one.observation_id for one in shown])
    rows = []
    for one in shown:
        code = outcome.get(one.observation_id)
        rows.append(
            {
                "observation_id": one.observation_id,
                "observed_at": one.observed_at,
                "source": one.source,
                "longitude": one.longitude,
                "latitude": one.latitude,
                "measure": getattr(one, "measure", "lab"),
                "value": getattr(one, "value", None),
                "result": getattr(one, "result", ""),
                "unit_id": getattr(one, "unit_id", ""),
                "judged": None if code is None else code or SIGN,
            }
        )
    return rows
