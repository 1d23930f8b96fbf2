"""How many segments a text message takes, and where it is cut: counted as networks count, never by letters.

One message holds 160 septets of the GSM 7-bit alphabet or 70 UTF-16 units; a longer one is sent in parts of
153 or 67 that each carry a header (3GPP TS 23.038 version 17, section 6; TS 23.040, section 9.2.3.24.1). One
letter outside the alphabet, as every Chinese one is, makes the whole message count in UTF-16 units.
"""

ALPHABET = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The GSM 7-bit default alphabet: one septet each."""

EXTENSION = frozenset("\f^{}\\[~]|€")
"""Its extension table: an escape and a letter, two septets that stay together."""

SEPTETS = (160, 153)
UNITS = (70, 67)
"""What one message holds alone, and what each part of a longer one holds."""


def is_gsm7(text: str) -> bool:
    """Return whether the whole text can be written in the GSM 7-bit alphabet."""
    return all(letter in ALPHABET or letter in EXTENSION for letter in text)


def length(text: str) -> int:
    """Return the length of a text in what it is counted in: septets, or UTF-16 units.

    >>> length("火情II"), length("€uro"), length("🔥火")
    (4, 5, 3)
    """
    if is_gsm7(text):
        return sum(map(_septets, text))
    return sum(map(_units, text))


def units(text: str) -> int:
    """Return the length of a text in UTF-16 units: two for a letter beyond the basic plane."""
    return sum(map(_units, text))


def segments(text: str) -> tuple[str, ...]:
    """Return the parts in which a text is sent; none for no text. No letter is cut in two.

    >>> [len(part) for part in segments("火" * 71)]
    [67, 4]
    """
    cost, (whole, part) = (_septets, SEPTETS) if is_gsm7(text) else (_units, UNITS)
    if sum(map(cost, text)) <= whole:
        return (text,) if text else ()
    parts, taken, used = [], 0, 0
    for position, letter in enumerate(text):
        if used + cost(letter) > part:
            parts.append(text[taken:position])
            taken, used = position, 0
        used += cost(letter)
    return (*parts, text[taken:])


def cut(text: str, room: int) -> str:
    """Return as many whole letters from the start as fit into so many UTF-16 units."""
    used = 0
    for position, letter in enumerate(text):
        used += _units(letter)
        if used > room:
            return text[:position]
    return text


def _septets(letter: str) -> int:
    return 2 if letter in EXTENSION else 1


def _units(letter: str) -> int:
    return 2 if ord(letter) > 0xFFFF else 1
