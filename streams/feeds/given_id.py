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
    """Return whether the id of an observation is the lasting one already, or was one when it was archived."""
    if observation.__struct_config__.tag not in WITNESS_KINDS or (
        observation.feed and observation.received_at
    ):
        return True
    own = observation.observation_id
    return lasting_id_of(observation.source, own) == own


def give_id(fields: dict[str, Any], value: dict[str, Any], _: Limits) -> list[str]:
    """Give a hotspot its identity, what has no id one made of what it says, and a witness its lasting one."""
    if fields["kind"] == "hotspot":
        place = float(fields["longitude"]), float(fields["latitude"])
        fields["observation_id"] = hotspot_id(
            fields["satellite"], fields["instrument"], fields["observed_at"], *place
        )
    elif fields.get("observation_id") is None:
        said = {name: what for name, what in value.items() if name not in NOT_CONTENT}
        seal = hashlib.sha256(str(value.get("source")).encode("utf-8", "replace") + b"\n" + encode(said))
        fields["observation_id"] = f"{fields['kind']}/{seal.hexdigest()[:40]}"
    elif fields.get("feed") and fields.get("received_at"):
        # an archive's: verdicts and acts speak of it by this id, whatever version wrote it
        return []
    elif fields["kind"] in WITNESS_KINDS and all(map(_is_word, _identity(fields))):
        fields["observation_id"] = lasting_id_of(*_identity(fields))
    return []


def _identity(fields: dict[str, Any]) -> tuple[Any, Any]:
    return fields.get("source"), fields["observation_id"]


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and bool(value)
