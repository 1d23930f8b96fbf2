"""The topic table: name, value, key, partitions, retention, who writes and who reads. Data only."""

from dataclasses import dataclass
from typing import Any

from schemas.act import AnyAct
from schemas.alert import Alert
from schemas.carbon import AnyCarbon
from schemas.dead_letter import DeadLetter, Tick
from schemas.detection import Claims
from schemas.incident import Incident
from schemas.notice import AnyNotice
from schemas.observation import Delivery
from schemas.reason import Silence
from schemas.settings import Setting
from schemas.verdict import Verdict


@dataclass(frozen=True)
class Topic:
    """One topic. `partitions` None means as many as configured."""

    name: str
    value: Any
    key: str
    partitions: int | None
    retention_days: int | None
    compacted: bool
    writers: tuple[str, ...]
    readers: tuple[str, ...]
    about: str


OBSERVATION = Topic(
    name="observation.v1",
    value=Delivery,
    key="the thing that observes (satellites: satellite + tile)",
    partitions=None,
    retention_days=30,
    compacted=False,
    writers=("ingest",),
    readers=("observe",),
    about="what sources said, one delivery a message",
)
DETECTION = Topic(
    name="detection.v1",
    value=Claims,
    key="the key of the delivery it came from",
    partitions=1,
    retention_days=30,
    compacted=False,
    writers=("observe",),
    readers=("judge", "serve"),
    about="claims about places; one partition, so that a fire on any border is judged whole",
)
INCIDENT = Topic(
    name="incident.v1",
    value=Incident,
    key="incident id",
    partitions=None,
    retention_days=365,
    compacted=False,
    writers=("judge",),
    readers=("serve",),
    about="revisions of incidents",
)
ALERT = Topic(
    name="alert.v1",
    value=Alert,
    key="incident id",
    partitions=None,
    retention_days=365,
    compacted=False,
    writers=("judge",),
    readers=("route", "serve"),
    about="revisions of alerts",
)
CARBON = Topic(
    name="carbon.v1",
    value=AnyCarbon,
    key="level and key of a total, or incident id of a close-out",
    partitions=None,
    retention_days=365,
    compacted=False,
    writers=("judge",),
    readers=("serve",),
    about="live totals of carbon at risk, and what fires that are over took",
)
SILENCE = Topic(
    name="silence.v1",
    value=Silence,
    key="observation id",
    partitions=None,
    retention_days=90,
    compacted=False,
    writers=("observe", "judge"),
    readers=("serve",),
    about="why an observation leads to no alert",
)
NOTICE = Topic(
    name="notice.v1",
    value=AnyNotice,
    key="receiver",
    partitions=None,
    retention_days=365,
    compacted=False,
    writers=("route", "deliver"),
    readers=("deliver", "serve"),
    about="deliveries and their results",
)
VERDICT = Topic(
    name="verdict.v1",
    value=Verdict,
    key="incident id",
    partitions=None,
    retention_days=None,
    compacted=False,
    writers=("judge",),
    readers=("serve",),
    about="what people found and what became of it; it comes in by `observation.v1`",
)
ACT = Topic(
    name="act.v1",
    value=AnyAct,
    key="incident id",
    partitions=None,
    retention_days=None,
    compacted=False,
    writers=("judge",),
    readers=("serve",),
    about="what operators did to incidents and what became of it; it comes in by `observation.v1`",
)
SETTING = Topic(
    name="setting.v1",
    value=Setting,
    key="setting name",
    partitions=1,
    retention_days=None,
    compacted=False,
    writers=("serve",),
    readers=("judge", "serve"),
    about="settings documents; kept for ever",
)
TICK = Topic(
    name="tick.v1",
    value=Tick,
    key="partition",
    partitions=None,
    retention_days=7,
    compacted=False,
    writers=("judge",),
    readers=("route", "serve"),
    about="time up to which everything received has been judged",
)
DEAD_LETTER = Topic(
    name="dead-letter.v1",
    value=DeadLetter,
    key="source",
    partitions=None,
    retention_days=90,
    compacted=False,
    writers=("ingest", "observe", "judge", "route", "deliver"),
    readers=("serve",),
    about="what could not be read, with the reason",
)

TOPICS: tuple[Topic, ...] = (
    OBSERVATION,
    DETECTION,
    INCIDENT,
    ALERT,
    CARBON,
    SILENCE,
    NOTICE,
    VERDICT,
    ACT,
    SETTING,
    TICK,
    DEAD_LETTER,
)
"""Every topic of the system, in the order of the flow."""
