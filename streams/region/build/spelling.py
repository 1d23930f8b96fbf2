"""How Chinese names are read: pinyin by phrases, with place-name readings first and the other readings kept.

pypinyin (MIT) reads by phrases and its own tables; what it does not know about places stands in
`data/place_readings.toml`. A name with characters of several readings gets one more spelling for each of
them, so that who types another reading than ours still finds it.
"""

import functools
import importlib.resources
import tomllib

import pypinyin

MOST = 8
"""Spellings of one name at most, the likeliest first."""


def spellings(name: str) -> tuple[str, ...]:
    """Return the spellings of a name, syllables apart (`chang ban qiao`); numbers and Latin words stay whole.

    What is neither Chinese nor ASCII (Yi, Tibetan) is left out; a name of nothing else has no spelling.

    >>> spellings("长板桥")
    ('chang ban qiao', 'zhang ban qiao')
    >>> spellings("西昭线87号塔")[0]
    'xi zhao xian 87 hao ta'
    """
    _read_tables()
    first = _read(name, several=False)
    if not first:
        return ()
    choices = _read(name, several=True)
    found = [tuple(readings[0] for readings in first)]
    if len(choices) == len(first):
        others = ((at, one) for at, readings in enumerate(choices) for one in readings)
        found += [(*found[0][:at], one, *found[0][at + 1 :]) for at, one in others]
    return tuple(" ".join(one) for one in dict.fromkeys(found))[:MOST]


def _read(name: str, *, several: bool) -> list[list[str]]:
    """Return the readings of each syllable in order."""
    how = {"style": pypinyin.Style.NORMAL, "heteronym": several}
    # its types say that `errors` gives a text; its manual, that it may give several
    read = pypinyin.pinyin(name, errors=_kept, **how)  # type: ignore[arg-type]  # as said above
    return [readings for readings in read if readings[0]]


def _kept(other: str) -> list[str]:
    """Return the ASCII words of what is not Chinese."""
    plain = "".join(one if one.isascii() and one.isalnum() else " " for one in other)
    return plain.split() or [""]


@functools.cache
def _read_tables() -> None:
    """Teach pypinyin, once, how places are read."""
    path = importlib.resources.files("streams.region.build") / "data" / "place_readings.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    pypinyin.load_single_dict({ord(one): said for one, said in table["characters"].items()})
    phrases = {name: [[one] for one in said.split()] for name, said in table["names"].items()}
    pypinyin.load_phrases_dict(phrases)
