"""The hops of a backtest: decisions alone, without carbon, words and drawings, which no decision depends on.

Where a fire may be within the hour is still worked out, because grades do depend on that.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import cached_property, lru_cache, partial
from typing import Any

from alerts.carbon.at_risk import Answer, unknown
from alerts.carbon.scenario import Drivers
from alerts.tuning.beside import Beside, Noted, Unbudgeted
from alerts.tuning.layers import Local
from detectors.evidence import Seen
from detectors.region import Region
from detectors.running import summaries
from detectors.shape import Sketch
from schemas.detection import Claims
from schemas.hop import Hop, Result
from streams.hops.carbon import Assessor, Placed
from streams.hops.desk import Judge
from streams.tuning.summing import Shared


class WithoutFigures(Assessor):
    """Says of every incident that its carbon was left out; unknown is not zero."""

    def of(self, incident: Placed, now: datetime, weather: Drivers | None = None) -> Answer:  # noqa: ARG002 - as its parent is asked
        """Return that the figure was left out."""
        return unknown("not_computed", "left out of a backtest")

    def energy_mj(self, looks: Iterable[Seen]) -> tuple[float | None, bool]:  # noqa: ARG002 - as its parent is asked
        """Return that nothing is known of it."""
        return None, False


def _figureless(given: Judge) -> Callable[[Region], Assessor] | None:
    """Return what makes an assessor that draws no figure, of the tables and options of the one given."""
    made = getattr(given.carbon, "__wrapped__", None)
    return lru_cache(maxsize=2)(partial(WithoutFigures, *made.args)) if isinstance(made, partial) else None


def without_figures(hop: Hop) -> Hop:
    """Return the judging hop without figures and words; any other hop as it is."""
    given = hop.options
    if not isinstance(given, Judge):
        return hop
    return replace(hop, options=replace(given, carbon=_figureless(given), says=False, draw=Sketch.rough))


def is_drawn(given: Judge, *, carbon: bool, says: bool) -> bool:
    """Return whether anybody asks for footprints: carbon, people who are told, a region with ground."""
    here = given.region
    return carbon or says or not isinstance(here, Region) or bool(here.layers or here.terrain)


@dataclass(frozen=True, kw_only=True)
class Tried(Judge):
    """What the judge of a backtest is given: thresholds that may note what others would decide."""

    rules: Local

    @cached_property
    def local(self) -> Local:
        """What is judged by at a place."""
        return self.rules


def tried(  # noqa: PLR0913 - what a backtest leaves out, and what it asks besides
    hop: Hop,
    *,
    carbon: bool,
    says: bool,
    expecting: bool,
    drawn: bool = True,
    noted: Noted | None = None,
    other: Hop | None = None,
    known: Shared | None = None,
) -> Hop:
    """Return the judging hop as a backtest runs it; it notes what `other` would decide otherwise.

    What claims say together is read from `known`, and kept there; where alerts are put into words the whole
    shape is drawn, and footprints of great fires unless not `drawn`.

    Unless sources are expected, it is not asked about claims of which nothing can come.
    """
    given = hop.options
    assert isinstance(given, Judge)
    rules: Local = Unbudgeted(given.local.base, given.local.layers)
    if other is not None and noted is not None:
        beside: Judge = other.options
        second = Unbudgeted(beside.local.base, beside.local.layers)
        rules = Beside(given.local.base, given.local.layers, other=second, noted=noted)
    parts: dict[str, Any] = {one.name: getattr(given, one.name) for one in fields(Judge)}
    if not carbon:
        parts["carbon"] = _figureless(given)
    step = hop.step if expecting else partial(_unless_silent, hop.step)
    parts |= {"says": says, "draw": Sketch.shape if says else Sketch.rough}
    parts["sums"] = partial(summaries, drawn=drawn)
    if known is not None:
        parts |= {"sums": known.sums} | ({} if says else {"draw": known.draw})
    return replace(hop, step=step, options=Tried(**parts, rules=rules))


def _unless_silent(
    step: Callable[..., Result], given: Any, desk: Any, claims: Claims, now: datetime
) -> Result:
    """Return what comes of claims; of silences and of sources that spoke nothing does."""
    if says_nothing(claims) and (claims.silences or claims.heard):
        return Result()
    return step(given, desk, claims, now)


def says_nothing(claims: Claims) -> bool:
    """Return whether claims hold no more than silences and sources that spoke."""
    said = (claims.detections, claims.looks, claims.withdrawn, claims.permits, claims.weather, claims.pests)
    return not any((*said, claims.verdicts, claims.acts, claims.drills, claims.settings))
