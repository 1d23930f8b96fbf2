"""The state of the judging hop: claims, fires, heat and clocks; a cache of the rows it keeps."""

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from msgspec import Struct

from alerts import feedback, lifecycle, report_duty
from alerts.carbon import at_risk
from alerts.grade import Grades
from alerts.grade import Options as GradeOptions
from alerts.tuning.layers import Local, Rules
from detectors import association, crossing, permits, spotting, static_heat, static_sources
from detectors.association import Fire, Graph, Node
from detectors.evidence import Evidence
from detectors.look_times import LookTimes
from detectors.parting import Cut, Tie
from detectors.region import AnyRegion, Region
from detectors.running import Sums, summaries
from detectors.shape import Draw, Sketch
from detectors.static_heat import HeatIndex, Hit
from schemas.act import AnyAct
from schemas.carbon import CarbonTotal
from schemas.codec import Unreadable, decode
from schemas.detection import Detection, Look
from schemas.incident import Incident
from schemas.jurisdiction import Jurisdiction
from schemas.observation import Permit
from schemas.reason import Reason
from schemas.settings import Layer
from schemas.verdict import Verdict
from streams.hops.board import BlindRow, Board, Resumed, SourceRow
from streams.hops.carbon import Assessor
from streams.hops.desk_rows import ALWAYS, Clock, Over, Paged, Switched, TakenBack
from streams.hops.documents import Documents
from streams.hops.forecast import Given
from streams.hops.heat import OFTEN, put_heat, row_day, settle_heat
from streams.hops.ids import lasting_id
from streams.hops.kin import Kin, new_kin, recall
from streams.hops.limits import Options as Limits
from streams.hops.outbreak_board import ROWS as PEST_ROWS
from streams.hops.outbreak_board import PestBoard
from streams.hops.outbreak_given import Pests
from streams.hops.sights import Sights
from streams.hops.stake import First, Ledger, Stake
from streams.hops.watching import Watching
from streams.hops.weather import WEATHER_ROWS, Weather


@dataclass(frozen=True)
class Judge:
    """What the step is given: options, tables, the region and what names them in every alert."""

    association: association.Options
    crossing: crossing.Options
    permits: permits.Options
    static_heat: static_heat.Options
    heat_kinds: static_sources.Kinds
    lifecycle: lifecycle.Options
    evidence: Evidence
    grades: Grades
    region: AnyRegion
    software: str
    settings: str
    tables: str
    jurisdiction: str
    profile: Jurisdiction
    watching: Watching
    pests: Pests
    weather: Given
    carbon: Callable[[Region], Assessor] | None = None
    counting: at_risk.Options = field(default_factory=at_risk.Options)
    issuer: str = ""
    outage_s: float | None = None
    keep_d: float = 13.0
    ticks: int = 1
    grading: GradeOptions = field(default_factory=GradeOptions)
    duty: report_duty.Options = field(default_factory=report_duty.Options)
    reported_pixels: float = 0.0
    """So many pixels in one look are reported at once, by the rules of the jurisdiction."""
    answers: feedback.Options = field(default_factory=feedback.Options)
    limits: Limits = field(default_factory=Limits)
    sparks: spotting.Options = field(default_factory=spotting.Options)
    layers: tuple[Layer, ...] = ()
    says: bool = True  # whether alerts are put into words
    draw: Draw = Sketch.shape
    sums: Sums = summaries

    @cached_property
    def local(self) -> Local:
        """What is judged by at a place."""
        base = Rules(
            grades=self.grades,
            grading=self.grading,
            lifecycle=self.lifecycle,
            carbon=self.counting,
            duty=self.duty,
        )
        return Local(base, self.layers)


class Kept(Struct, frozen=True):
    """Row of one claim: `c/{detection_id}`."""

    claim: Detection
    masked: Reason | None = None


class FireRow(Struct, frozen=True, kw_only=True):
    """Row of one fire: `f/{incident_id}`: what was last said of it."""

    incident: Incident
    issued: lifecycle.Issued | None = None
    held_at: datetime | None = None
    """Told only once everything received up to then has been judged."""


