"""Thresholds of judging beside those of grades and evidence: acts of officers, repeats, edges, the wind.

Config::

    [judge]
    merge_km = 50.0          # fires that began further apart are merged by nobody: a slip of the hand
    move_km = 50.0           # nor does a corrected place lie further from all that was seen
    split_waits_h = 1.0      # a split waits so long for observations that it names
    first_word_h = 24.0      # older words hinder nobody who did not know them
    repeats = 20             # claims of one source at one place within one look (half an hour) that are kept
    repeats_m = 100.0        # claims of one source so near each other are of one place
    edge_m = 1000.0          # a fire of a larger radius has an edge of which its centre says nothing
    edge_error_km = 1.0      # only claims whose place is known so well tell where that edge is
    wind_steers_ms = 1.6     # from a light breeze on (force 2) a wind steers a fire; below it veers about
    wind_rose_ms = 2.0       # a wind that rose by more may carry a fire further: its reach is told anew

All of them are proposals of ours, from how far hands slip, how often people call and what a force of wind is.
"""

from typing import Annotated

from msgspec import Meta, Struct


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings under [judge]."""

    merge_km: Annotated[float, Meta(gt=0, le=500)] = 50.0
    move_km: Annotated[float, Meta(gt=0, le=500)] = 50.0
    split_waits_h: Annotated[float, Meta(gt=0, le=24)] = 1.0
    first_word_h: Annotated[float, Meta(ge=0, le=168)] = 24.0
    repeats: Annotated[int, Meta(ge=1, le=1000)] = 20
    repeats_m: Annotated[float, Meta(gt=0, le=1000)] = 100.0
    edge_m: Annotated[float, Meta(ge=0, le=10_000)] = 1000.0
    edge_error_km: Annotated[float, Meta(gt=0, le=5)] = 1.0
    wind_steers_ms: Annotated[float, Meta(ge=0, le=10)] = 1.6
    wind_rose_ms: Annotated[float, Meta(gt=0, le=20)] = 2.0
