"""What people know already pages nobody anew: evidence that was taken back, and what officers part and join.

What was told at a grade stays told through lineage: the parts of a fire inherit the highest grade at which
the whole was paged, and what is joined has the highest of both. So an act that brings no evidence pages only
where a fire is graver than anything its alert was ever paged for.
"""

from collections.abc import Iterable
from typing import NamedTuple

from msgspec.structs import replace

from alerts.grade import ORDER
from alerts.lifecycle import Issued, Turn
from alerts.policy import TELLING
from detectors.association import Fire
from schemas.reason import Reason
from schemas.units import Grade
from streams.hops.desk import FireRow


class Known(NamedTuple):
    """Claims that are no news, and why; `paged`: of a fire of them, up to which grade (None: of any)."""

    claims: frozenset[str]
    why: Reason
    paged: Grade | None = None

    def covers(self, fire: Fire) -> bool:
        """Return whether a fire is made of these claims alone."""
        return bool(self.claims) and all(node.claim.detection_id in self.claims for node in fire.nodes)

    def quiet(self, turn: Turn | None, row: FireRow, *, covered: bool) -> Turn | None:
        """Return the turn that pages nobody, if people were paged for as much; None: it is told as ever.

        A fire of other claims, such as a child that a split sets free, is asked what its own alert paged.
        """
        if turn is None or turn.action not in TELLING:
            return None
        limit = self.paged if covered else highest([row.issued])
        is_any = covered and limit is None
        if not is_any and (limit is None or ORDER[row.incident.grade] > ORDER[limit]):
            return None
        return replace(turn, pages=False, reason=self.why)

    def kept(self, row: FireRow) -> FireRow:
        """Return the row of a fire of these claims with the highest grade that its lineage was paged at."""
        if row.issued is None or self.paged is None:
            return row
        return replace(row, issued=replace(row.issued, paged=graver(paged_of(row.issued), self.paged)))


def graver(*grades: Grade) -> Grade:
    """Return the gravest of some grades."""
    return max(grades, key=lambda grade: ORDER[grade])


def paged_of(issued: Issued) -> Grade:
    """Return the highest grade an alert was paged at; of a row of an older version the grade it was told."""
    return issued.grade if issued.paged is None else issued.paged


def highest(alerts: Iterable[Issued | None]) -> Grade | None:
    """Return the highest grade that any living one of these was paged at; None when none lives."""
    living = [paged_of(one) for one in alerts if one is not None and not one.ended]
    return graver(*living) if living else None
