"""A Shapefile that lacks a part or breaks off is refused by the name of the part."""

import zipfile

import numpy as np
import pyogrio
import pytest
import shapely
from region_files import made

from streams.region.build.source import SourceError

SHAPES = np.array([shapely.box(102 + n / 10, 27, 102.05 + n / 10, 27.05) for n in range(5)])


@pytest.fixture
def whole(tmp_path):
    path = tmp_path / "a.shp"
    ages = np.array([32, 135, 8, 40, 61])
    head = {"geometry_type": "Polygon", "crs": "EPSG:4490", "encoding": "UTF-8"}
    pyogrio.raw.write(path, shapely.to_wkb(SHAPES), [ages], ["林龄"], **head)
    return path


def packed(whole, *suffixes):
    path = whole.with_suffix(".zip")
    with zipfile.ZipFile(path, "w") as archive:
        for suffix in suffixes:
            archive.write(whole.with_suffix(suffix), f"a{suffix}")
    return path


MISSING = {".dbf": r"a\.dbf \(the attributes\) is missing", ".shx": r"a\.shx \(the index\) is missing"}


@pytest.mark.parametrize("suffix", MISSING)
def test_a_missing_part_is_named(tmp_path, whole, suffix):
    whole.with_suffix(suffix).unlink()
    with pytest.raises(SourceError, match=rf"layer stands: a\.shp: {MISSING[suffix]}"):
        made(tmp_path, "stands", whole)
    assert list((tmp_path / "out").glob("*")) == []


def test_both_missing_are_one_line(tmp_path, whole):
    for suffix in MISSING:
        whole.with_suffix(suffix).unlink()
    with pytest.raises(SourceError, match=r"a\.dbf \(the attributes\) and a\.shx \(the index\) are missing"):
        made(tmp_path, "stands", whole)


def test_parts_in_capitals_are_parts(tmp_path, whole):
    for suffix in MISSING:
        whole.with_suffix(suffix).rename(whole.with_suffix(suffix.upper()))
    assert made(tmp_path, "stands", whole).counts.kept == 5


def test_a_part_missing_in_an_archive_is_named_and_a_whole_one_is_read(tmp_path, whole):
    assert made(tmp_path, "stands", packed(whole, ".shp", ".shx", ".dbf", ".prj")).counts.kept == 5
    with pytest.raises(SourceError, match=r"a\.zip: a\.dbf \(the attributes\) is missing"):
        made(tmp_path, "stands", packed(whole, ".shp", ".shx", ".prj"))


@pytest.mark.parametrize("suffix", [".shp", ".shx", ".dbf"])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.6, 0.95])
def test_a_part_that_is_cut_off_is_said_to_break_off(tmp_path, whole, suffix, share):
    part = whole.with_suffix(suffix)
    raw = part.read_bytes()
    part.write_bytes(raw[: int(len(raw) * share)])
    with pytest.raises(
        SourceError, match=rf"a\.shp: a\{suffix} breaks off: {int(len(raw) * share)} bytes of"
    ):
        made(tmp_path, "stands", whole)


def test_a_table_without_its_end_mark_is_whole(tmp_path, whole):
    part = whole.with_suffix(".dbf")
    raw = part.read_bytes()
    assert raw[-1] == 0x1A
    part.write_bytes(raw[:-1])
    assert made(tmp_path, "stands", whole).counts.kept == 5
