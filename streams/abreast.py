"""Replay on several cores: fires that can never meet are judged beside each other and told in one order.

What comes out is, byte for byte, what one process makes. Where that cannot be told beforehand nothing is
judged here; where it turns out on the way, or anything fails, the caller judges all of it in one process.
"""

import multiprocessing
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from heapq import merge
from itertools import pairwise
from multiprocessing.connection import Connection
from operator import itemgetter
from typing import Any, NamedTuple

from msgspec.structs import replace

from detectors.region import AnyRegion, Region
from schemas.detection import Claims
from schemas.hop import Hop, Output, Result
from schemas.incident import Incident
from schemas.observation import Delivery, Hotspot
from schemas.settings import Settings
from schemas.topics import ALERT, INCIDENT, TICK
from streams.islands import shared
from streams.lines import Shown, Spoken, shown, spoken
from streams.recorded import Recorded

LEAST = 4000
"""Fewer observations are judged before other processes have come to work."""

MOST_LEAN = 0.8
"""Where one part has more of the claims than this, the others would only wait."""

Progress = Callable[[int], None]
Key = tuple[Any, ...]


class UnorderedError(Exception):
    """What was judged in parts cannot be put in the order in which one process tells it."""


class Part(NamedTuple):
    """What was told of some of the fires, each revision with its place in the order, and what they became."""

    said: list[tuple[Key, Spoken]]
    became: list[Shown]


def is_plain(recorded: Recorded, settings: Settings, region: AnyRegion) -> bool:
    """Return whether fires far apart share nothing: no receiver, no county, no people, no weather."""
    if not isinstance(region, Region) or region.layers or settings.receivers:
        return False
    if len(recorded.observations) < LEAST:
        return False
    if recorded.besides or recorded.verdicts or "fork" not in multiprocessing.get_all_start_methods():
        return False
    return all(type(one) is Hotspot for one in recorded.observations)


def parted(messages: Sequence[Delivery], hop: Hop, parts: int) -> Mapping[str, int] | None:
    """Return the part that judges each hotspot; None: one process does as well, or must.

    `hop` is the one that judges. What is remembered of heat may mask once it is as many days deep as it asks
    for: then the order of what is said of it is that of all hotspots together.
    """
    given = hop.options
    if len({one.observed_at.toordinal() for said in messages for one in said.observations}) > (
        given.static_heat.days
    ):
        return None
    share = shared(messages, 2.0 * max(given.association.max_reach_km, given.sparks.reach_km), parts)
    most = max(Counter(share.values()).values())
    return share if most <= MOST_LEAN * len(share) else None


def observed(messages: Sequence[Delivery], hop: Hop, sink: Callable[[Output], None]) -> list[Claims]:
    """Return the claims of every message; `sink` sees them.

    Raises
    ------
    UnorderedError
        when a claim lies elsewhere than its hotspot.
    """
    state, found = hop.open(hop.options, 0, {}), list[Claims]()
    for message in messages:
        for output in hop.step(hop.options, state, message, hop.now(message)).outputs:
            if any(one.placing is not None for one in output.value.detections):
                raise UnorderedError
            sink(output)
            found.append(output.value)
    return found


def abreast(
    claims: Sequence[Claims], hop: Hop, share: Mapping[str, int], parts: int, progress: Progress | None
) -> tuple[list[Spoken], list[Shown]]:
    """Return what the judging hop tells of all claims, in its order, and what became of the incidents.

    Raises
    ------
    UnorderedError
        when this is not known for sure, or a process failed.
    """
    context = multiprocessing.get_context("fork")
    started: list[tuple[Any, Connection]] = []
    try:
        for number in range(1, parts):
            here, there = context.Pipe(duplex=False)
            one = context.Process(target=_apart, args=(there, claims, hop, share, number), daemon=True)
            one.start()
            there.close()
            started.append((one, here))
        found = [judged(claims, hop, share, 0, progress)]
        found += [_received(here) for _, here in started]
    finally:
        for one, here in started:
            here.close()
            one.terminate()
            one.join()
    return merged(found)


def merged(parts: Sequence[Part]) -> tuple[list[Spoken], list[Shown]]:
    """Return what all parts told, in the order of one process, and what the incidents became, by id."""
    said = [one for _, one in merge(*(part.said for part in parts), key=itemgetter(0))]
    return said, sorted((one for part in parts for one in part.became), key=itemgetter(0))


def _apart(
    there: Connection, claims: Sequence[Claims], hop: Hop, share: Mapping[str, int], part: int
) -> None:
    """Judge a part in a process of its own and send what came of it; nothing: it failed."""
    # who is interrupted at the terminal is the first process, which ends this one
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    made: Part | None = None
    # whatever is wrong with it, the first process judges all of it again and says so
    with suppress(Exception):
        made = judged(claims, hop, share, part, None)
    there.send(made)


def _received(here: Connection) -> Part:
    try:
        made = here.recv()
    except EOFError:
        made = None
    if made is None:
        raise UnorderedError
    part: Part = made
    return part


def judged(
    claims: Sequence[Claims], hop: Hop, share: Mapping[str, int], part: int, progress: Progress | None
) -> Part:
    """Return what the judging hop tells of one part of the claims, while the time of all of them passes."""
    state, last, done = hop.open(hop.options, 0, {}), dict[str, Incident](), 0
    said: list[tuple[Key, Spoken]] = []
    for number, message in enumerate(claims):
        done += len(message.detections)
        if progress is not None and number % 256 == 0:
            progress(done)
        mine = _of_part(message, share, part)
        if mine is not None:
            result = hop.step(hop.options, state, mine, hop.now(mine))
            said += [((number, *key), one) for key, one in _told(result, last)]
    if any(one[0] > two[0] for one, two in pairwise(said)):
        raise UnorderedError
    return Part(said, [shown(one, {}) for one in last.values()])


def _of_part(message: Claims, share: Mapping[str, int], part: int) -> Claims | None:
    """Return a message with the claims of one part; None: it has none, and does not only tell the time."""
    if not message.detections:
        return None if message.silences or message.heard else message
    mine = tuple(one for one in message.detections if share[one.detection_id] == part)
    return replace(message, detections=mine, silences=()) if mine else None


def _told(result: Result, last: dict[str, Incident]) -> Iterator[tuple[Key, Spoken]]:
    """Yield the revisions of one step with the keys they are ordered by; note the incidents in `last`."""
    marks = [*result.marks, (len(result.outputs), ())]
    at = 0
    key: Key = ()
    for number, output in enumerate(result.outputs):
        while marks[at][0] <= number:
            key, at = marks[at][1], at + 1
        if output.topic is INCIDENT:
            last[output.value.incident_id] = output.value
        elif output.topic is ALERT and key:
            yield key, spoken(output.value)
        elif output.topic is not TICK:
            raise UnorderedError
