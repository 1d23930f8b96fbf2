"""The name under which every alert says what judged: settings file and published document together."""

import hashlib

from schemas.settings import Settings
from streams.config import settings_version


def named(base: Settings, version: int, text: str) -> str:
    """Return `name@hash` of the file and `+version@hash` of the document over it."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"{base.name}@{settings_version(base)}+{version}@{digest[:12]}"
