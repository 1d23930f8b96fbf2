"""Likelihood ratios of the settings take the place of those of the table, cell by cell, under a version.

Config::

    [evidence]
    version = ""             # of the ratios below; it stands behind that of the table
    ratio = []               # `source`, `land`, `day`, `night`, `status`, as in the table

`fenghuo recalibrate` proposes such a table from what people verified; nothing takes it up by itself.
"""

from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from detectors.context import Ratio
from detectors.evidence import Evidence

MOST_RATIOS = 100


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings under [evidence]."""

    version: Annotated[str, Meta(max_length=60)] = ""
    ratio: Annotated[tuple[Ratio, ...], Meta(max_length=MOST_RATIOS)] = ()


def overridden(table: Evidence, options: Options) -> Evidence:
    """Return the table with the ratios of the settings in place of those of the same source and land."""
    if not options.ratio:
        return table
    own = {(one.source, one.land): one for one in options.ratio}
    kept = tuple(own.pop((one.source, one.land), one) for one in table.surroundings.ratio)
    surroundings = replace(table.surroundings, ratio=(*kept, *own.values()))
    version = f"{table.version}+{options.version or 'settings'}"
    return replace(table, version=version, surroundings=surroundings)
