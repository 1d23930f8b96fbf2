"""Every carbon table under one version, which each figure names."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from alerts.carbon import loss_tables, reversal, spread_tables, stock_tables
from alerts.carbon.provenance import rows_of
from alerts.carbon.reversal import Reversal
from alerts.carbon.stock_arrays import StockArrays, arrays_of

FILES = tuple(sorted({*stock_tables.FILES, *spread_tables.FILES, *loss_tables.FILES, *reversal.FILES}))
"""Names of the files under `alerts/data/carbon`."""


@dataclass(frozen=True)
class CarbonTables:
    """The tables of stock, spread and loss; `version` is a hash of their text."""

    stock: stock_tables.StockTables
    arrays: StockArrays
    spread: spread_tables.SpreadTables
    loss: loss_tables.LossTables
    reversals: tuple[Reversal, ...]
    version: str


def carbon_tables(texts: Mapping[str, str]) -> CarbonTables:
    """Return the tables from the text of their files, by file name.

    Raises KeyError for a missing file and msgspec.ValidationError for a row of another shape.
    """
    content = hashlib.sha256()
    for name in FILES:
        content.update(f"{name}\n{texts[name]}\n".encode())
    stock = stock_tables.stock_tables(texts)
    return CarbonTables(
        stock=stock,
        arrays=arrays_of(stock),
        spread=spread_tables.spread_tables(texts),
        loss=loss_tables.loss_tables(texts),
        reversals=rows_of(texts["reversal.csv"], Reversal),
        version=content.hexdigest()[:12],
    )
