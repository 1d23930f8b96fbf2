"""Settings under [blind], and what the judge is given of them: who is expected, and how grave a loss is."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta, Struct, field

from alerts.blind import Grading
from detectors.trust.expected import Expected, Expecting, Rhythms


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings under [blind]: which sources are expected, how grave their loss is, how often it is said."""

    expected: Annotated[
        tuple[Expected, ...], Meta(description="Sources that are missed when they fall silent.")
    ] = ()
    grade: Grading = field(default_factory=Grading)
    again_h: Annotated[float, Meta(ge=1, le=24, description="A loss that lasts is told again so often.")] = (
        12.0
    )


@dataclass(frozen=True)
class Watching:
    """What the judge is given to know who is expected, and what becomes of a loss."""

    options: Options
    expecting: Expecting

    @classmethod
    def of(cls, options: Options, known: Rhythms) -> "Watching":
        """Return it from the settings; raises ValueError for a source whose rhythm nobody knows."""
        return cls(options, Expecting(options.expected, known))
