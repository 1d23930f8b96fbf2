"""Where secrets are found: in an environment variable, or in the file that `<variable>_FILE` names."""

from collections.abc import Mapping
from pathlib import Path

MOST_BYTES = 4096
"""A secret is short; a device or a log named by mistake is not read to its end."""


def secrets_in(name: str, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the words of a secret, separated by white space where it stands; none when it is nowhere.

    A file that cannot be read is no secret: the attempt says which variable lacks one and is made again.
    """
    text = environ.get(name, "")
    path = environ.get(f"{name}_FILE", "")
    if not text.strip() and path:
        try:
            with Path(path).open(encoding="utf-8") as file:
                text = file.read(MOST_BYTES)
        except (OSError, UnicodeDecodeError):
            return ()
    return tuple(text.split())
