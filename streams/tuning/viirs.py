"""One made-up pixel of VIIRS, as the season to learn with and the benchmarks need it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from detectors.identity import hotspot_id
from schemas.observation import Hotspot

LAG = timedelta(minutes=150)
"""From the look of the satellite until its pixels are here."""

SURE_MW = 40.0
"""From this power on a made-up pixel is of high confidence."""


def viirs(
    satellite: str, at: datetime, where: Sequence[float], frp_mw: float, lag: timedelta = LAG, **more: Any
) -> Hotspot:
    """Return a pixel at nadir seen at `at`; `more` fields take the place of what is made here."""
    lon, lat = (round(float(one), 5) for one in where)
    fields: dict[str, Any] = {
        "observation_id": hotspot_id(satellite, "VIIRS", at, lon, lat),
        "source": f"{satellite}/VIIRS",
        "observed_at": at,
        "received_at": at + lag,
        "longitude": lon,
        "latitude": lat,
        "satellite": satellite,
        "instrument": "VIIRS",
        "scan_km": 0.4,
        "track_km": 0.4,
        "confidence": "high" if frp_mw > SURE_MW else "nominal",
        "frp_mw": frp_mw,
        "is_day": at.hour < 12,
    }
    return Hotspot(**(fields | more))
