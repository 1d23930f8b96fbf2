"""Hypothesis strategies for every Struct, within the ranges that `Meta` gives (`st.builds` ignores them)."""

import functools
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st
from msgspec import inspect

INT64 = 2**63 - 1
TEXT = st.characters(codec="utf-8")

finite = st.floats(allow_nan=False, allow_infinity=False)
instants = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - as it asks
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-INT64, INT64) | finite | st.text(TEXT, max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(TEXT, max_size=8), inner, max_size=3),
    max_leaves=6,
)


@functools.cache
def values_of(kind: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for any Struct, union of Structs or annotated type, within its ranges."""
    return _strategy(inspect.type_info(kind))


def _strategy(info: Any) -> st.SearchStrategy[Any]:  # noqa: C901, PLR0911, PLR0912 - one case a type
    match info:
        case inspect.Metadata():
            return _strategy(info.type)
        case inspect.StructType():
            return _struct(info.cls)
        case inspect.UnionType():
            return st.one_of([_strategy(choice) for choice in info.types])
        case inspect.VarTupleType():
            most = min(info.max_length if info.max_length is not None else 3, 3)
            return st.lists(_strategy(info.item_type), min_size=info.min_length or 0, max_size=most).map(
                tuple
            )
        case inspect.TupleType():
            return st.tuples(*map(_strategy, info.item_types))
        case inspect.ListType():
            return st.lists(_strategy(info.item_type), max_size=3)
        case inspect.DictType():
            return st.dictionaries(_strategy(info.key_type), _strategy(info.value_type), max_size=3)
        case inspect.LiteralType():
            return st.sampled_from(info.values)
        case inspect.FloatType():
            return _floats(info)
        case inspect.IntType():
            return _integers(info)
        case inspect.StrType():
            return _texts(info)
        case inspect.BytesType():
            return st.binary(max_size=32)
        case inspect.BoolType():
            return st.booleans()
        case inspect.DateTimeType():
            return instants
        case inspect.DateType():
            return st.dates(date(2000, 1, 1), date(2100, 1, 1))
        case inspect.NoneType():
            return st.none()
        case inspect.AnyType():
            return json_values
    raise NotImplementedError(f"no strategy for {info!r}")


@functools.cache
def _struct(cls: type) -> st.SearchStrategy[Any]:
    """One strategy a class: to build it anew wherever the class occurs took most of the time."""
    fields = {field.name: _strategy(field.type) for field in inspect.type_info(cls).fields}
    return st.builds(cls, **fields)


def _floats(info: inspect.FloatType) -> st.SearchStrategy[float]:
    low = info.ge if info.ge is not None else info.gt
    high = info.le if info.le is not None else info.lt
    return st.floats(
        low,
        high,
        exclude_min=info.gt is not None,
        exclude_max=info.lt is not None,
        allow_nan=False,
        allow_infinity=False,
    )


def _integers(info: inspect.IntType) -> st.SearchStrategy[int]:
    low = info.ge if info.ge is not None else (info.gt + 1 if info.gt is not None else -INT64)
    high = info.le if info.le is not None else (info.lt - 1 if info.lt is not None else INT64)
    return st.integers(low, high)


def _texts(info: inspect.StrType) -> st.SearchStrategy[str]:
    if info.pattern is not None:
        # `$` also allows a final newline in Python; the language of the fields does not want it.
        least, most = info.min_length or 0, info.max_length or INT64
        return st.from_regex(info.pattern, fullmatch=True).filter(
            lambda text: not text.endswith("\n") and least <= len(text) <= most
        )
    return st.text(TEXT, min_size=info.min_length or 0, max_size=min(info.max_length or 24, 24))
