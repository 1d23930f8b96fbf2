"""Second factor: six digits that change every 30 seconds (TOTP, RFC 6238), each good for one sign-in."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote

STEP_S = 30
DIGITS = 6
DRIFT = 1
"""Steps that a telephone's clock may be off, either way (RFC 6238 section 5.2 recommends one)."""


def new_secret() -> str:
    """Return 160 random bits in Base32, as RFC 4226 section 4 recommends."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def step_of(now: datetime) -> int:
    """Return the number of the time step that `now` is in."""
    return int(now.timestamp()) // STEP_S


def code_at(secret: str, step: int, digits: int = DIGITS) -> str:
    """Return the code of a time step (RFC 4226 section 5.3)."""
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1)
    at = digest[-1] & 0x0F
    number = int.from_bytes(digest[at : at + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def fitting_step(secret: str, code: str, now: datetime, used: int) -> int | None:
    """Return the step that a code is of, None when it fits none or was used; later than `used` only."""
    here = step_of(now)
    found = None
    for step in range(here - DRIFT, here + DRIFT + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode()) and step > used:
            found = step
    return found


def address(secret: str, name: str, issuer: str = "Fenghuo") -> str:
    """Return the `otpauth://` address that an authenticator reads."""
    return f"otpauth://totp/{quote(issuer)}:{quote(name)}?secret={secret}&issuer={quote(issuer)}"
