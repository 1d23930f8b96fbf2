"""A password is kept only as its scrypt hash, and must not be short, common or the account's own name."""

import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from typing import Literal

Fault = Literal["too_short", "too_long", "too_few_kinds", "holds_name", "common", "same_as_before"]

LEAST = 10
"""Letters; with three kinds of them, as GB/T 22239-2019 (8.1.4.1) asks for complexity without figures."""

MOST = 128
KINDS = 3

COMMON = (
    "password",
    "qwerty",
    "12345",
    "abcdef",
    "admin",
    "fenghuo",
    "huodian",
    "iloveyou",
    "11111",
    "88888",
)
"""What the most used passwords are made of; one that holds such a part and little else is common."""

BESIDE_COMMON = 5
"""So many letters beside a common part do not make it uncommon."""


@dataclass(frozen=True)
class Cost:
    """Cost of scrypt (RFC 7914): memory is 128 r n bytes."""

    n: int = 2**14
    r: int = 8
    p: int = 5


STRONG = Cost()
"""n 2^14, r 8, p 5: 16 MiB, a choice of the OWASP Password Storage Cheat Sheet."""


def faults(password: str, name: str, former: str = "") -> tuple[Fault, ...]:
    """Return what is wrong with a new password; nothing means that it may be used."""
    plain, folded = _plain(password), _plain(password).casefold()
    found: list[Fault] = []
    if len(plain) < LEAST:
        found.append("too_short")
    if len(plain) > MOST:
        found.append("too_long")
    if _kinds(plain) < KINDS:
        found.append("too_few_kinds")
    if name.casefold() in folded:
        found.append("holds_name")
    if any(part in folded and len(folded) - len(part) < BESIDE_COMMON for part in COMMON):
        found.append("common")
    if former and fits(former, password):
        found.append("same_as_before")
    return tuple(found)


def _kinds(text: str) -> int:
    """Return how many of lower case, upper case, digits and others occur; other scripts are others."""
    kinds = {0 if one in _LOWER else 1 if one in _UPPER else 2 if one in _DIGITS else 3 for one in text}
    return len(kinds)


_LOWER, _UPPER, _DIGITS = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"


def _plain(password: str) -> str:
    """Return the password as every keyboard writes it (Unicode NFKC)."""
    return unicodedata.normalize("NFKC", password)


def hashed(password: str, cost: Cost = STRONG, salt: bytes | None = None) -> str:
    """Return `scrypt$n$r$p$salt$hash`, hexadecimal; the salt is 16 random bytes unless given."""
    used = secrets.token_bytes(16) if salt is None else salt
    digest = _scrypt(password, used, cost)
    return f"scrypt${cost.n}${cost.r}${cost.p}${used.hex()}${digest.hex()}"


def fits(kept: str, password: str) -> bool:
    """Say whether a password is the one whose hash is kept; the time taken tells nothing of it."""
    _, n, r, p, salt, digest = kept.split("$")
    made = _scrypt(password, bytes.fromhex(salt), Cost(int(n), int(r), int(p)))
    return hmac.compare_digest(made, bytes.fromhex(digest))


def _scrypt(password: str, salt: bytes, cost: Cost) -> bytes:
    room = 256 * cost.r * (cost.n + cost.p + 2)
    text = _plain(password).encode("utf-8", "surrogatepass")
    return hashlib.scrypt(text, salt=salt, n=cost.n, r=cost.r, p=cost.p, maxmem=room, dklen=32)


def one_time_password() -> str:
    """Return a random password that keeps the rules, to be changed at the first sign-in."""
    return f"{secrets.token_hex(3)}-{secrets.token_hex(3).upper()}-{secrets.randbelow(10**6):06d}"
