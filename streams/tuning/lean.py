"""The judging hop without the draws of carbon at risk: no grade depends on them, and most time goes there.

Where a fire may be within the hour is still worked out, because grades do depend on that.
"""

from dataclasses import replace
from datetime import datetime
from functools import partial

from alerts.carbon.at_risk import Answer, unknown
from alerts.carbon.scenario import Drivers
from schemas.hop import Hop
from streams.hops.carbon import Assessor, Placed
from streams.hops.desk import Judge


class WithoutFigures(Assessor):
    """Says of every incident that its carbon was left out; unknown is not zero."""

    def of(self, incident: Placed, now: datetime, weather: Drivers | None = None) -> Answer:  # noqa: ARG002 - as its parent is asked
        """Return that the figure was left out."""
        return unknown("not_computed", "left out of a backtest")


def without_figures(hop: Hop) -> Hop:
    """Return the judging hop without figures; any other hop as it is."""
    given = hop.options
    if not isinstance(given, Judge) or not isinstance(given.carbon, partial):
        return hop
    return replace(hop, options=replace(given, carbon=partial(WithoutFigures, *given.carbon.args)))
