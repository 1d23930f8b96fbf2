"""Telephone numbers and mail addresses for logs and exports: enough to tell two apart, not to reach one."""

import re

from msgspec.structs import replace

from schemas.settings import Settings

_NUMBER = re.compile(r"(?<![A-Za-z0-9])\+?[0-9]{7,15}(?![A-Za-z0-9])")
_ADDRESS = re.compile(r"(?<![\w.+-])([\w.+-])[\w.+-]*@(?=[\w-]+\.)")
LONGEST = 200
"""What a gateway says of a failure is kept up to here."""


def masked(text: str) -> str:
    """Return the text, at most 200 letters, with telephone numbers and the names before an @ starred out.

    >>> masked("13812345678: blocked"), masked("code 45009"), masked("<wang.li@example.cn> unknown")
    ('138****5678: blocked', 'code 45009', '<w****@example.cn> unknown')
    """
    hidden = _ADDRESS.sub(r"\1****@", text[: 2 * LONGEST])
    return _NUMBER.sub(lambda found: _starred(found[0]), hidden)[:LONGEST]


def _starred(number: str) -> str:
    return f"{number[:3]}{'*' * max(4, len(number) - 7)}{number[-4:]}"


def unaddressed(settings: Settings) -> Settings:
    """Return the settings without anybody's telephone number or mail address: what judged needs neither."""
    receivers = (
        replace(one, phone="", email="", then=tuple(replace(way, phone="") for way in one.then))
        for one in settings.receivers
    )
    return replace(settings, receivers=tuple(receivers))
