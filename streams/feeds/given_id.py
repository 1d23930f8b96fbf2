"""Under which id an inbound object is known: its source alone decides it, whoever else counts from one."""

import hashlib
from typing import Any

from detectors.identity import hotspot_id, lasting_id_of
from schemas.codec import encode
from schemas.observation import AnyObservation
from streams.feeds.base import Limits

WITNESS_KINDS = ("sighting", "reading", "report", "pass", "retraction")
"""Kinds whose source counts its own ids; a record of a table and a permit keep theirs whoever sends them."""

NOT_CONTENT = ("v", "observation_id", "received_at", "feed", "mended")
"""Fields that say how an observation came, not what it says: no part of a derived id."""


def names_its_source(observation: AnyObservation) -> bool:
    """Return whether the id of an observation is the lasting one already."""
    own, source = observation.observation_id, observation.source
    is_archived = bool(observation.feed and observation.received_at)
    return _lasting(str(observation.__struct_config__.tag), source, own, is_archived=is_archived) == own


def give_id(fields: dict[str, Any], value: dict[str, Any], _: Limits) -> list[str]:
    """Give a hotspot its identity, what has no id one made of what it says, and a witness its lasting one."""
    own, source = fields.get("observation_id"), fields.get("source")
    if fields["kind"] == "hotspot":
        place = float(fields["longitude"]), float(fields["latitude"])
        fields["observation_id"] = hotspot_id(
            fields["satellite"], fields["instrument"], fields["observed_at"], *place
        )
    elif own is None:
        said = {name: what for name, what in value.items() if name not in NOT_CONTENT}
        seal = hashlib.sha256(str(value.get("source")).encode("utf-8", "replace") + b"\n" + encode(said))
        fields["observation_id"] = f"{fields['kind']}/{seal.hexdigest()[:40]}"
    elif own and source and isinstance(own, str) and isinstance(source, str):
        is_archived = bool(fields.get("feed") and fields.get("received_at"))
        fields["observation_id"] = _lasting(fields["kind"], source, own, is_archived=is_archived)
    return []


def _lasting(kind: str, source: str, own: str, *, is_archived: bool) -> str:
    """Return the lasting id; in an archive verdicts and acts speak of the one it has, whoever wrote it."""
    return own if is_archived or kind not in WITNESS_KINDS else lasting_id_of(source, own)
