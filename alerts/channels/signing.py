"""Proofs over a request, as vendors ask for them: HMAC-SHA256 in hexadecimal or in base64."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping


def mac(key: bytes, words: bytes) -> bytes:
    """Return the 32 bytes of HMAC-SHA256 (RFC 2104)."""
    return hmac.digest(key, words, hashlib.sha256)


def mac_base64(key: bytes, words: bytes) -> str:
    """Return HMAC-SHA256 in base64."""
    return base64.b64encode(mac(key, words)).decode("ascii")


def chained(key: bytes, parts: Iterable[str]) -> bytes:
    """Return the key made by signing one part after the other, each with the key before."""
    for part in parts:
        key = mac(key, part.encode())
    return key


def asked(method: str, query: str, headers: Mapping[str, str], body_sha256: str) -> tuple[str, str]:
    """Return the names of the signed headers, and SHA-256 of the request to `/` in its canonical form."""
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    whole = f"{method}\n/\n{query}\n{lines}\n{names}\n{body_sha256}"
    return names, sha256(whole.encode())


def sha256(words: bytes) -> str:
    """Return SHA-256 in hexadecimal."""
    return hashlib.sha256(words).hexdigest()
