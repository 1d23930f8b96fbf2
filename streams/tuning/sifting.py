"""What no setting can make say anything is left out before the past is judged, without judging it.

A pixel that its source itself calls static, a pixel read before in no worse a version, a look of an eye that
speaks against no fire: judged, each ends in a silence without a margin and changes nothing else.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from detectors.against import Against, eye_of
from detectors.hotspot import STATIC_TYPES
from schemas.detection import Look
from schemas.observation import AnyObservation, Delivery, Hotspot, Pass
from streams.hops.hearing import look_of
from streams.hops.rank import rank


def sifted(given: Sequence[Delivery], eyes: Against, remember: timedelta) -> tuple[Delivery, ...]:
    """Return the deliveries without what cannot say anything; `remember` is how long a repeat is known."""
    mute = _mute_pixels(given, remember) | _mute_looks(given, eyes)
    kept: list[Delivery] = []
    start = 0
    for one in given:
        seen = one.observations
        rest = tuple(each for k, each in enumerate(seen, start) if k not in mute)
        start += len(seen)
        if len(rest) == len(seen):
            kept.append(one)
        elif rest:
            kept.append(replace(one, observations=rest))
    return tuple(kept)


def _rows(given: Iterable[Delivery]) -> Iterator[tuple[int, AnyObservation, datetime]]:
    """Yield every observation with its number and when it was received."""
    number = 0
    for one in given:
        for each in one.observations:
            yield number, each, one.received_at
            number += 1


def _mute_pixels(given: Sequence[Delivery], remember: timedelta) -> set[int]:
    counts = Counter(
        one.observation_id for each in given for one in each.observations if isinstance(one, Hotspot)
    )
    mute: set[int] = set()
    again: dict[str, list[tuple[int, Hotspot, datetime]]] = defaultdict(list)
    for k, one, received_at in _rows(given):
        if not isinstance(one, Hotspot):
            continue
        if counts[one.observation_id] > 1:
            again[one.observation_id].append((k, one, received_at))
        elif one.land_type in STATIC_TYPES:
            mute.add(k)
    for versions in again.values():
        mute |= _mute_versions(versions, remember)
    return mute


def _mute_versions(versions: Sequence[tuple[int, Hotspot, datetime]], remember: timedelta) -> set[int]:
    """Return which versions of one pixel say nothing, in the order in which they are read."""
    static = [one.land_type in STATIC_TYPES for _, one, _ in versions]
    if all(static):
        return {k for k, _, _ in versions}
    oldest = min(one.observed_at for _, one, _ in versions)
    best = -1
    mute: set[int] = set()
    for k, one, received_at in versions:
        better = rank(one)
        if better <= best and received_at - oldest < remember:
            mute.add(k)
        best = max(best, better)
    return mute


def _mute_looks(given: Sequence[Delivery], eyes: Against) -> set[int]:
    """Return the looks that speak against no fire, of sources that say nothing else."""
    speaking = {one.source for _, one, _ in _rows(given) if not isinstance(one, Pass)}
    known: dict[tuple[str, str], bool] = {}
    mute: set[int] = set()
    for k, one, _ in _rows(given):
        if isinstance(one, Pass) and one.source_class != "satellite" and one.source not in speaking:
            key = one.source_class, one.source
            if key not in known:
                look = look_of(replace(one, looked=True, could_see=True))
                known[key] = isinstance(look, Look) and eye_of(eyes, look) is not None
            if not known[key]:
                mute.add(k)
    return mute
