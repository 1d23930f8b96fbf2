"""Keys that are used and never shown: no log, error, traceback or repr holds one."""

import os
import re
from pathlib import Path

_FORM = re.compile(r"^[\x21-\x7e]{4,400}$")
_MAP_KEY = re.compile(r"^[0-9A-Za-z]{8,64}$")


class NoKey(Exception):  # noqa: N818 - says what is missing
    """A key is not given, or not of the form that such keys have."""


class Secret:
    """A key; only `reveal` gives it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "Secret(hidden)"

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written down")

    def reveal(self) -> str:
        """Return the key itself, for the request that needs it."""
        return self._text

    def hide(self, text: str) -> str:
        """Return a text with the key taken out, for bodies that repeat what was asked."""
        return text.replace(self._text, "[key]")


def read_secret(variable: str, file: Path | None = None) -> Secret:
    """Return the key in `file`, else in the environment variable.

    Raises
    ------
    NoKey
        when there is none; the message names where it was looked for.
    """
    where = str(file) if file else variable
    try:
        text = file.read_text(encoding="utf-8").strip() if file else os.environ.get(variable, "").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise NoKey(f"{where}: {type(error).__name__}") from None
    if not text:
        raise NoKey(f"no key: {where} is empty or not set")
    if not _FORM.match(text):
        raise NoKey(f"{where} holds no key: blanks or unprintable characters")
    return Secret(text)


def read_map_key(variable: str, file: Path | None = None) -> Secret:
    """Return a FIRMS MAP_KEY: letters and digits, since it becomes part of a path; raises `NoKey`."""
    secret = read_secret(variable, file)
    if not _MAP_KEY.match(secret.reveal()):
        raise NoKey(f"{file or variable} holds no MAP_KEY: 8 to 64 letters and digits")
    return secret
