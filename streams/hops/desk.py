"""The state of the judging hop: claims, fires, heat and clocks; a cache of the rows it keeps."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

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
from detectors.region import AnyRegion, Region
from detectors.running import Sums, summaries
from detectors.shape import Draw, Sketch
from detectors.static_heat import HeatIndex, Hit
from schemas.act import AnyAct
from schemas.detection import Detection, Look
from schemas.incident import Incident
from schemas.jurisdiction import Jurisdiction
from schemas.observation import Permit
from schemas.reason import Reason
from schemas.settings import Layer
from schemas.verdict import Verdict
from streams.hops.board import Board
from streams.hops.carbon import Assessor
from streams.hops.desk_rows import Over, Paged, Switched, TakenBack
from streams.hops.documents import Documents
from streams.hops.forecast import Given
from streams.hops.ids import lasting_id
from streams.hops.kin import Kin
from streams.hops.limits import Options as Limits
from streams.hops.outbreak_board import PestBoard
from streams.hops.outbreak_given import Pests
from streams.hops.sights import Sights
from streams.hops.stake import Ledger
from streams.hops.watching import Watching
from streams.hops.weather import Weather


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
    moved: set[str] = field(default_factory=set)
    """Fires of whose reach something was told since the first word of them."""
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
    parted: frozenset[str] = frozenset()
    """Claims of what was part of other fires, by what joined before the start; told at the next step."""
    unseen: frozenset[str] = frozenset()
    """Fires that are judged again for what is no new sign of them: what is closed stays closed."""
    pests: PestBoard = field(default_factory=PestBoard)
    unreadable: dict[str, str] = field(default_factory=dict)
    """Rows that could not be read, and why; the engine says so loudly."""

    def watermark(self, origins: int) -> datetime | None:
        """Return the time up to which every origin has spoken, or None while one is silent."""
        return min(self.clocks.values()) if len(self.clocks) >= origins else None

    def keep(self, row: FireRow) -> None:
        """Keep what was last said of a fire, under the id it is shown by."""
        self.rows[row.incident.incident_id] = row
        if row.issued is not None and row.issued.moved_at is not None:
            self.moved.add(row.incident.incident_id)


def incident_id(anchor: Node) -> str:
    """Return the lasting id of a fire from its oldest claim: kind, date, eight characters of a hash."""
    if not anchor.name:
        anchor.name = lasting_id("F", anchor.claim.observed_at, anchor.claim.detection_id)
    return anchor.name
