"""One answer to why: what the thing asked for became, and every reason for it, in figures."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from msgspec import Struct

from schemas.codec import Unreadable, decode, encode
from schemas.reason import Reason
from streams.hops.ids import lasting_id

Record = Mapping[str, Any]

_HOTSPOT = re.compile(r"/(?P<at>\d{8}T\d{4})Z/(?P<longitude>-?\d+\.\d+),(?P<latitude>-?\d+\.\d+)$")
"""The end of a hotspot's id: minute of acquisition and place."""


_INCIDENT = re.compile(r"[A-Z]\d{8}-")
"""How the id of an incident begins."""
CANDIDATE = "spotting_candidate"
"""What an alert is to its incident when it tells of a task on it, and not of the incident."""


class Explanation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of an observation, detection, incident or alert, and why.

    `found_by` says how an observation was led to its incident: `id`, or `place_and_time`.
    """

    v: int = 1
    asked: str
    kind: str
    outcome: str
    found_by: str = "id"
    observation_id: str = ""
    stage: str = ""
    incident_id: str = ""
    short_code: str = ""
    status: str = ""
    grade: str = ""
    probability: float | None = None
    alert_id: str = ""
    alert_revision: int = 0
    action: str = ""
    pages: bool = False
    reasons: tuple[Reason, ...] = ()
    feedback: dict[str, Any] | None = None
    versions: dict[str, Any] | None = None


class Known(Protocol):
    """Where answers are looked up: a history store, or the folder of a replay."""

    def incident(self, name: str) -> Record | None:
        """Return the incident that an id, an alert id or an answer code leads to."""

    def alert(self, incident_id: str, asked: Collection[str] = ()) -> Record | None:
        """Return the newest alert revision of an incident: its own, or of the candidate that is asked for."""

    def silence(self, name: str) -> Record | None:
        """Return why an observation, or a row `file:line`, leads to no alert."""

    def detection(self, name: str) -> Record | None:
        """Return a claim by its id or that of its observation."""

    def called(self, name: str) -> list[str]:
        """Return the lasting ids of what sources call so, two at most."""

    def incident_at(self, longitude: float, latitude: float, at: datetime, name: str = "") -> Record | None:
        """Return the incident that was observed there and then, best one that was given that claim."""


def explained_short(known: Known, asked: str) -> Explanation | None:
    """Return why something was told or not; what only one source calls so needs no source before it."""
    found = explained(known, asked)
    if found is None and len(names := known.called(asked)) == 1:
        return explained(known, names[0])
    return found


def explained(known: Known, asked: str) -> Explanation | None:
    """Return why something was told or not, by its whole id; None when nothing is known of it."""
    incident = known.incident(asked)
    if incident is not None:
        return _of_incident(known, asked, incident, observation=asked in incident.get("witnesses", ()))
    silence = known.silence(asked)
    if silence is not None and silence.get("reason") and silence.get("outcome") != "duplicate":
        return _of_silence(asked, silence)
    place = _place_of(known.detection(asked), asked)
    if place is not None:
        # the observation that an incident is named after leads to it for certain
        named = known.incident(lasting_id("F", place[2], asked))
        found = named or known.incident_at(*place, asked)
        if found is not None:
            how = "place_and_time" if named is None else "id"
            return _of_incident(known, asked, found, observation=True, found_by=how)
    # that it came again says nothing of what became of it, and is told where nothing else is known
    return _of_silence(asked, silence) if silence is not None and silence.get("reason") else None


def _of_silence(asked: str, silence: Record) -> Explanation:
    """Return the explanation of an observation, or a row, that leads to nothing."""
    return Explanation(
        asked=asked,
        kind="observation",
        outcome=str(silence.get("outcome", "silent")),
        observation_id=str(silence.get("observation_id") or ""),
        stage=str(silence.get("stage", "")),
        reasons=_reasons([silence["reason"]]),
    )


def _of_incident(
    known: Known, asked: str, incident: Record, *, observation: bool = False, found_by: str = "id"
) -> Explanation:
    """Return the explanation of an incident, or of an observation that is part of it."""
    incident_id = str(incident["incident_id"])
    alert = known.alert(incident_id, _names(asked)) or {}
    reasons, is_task = alert.get("reasons") or (), alert.get("relation") == CANDIDATE
    judged = alert if is_task else incident
    if not is_task and incident.get("reasons") and incident.get("status") != "merged":
        # the turn that the alert took comes first, then what is known of the incident now
        reasons = [*reasons[:1], *incident["reasons"]]
    elif not reasons:
        reasons = incident.get("reasons") or ()
    if not is_task and not observation and asked != incident_id and _INCIDENT.match(asked):
        # what was asked for goes on under another id
        reasons = [Reason(code="merged_into", ref=incident_id), *reasons]
    if observation:
        # which fire other claims were given to says nothing of this one
        reasons = [why for why in reasons if not _is_choice(why) or why.get("detail") == asked]
    return Explanation(
        asked=asked,
        kind="observation" if observation else "incident",
        outcome="told" if alert else "kept",
        found_by=found_by,
        observation_id=asked if observation else "",
        incident_id=incident_id,
        short_code=str(incident.get("short_code", "")),
        status=str(incident.get("status", "")),
        grade=str(judged.get("grade", "")),
        probability=judged.get("probability"),
        alert_id=str(alert.get("alert_id", "")),
        alert_revision=int(alert.get("revision", 0)),
        action=str(alert.get("action", "")),
        pages=bool(alert.get("pages", False)),
        reasons=_reasons(reasons),
        feedback=incident.get("feedback"),
        versions=alert.get("versions"),
    )


def _names(asked: str) -> tuple[str, ...]:
    """Return the ids that an alert may go by for what was asked: itself, or what it would have opened."""
    match = _HOTSPOT.search(asked)
    if match is None:
        return (asked,)
    try:
        return asked, lasting_id(
            "F", datetime.strptime(match["at"], "%Y%m%dT%H%M").replace(tzinfo=UTC), asked
        )
    except ValueError:
        return (asked,)


def _reasons(values: Iterable[Any]) -> tuple[Reason, ...]:
    read = [decode(encode(value), Reason) for value in values]
    return tuple(dict.fromkeys(one for one in read if not isinstance(one, Unreadable)))


def _place_of(detection: Record | None, asked: str) -> tuple[float, float, datetime] | None:
    """Return where and when an observation was made, by its claim or else by its id."""
    if detection is not None:
        at = datetime.fromisoformat(str(detection["observed_at"]))
        return float(detection["longitude"]), float(detection["latitude"]), at
    match = _HOTSPOT.search(asked)
    if match is None:
        return None
    try:
        at = datetime.strptime(match["at"], "%Y%m%dT%H%M").replace(tzinfo=UTC)
    except ValueError:
        return None
    return float(match["longitude"]), float(match["latitude"]), at


def _is_choice(why: Record) -> bool:
    return why.get("code") == "nearest_of"


def nearest(incidents: Sequence[Record], longitude: float, latitude: float, name: str = "") -> Record | None:
    """Return the incident whose centre is nearest, of those that were observed there; None without one.

    One that says that it was given the observation of that name comes before all.
    """
    living = [one for one in incidents if one.get("status") != "merged"]

    def far(one: Record) -> tuple[bool, float, str]:
        east, north = float(one["longitude"]) - longitude, float(one["latitude"]) - latitude
        given = any(_is_choice(why) and why.get("detail") == name for why in one.get("reasons") or ())
        return not given, east * east + north * north, str(one["incident_id"])

    return min(living, key=far, default=None)
