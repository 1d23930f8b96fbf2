"""The looks of one fire, kept while claims come and go: the same as `evidence.looks` finds in all of them.

A claim changes the look that it falls into; the looks of its source after it are parted anew only where a
claim falls between two looks, or the first of one is taken out.
"""

from bisect import bisect_left, bisect_right, insort
from datetime import datetime

from detectors.evidence import Seen, seen_by
from schemas.detection import Detection

Key = tuple[datetime, str]


def _key(claim: Detection) -> Key:
    return claim.observed_at, claim.detection_id


class Group:
    """The claims of one look, sorted by time; `seen` is what they say, until they change."""

    __slots__ = ("claims", "key", "look", "seen", "since_s")

    def __init__(self, claim: Detection) -> None:
        self.claims = [claim]
        self.key = _key(claim)
        self.look = claim.look
        self.since_s = claim.observed_at.timestamp()
        self.seen: Seen | None = None


def _begin(group: Group) -> Key:
    return group.key


class Lookbook:
    """Looks by source and over all, each list sorted by when a look began."""

    def __init__(self, span_s: float) -> None:
        self._span_s = span_s
        self._of: dict[str, list[Group]] = {}
        self._all: list[Group] = []

    def add(self, claim: Detection) -> None:
        """Put one claim in."""
        groups = self._of.setdefault(claim.look, [])
        if groups:
            # most come in the order of time, and a pass sees hundreds at one time
            newest = groups[-1].claims[-1]
            if claim.observed_at == newest.observed_at and claim.detection_id > newest.detection_id:
                groups[-1].claims.append(claim)
                groups[-1].seen = None
                return
        key = _key(claim)
        is_last = bool(groups) and groups[-1].key <= key
        at = (len(groups) if is_last else bisect_right(groups, key, key=_begin)) - 1
        if at >= 0 and claim.observed_at.timestamp() - groups[at].since_s < self._span_s:
            kept = groups[at].claims
            if _key(kept[-1]) < key:
                kept.append(claim)
            else:
                insort(kept, claim, key=_key)
            groups[at].seen = None
        else:
            self._part(groups, at + 1, [claim])

    def drop(self, claim: Detection) -> None:
        """Take one claim out, which is in."""
        groups = self._of[claim.look]
        at = bisect_right(groups, _key(claim), key=_begin) - 1
        group = groups[at]
        place = bisect_left(group.claims, _key(claim), key=_key)
        del group.claims[place]
        group.seen = None
        if place == 0:
            self._part(groups, at, [])

    def seen(self) -> list[Seen]:
        """Return the looks, the oldest first."""
        found = []
        for group in self._all:
            if group.seen is None:
                group.seen = seen_by(group.claims)
            found.append(group.seen)
        return found

    def _part(self, groups: list[Group], start: int, more: list[Detection]) -> None:
        """Part the claims of the looks from `start` on, and some more, into looks anew."""
        claims = sorted([*more, *(one for group in groups[start:] for one in group.claims)], key=_key)
        for group in groups[start:]:
            del self._all[bisect_left(self._all, group.key, key=_begin)]
        del groups[start:]
        for claim in claims:
            if groups[start:] and claim.observed_at.timestamp() - groups[-1].since_s < self._span_s:
                groups[-1].claims.append(claim)
            else:
                groups.append(Group(claim))
        for group in groups[start:]:
            insort(self._all, group, key=_begin)
