"""Observations judged in the light of what is remembered of their source."""

from typing import Any

from msgspec.structs import replace

from detectors import DETECTORS
from detectors.base import Recalled, Taken
from schemas.detection import Detection
from schemas.hop import Result
from schemas.observation import AnyObservation
from schemas.reason import Reason, Silence


def recollect(sitting: Any, result: Result) -> None:
    """Judge what waits in a sitting of the observe hop, source by source, and put it out."""
    named = {detector.name: detector for detector in DETECTORS}
    for (name, source, at), waiting in sitting.waiting.items():
        taken = [one for one, _, _ in waiting]
        memory = sitting.state.memories.of(named[name], source, sitting.now, result)
        made = memory(sitting.given.options_of(name, source, at), taken)
        for one, repeat, better in waiting:
            said = one.observation
            sitting.hear(said, made.unable.get(said.observation_id))
            claim = sitting.as_weather(said, better, _said(made, one, better))
            sitting.put(said, claim, repeat)
        for claim in made.earlier:
            # it had waited for more frames, and now counts
            sitting.detections.append(claim)
            over = Silence(
                observation_id=claim.observation_id,
                outcome="silent",
                stage="observe",
                at=sitting.now,
                reason=None,
            )
            sitting.silences.append(over)


def is_settled(claim: Any) -> bool:
    """Return whether an observation is none of the detectors' business, whatever they remember."""
    return isinstance(claim, Reason) and claim.code in {"too_late", "outside_region"}


def _said(made: Recalled, one: Taken, better: int) -> Any:
    """Return what an observation says in the end; a claim made of it carries its version."""
    observation: AnyObservation = one.observation
    claim = made.claims.get(observation.observation_id, one.claim)
    if isinstance(claim, Detection) and not claim.rank:
        return replace(claim, rank=better)
    return claim
