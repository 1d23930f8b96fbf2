"""A sensor that says the same for hours is stuck, unless that value is where its quantity comes to rest.

No rain, no wind and saturated air may last for days. Everything else that moves in nature moves in six hours.
"""

from typing import Annotated

import numpy as np
from msgspec import Meta, Struct
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RESTING: dict[str, tuple[float, float]] = {
    "precipitation_mm": (0.0, 0.0),
    "wind_speed_ms": (0.0, 0.3),
    "wind_gust_ms": (0.0, 0.3),
    "wind_direction_deg": (0.0, 360.0),
    "relative_humidity_percent": (97.0, 105.0),
    "solar_radiation_wm2": (-20.0, 1.0),
    "battery_percent": (0.0, 100.0),
}
"""From and to which a value may stand still: calm of the Beaufort scale, saturated air, night, full battery.

A vane does not turn in a calm; what it says alone is never held against it.
"""


class Stuck(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long the same value is too long."""

    hours: Annotated[float, Meta(gt=0, description="The same value for so long is a stuck sensor.")] = 6.0
    readings: Annotated[int, Meta(ge=2, description="At least so many readings in that time.")] = 6


class Run(Struct, frozen=True):
    """The same value from one time to another, s, in so many readings."""

    value: float
    since: float
    until: float
    readings: int


def last_run(seconds: Floats, values: Floats) -> Run | None:
    """Return the run of equal values that ends with the newest reading, in any order; None: no reading."""
    known = np.isfinite(values)
    if not known.any():
        return None
    order = np.argsort(seconds[known], kind="stable")
    at, said = seconds[known][order], values[known][order]
    changed = np.flatnonzero(said != said[-1])
    first = int(changed[-1]) + 1 if len(changed) else 0
    return Run(float(said[-1]), float(at[first]), float(at[-1]), len(np.unique(at[first:])))


def is_stuck(options: Stuck, quantity: str, run: Run | None) -> bool:
    """Return whether a run is too long for its quantity."""
    if run is None or run.readings < options.readings:
        return False
    low, high = RESTING.get(quantity, (np.inf, -np.inf))
    return run.until - run.since >= options.hours * 3600.0 and not low <= run.value <= high
