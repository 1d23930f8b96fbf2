"""Lasting ids: a letter for the kind, the date, and eight characters of a hash of what it derives from."""

import hashlib
from datetime import datetime

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U, which look or sound like others over the telephone."""

PAIRS = [one + two for one in ALPHABET for two in ALPHABET]


def lasting_id(kind: str, at: datetime, name: str) -> str:
    """Return a letter for the kind, the date, and eight characters of a hash of what it derives from."""
    digest = int.from_bytes(hashlib.sha256(name.encode()).digest()[:5], "big")
    code = "".join([PAIRS[(digest >> shift) & 1023] for shift in (30, 20, 10, 0)])
    return f"{kind}{at.year:04d}{at.month:02d}{at.day:02d}-{code}"
