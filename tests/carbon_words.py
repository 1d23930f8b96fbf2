"""What the tests of carbon share: the tables of the house, read once, and stands in words."""

import functools
import pathlib
from datetime import date

from alerts.carbon.loss_tables import loss_tables
from alerts.carbon.spread_tables import spread_tables
from alerts.carbon.stand import stands_of
from alerts.carbon.stock import stock
from alerts.carbon.stock_tables import stock_tables

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "alerts" / "data" / "carbon"
TODAY = date(2026, 11, 25)


@functools.cache
def texts():
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(FOLDER.iterdir())}


@functools.cache
def tables():
    return stock_tables(texts())


def stocked(today=TODAY, **columns):
    columns.setdefault("area_ha", [1.0])
    return stock(tables(), stands_of(tables(), **columns), today)


@functools.cache
def spreading():
    return spread_tables(texts())


@functools.cache
def losing():
    return loss_tables(texts())


def pairs(text):
    """Every other word of a printed table with the one after it."""
    words = text.split()
    return list(zip(words[::2], words[1::2], strict=True))


def numbers(text, separator="/"):
    return [float(one) for one in text.split(separator)]
