"""Real files: a national park in three coordinate systems; Sichuan's hotspots by borders in a wrong datum."""

import csv
import json

import numpy as np
import pyogrio
import pyproj
import pytest
import shapely
from region_files import made

from detectors.datum import to_gcj02

PARK = "gorongosa_boundary_west_straight_utm"
MOUNTAIN = "gnp_mountain_boundary_latlong"
BUFFER = "gnp_buffer_latlong_2014"


def positions(path):
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return np.array([[float(row["longitude"]), float(row["latitude"])] for row in rows]).T


def zones(shared_data, tmp_path):
    """The park in UTM 36S, the mountain in degrees without a .prj, the buffer in Web Mercator."""
    folder = shared_data / "protected"
    _, _, shapes, _ = pyogrio.raw.read(folder / f"{BUFFER}.shp", columns=[])
    there = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)
    moved = shapely.transform(
        shapely.from_wkb(shapes), lambda at: np.column_stack(there.transform(at[:, 0], at[:, 1]))
    )
    pyogrio.raw.write(
        tmp_path / "buffer.gpkg",
        shapely.to_wkb(moved),
        [np.array(["buffer"], dtype=object)],
        ["id"],
        geometry_type="Polygon",
        crs="EPSG:3857",
    )
    found = {
        "park": made(tmp_path / "a", "protected_areas", folder / f"{PARK}.shp"),
        "mountain": made(tmp_path / "b", "protected_areas", folder / f"{MOUNTAIN}.shp", crs="EPSG:4326"),
        "buffer": made(tmp_path / "c", "protected_areas", tmp_path / "buffer.gpkg"),
    }
    return {name: one.layer for name, one in found.items()}


def test_three_zones_in_three_systems_hold_the_fires_that_shapely_counts_in_each_own_system(
    shared_data, tmp_path
):
    lon, lat = positions(shared_data / "firms" / "viirs_gorongosa_2026.csv")
    built = zones(shared_data, tmp_path)
    counts = {name: int((layer.holding(lon, lat) >= 0).sum()) for name, layer in built.items()}
    own = {}
    for name, file, crs in (
        ("park", PARK, "EPSG:32736"),
        ("mountain", MOUNTAIN, None),
        ("buffer", BUFFER, None),
    ):
        _, _, raw, _ = pyogrio.raw.read(shared_data / "protected" / f"{file}.shp", columns=[])
        x, y = (
            pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(lon, lat)
            if crs
            else (lon, lat)
        )
        own[name] = int(shapely.intersects_xy(shapely.from_wkb(raw)[0], x, y).sum())
    assert counts == own == {"park": 5, "mountain": 6, "buffer": 79}


def test_a_fire_counts_for_the_innermost_zone_as_in_the_published_counts(shared_data, tmp_path):
    # The published tables count a fire once: total = park + mountain + buffer, in every year.
    with (shared_data / "protected" / "expected_fires_yearly.csv").open(encoding="utf-8") as file:
        table = {(row["region"], row["year"]): int(row["n_fires"]) for row in csv.DictReader(file)}
    years = sorted({year for _, year in table})
    assert years == [str(year) for year in range(2017, 2025)]
    for year in years:
        parts = [table[name, year] for name in ("GNP", "Mountain", "Buffer")]
        assert table["Total", year] == sum(parts)
        assert table["GNP_and_Mountain", year] == sum(parts[:2])
    lon, lat = positions(shared_data / "firms" / "viirs_gorongosa_2026.csv")
    built = zones(shared_data, tmp_path)
    inside = {name: layer.holding(lon, lat) >= 0 for name, layer in built.items()}
    inner = inside["park"] | inside["mountain"]
    assert not (inside["park"] & inside["mountain"]).any()
    assert (inner & ~inside["buffer"]).sum() == 0
    assert int((inside["buffer"] & ~inner).sum()) == 79 - 5 - 6


def test_the_zones_have_the_published_areas(shared_data, tmp_path):
    built = zones(shared_data, tmp_path)
    area = {
        name: pyproj.Geod(ellps="WGS84").geometry_area_perimeter(layer.geometries()[0])
        for name, layer in built.items()
    }
    # GISAREA_HA of the park's table, AREA (m²) of the others'.
    assert abs(area["park"][0]) / 1e4 == pytest.approx(368_797, rel=0.002)
    assert abs(area["mountain"][0]) == pytest.approx(369_367_588, rel=0.01)
    assert abs(area["buffer"][0]) == pytest.approx(9_390_838_902, rel=0.02)


INSIDE, CHANGED = 744, 38
"""Hotspots of the file in Sichuan; those (5.1 %) that change county, or leave it, by borders in GCJ-02."""


def county_of(tmp_path, file, lon, lat, **labels):
    """Code of the county of each position, by borders in `file`; None outside."""
    columns = {"name": "district_name", "code": "district_adcode"}
    layer = made(tmp_path, "county", file, columns=columns, **labels).layer
    assert len(layer) == 183
    return [layer.ids([row])[0] if row >= 0 else None for row in layer.holding(lon, lat).tolist()]


def test_counties_of_hotspots_with_and_without_a_datum_mistake(shared_data, tmp_path):
    lon, lat = positions(shared_data / "firms" / "modis_sichuan_2021_2025q1.csv")
    file = shared_data / "boundaries" / "tianditu_sichuan_district.geojson"
    document = json.loads(file.read_text("utf-8"))
    right = county_of(tmp_path / "right", file, lon, lat)
    by_hand = [None] * len(lon)
    for item in document["features"]:
        shape = shapely.from_geojson(json.dumps(item["geometry"]))
        for row in np.flatnonzero(shapely.intersects_xy(shape, lon, lat)):
            by_hand[row] = by_hand[row] or str(item["properties"]["district_adcode"])
    assert right == by_hand

    # The same borders as another Chinese map would draw them, first taken for WGS 84, then labelled.
    for item in document["features"]:
        shape = shapely.from_geojson(json.dumps(item["geometry"]))
        moved = shapely.transform(shape, lambda at: np.column_stack(to_gcj02(at[:, 0], at[:, 1])))
        item["geometry"] = json.loads(shapely.to_geojson(moved))
    (tmp_path / "gcj.geojson").write_text(json.dumps(document), "utf-8")
    wrong = county_of(tmp_path / "wrong", tmp_path / "gcj.geojson", lon, lat)
    labelled = county_of(tmp_path / "labelled", tmp_path / "gcj.geojson", lon, lat, frame="gcj02")
    assert labelled == right
    changed = sum(one != other for one, other in zip(right, wrong, strict=True) if one)
    assert (len(lon), sum(one is not None for one in right), changed) == (1445, INSIDE, CHANGED)
