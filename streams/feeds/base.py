"""What a feed gives: every row becomes an observation or a refusal with its reason; none is lost."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from detectors.region.place_names import FoundName
from schemas.observation import AnyObservation, Pass, Retraction
from schemas.reason import Reason

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""No source in service observed before (design section 4)."""

TOLERANCE = timedelta(minutes=15)
"""How far a source's clock may be ahead of ours (design section 4)."""


@dataclass(frozen=True)
class Limits:
    """What a feed may believe about time; `now` is given, because feeds read no clock.

    `find` gives the places that a text may name, the best first; None: no region is known here.
    """

    now: datetime
    find: Callable[[str], Sequence[FoundName]] | None = None

    def believes(self, at: datetime) -> bool:
        """Return whether an instant lies between 2000 and a quarter of an hour from now."""
        return EARLIEST <= at <= self.now + TOLERANCE

    def unbelieved(self, at: datetime, source: str) -> Reason:
        """Return why an instant of `source` is not believed; `value` is how far ahead of now it is, s."""
        return Reason(
            code="bad_time",
            ref=" ".join(source.split())[:100],
            value=(at - self.now).total_seconds(),
            threshold=TOLERANCE.total_seconds(),
            unit="s",
            detail=f"{at:%Y-%m-%dT%H:%M:%SZ} is before 2000 or in the future",
        )


@dataclass(frozen=True)
class Rejected:
    """A row that was not made into an observation: where it stood, its bytes, and why.

    `head` is the line that names its columns, without which the row could not be read again.
    """

    line: int
    raw: bytes
    reason: Reason
    head: bytes = b""

    @property
    def readable(self) -> bytes:
        """The row with its head, as it can be handed in again."""
        return self.head + b"\n" + self.raw if self.head else self.raw


@dataclass(frozen=True)
class Parsed:
    """All rows of one payload, each with the line it stood on; `refused` says why nothing could be read.

    `retractions` are what rows say besides: that they, or others, are withdrawn. They are no rows themselves.
    """

    feed: str
    observations: tuple[AnyObservation, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    refused: Reason | None = None
    lines: tuple[int, ...] = ()
    retractions: tuple[Retraction, ...] = ()
    passes: tuple[Pass, ...] = ()
    """That the source looked, as a whole payload says it: no rows either."""
    skipped: int = 0
    """Records that are no observation and were asked to be passed over, such as heartbeats."""

    @property
    def besides(self) -> tuple[AnyObservation, ...]:
        """What a payload says besides its rows."""
        return (*self.retractions, *self.passes)

    @property
    def rows(self) -> int:
        """How many data rows there were; no headers, comments or blank lines."""
        return len(self.observations) + len(self.rejected)


@dataclass(frozen=True)
class Feed:
    """One format: `recognise` looks at the first bytes, `parse` reads all; neither ever raises."""

    name: str
    recognise: Callable[[bytes], bool]
    parse: Callable[[bytes, Limits], Parsed]


def refusal(code: str, detail: str) -> Reason:
    """Return a reason made while reading, its detail on one line and no longer than a person reads."""
    return Reason(code=code, detail=" ".join(detail.split())[:200])
