"""What a mapping makes of a sample, told and not handed in: observations, refusals, counts."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from schemas.codec import encode
from streams.feeds import Limits
from streams.feeds.mapping import Map, read_mapped
from streams.recorded import unfold


@dataclass(frozen=True)
class Sampled:
    """One line for each observation, one for each refusal, and how many of each."""

    made: tuple[str, ...]
    refused: tuple[str, ...]
    skipped: int

    @property
    def counts(self) -> dict[str, int]:
        """How many observations were made, records refused, and records skipped as the mapping asks."""
        return {"made": len(self.made), "refused": len(self.refused), "skipped": self.skipped}


def sampled(given: Map, sample: Path, now: datetime) -> Sampled:
    """Return what a mapping makes of a file."""
    content, broken = unfold(sample.read_bytes())
    parsed = read_mapped(given, content, Limits(now))
    refused = [(row.line, row.reason) for row in parsed.rejected]
    refused += [(0, reason) for reason in (parsed.refused, broken) if reason is not None]
    words = (f"{sample.name}:{line}: {why.code} {why.rule} {why.detail}".rstrip() for line, why in refused)
    made = (encode(observation).decode() for observation in parsed.observations)
    return Sampled(tuple(made), tuple(words), parsed.skipped)
