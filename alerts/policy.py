"""Send or stay silent: one pure decision with a named reason, from what the receiver was told before."""

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from alerts.news import together, untold
from alerts.routing import HARD, RANK, refusal, wants
from schemas.alert import Alert
from schemas.reason import Reason
from schemas.receiver import Receiver
from schemas.units import Action, Grade, Identifier, UtcTime, Version

TELLING: frozenset[Action] = frozenset({"new", "upgrade"})
"""Actions that may tell people something they do not know yet."""

ENDING: frozenset[Action] = frozenset({"cancel", "expire", "close"})
"""Actions after which the receiver holds nothing any more."""

UNTELLING: frozenset[Action] = ENDING | {"downgrade"}
"""Actions that take back what was told; they go to those who were told and to nobody else."""

REMEMBERED_GAPS = 32
"""How many unseen revisions below the newest are remembered; older ones count as seen."""


class Told(Struct, frozen=True, kw_only=True):
    """What one receiver holds of one alert: state, kept in the row `told/{receiver}/{alert_id}`."""

    v: Version = 1
    receiver: str
    alert_id: Identifier
    touched_at: UtcTime
    grade: Annotated[
        Grade | None, Meta(description="Grade its gateway accepted last; null: holds nothing.")
    ] = None
    listed: Annotated[
        Grade | None,
        Meta(description="Grade told in a digest only; null: none. No page, yet its end is told."),
    ] = None
    revision: Annotated[int, Meta(ge=0, description="Newest revision its gateway accepted.")] = 0
    channel: Annotated[str, Meta(description="Channel on which it was told.")] = ""
    way: Annotated[int, Meta(ge=0, description="Which of the receiver's ways that was.")] = 0
    also: Annotated[
        tuple[tuple[int, str], ...],
        Meta(description="Further ways by which it was told, and their channels."),
    ] = ()
    passed_on: Annotated[
        int, Meta(ge=0, description="Newest revision of which somebody was told in their place.")
    ] = 0
    stood_in: Annotated[
        tuple[tuple[str, int], ...], Meta(description="In whose place they were told which revision.")
    ] = ()
    newest: Annotated[int, Meta(ge=0, description="Newest revision that came by, told or not.")] = 0
    gaps: Annotated[tuple[int, ...], Meta(description="Revisions below `newest` that have not come by.")] = ()
    ended: Annotated[int, Meta(ge=0, description="Newest revision that ended the alert, told or not.")] = 0
    answered_at: Annotated[UtcTime | None, Meta(description="When the receiver last answered.")] = None
    delivered: Annotated[int, Meta(ge=0, description="Newest revision of which a receipt came.")] = 0
    delivered_at: Annotated[UtcTime | None, Meta(description="When that receipt came.")] = None
    into: Annotated[str, Meta(description="Alert that carries this one on after a merge.")] = ""
    says: Annotated[
        tuple[str, ...], Meta(description="What it was told beside the grade: areas, fields, threats.")
    ] = ()
    issued: Annotated[
        tuple[tuple[str, int, UtcTime], ...],
        Meta(description="What it was told and holds: alert, revision and when that was issued."),
    ] = ()
    called: Annotated[bool, Meta(description="Called back from it, told or not: its end is told.")] = False
    head_deg: Annotated[
        float | None, Meta(description="Where the fire ran when it first came by; null: unknown.")
    ] = None

    def saw(self, revision: int) -> bool:
        """Return whether this revision has come by before."""
        return revision <= self.newest and revision not in self.gaps

    @property
    def ways(self) -> tuple[tuple[int, str], ...]:
        """Every way by which what they hold was told and may have arrived, with its channel."""
        own = {(self.way, self.channel)} if self.channel and self.heard is not None else set()
        return tuple(sorted({*self.also, *own}))

    @property
    def heard(self) -> Grade | None:
        """The highest grade the receiver holds, told by a page or in a digest; null: holds nothing."""
        return higher(self.grade, self.listed)


class Decision(Struct, frozen=True):
    """Whether to send, and the reason either way."""

    send: bool
    reason: Reason


def witness(told: Told, alert: Alert) -> Told:
    """Return `told` with the alert's revision noted as seen; what the receiver holds is unchanged."""
    skipped = (*told.gaps, *range(told.newest + 1, alert.revision))
    gaps = tuple(number for number in skipped if number != alert.revision)[-REMEMBERED_GAPS:]
    ended = max(told.ended, alert.revision) if alert.action in ENDING else told.ended
    return replace(
        told,
        newest=max(told.newest, alert.revision),
        gaps=gaps,
        ended=ended,
        touched_at=max(told.touched_at, alert.issued_at),
    )


