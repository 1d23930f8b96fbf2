"""A reach that cannot be computed is told as unknown, and the log says of which fire and why."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace

from detectors.region import WORLD
from streams.hops.nearing import reach_1h


@dataclass
class Broken:
    asked: list = field(default_factory=list)

    knows_spread = True

    def soon(self, fire, _drivers):
        self.asked.append(fire.incident_id)
        raise ValueError("a ring that crosses itself")


def test_a_reach_that_cannot_be_computed_is_null_and_named_in_the_log(caplog):
    broken = Broken()
    given = SimpleNamespace(carbon=lambda _region: broken, region=WORLD)
    one = SimpleNamespace(sector=None, footprint={}, probability=0.5, radius_m=100.0, area_ha=1.0)
    sitting = SimpleNamespace(given=given, now=datetime(2020, 3, 30, 8, tzinfo=UTC))
    assert reach_1h(sitting, "F20200330-AAAAAAAA", one, None) is None
    assert broken.asked == ["F20200330-AAAAAAAA"]
    assert "F20200330-AAAAAAAA" in caplog.text
    assert "a ring that crosses itself" in caplog.text