@dataclass
class Desk:
    """Everything the judge remembers."""

    graph: Graph
    weather: Weather
    kin: Kin
    ledger: Ledger = field(default_factory=Ledger)
    heat: HeatIndex = field(default_factory=HeatIndex)
    masked: dict[str, Kept] = field(default_factory=dict)
    hits: dict[str, list[Hit]] = field(default_factory=dict)
    rows: dict[str, FireRow] = field(default_factory=dict)
    by_id: dict[str, Fire] = field(default_factory=dict)
    """Fires by the id they are shown under."""
    over: dict[str, Over] = field(default_factory=dict)
    looks: dict[str, list[Look]] = field(default_factory=dict)
    look_times: LookTimes = field(default_factory=LookTimes)
    withdrawn: dict[str, TakenBack] = field(default_factory=dict)
    """What sources took back, by observation, whether it came or not."""
    told: dict[str, report_duty.Told] = field(default_factory=dict)
    """What people entered of an incident, by any id it was shown under."""
    acts: dict[str, list[AnyAct]] = field(default_factory=dict)
    """What operators did, by the id they named."""
    verdicts: dict[str, list[Verdict]] = field(default_factory=dict)
    """What people answered, by the id they named, whether there is such a fire or not."""
    paged: dict[str, Paged] = field(default_factory=dict)
    documents: Documents = field(default_factory=dict)
    switched: dict[int, Switched] = field(default_factory=dict)
    clocks: dict[int, datetime] = field(default_factory=dict)
    leaps: dict[int, datetime] = field(default_factory=dict)
    closing: list[tuple[datetime, str]] = field(default_factory=list)
    held: set[str] = field(default_factory=set)
    permits: dict[str, Permit] = field(default_factory=dict)
    sights: Sights | None = None
    """Where bearings are looked up; made when the first is asked for."""
    swept_at: datetime | None = None
    board: Board = field(default_factory=Board)
    """The sources themselves: when each last looked, and which are lost."""
    unseen: frozenset[str] = frozenset()
    """Fires that are judged again for what is no new sign of them: what is closed stays closed."""
    pests: PestBoard = field(default_factory=PestBoard)
    unreadable: dict[str, str] = field(default_factory=dict)
    """Rows that could not be read, and why; the engine says so loudly."""

    def watermark(self, origins: int) -> datetime | None:
        """Return the time up to which every origin has spoken, or None while one is silent."""
        return min(self.clocks.values()) if len(self.clocks) >= origins else None


def incident_id(anchor: Node) -> str:
    """Return the lasting id of a fire from its oldest claim: kind, date, eight characters of a hash."""
    if not anchor.name:
        anchor.name = lasting_id("F", anchor.claim.observed_at, anchor.claim.detection_id)
    return anchor.name


def open_desk(given: Judge, _partition: int, rows: Mapping[str, bytes]) -> Desk:
    """Return the desk from its rows: components are computed anew, what was said is looked up."""
    desk = Desk(
        Graph(given.association),
        Weather(given.weather, region=given.region),
        new_kin(given.sparks),
        switched={0: Switched.of(given, ALWAYS)},
    )
    for key in sorted(rows):
        _place(desk, key, rows[key])
    for fire in desk.graph.fires():
        row = _row_of(desk, fire)
        if row is None:
            continue
        desk.by_id[row.incident.incident_id] = fire
        fire.shown = list(row.incident.lineage)
        if row.incident.status == "open":
            heapq.heappush(desk.closing, (row.incident.last_observed_at, row.incident.incident_id))
        if row.held_at is not None:
            desk.held.add(row.incident.incident_id)
    desk.graph.touched.clear()
    recall(desk.kin, desk.graph, ((desk.rows[one].incident, fire) for one, fire in desk.by_id.items()))
    return desk


def _row_of(desk: Desk, fire: Fire) -> FireRow | None:
    return desk.rows.get(incident_id(fire.anchor()))


def _place(desk: Desk, key: str, raw: bytes) -> None:
    """Put one row where it belongs; an unreadable row is left where it is."""
    if key[:2] not in ROWS:
        return
    kind, put = ROWS[key[:2]]
    value = decode(raw, kind)
    if isinstance(value, Unreadable):
        desk.unreadable[key] = value.why
    else:
        put(desk, key, value)


