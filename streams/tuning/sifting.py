"""What no setting can make say anything is left out before the past is judged, without judging it.

A pixel that its source itself calls static, a pixel read before in no worse a version, a look of an eye that
speaks against no fire: judged, each ends in a silence without a margin and changes nothing else.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import chain

from msgspec.structs import replace

from detectors.against import Against, eye_of
from detectors.hotspot import STATIC_TYPES
from schemas.detection import Look
from schemas.observation import AnyObservation, Delivery, Hotspot, Pass
from streams.hops.hearing import look_of
from streams.hops.rank import rank


def sifted(given: Sequence[Delivery], eyes: Against, remember: timedelta) -> tuple[Delivery, ...]:
    """Return the deliveries without what cannot say anything; `remember` is how long a repeat is known."""
    seen = [one for each in given for one in each.observations]
    mute = bytearray(len(seen))
    for k in chain(_mute_pixels(seen, remember), _mute_looks(seen, eyes)):
        mute[k] = True
    kept: list[Delivery] = []
    end = 0
    for one in given:
        start, end = end, end + len(one.observations)
        if not any(mute[start:end]):
            kept.append(one)
        elif not all(mute[start:end]):
            rest = tuple(seen[k] for k in range(start, end) if not mute[k])
            kept.append(replace(one, observations=rest))
    return tuple(kept)


def _mute_pixels(seen: Sequence[AnyObservation], remember: timedelta) -> Iterator[int]:
    pixels = [(k, one) for k, one in enumerate(seen) if isinstance(one, Hotspot)]
    counts = Counter([one.observation_id for _, one in pixels])
    again: dict[str, list[tuple[int, Hotspot]]] = defaultdict(list)
    for k, one in pixels:
        if counts[one.observation_id] > 1:
            again[one.observation_id].append((k, one))
        elif one.land_type in STATIC_TYPES:
            yield k
    for versions in again.values():
        yield from _mute_versions(versions, remember)


def _mute_versions(versions: Sequence[tuple[int, Hotspot]], remember: timedelta) -> Iterator[int]:
    """Yield which versions of one pixel say nothing, in the order in which they are read."""
    if all(one.land_type in STATIC_TYPES for _, one in versions):
        yield from (k for k, _ in versions)
        return
    oldest = min(one.observed_at for _, one in versions)
    best = -1
    for k, one in versions:
        better = rank(one)
        if better <= best and (one.received_at or one.observed_at) - oldest < remember:
            yield k
        best = max(best, better)


def _mute_looks(seen: Sequence[AnyObservation], eyes: Against) -> Iterator[int]:
    """Yield the looks that speak against no fire, of sources that say nothing else."""
    speaking = {one.source for one in seen if not isinstance(one, Pass)}
    known: dict[tuple[str, str], bool] = {}
    for k, one in enumerate(seen):
        if isinstance(one, Pass) and one.source_class != "satellite" and one.source not in speaking:
            key = one.source_class, one.source
            if key not in known:
                look = look_of(replace(one, looked=True, could_see=True))
                known[key] = isinstance(look, Look) and eye_of(eyes, look) is not None
            if not known[key]:
                yield k
