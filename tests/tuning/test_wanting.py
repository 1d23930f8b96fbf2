"""Silences for want of evidence say their county, and the metric that counts them stays small."""

import datetime as dt

import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.region import WORLD
from schemas.observation import Reading, Sighting
from schemas.reason import Reason, Silence
from schemas.settings import Settings
from streams.hops.counties import LAYER, counties_of, in_counties
from streams.metrics import MAX_RULES, Metrics
from streams.recorded import deliveries
from streams.region import demo_region
from streams.replay import run

AT = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
HERE = {"observed_at": AT, "received_at": AT}
REGION = demo_region()
WANTING = Reason(code="below_threshold", rule="x", value=0.1, threshold=0.2)


def reading(name, lon, lat):
    return Reading(observation_id=name, source=name, frame="wgs84", longitude=lon, latitude=lat,
                   quantity="smoke_percent_per_m", value=0.1, **HERE)  # fmt: skip


def test_what_a_detector_keeps_silent_about_says_its_county():
    seen = [reading("in", 102.25, 27.9), reading("out", 80.0, 40.0)]
    silences = run(deliveries(seen), Settings(), REGION).silences
    assert silences["in"].reason.code == "below_threshold"
    assert silences["in"].county == "513401"
    assert silences["out"].county == "", "beyond the border nothing was wanting"
    assert run(deliveries(seen), Settings(), WORLD).silences["in"].county == ""


def test_a_camera_that_gave_no_place_is_counted_where_it_stands():
    one = Sighting(observation_id="c", source="c", source_class="video", frame="wgs84", azimuth_deg=3.0,
                   station_longitude=102.25, station_latitude=27.9, probability=0.2, saw="smoke",
                   **HERE)  # fmt: skip
    silence = Silence(observation_id="c", outcome="silent", stage="observe", at=AT, reason=WANTING)
    (told,) = in_counties([silence], [one], {}, REGION)
    assert told.county == "513401"


@given(st.lists(st.tuples(st.floats(101.0, 104.0), st.floats(26.5, 29.5)), min_size=1, max_size=8))
@settings(max_examples=20)
def test_counties_of_many_positions_are_those_of_each_by_itself(spots):
    layer = REGION.layers[LAYER]
    shapes = dict(zip(layer.ids(), layer.geometries(), strict=True))
    for spot, county in zip(spots, counties_of(REGION, *zip(*spots, strict=True)), strict=True):
        held = sorted(name for name, shape in shapes.items() if shape.covers(shapely.Point(spot)))
        assert county == (held[0] if held else "")


def test_numbers_in_a_rule_and_many_rules_make_no_new_series_without_end():
    metrics = Metrics()
    for days in range(3):
        metrics.wanting(f"static heat on {days} days", "513401")
    assert b'{county="513401",rule="static heat on n days"} 3.0' in metrics.text()
    for k in range(MAX_RULES + 7):
        metrics.wanting("x", f"county-{k}")
    assert b'{county="other",rule="other"} 8.0' in metrics.text()
