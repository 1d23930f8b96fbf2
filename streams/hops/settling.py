"""A lost source is back when it has kept its rhythm for a while: one that speaks now and then stays lost.

A single word ends no loss: who falls silent again in the meantime was never back, and nobody is told twice.
For a rhythm slower than `SLOW` the first word is enough; it cannot come and go more often than that.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from detectors.trust.expected import Watched
from detectors.trust.rhythm import Rhythm
from schemas.reason import Reason
from streams.hops.board import BlindRow, Board

SLOW = timedelta(hours=6)
"""Beyond this a source is believed to be back at its first word (placeholder)."""


def span(rhythm: Rhythm) -> timedelta:
    """Return for how long a source must be heard again: once longer than a single word would last."""
    lasts = timedelta(seconds=rhythm.every_s * (rhythm.missed + 1) + rhythm.grace_s)
    return lasts if lasts <= SLOW else timedelta(0)


def still_lost(
    known: BlindRow, members: Mapping[str, Watched], whys: Mapping[str, Reason | None], now: datetime
) -> tuple[dict[str, Reason], dict[str, datetime]]:
    """Return why each member counts as lost, and of those that are heard again since when.

    `whys` says why each is overdue now, None for those that are not.
    """
    lost: dict[str, Reason] = {}
    back: dict[str, datetime] = {}
    for source, why in whys.items():
        if why is not None:
            lost[source] = why
        elif source in known.incident.sources:
            since = known.back.get(source, now)
            if now - since < span(members[source].rhythm):
                back[source] = since
                lost[source] = _before(known, source)
    return lost, back


def ends(board: Board, watched: Mapping[str, Watched]) -> Iterator[datetime]:
    """Yield when those that are heard again will have been for long enough."""
    for row in board.lost.values():
        for source, since in row.back.items():
            if source in watched:
                yield since + span(watched[source].rhythm)


def _before(known: BlindRow, source: str) -> Reason:
    """Return why a source was lost, as it was said last."""
    said = (one for one in known.incident.reasons if one.ref == source[:200])
    return next(said, Reason(code="overdue", ref=source[:200]))
