import pytest
import shapely

from detectors.geodesy import destination
from detectors.region import Layer
from detectors.region.place_names import PlaceNames, name_index
from schemas.settings import Settings
from streams.jurisdiction import in_force
from streams.region.naming import in_words

LAYER = Layer.of("place_names", shapely.points([102.2], [27.8]), ["a"], ["长板桥"], [{"radius_m": 300.0}])
NAMES = PlaceNames(LAYER, name_index(LAYER, [["chang ban qiao"]]))
ZH = in_force(Settings()).words["zh"]
EN = in_force(Settings(jurisdiction="generic-en")).words["en"]


@pytest.mark.parametrize(
    ("azimuth", "km", "chinese", "english"),
    [
        (45.0, 1.2, "长板桥东北1.2km", "1.2 km NE of Changbanqiao"),
        (181.0, 12.0, "长板桥南12.0km", "12.0 km S of Changbanqiao"),
        (350.0, 0.5, "长板桥北0.5km", "0.5 km N of Changbanqiao"),
        (90.0, 0.29, "长板桥", "Changbanqiao"),
        (90.0, 25.0, None, None),
    ],
)
def test_a_position_is_told_from_the_nearest_name(azimuth, km, chinese, english):
    lon, lat = (float(part) for part in destination(102.2, 27.8, azimuth, km))
    assert in_words(NAMES, ZH, lon, lat, latin=False) == chinese
    assert in_words(NAMES, EN, lon, lat, latin=True) == english
