"""How a loss weighs on a carbon project: its share of the stock, and the score of the non-permanence tool."""

from collections.abc import Sequence
from typing import Annotated, Literal

from msgspec import Meta

from alerts.carbon.provenance import Row

Measures = Literal["none", "one", "prevention_and_containment"]
EASED: dict[Measures, float] = {"none": 1.0, "one": 0.5, "prevention_and_containment": 0.25}


class Reversal(Row, frozen=True, kw_only=True):
    """Score of losing at least this share at least this rarely; absent: the project fails."""

    loss_share_from: Annotated[float, Meta(ge=0, le=1)]
    return_from_a: Annotated[float, Meta(ge=0)]
    score: float | None = None


FILES: dict[str, type[Row]] = {"reversal.csv": Reversal}


def share_of_stock(loss_t: float, stock_t: float) -> float | None:
    """Return the part of a project's stock that is lost, 0 to 1; None when it has no known stock."""
    return min(loss_t / stock_t, 1.0) if stock_t > 0 else None


def natural_risk(
    rows: Sequence[Reversal], loss_share: float, return_a: float, measures: Measures = "none"
) -> float | None:
    """Return the score of a natural risk; None where the tool lets the project fail."""
    mine = [row for row in rows if loss_share >= row.loss_share_from and return_a >= row.return_from_a]
    row = max(mine, key=lambda one: (one.loss_share_from, one.return_from_a))
    return None if row.score is None else row.score * EASED[measures]
