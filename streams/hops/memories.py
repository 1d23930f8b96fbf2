"""What detectors remember of each source between deliveries: rows of the observe hop, bounded and swept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import msgspec
from msgspec import Struct

from detectors import DETECTORS
from detectors.base import Detector, Recalled, Taken
from schemas.codec import Unreadable, decode
from schemas.hop import Result
from schemas.observation import AnyObservation

KEPT = timedelta(days=40)
"""How long a row is kept that nothing touches: longer than any baseline looks back."""

PREFIX = "m/"


class Row(Struct, frozen=True, kw_only=True):
    """Row `m/{detector}/{source}/{name}`: what one detector remembers, and when that was last touched."""

    at: datetime
    kept: msgspec.Raw


class _Written(Struct, frozen=True, kw_only=True):
    """The same row on its way out: what is remembered is put into bytes only where rows are kept."""

    at: datetime
    kept: Any


@dataclass
class Memories:
    """The rows of one partition, by key, decoded."""

    rows: dict[str, tuple[datetime, Any]] = field(default_factory=dict)

    def put(self, key: str, raw: bytes) -> str | None:
        """Take up a row; return why it cannot be read."""
        owner = next((one for one in DETECTORS if key.startswith(f"{PREFIX}{one.name}/")), None)
        row = decode(raw, Row)
        if isinstance(row, Unreadable) or owner is None or owner.memory is None:
            return row.why if isinstance(row, Unreadable) else f"no detector in service remembers {key[:60]}"
        kept = decode(bytes(row.kept), owner.memory.row)
        if isinstance(kept, Unreadable):
            return kept.why
        self.rows[key] = (row.at, kept)
        return None

    def of(
        self, detector: Detector, source: str, now: datetime, result: Result
    ) -> Callable[[Any, Sequence[Taken]], Recalled]:
        """Return what judges the observations of one source in the light of what is remembered of it.

        It is given options and observations; what it remembers anew goes into `result`.
        """
        memory, prefix = detector.memory, f"{PREFIX}{detector.name}/{source}/"
        assert memory is not None

        def recall(name: str) -> Any:
            return self.rows.get(prefix + name, (now, None))[1]

        def judge(options: Any, taken: Sequence[Taken]) -> Recalled:
            made: Recalled = memory.step(options, recall, taken, now)
            for name, kept in made.rows.items():
                self.rows[prefix + name] = (now, kept)
                result.rows[prefix + name] = _Written(at=now, kept=kept)
            return made

        return judge

    def sweep(self, now: datetime, result: Result) -> None:
        """Forget what nothing has touched for long."""
        for key in [key for key, (at, _) in self.rows.items() if now - at > KEPT]:
            del self.rows[key]
            result.rows[key] = None


def rememberer(one: AnyObservation) -> Detector | None:
    """Return the detector that sees this observation in the light of those before it, if any does."""
    return _rememberer(type(one))


@cache
def _rememberer(kind: type[AnyObservation]) -> Detector | None:
    for detector in DETECTORS:
        if detector.memory is not None and issubclass(kind, (detector.consumes, *detector.memory.also)):
            return detector
    return None
