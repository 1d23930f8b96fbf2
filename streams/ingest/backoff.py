"""How long to wait after a failure: longer each time, spread out, never shorter than was asked for."""

import secrets
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

FIRST_S = 1.0
LONGEST_S = 15 * 60.0
"""An hour of failures makes about ten requests, and a service that is back is found in a quarter of one."""


def wait_s(failures: int, asked_s: float | None = None, longest_s: float = LONGEST_S) -> float:
    """Return seconds to wait after `failures` failures in a row: between half and all of a doubling time."""
    full = min(longest_s, FIRST_S * float(1 << min(failures, 30)))
    spread = full * (0.5 + secrets.randbelow(1000) / 2000)
    return max(spread, asked_s or 0.0)


def retry_after_s(header: str | None, now: datetime) -> float | None:
    """Return what a Retry-After header asks for, seconds or a date; None where nothing readable."""
    if not header:
        return None
    if header.strip().isdigit():
        return min(float(header), 24 * 3600.0)
    try:
        at = parsedate_to_datetime(header)
    except (TypeError, ValueError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max(0.0, (at - now).total_seconds()), 24 * 3600.0)
