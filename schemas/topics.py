"""The topic table: name, value, key, partitions, retention, who writes and who reads. Data only."""

from dataclasses import dataclass
from typing import Any

from schemas.alert import Alert
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


OBSERVATION = Topic("observation.v1", Delivery, "the thing that observes (satellites: satellite + tile)", None, 30, False, ("ingest",), ("observe",), "what sources said, one delivery a message")
DETECTION = Topic("detection.v1", Claims, "the key of the delivery it came from", 1, 30, False, ("observe",), ("judge", "serve"), "claims about places; one partition, so that a fire on any border is judged whole")
INCIDENT = Topic("incident.v1", Incident, "incident id", None, 365, False, ("judge",), ("serve",), "revisions of incidents")
ALERT = Topic("alert.v1", Alert, "incident id", None, 365, False, ("judge",), ("route", "serve"), "revisions of alerts")
SILENCE = Topic("silence.v1", Silence, "observation id", None, 90, False, ("observe", "judge"), ("serve",), "why an observation leads to no alert")
NOTICE = Topic("notice.v1", AnyNotice, "receiver", None, 365, False, ("route", "deliver"), ("deliver", "serve"), "deliveries and their results")
VERDICT = Topic("verdict.v1", Verdict, "incident id", None, None, False, ("serve",), ("judge", "serve"), "what people found; kept for ever")
SETTING = Topic("setting.v1", Setting, "setting name", 1, None, False, ("serve",), ("judge", "serve"), "settings documents; kept for ever")
TICK = Topic("tick.v1", Tick, "partition", None, 7, False, ("judge",), ("route", "serve"), "time up to which everything received has been judged")
DEAD_LETTER = Topic("dead-letter.v1", DeadLetter, "source", None, 90, False, ("ingest", "observe", "judge", "route", "deliver"), ("serve",), "what could not be read, with the reason")

TOPICS: tuple[Topic, ...] = (OBSERVATION, DETECTION, INCIDENT, ALERT, SILENCE, NOTICE, VERDICT, SETTING, TICK, DEAD_LETTER)
"""Every topic of the system, in the order of the flow."""
