"""How many examples a property is tried on: half where every commit is tried, ten times as many on demand."""

import os

from hypothesis import HealthCheck, settings

LEAST = 25
"""So many are always drawn, where a property asks for as many."""

SHARES = {"ci": 0.5, "desk": 1.0, "thorough": 10.0}
HOW = os.environ.get("EXAMPLES") or ("ci" if os.environ.get("CI") == "true" else "desk")
SETTINGS = "_hypothesis_internal_use_settings"
"""Where Hypothesis keeps what a property asks for; a test holds that it is still there."""


def load() -> None:
    """Load the profile of this run."""
    # How long an example takes says how busy the machine is, not whether the code is right.
    settings.register_profile("desk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    # One commit has one answer: where every commit is tried, the examples follow from the test alone.
    settings.register_profile("ci", settings.get_profile("desk"), derandomize=True)
    settings.register_profile("thorough", settings.get_profile("desk"))
    settings.load_profile(HOW)


def how_many(asked: int, share: float) -> int:
    """Return how many are drawn of so many that are asked for."""
    return max(min(asked, LEAST), int(asked * share))


def draw(functions) -> None:
    """Set how many examples these tests draw; what is no property stays as it is."""
    for one in {id(one): one for one in functions}.values():
        if (asked := getattr(one, SETTINGS, None)) is not None:
            setattr(one, SETTINGS, settings(asked, max_examples=how_many(asked.max_examples, SHARES[HOW])))