def _put_claim(desk: Desk, _key: str, kept: Kept) -> None:
    if kept.masked is None:
        desk.graph.add(kept.claim)
    else:
        desk.masked[kept.claim.detection_id] = kept


def _put_fire(desk: Desk, _key: str, row: FireRow) -> None:
    desk.rows[row.incident.incident_id] = row


def _put_over(desk: Desk, key: str, over: Over) -> None:
    desk.over[key[2:]] = over


def _put_hits(desk: Desk, key: str, hits: list[Hit]) -> None:
    put_heat(desk.heat, desk.hits, key, hits)
    if len(desk.hits) % OFTEN == 0:
        settle_heat(desk.heat, desk.hits, row_day(key))


def _put_switched(desk: Desk, key: str, one: Switched) -> None:
    desk.switched[int(key[2:])] = one
    desk.graph.begin(int(key[2:]), one.association, one.since)
    desk.kin.reach(one.reach_km)


def _put_permit(desk: Desk, key: str, permit: Permit) -> None:
    desk.permits[key[2:]] = permit


def _put_looks(desk: Desk, key: str, looks: list[Look]) -> None:
    desk.looks[key] = looks
    desk.look_times.add(looks)


def _put_taken_back(desk: Desk, key: str, one: TakenBack) -> None:
    desk.withdrawn[key[2:]] = one


def _put_verdicts(desk: Desk, key: str, verdicts: list[Verdict]) -> None:
    desk.verdicts[key[2:]] = verdicts


def _put_clock(desk: Desk, key: str, clock: Clock) -> None:
    desk.clocks[int(key[2:])] = clock.at.astimezone(UTC)
    if clock.leap_at is not None:
        desk.leaps[int(key[2:])] = clock.leap_at.astimezone(UTC)


ROWS: dict[str, tuple[Any, Callable[[Desk, str, Any], None]]] = {
    "c/": (Kept, _put_claim),
    "f/": (FireRow, _put_fire),
    "o/": (Over, _put_over),
    "h/": (list[Hit], _put_hits),
    "l/": (list[Look], _put_looks),
    "y/": (Permit, _put_permit),
    "k/": (Clock, _put_clock),
    # what links, ties and cuts claims is read before them
    "0/": (Switched, _put_switched),
    "1/": (Tie, lambda desk, _key, tie: desk.graph.parting.tie(tie.one, tie.two)),
    "2/": (Cut, lambda desk, key, cut: desk.graph.parting.cuts.update({key[2:]: cut})),
    "a/": (list[AnyAct], lambda desk, key, acts: desk.acts.update({key[2:]: acts})),
    "v/": (list[Verdict], _put_verdicts),
    "w/": (TakenBack, _put_taken_back),
    "p/": (Paged, lambda desk, key, paged: desk.paged.__setitem__(key[2:], paged)),
    "s/": (SourceRow, lambda desk, key, row: desk.board.put_source(key, row)),
    "b/": (BlindRow, lambda desk, key, row: desk.board.put_lost(key, row)),
    "r/": (Resumed, lambda desk, key, row: desk.board.put_resumed(key, row)),
    "t/": (Stake, lambda desk, _key, stake: desk.ledger.put(stake)),
    "u/": (First, lambda desk, key, first: desk.ledger.first.__setitem__(key[2:], first)),
    "z/": (CarbonTotal, lambda desk, _key, one: desk.ledger.said.__setitem__((one.level, one.key), one)),
    **{
        begin: (kind, lambda desk, key, row, put=put: put(desk.weather, key, row))  # type: ignore[misc]  # mypy cannot infer it
        for begin, (kind, put) in WEATHER_ROWS.items()
    },
    **{
        begin: (kind, lambda desk, key, row, put=put: put(desk.pests, key, row))  # type: ignore[misc]  # mypy cannot infer it
        for begin, (kind, put) in PEST_ROWS.items()
    },
}
"""What each kind of row holds, by the beginning of its key, and where it goes."""
