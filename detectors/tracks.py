"""What one station saw in one direction is a track: cut where it was silent for long or looked elsewhere.

A mast with all it carries is one station; an aircraft is another one at every sighting.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Annotated, NamedTuple

from msgspec import Meta, Struct

from schemas.detection import Detection, Placing, Sector


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings under [crossing]."""

    window_min: Annotated[
        float,
        Meta(
            gt=0,
            le=720,
            description="Bearings of two stations cross when they were taken so near in time, minutes.",
        ),
    ] = 30.0
    same_h: Annotated[
        float,
        Meta(
            gt=0, le=4, description="A station that is silent in a direction for longer begins a new track."
        ),
    ] = 2.0
    apart_deg: Annotated[
        float, Meta(ge=0, le=90, description="Directions of one station nearer than this are one.")
    ] = 4.0
    passes_h: Annotated[
        float, Meta(gt=0, le=20, description="A bearing supports a fire that others saw within so long.")
    ] = 12.0
    least_crossing_deg: Annotated[
        float, Meta(gt=0, le=90, description="Flatter crossings tell no distance.")
    ] = 15.0
    least_baseline_m: Annotated[
        float, Meta(ge=0, description="Stations nearer than this stand on one mast.")
    ] = 100.0


class Track(NamedTuple):
    """What one station saw in one direction: its claims, the oldest first, and the sharpest of them."""

    claims: tuple[Detection, ...]
    lead: Detection
    sector: Sector
    seconds: tuple[float, ...]

    @property
    def name(self) -> str:
        """The oldest claim's id."""
        return self.claims[0].detection_id


def is_bearing(claim: Detection) -> bool:
    """Return whether a claim began as a direction without a place, wherever it was put since."""
    return claim.placing is not None and claim.placing.how in {"nowhere", "crossed", "meets"}


def station(claim: Detection) -> str:
    """Return what a bearing was taken from: a mast with all it carries, or one aircraft at one moment."""
    if claim.source_class == "aerial":
        return claim.detection_id
    return claim.look.partition(" ")[2] or claim.look


def tracks_of(options: Options, bearings: Iterable[Detection]) -> list[Track]:
    """Return the tracks, by the id of their oldest claim."""
    stations: dict[str, list[Detection]] = {}
    for claim in bearings:
        stations.setdefault(station(claim), []).append(claim)
    found = [
        _track(ones)
        for claims in stations.values()
        for spell in _spells(options, sorted(claims, key=_age))
        for ones in _directions(options, spell)
    ]
    return sorted(found, key=lambda track: track.name)


def _age(claim: Detection) -> tuple[float, str]:
    return claim.observed_at.timestamp(), claim.detection_id


def _spells(options: Options, claims: Sequence[Detection]) -> Iterator[list[Detection]]:
    """Yield the claims of one station, cut where it was silent for long."""
    spell = [claims[0]]
    for before, claim in pairwise(claims):
        if (claim.observed_at - before.observed_at).total_seconds() > options.same_h * 3600.0:
            yield spell
            spell = []
        spell.append(claim)
    yield spell


def _directions(options: Options, claims: Sequence[Detection]) -> Iterator[list[Detection]]:
    """Yield claims by direction, cut where no claim looks between; what names none is one by itself."""
    vague = [claim for claim in claims if sigma_of(claim) is None]
    if vague:
        yield vague
    sharp = sorted((azimuth_of(claim), _age(claim), claim) for claim in claims if sigma_of(claim) is not None)
    groups: list[list[Detection]] = []
    last = -360.0
    for azimuth, _, claim in sharp:
        if azimuth - last > options.apart_deg:
            groups.append([])
        groups[-1].append(claim)
        last = azimuth
    if len(groups) > 1 and sharp[0][0] + 360.0 - last <= options.apart_deg:
        groups[0] += groups.pop()
    yield from groups


def _track(claims: Sequence[Detection]) -> Track:
    ordered = tuple(sorted(claims, key=_age))
    lead = min(ordered, key=lambda claim: (sigma_of(claim) or 360.0, _age(claim)))
    return Track(ordered, lead, sector_of(lead), tuple(claim.observed_at.timestamp() for claim in ordered))


def placing_of(claim: Detection) -> Placing:
    """Return how a bearing came by its place."""
    assert claim.placing is not None
    return claim.placing


def sector_of(claim: Detection) -> Sector:
    """Return where what a bearing saw may be."""
    sector = placing_of(claim).sector
    assert sector is not None
    return sector


def azimuth_of(claim: Detection) -> float:
    """Return its direction, degrees clockwise from north."""
    return sector_of(claim).azimuth_deg


def sigma_of(claim: Detection) -> float | None:
    """Return the standard error of the direction, degrees; None: it names none."""
    return placing_of(claim).sigma_deg


def within(one: Sequence[float], other: Sequence[float], span: float) -> bool:
    """Return whether two sorted lists of times come within a span of each other."""
    for at in one:
        after = bisect_left(other, at - span)
        if after < len(other) and other[after] <= at + span:
            return True
    return False
