"""What an observation says beside place and time: what is mended or refused in it, by its kind."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from schemas.observation import AnyObservation, Pass, Permit, PestSurvey, Reading, Sighting
from schemas.reason import Reason
from streams.feeds.outline import mend_permit, outline
from streams.feeds.readings import mend_reading, sound_reading
from streams.feeds.sightings import mend_sighting, sound_sighting
from streams.feeds.surveys import fault_of, mend_survey

MEND: Mapping[str, Callable[[dict[str, Any]], tuple[list[str], Reason | None]]] = {
    "sighting": mend_sighting,
    "reading": mend_reading,
    "permit": mend_permit,
    "pest_survey": mend_survey,
}
"""Of each kind what mends its fields in place, with what was mended, or why it is refused."""


def says_soundly(observation: AnyObservation, raw: bytes) -> bool:
    """Return whether there is nothing to mend or refuse in what it says; `raw` are its bytes."""
    match observation:
        case Pass():
            return b'"frame"' not in raw
        case Reading():
            return b'"unit"' not in raw and sound_reading(observation)
        case Sighting():
            return sound_sighting(observation)
        case PestSurvey():
            return fault_of(observation.measure, observation.value, observation.area_ha) is None
        case Permit():
            fields = msgspec.structs.asdict(observation)
            return outline(dict(fields)) is None and mend_permit(fields)[1] is None
        case _:
            return True
