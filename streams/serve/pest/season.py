"""The season at a place as rows for a page: curve, stages, windows, what is due next and on which basis."""

import datetime as dt
from typing import Any

import numpy as np

from detectors.pests import curve as year
from detectors.pests.season import Action, SeasonTable
from streams.pest_tables import load_seasons
from streams.serve.layers import region_of
from streams.serve.pest import reading
from streams.serve.pest.kept import CHINA
from streams.serve.services import Services


def season_at(
    services: Services, species: tuple[str, ...], place: tuple[float, float], now: dt.datetime
) -> dict[str, Any]:
    """Return the season of a pest and of its vector at a place; basis null where no table knows either."""
    table, today = load_seasons(), (now + CHINA).date()
    model = next((one for one in (year.model_of(table, name) for name in species) if one is not None), None)
    near = None
    if model is not None:
        first = year.begins(model, today)
        height = _height(services, place)
        near = reading.air_near(services.store, *place, height, (first, today))
    found = [year.season_of(table, name, today, None if near is None else near.air) for name in species]
    curve = next((one.curve for one in found if one.curve is not None), None)
    coming = [one for one in found if one.next is not None]
    coming.sort(key=lambda one: (one.next is None or one.next.on is None, one.next and one.next.on))
    due = coming[0] if coming else None
    return {
        "today": today,
        "basis": None if due is None else due.basis,
        "next": None if due is None else _due(due.next),
        "windows": _windows(table, species, today),
        "station": None if near is None else near._asdict() | {"air": None},
        "model": None if model is None else _model(model),
        "curve": None if curve is None else _curve(curve),
    }


def _height(services: Services, place: tuple[float, float]) -> float | None:
    terrain = region_of(services).terrain
    if terrain is None:
        return None
    found = np.ma.filled(terrain.elevation_m(np.array([place[0]]), np.array([place[1]])), np.nan)
    return float(found[0]) if np.isfinite(found[0]) else None


def _due(due: Action | None) -> dict[str, Any] | None:
    return None if due is None else {"code": due.code, "on": due.on}


def _windows(table: SeasonTable, species: tuple[str, ...], today: dt.date) -> list[dict[str, Any]]:
    """Return the windows that touch the year from half a year ago to half a year on, in order."""
    edge = dt.timedelta(days=183)
    rows = []
    for window in table.window:
        for number in (today.year - 1, today.year, today.year + 1):
            begins, ends = window.span(number)
            if window.species in species and ends >= today - edge and begins <= today + edge:
                row = {"species": window.species, "code": window.code, "begins": begins, "ends": ends}
                rows.append(row | {"status": window.status, "source": window.source})
    return sorted(rows, key=lambda row: (row["begins"], row["code"]))


def _model(model: Any) -> dict[str, Any]:
    stages = [{"code": one.code, "degree_days": one.degree_days} for one in model.stages]
    heat = {"lower_c": model.heat.lower, "upper_c": model.heat.upper}
    return {
        "species": model.species,
        "status": model.status,
        "source": model.source,
        "stages": stages,
        **heat,
    }


def _curve(curve: year.Curve) -> dict[str, Any]:
    emerged = None if curve.emerged is None else [round(float(one), 3) for one in curve.emerged]
    return {
        "first_day": curve.first_day,
        "total": [round(float(one), 1) for one in curve.warmth.total],
        "filled_days": int(curve.warmth.filled[-1]),
        "emerged": emerged,
        "reached": [curve.reached[stage.name] for stage in curve.model.stages],
    }
