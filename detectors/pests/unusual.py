"""Which grade an unusual count or cluster has: one trap against its past, traps and dead pines together.

A sign of a trap's own past asks for the share of false finds among all traps, whichever way it is reached;
the simulation of planted outbreaks measures this very function.
"""

from msgspec import Struct
from msgspec.structs import replace

from detectors.pests.grading import ORDER, Graded, Options, PestGrade
from schemas.reason import Reason


class Together(Struct, frozen=True, kw_only=True):
    """A cluster in space and time: its p, and the weeks in which chance alone brings one as strong."""

    p: float
    recurrence_weeks: float
    model: str
    """Score and the law that was simulated."""


class TrapSign(Struct, frozen=True, kw_only=True):
    """What the statistics say of one trap in its newest interval; None is not known, never zero."""

    p: float | None = None
    q: float | None = None
    before_p: float | None = None
    score: float | None = None
    rise: float | None = None
    """CUSUM where this interval still adds to it."""
    rise_q: float | None = None
    is_over: bool | None = None
    """Whether the count is above the limit of a method that has one of its own (EARS)."""
    cluster: Together | None = None
    method: str = ""
    caught: float | None = None
    limit: float | None = None
    baseline: str = ""
    """The published mean that it was held against for want of a past of its own."""


def of_trap(options: Options, sign: TrapSign) -> Graded:
    """Return the grade of one trap's excess, the highest that its signs allow, with all of them, it first.

    Beside the reasons stand the method with count and limit, and the share of false finds among all traps.
    """
    found: list[tuple[PestGrade, tuple[Reason, ...]]] = []
    if sign.cluster is not None and sign.cluster.p < options.cluster_p:
        found.append(("II", clustered(options, sign.cluster)))
    alone = _alone(options, sign)
    if alone is not None:
        found.append((alone[0], (alone[1], *_compared(sign), _share(sign.q, options.blue_q))))
    if sign.rise is not None and sign.rise >= options.rise and _below(sign.rise_q, options.rise_q):
        why = _passed("excess", "cusum", sign.rise, options.rise)
        found.append(("III", (why, *_compared(sign), _share(sign.rise_q, options.rise_q))))
    if not found:
        return Graded(None, False, ())
    found.sort(key=lambda one: ORDER.index(one[0]))
    whys = dict.fromkeys(why for _, reasons in found for why in reasons)
    return Graded(found[0][0], True, tuple(whys))


def _alone(options: Options, sign: TrapSign) -> tuple[PestGrade, Reason] | None:
    """Return what a trap's own past says of this interval: nothing unless few such finds are false."""
    p = sign.p
    if p is None or p >= options.blue_p or not _below(sign.q, options.blue_q) or sign.is_over is False:
        return None
    if sign.score is not None and sign.score >= options.score:
        return "II", _passed("excess", "score", sign.score, options.score)
    if p < options.yellow_p and _below(sign.q, options.yellow_q):
        return "III", _passed("excess", "p and q", p, options.yellow_p)
    if _below(sign.before_p, options.blue_p):
        return "III", _passed("excess", "two intervals running", p, options.blue_p)
    return "IV", _passed("excess", "p and q", p, options.blue_p)


def _below(value: float | None, limit: float) -> bool:
    return value is not None and value < limit


def _passed(code: str, rule: str, value: float, threshold: float) -> Reason:
    return Reason(code=code, rule=rule, value=value, threshold=threshold, margin=value - threshold)


def _share(q: float | None, limit: float) -> Reason:
    assert q is not None, "no sign of a trap's own past without it"
    return _passed("false_finds", "q", q, limit)


def _compared(sign: TrapSign) -> tuple[Reason, ...]:
    """Return by which method the trap was judged, its count and that method's limit."""
    if sign.caught is None or sign.limit is None:
        return ()
    why = _passed("compared_by", sign.method, sign.caught, sign.limit)
    return (replace(why, detail=sign.baseline),)


def clustered(options: Options, cluster: Together) -> tuple[Reason, ...]:
    """Return why a cluster counts, and how seldom chance alone brings one as strong."""
    weeks = round(cluster.recurrence_weeks, 1)
    return (
        _passed("cluster", cluster.model, cluster.p, options.cluster_p),
        Reason(code="recurrence", rule=cluster.model, value=weeks, unit="weeks"),
    )


def of_dead_pines(options: Options, dead: float, cluster: Together | None = None) -> Graded:
    """Return the grade of dead or discoloured pines that no laboratory has examined."""
    if dead < 1:
        return Graded(None, False, ())
    why = Reason(code="dead_pines", value=dead, threshold=float(options.many_pines))
    if cluster is not None and cluster.p < options.cluster_p:
        return Graded("II", True, (why, *clustered(options, cluster)))
    return Graded("II" if dead >= options.many_pines else "III", True, (why,))
