"""What fires are by their claims, worked out for one side of a backtest and read by the other.

Both sides claim alike here, and what claims say together is a function of the claims alone. Packed, what is
small is sooner worked out again than kept.
"""

from collections.abc import Sequence

import msgspec

from detectors.assembly import Summary
from detectors.evidence import Evidence
from detectors.fire import Fire
from detectors.running import FROM, summaries
from detectors.shape import Sketch
from schemas.detection import Detection
from schemas.shape import FireField, Shape

Key = tuple[str, int]
"""The oldest claim, and how many there are; the claims themselves are compared."""

_packed = msgspec.json.Encoder()
_summary = msgspec.json.Decoder(Summary)


class Shared:
    """Summaries of fires and their fields, by claims.

    Where fires are `drawn` only those of larger ones, packed, because outlines are long.
    """

    def __init__(self, *, drawn: bool = True) -> None:
        self._drawn, self._least = drawn, FROM if drawn else 2
        self._summaries: dict[Key, tuple[list[Detection], bytes | Summary]] = {}
        self._fields: dict[Key, tuple[Sequence[Detection], tuple[FireField, ...]]] = {}

    def sums(self, table: Evidence, fires: Sequence[Fire]) -> list[Summary]:
        """Return what the claims of each fire say together, worked out once."""
        known = [self._known(fire) for fire in fires]
        asked = [fire for fire, one in zip(fires, known, strict=True) if one is None]
        new = iter(summaries(table, asked, drawn=self._drawn))
        return [
            self._noted(fire, next(new)) if one is None else one
            for fire, one in zip(fires, known, strict=True)
        ]

    def _known(self, fire: Fire) -> Summary | None:
        if len(fire.nodes) < self._least:
            return None
        claims, one = self._summaries.get(_key(fire), ((), b""))
        if claims != [node.claim for node in fire.nodes]:
            return None
        return one if isinstance(one, Summary) else _summary.decode(one)

    def _noted(self, fire: Fire, one: Summary) -> Summary:
        if len(fire.nodes) >= self._least:
            kept = _packed.encode(one) if self._drawn else one
            self._summaries[_key(fire)] = [node.claim for node in fire.nodes], kept
        return one

    def draw(self, sketch: Sketch) -> Shape:
        """Return what decisions ask of a shape, worked out once."""
        key = sketch.pixels[-1].detection_id, len(sketch.pixels)
        pixels, fields = self._fields.get(key, ((), ()))
        if pixels == sketch.pixels:
            return sketch.of_fields(fields)
        rough = sketch.rough()
        self._fields[key] = sketch.pixels, rough.fields
        return rough


def _key(fire: Fire) -> Key:
    return fire.anchor().claim.detection_id, len(fire.nodes)
