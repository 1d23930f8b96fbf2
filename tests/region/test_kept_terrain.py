import numpy as np
import pytest
import shapely
from hills import ground, hills

from detectors.region import Layer, Region
from detectors.region.place_names import PlaceNames, name_index
from streams.region import RegionWriter, open_region, write_region
from streams.region.build.names import keep_names
from streams.region.manifest import RegionError

LAYER = Layer.of(
    "place_names",
    shapely.points([102.2, 102.3], [27.8, 27.8]),
    ["a", "b"],
    ["长板桥", "朝阳坪"],
    [{"kind": "小地名"}, {"pinyin": "zhao yang ping"}],
)
HILLY = Region(
    "hills",
    {"place_names": LAYER},
    terrain=ground(hills(9, 300, 300)),
    place_names=PlaceNames(LAYER, name_index(LAYER, [["chang ban qiao"], []])),
)


def test_terrain_and_names_come_back_mapped_from_the_disk(tmp_path):
    write_region(tmp_path, HILLY)
    again = open_region(tmp_path)
    lon, lat = np.linspace(102.0, 102.3, 50), np.linspace(27.95, 27.8, 50)
    assert HILLY.terrain is not None
    assert np.ma.allequal(again.terrain.elevation_m(lon, lat), HILLY.terrain.elevation_m(lon, lat))
    assert again.place_names.search("cbq") == HILLY.place_names.search("cbq") != ()
    mapped = (again.terrain.heights, again.place_names.arrays["texts.codes"])
    assert all(
        isinstance(array.base, np.memmap) or isinstance(array.base.base, np.memmap) for array in mapped
    )


def test_a_region_without_them_has_none(tmp_path):
    write_region(tmp_path, Region("plain", {"place_names": LAYER}))
    again = open_region(tmp_path)
    assert (again.terrain, again.place_names) == (None, None)


@pytest.mark.parametrize(("folder", "name"), [("dem", "peaks"), ("names", "texts.codes")])
def test_a_version_whose_terrain_or_names_lack_an_array_is_refused(tmp_path, folder, name):
    with RegionWriter(tmp_path, "r") as build:
        build.keep_region(Region("r", {"place_names": LAYER}))
        arrays = HILLY.terrain.arrays() if folder == "dem" else dict(HILLY.place_names.arrays)
        arrays.pop(name)
        build.keep_arrays(folder, arrays)
        build.publish()
    with pytest.raises(RegionError, match=rf"{folder}: the array '{name}' is missing"):
        open_region(tmp_path)


def test_a_version_with_another_terrain_is_another_version(tmp_path):
    one = write_region(tmp_path / "one", HILLY).version
    other = Region("hills", HILLY.layers, terrain=ground(hills(8, 300, 300)), place_names=HILLY.place_names)
    assert write_region(tmp_path / "two", other).version != one
    assert write_region(tmp_path / "three", HILLY).version == one


def test_names_are_found_by_the_readings_of_their_own_column_and_by_all_others(tmp_path):
    with RegionWriter(tmp_path, "r") as build:
        build.keep_region(Region("r", {"place_names": LAYER}))
        keep_names(build, LAYER)
        build.publish()
    names = open_region(tmp_path).place_names
    assert names.search("zyp")[0].name == names.search("cyp")[0].name == "朝阳坪"
    assert names.search("zyp")[0].latin == "Zhaoyangping"
    assert names.search("cbq")[0].latin == "Changbanqiao"