def lineage(alert: Alert, carried: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the alert ids that stand or fall with this revision, its own first.

    `carried` are ids known to go on in this alert. The lineage of an ending revision is not trusted: the
    last word on an alert that was merged away may name the alert that lives on, and must not end it.
    """
    named = alert.supersedes if alert.action in ENDING else (*alert.supersedes, *alert.lineage)
    return tuple(dict.fromkeys((alert.alert_id, *named, *sorted(carried))))


def combine(alert_id: str, rows: Iterable[Told]) -> Told | None:
    """Return what the receiver holds of a lineage: the own row of the alert with the highest grades."""
    known = list(rows)
    if not known:
        return None
    if len(known) > 1:
        says = together((), (one for row in known for one in row.says))
        also = tuple(sorted({way for row in known for way in row.ways}))
        called = any(row.called for row in known)
        issued = tuple(sorted({one for row in known for one in row.issued}))
        known = [replace(row, says=says, also=also, issued=issued, called=called) for row in known]
    own = next((row for row in known if row.alert_id == alert_id), None)
    paged = max(known, key=lambda row: _rank(row.grade))
    listed = max(known, key=lambda row: _rank(row.listed))
    best = listed if paged.grade is None else paged
    if own is None:
        fresh = replace(best, alert_id=alert_id, revision=0, newest=0, gaps=(), ended=0, into="")
        return replace(fresh, grade=paged.grade, listed=listed.listed)
    if (own.grade, own.listed) == (paged.grade, listed.listed):
        return own
    return replace(own, grade=paged.grade, listed=listed.listed, channel=best.channel, way=best.way)


def _rank(grade: Grade | None) -> int:
    return -1 if grade is None else RANK[grade]


def higher(one: Grade | None, other: Grade | None) -> Grade | None:
    """Return the more urgent of two grades; null: none."""
    return one if _rank(one) >= _rank(other) else other


def is_old_news(alert: Alert) -> bool:
    """Return whether this revision is graded and pages nobody: it came too late and goes into the digest."""
    return alert.late and not alert.pages and alert.grade != "task" and alert.action in TELLING


def is_beyond_budget(alert: Alert) -> bool:
    """Return whether this revision pages nobody since the pages of its county are used up."""
    return not alert.pages and alert.action in TELLING and alert.reasons[0].code == "budget_county"


def decide(told: Told | None, alert: Alert, receiver: Receiver) -> Decision:
    """Return whether this receiver is sent this revision, given what its lineage was told and accepted."""
    if alert.action in TELLING:
        return _tell(told, alert, receiver)
    if alert.action in UNTELLING:
        return _untell(told, alert)
    if news := _unheard(told, alert, receiver):
        return Decision(send=True, reason=news)
    if raised := _missed(told, alert, receiver):
        return Decision(send=True, reason=raised)
    if alert.action == "update":
        return _reach(told, alert, receiver)
    return _silent("not_paging", detail=alert.action)


def _tell(told: Told | None, alert: Alert, receiver: Receiver) -> Decision:
    if told is not None and told.ended > alert.revision:
        return _silent("superseded_by", ref=f"{alert.alert_id}.{told.ended}")
    refusal = _unwanted(alert, receiver)
    if refusal:
        return _silent(refusal, detail=alert.grade)
    beyond, old_news = is_beyond_budget(alert), is_old_news(alert)
    held = None if told is None else told.heard if old_news or beyond else told.grade
    if told is not None and held is not None and RANK[alert.grade] <= RANK[held]:
        return _silent("already_told", ref=f"{told.alert_id}.{told.revision}", detail=held)
    if old_news or beyond:
        digest = Reason(code="in_digest", detail=alert.grade) if old_news else alert.reasons[0]
        return Decision(send=False, reason=digest)
    if held is None:
        return Decision(send=True, reason=Reason(code="first_notice", detail=alert.grade))
    return Decision(send=True, reason=Reason(code="grade_raised", detail=f"{held} to {alert.grade}"))


def _unheard(told: Told | None, alert: Alert, receiver: Receiver) -> Reason | None:
    """Return why a holder hears of an unchanged grade at once, wherever it now burns; None: for nothing."""
    if told is None or told.heard is None or told.ended > alert.revision:
        return None
    if refusal(alert, receiver) in HARD:
        return None
    found = untold(alert, told.says)
    if not found:
        return None
    return Reason(code="further_news", rule=found[0].code, ref=found[0].ref, detail=alert.grade)


def _missed(told: Told | None, alert: Alert, receiver: Receiver) -> Reason | None:
    """Return that a holder never heard of a raise, which fell into a silence or a rest; None: they did."""
    if told is None or told.heard is None or told.ended > alert.revision:
        return None
    if alert.late or RANK[alert.grade] <= RANK[told.heard] or not wants(alert, receiver):
        return None
    return Reason(code="grade_raised", detail=f"{told.heard} to {alert.grade}")


def _reach(told: Told | None, alert: Alert, receiver: Receiver) -> Decision:
    """An unchanged grade is news to one who wants it here and was told nothing: the fire came to them."""
    if alert.late or alert.grade == "task" or not wants(alert, receiver):
        return _silent("not_paging", detail=alert.action)
    if told is not None and told.heard is not None:
        # not settled: an end still on its way would take from them what goes on here
        return _silent("already_told", ref=f"{told.alert_id}.{told.revision}", detail=told.heard)
    if told is not None and told.ended > alert.revision:
        return _silent("superseded_by", ref=f"{alert.alert_id}.{told.ended}")
    return Decision(send=True, reason=Reason(code="reached_area", detail=alert.grade))


def _unwanted(alert: Alert, receiver: Receiver) -> str:
    """Return the code of what speaks against it, or nothing."""
    if alert.grade != "task" and not (alert.pages or is_old_news(alert) or is_beyond_budget(alert)):
        return "not_paging"
    return refusal(alert, receiver)


def _untell(told: Told | None, alert: Alert) -> Decision:
    if told is None or (told.heard is None and not (told.called and alert.action in ENDING)):
        return _silent("never_told")
    merged_into = _merged_into(alert) or told.into
    if merged_into:
        return _silent("superseded_by", ref=merged_into)
    if told.revision > alert.revision:
        return _silent("superseded_by", ref=f"{alert.alert_id}.{told.revision}")
    return Decision(send=True, reason=Reason(code="untold", detail=told.heard or ""))


def _merged_into(alert: Alert) -> str:
    """Return what this alert ended in, if it ended by a merge: the fire burns on, and its heir is untold."""
    merged = alert.action in ENDING and bool(alert.reasons) and alert.reasons[0].code == "merged_into"
    return alert.reasons[0].ref if merged else ""


def _silent(code: str, *, ref: str = "", detail: str = "") -> Decision:
    return Decision(send=False, reason=Reason(code=code, ref=ref, detail=detail))
