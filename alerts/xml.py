"""XML as text from plain elements: whatever a name or a report says, what comes out is well formed."""

import re
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape, quoteattr

from msgspec import Struct

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold in any form."""


class Element(Struct, frozen=True):
    """One element with either children or text."""

    name: str
    children: Iterable["Element"] = ()
    text: str = ""
    attributes: Mapping[str, str] = {}


def written(root: Element) -> str:
    """Return the document with its declaration, UTF-8."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{_element(root)}\n'


def _element(element: Element) -> str:
    given = "".join(f" {name}={quoteattr(_clean(value))}" for name, value in element.attributes.items())
    inner = escape(_clean(element.text)) + "".join(map(_element, element.children))
    return f"<{element.name}{given}>{inner}</{element.name}>" if inner else f"<{element.name}{given}/>"


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("�", text)
