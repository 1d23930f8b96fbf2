"""Files from the past, read by content as they are: what they hold, and what of them could not be read."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import msgspec

from detectors.identity import key_of
from schemas.codec import encode
from schemas.observation import AnyObservation, Delivery
from schemas.reason import Reason
from streams import feeds, halves
from streams.feeds.base import Limits, refusal
from streams.garbage import calm
from streams.said import Word, read_said
from streams.unfolding import GZIP, DamagedError, pieces

LARGEST_DELIVERY = 500
"""Observations in one message, so that it stays under 256 KiB (design section 4)."""

LARGEST_FILE = 2 * 1024 * 1024 * 1024
"""Bytes a file may unfold to; more is taken for a gzip made to fill memory."""


class NothingReadable(Exception):  # noqa: N818 - says what happened, in the words shown
    """No file held anything that could be read; the message says why in one line."""


@dataclass(frozen=True)
class Refused:
    """A row, or a whole file where `line` is 0, that was not made into an observation."""

    file: str
    line: int
    raw: bytes
    reason: Reason


@dataclass(frozen=True)
class FileCount:
    """What one file held: `read` rows are the observations and the rejected ones."""

    file: str
    feed: str
    read: int
    rejected: int


@dataclass(frozen=True)
class Recorded:
    """Everything that the files held, in the order read; `besides` came with rows and are none.

    Nor are `verdicts`, which come in files of their own.
    """

    observations: tuple[AnyObservation, ...]
    rejected: tuple[Refused, ...]
    files: tuple[FileCount, ...]
    besides: tuple[AnyObservation, ...] = ()
    verdicts: tuple[Word, ...] = ()

    @property
    def read(self) -> int:
        """How many rows were read, sound or not."""
        return sum(file.read for file in self.files)


@calm()
def read(paths: Iterable[Path], *, now: datetime, cores: int = 1) -> Recorded:
    """Return what the files hold; `now` is the wall clock, later than which nothing was observed.

    On more `cores` than one a process may help for a moment: for programs that do nothing else meanwhile.

    Raises
    ------
    NothingReadable
        when no file is of a format that is known here.
    """
    observations: list[AnyObservation] = []
    rejected: list[Refused] = []
    files: list[FileCount] = []
    besides: list[AnyObservation] = []
    known = False
    verdicts: list[Word] = []
    for path in paths:
        parsed, refused, said = _read_file(path, Limits(now), cores)
        verdicts += said
        known = known or parsed.refused is None
        observations += (_arrived(observation) for observation in parsed.observations)
        besides += parsed.besides
        rejected += refused
        rows = len(parsed.observations) + len(refused)
        files.append(FileCount(str(path), parsed.feed, rows, len(refused)))
    if not known:
        raise NothingReadable(_nothing(rejected))
    also = tuple(map(_arrived, besides))
    return Recorded(tuple(observations), tuple(rejected), tuple(files), also, tuple(verdicts))


def _nothing(rejected: Sequence[Refused]) -> str:
    told = "; ".join(f"{row.file}: {row.reason.detail or row.reason.code}" for row in rejected[:5])
    more = f"; and {len(rejected) - 5} more files" if len(rejected) > 5 else ""
    return f"nothing readable: {told or 'no file given'}{more}"


def _read_file(
    path: Path, limits: Limits, cores: int
) -> tuple[feeds.Parsed, list[Refused], tuple[Word, ...]]:
    """Return what one file holds and its refused rows; a broken end counts as one of them."""
    name = str(path)
    try:
        data, broken = unfold(path.read_bytes())
    except OSError as error:
        parsed = feeds.Parsed("", refused=refusal("unreadable", error.strerror or type(error).__name__))
        return parsed, [Refused(name, 0, b"", parsed.refused)] if parsed.refused else [], ()
    said = read_said(data, limits)
    parsed = (
        halves.parsed(data, limits, cores) if said is None else feeds.Parsed("verdicts", (), said.rejected)
    )
    if parsed.refused is not None:
        return parsed, [Refused(name, 0, data[:65536], broken or parsed.refused)], ()
    refused = [Refused(name, row.line, row.raw, row.reason) for row in parsed.rejected]
    if broken is not None and not any(row.line == 0 for row in parsed.rejected):
        refused.append(Refused(name, 0, b"", broken))
    return parsed, refused, () if said is None else said.verdicts


def unfold(data: bytes) -> tuple[bytes, Reason | None]:
    """Return the content of a file, unpacked if it is gzip, and why its end is missing if it is.

    The line at which a damaged gzip breaks off is left out: it may be cut in the middle of a number.
    """
    if not data.startswith(GZIP):
        return data, None
    parts: list[bytes] = []
    size, broken = 0, ""
    try:
        for part in pieces(data):
            size += len(part)
            parts.append(part)
            if size > LARGEST_FILE:
                broken = "unfolds to more than 2 GiB"
                break
    except DamagedError as error:
        broken = str(error)
    content = b"".join(parts)
    if not broken:
        return content, None
    return content[: content.rfind(b"\n") + 1], refusal("unreadable", f"{broken}: the rest is lost")


def _arrived(observation: AnyObservation) -> AnyObservation:
    """Return the observation with its arrival time: without one it was received when observed."""
    if observation.received_at is not None:
        return observation
    return msgspec.structs.replace(observation, received_at=observation.observed_at)


class _Content:
    """What an observation says, in the order of its bytes; written only where it is compared."""

    __slots__ = ("_of",)

    def __init__(self, of: AnyObservation) -> None:
        self._of = of

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Content) and encode(self._of) == encode(other._of)

    def __lt__(self, other: "_Content") -> bool:
        return encode(self._of) < encode(other._of)

    __hash__ = None  # type: ignore[assignment]  # nobody looks it up


def deliveries(observations: Iterable[AnyObservation], *, sealed: bool = True) -> list[Delivery]:
    """Return the observations as they arrived: by arrival time, one message for each thing that observes.

    The same observations give the same deliveries in the same order, however they are listed. `sealed`: ids
    of deliveries come of their contents, else of time, key and place in line, which is quicker.
    """
    marked = [
        (o.received_at or o.observed_at, o.observed_at, o.observation_id, _Content(o), o)
        for o in observations
    ]
    marked.sort(key=itemgetter(0, 1, 2, 3))
    out: list[Delivery] = []
    for received_at, rows in groupby(marked, key=itemgetter(0)):
        groups: dict[str, list[AnyObservation]] = {}
        for row in rows:
            groups.setdefault(key_of(row[4]), []).append(row[4])
        for key, group in groups.items():
            head = f"{received_at.isoformat()}\n{key}\n"
            for start in range(0, len(group), LARGEST_DELIVERY):
                part = tuple(group[start : start + LARGEST_DELIVERY])
                name = _seal(head, part) if sealed else f"{head}{start}"
                out.append(Delivery(delivery_id=name, received_at=received_at, observations=part))
    return out


def _seal(head: str, part: Sequence[AnyObservation]) -> str:
    seal = hashlib.sha256(head.encode())
    for one in part:
        seal.update(encode(one))
    return seal.hexdigest()[:32]
