"""What an outbreak puts at risk, as a command tells it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import shapely

from schemas.alert import Carbon
from streams.hops.carbon import Assessor
from streams.hops.outbreak_carbon import of_outbreak


@dataclass(frozen=True)
class _Find:
    """A find that is no incident, as an assessor asks for it."""

    footprint: dict[str, Any]
    probability: float
    incident_id: str
    kind: str = "outbreak"
    radius_m: float = 0.0
    area_ha: float | None = None


def of_find(assessor: Assessor, shape: Any, asked: str, probability: float) -> Carbon:
    """Return the carbon at risk of what is infested inside a geometry; `asked` is pest/severity."""
    pest, _, severity = asked.partition("/")
    text = shapely.to_geojson(shape)
    find = _Find(json.loads(text), probability, text)
    return of_outbreak(assessor, find, pest, severity, datetime.now(UTC)).answer.carbon


def pest_lines(carbon: Carbon) -> Iterator[str]:
    """Yield the lines of the table, or why nothing is known."""
    exposed = carbon.exposed
    if carbon.carbon_t is None or exposed is None:
        why = "" if carbon.reason is None else carbon.reason.detail or carbon.reason.code
        yield f"not known: {why}"
        return
    rows: list[tuple[str, float | None, str]] = [
        ("loss if it is one", carbon.carbon_t, f"95 %: {carbon.low_t:,.0f}-{carbon.high_t:,.0f}"),
        ("expected loss", carbon.expected_t, f"probability {carbon.probability:.0%}"),
        ("CaR95", carbon.car95_t, ""),
        ("exposed live stock", exposed.mean_t, f"95 %: {exposed.low_t:,.0f}-{exposed.high_t:,.0f}"),
        ("committed", carbon.committed_t, "all that killed trees will give off"),
        ("given off in ten years", carbon.ten_year_t, ""),
    ]
    if carbon.forgone is not None:
        span = f"a year, {carbon.forgone.low_t:,.0f}-{carbon.forgone.high_t:,.0f}; in no other figure"
        rows.append(("growth not made", carbon.forgone.mean_t, span))
    for name, value, more in rows:
        yield f"{name:<24}{value:>14,.0f} t C   {more}".rstrip()
    yield f"cautions   {', '.join(carbon.cautions) or 'none'}"
    yield f"parameters {carbon.parameters}, seed {carbon.seed}, {carbon.draws:,} draws"
