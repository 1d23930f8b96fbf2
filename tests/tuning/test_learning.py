import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from alerts.tuning.learning import document, hot_places, reliabilities, wilson
from alerts.tuning.story import Story
from schemas.settings import Settings
from streams.hops.build import OWNERS
from streams.tuning.document import read
from streams.tuning.layers import stations

AT = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def story(number, *sources, lon=102.0, lat=27.0):
    return Story(incident_id=f"F{number}", lineage=(f"F{number}",), opened_at=AT, last_observed_at=AT,
                 longitude=lon, latitude=lat, radius_m=300.0, probability=0.4, sources=sources)  # fmt: skip


@given(st.integers(0, 400), st.integers(0, 400))
def test_the_interval_holds_the_share_and_narrows_with_more(hits, misses):
    count = hits + misses
    low, high = wilson(hits, count)
    assert 0.0 <= low <= high <= 1.0
    if count:
        assert low - 1e-4 <= hits / count <= high + 1e-4
        more = wilson(hits * 4, count * 4)
        assert more[1] - more[0] < high - low


def test_a_camera_that_cries_wolf_is_proposed_to_be_believed_less_and_a_document_says_so():
    stories = [story(k, "camera-7") for k in range(20)] + [story(50 + k, "camera-8") for k in range(4)]
    said = [k < 1 for k in range(20)] + [False] * 4
    found = {one.source: one for one in reliabilities(stories, said, {"camera-7": 0.3, "camera-8": 0.3})}
    assert (found["camera-7"].fires, found["camera-7"].others) == (1, 19)
    assert found["camera-7"].proposed == 0.071
    assert found["camera-7"].high < 0.3
    assert found["camera-8"].proposed is None, "four are too few"
    text = document(found.values(), {"camera-7": "video", "camera-8": "video"})
    laid = read(text, Settings(), OWNERS)
    assert stations(laid, OWNERS)["camera-7"]["sighting"].video == 0.071
    assert "camera-8" not in text


def test_what_nobody_verified_counts_for_nothing():
    stories = [story(k, "camera-7") for k in range(30)]
    assert reliabilities(stories, [None] * 30, {"camera-7": 0.3}) == ()
    assert hot_places(stories, [None] * 30, {"camera-7"}) == ()


def test_a_place_denied_again_and_again_is_proposed_unless_it_ever_burned():
    denied = [story(k, "N20/VIIRS") for k in range(3)]
    (place,) = hot_places(denied, [False] * 3, {"N20/VIIRS"})
    assert (place.denied, place.incidents) == (3, ("F0", "F1", "F2"))
    assert place.low > 0.4
    beside = story(9, "N20/VIIRS", lon=102.02)
    assert hot_places([*denied, beside], [False] * 3 + [True], {"N20/VIIRS"}) == ()
    assert hot_places(denied[:2], [False] * 2, {"N20/VIIRS"}) == ()
    assert hot_places(denied, [False] * 3, {"N/VIIRS"}) == (), "a camera is fooled, the place is not hot"
