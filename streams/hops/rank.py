"""How good one version of an observation is: what stays when the same is said twice."""

import zlib

import msgspec

from schemas.codec import encode
from schemas.observation import AnyObservation, Hotspot, LabResult, Permit, PestSurvey, TrapCount

RANKS = {"URT": 0, "RT": 1, "NRT": 2}
"""Better versions of one pixel (FIRMS: ultra real time, real time, near real time; none = standard)."""


def rank(observation: AnyObservation) -> int:
    """Return how good this version is: its class first, then a hash of what was measured.

    Two versions of one class that differ are told apart by the hash alone, so that the order in which they
    come does not decide which of them stays.
    """
    measured = msgspec.structs.replace(observation, received_at=None, feed="", mended=())
    best = 3
    if isinstance(observation, Hotspot):
        best = RANKS.get(observation.version.lstrip("0123456789.").upper(), 3)
    if isinstance(observation, TrapCount | PestSurvey | LabResult | Permit):
        best += observation.revision
    return best << 32 | zlib.crc32(encode(measured))
