"""Stands as plain arrays: what grows there, how much wood, how old, how large; words become row numbers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alerts.carbon.stock_tables import StockTables

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

UNKNOWN = -1
"""Row number of a species or cover that no table knows."""

FOREST = -2
"""Cover number of high forest, whose carbon follows from species, volume and age."""

FOREST_WORDS = ("forest", "乔木林", "林地", "有林地", "森林")
NATURAL, PLANTED, ORIGIN_UNKNOWN = 0, 1, 2
ORIGIN_WORDS = {
    "natural": NATURAL, "天然": NATURAL, "天然林": NATURAL,
    "planted": PLANTED, "人工": PLANTED, "人工林": PLANTED, "plantation": PLANTED, "飞播": PLANTED,
}  # fmt: skip


@dataclass(frozen=True)
class Stands:
    """Stands, grassland, wetland: one row each; NaN where a number is not known."""

    cover: Ints
    species: Ints
    origin: Ints
    volume_m3_ha: Floats
    age_a: Floats
    area_ha: Floats
    peat_depth_m: Floats
    diameter_cm: Floats
    """Of the mean culm of bamboo at breast height."""
    culms_ha: Floats
    is_surveyed: npt.NDArray[np.bool_]
    """Volume measured in the stand, not read from a map."""

    def __len__(self) -> int:
        return len(self.cover)

    def take(self, rows: npt.ArrayLike) -> "Stands":
        """Return these rows, in this order."""
        chosen = np.asarray(rows)
        return Stands(*(column[chosen] for column in vars(self).values()))


def stands_of(  # noqa: PLR0913 - one argument a column of the layer
    tables: StockTables,
    *,
    area_ha: npt.ArrayLike,
    species: Sequence[str | None] | None = None,
    cover: Sequence[str | None] | None = None,
    origin: Sequence[str | None] | None = None,
    volume_m3_ha: npt.ArrayLike | None = None,
    age_a: npt.ArrayLike | None = None,
    peat_depth_m: npt.ArrayLike | None = None,
    diameter_cm: npt.ArrayLike | None = None,
    culms_ha: npt.ArrayLike | None = None,
    is_surveyed: npt.ArrayLike | None = None,
) -> Stands:
    """Return stands from columns of words and numbers; an absent column is unknown in every row.

    A species may be a slug, a Chinese name or an inventory code (`230` and `云南松` are the same). A row
    without a cover is high forest when its species is a tree, else the cover that its species names.
    """
    areas = np.atleast_1d(np.asarray(area_ha, float))
    count = len(areas)
    trees = _numbers(species, species_words(tables), count)
    covers = _numbers(cover, cover_words(tables), count)
    named = _numbers(species, cover_words(tables), count)
    covers = np.where(covers == UNKNOWN, np.where(trees != UNKNOWN, FOREST, named), covers)
    # "乔木林" of a kind that is a cover of its own, such as bamboo, is that cover
    covers = np.where((covers == FOREST) & (trees == UNKNOWN) & (named >= 0), named, covers)
    return Stands(
        cover=covers,
        species=trees,
        origin=_numbers(origin, ORIGIN_WORDS, count, ORIGIN_UNKNOWN),
        volume_m3_ha=_floats(volume_m3_ha, count),
        age_a=_floats(age_a, count),
        area_ha=areas,
        peat_depth_m=_floats(peat_depth_m, count),
        diameter_cm=_floats(diameter_cm, count),
        culms_ha=_floats(culms_ha, count),
        is_surveyed=np.ones(count, bool)
        if is_surveyed is None
        else np.broadcast_to(np.asarray(is_surveyed, bool), count).copy(),
    )


def species_words(tables: StockTables) -> dict[str, int]:
    """Return every word for a species with its row: slug, Chinese names with and without 林, code."""
    words: dict[str, int] = {}
    for row, one in enumerate(tables.species):
        for word in (one.species, one.code, *one.names.split("|")):
            words[word] = words[f"{word}林"] = row
    words.pop("", None)
    words.pop("林", None)
    return words


def cover_words(tables: StockTables) -> dict[str, int]:
    """Return every word for a cover with its row; words of high forest give FOREST."""
    words = dict.fromkeys(FOREST_WORDS, FOREST)
    for row, one in enumerate(tables.covers):
        for word in (one.cover, *one.names.split("|")):
            words[word] = row
    return words


def _numbers(
    column: Iterable[str | None] | None, words: Mapping[str, int], count: int, missing: int = UNKNOWN
) -> Ints:
    if column is None:
        return np.full(count, missing)
    found = (words.get(str(word).strip(), missing) for word in column)
    return np.fromiter(found, np.int64, count)


def _floats(column: npt.ArrayLike | None, count: int) -> Floats:
    if column is None:
        return np.full(count, np.nan)
    return np.broadcast_to(np.asarray(column, float), count).copy()
