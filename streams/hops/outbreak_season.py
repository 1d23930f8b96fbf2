"""The season of an outbreak: by degree-days of its stand where stations say them, else by the calendar.

Stations are asked from the nearest on; one whose days since the biofix are known without a long gap counts,
its temperatures brought to the height of the outbreak. Which of the two a date rests on is always said.
"""

import datetime as dt
from typing import Literal, NamedTuple

import numpy as np

from detectors.pests import season, warmth
from detectors.pests.arrays import Floats
from detectors.pests.closing import LOCAL
from detectors.pests.heat import lapsed
from detectors.pests.outbreak import Outbreak
from detectors.pests.season import Action, HeatModel, Warmth
from detectors.pests.species import Species
from schemas.incident import Incident
from schemas.pest import SeasonBasis, Todo
from streams.hops.sitting import Sitting

NEWEST_D = 3
"""Days for which the newest known day still speaks."""
MEAN_D = 14
"""Days whose mean warmth is taken for that of the days to come."""
FORESEEN_D = 120
"""Further ahead no date is foretold by warmth."""
COLD_D = 5
"""Days whose mean tells that autumn is cold."""
AUTUMN = 8
"""Month from which on cold ends the flight."""
DAY = dt.timedelta(days=1)


class Season(NamedTuple):
    """Share of flight and what it rests on; what to do next, from when, and what that rests on."""

    gate: float | None = None
    gate_basis: SeasonBasis | Literal[""] = ""
    todo: Todo | Literal[""] = ""
    todo_at: dt.datetime | None = None
    basis: SeasonBasis | Literal[""] = ""


class Course(NamedTuple):
    """Degree-days since the biofix at the end of each day, and the mean temperature of each, °C."""

    first: dt.date
    warmth: Warmth
    mean_c: Floats


def season_of(sitting: Sitting, species: Species, outbreak: Outbreak) -> Season:
    """Return the season of an outbreak at its newest sign, and what it asks for next."""
    table = sitting.given.pests.seasons
    insect = species.vector or species.name
    model = next((one for one in table.model if one.species == insect), None)
    newest, today = ((at + LOCAL).date() for at in (outbreak.last_observed_at, sitting.now))
    flies = sitting.given.pests.kernels.of(species.name) is not None
    gate, gate_basis = _gate(sitting, model, outbreak, newest) if flies else (None, "")
    if gate is None and flies:
        gate = season.calendar_gate(table, insect, newest)
        gate_basis = "" if gate is None else "calendar"
    foretold = _foretold(sitting, model, outbreak, today)
    # where warmth tells, the calendar of the same insect has nothing to add
    names = (species.name, insect) if foretold is None else tuple({species.name} - {insect})
    window = season.window_at(table, names, today)
    if foretold is not None and (window is None or _day(foretold) <= _day(window)):
        return Season(gate, gate_basis, foretold.code, _noon(foretold), "degree_days")
    if window is not None:
        return Season(gate, gate_basis, window.code, _noon(window), "calendar")
    return Season(gate, gate_basis)


def is_due(known: Incident, now: dt.datetime) -> bool:
    """Return whether the day of the next action of an open outbreak has come, so that it is asked anew."""
    at = None if known.pest is None else known.pest.next_action_at
    return known.status == "open" and at is not None and at + DAY <= now


def _day(action: Action) -> dt.date:
    return action.on or dt.date.max


def _noon(action: Action) -> dt.datetime | None:
    """Return the day as the instant of its noon in China: a day for people, in whatever zone it is shown."""
    return None if action.on is None else dt.datetime.combine(action.on, dt.time(12), dt.UTC) - LOCAL


def _gate(
    sitting: Sitting, model: HeatModel | None, outbreak: Outbreak, day: dt.date
) -> tuple[float | None, SeasonBasis | Literal[""]]:
    course = None if model is None or model.half is None else _course(sitting, model, outbreak, day)
    if course is None or model is None:
        return None, ""
    cold = np.array(np.nanmean(course.mean_c[-COLD_D:]))
    gate = season.flight(model, course.warmth.total[-1:], cold, is_autumn=day.month >= AUTUMN)
    return round(float(gate[0]), 3), "degree_days"


def _foretold(sitting: Sitting, model: HeatModel | None, outbreak: Outbreak, today: dt.date) -> Action | None:
    """Return the next stage with its day by the warmth of late; None where it is not foreseen."""
    course = None if model is None else _course(sitting, model, outbreak, today)
    if course is None or model is None:
        return None
    total = course.warmth.total
    days = min(MEAN_D, len(total) - 1)
    per_day = float(total[-1] - total[-1 - days]) / days if days > 0 else 0.0
    found = season.next_action(model, course.warmth, course.first, per_day)
    if found is None or found.on is None or found.on > today + DAY * FORESEEN_D:
        return None
    return found


def _course(sitting: Sitting, model: HeatModel, outbreak: Outbreak, until: dt.date) -> Course | None:
    """Return the warmth of the year up to a day by the nearest station that knows it; None: none does."""
    weather, now = sitting.desk.weather, sitting.now
    month, day = (int(part) for part in model.biofix.split("-"))
    first = dt.date(until.year, month, day)
    if first > until:
        return None
    ground = weather.ground_m(outbreak.longitude, outbreak.latitude, now)
    for name, _ in weather.near(outbreak.longitude, outbreak.latitude):
        pages = weather.pages[name]
        low, high = warmth.series(weather.warm.get(name), pages.values(), first, until)
        known = np.flatnonzero(np.isfinite(low))
        if not len(known) or len(low) - 1 - known[-1] > NEWEST_D:
            continue
        last = int(known[-1]) + 1
        low, high = low[:last], high[:last]
        height = pages[max(pages)].elevation_m
        if ground is not None and height is not None:
            low, high = lapsed(low, height, ground), lapsed(high, height, ground)
        found = season.accumulate(model, low, high)
        if np.isfinite(found.total[-1]):
            return Course(first, found, (low + high) / 2)
    return None
