"""The score against fires that are known: counted by hand, by brute force, and refused when it cannot be."""

import datetime as dt
import json
import math

import numpy as np
import pytest
import shapely
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import START, hotspot

from schemas.codec import encode
from streams.cli import main
from streams.score.clusters import MEMORY_S, NEAR_KM, raised
from streams.score.measure import near

KM = 111.195


def square(east, north, half=1.0):
    lon, lat = 102.0 + east / 98.2, 28.0 + north / KM
    x, y = half / 98.2, half / KM
    ring = [
        [lon - x, lat - y],
        [lon + x, lat - y],
        [lon + x, lat + y],
        [lon - x, lat + y],
        [lon - x, lat - y],
    ]
    return {"type": "Polygon", "coordinates": [ring]}


def fire(name, east, *, hours=0.0, acres=500.0, **more):
    at = (START + dt.timedelta(hours=hours)).isoformat()
    properties = {"fire_id": name, "name": name, "discovered_at": at, "acres": acres, **more}
    return {"type": "Feature", "properties": properties, "geometry": square(east, 0.0)}


def scored(tmp_path, rows, fires, *words):
    seen, truth = tmp_path / "seen.ndjson", tmp_path / "truth.geojson"
    seen.write_bytes(b"".join(encode(one) + b"\n" for one in rows))
    truth.write_text(json.dumps({"type": "FeatureCollection", "features": fires}), encoding="utf-8")
    return CliRunner().invoke(main, ["score", str(seen), "--truth", str(truth), *words])


ROWS = [
    *(hotspot(60, 0.3 * n, satellite="N20", frp=120.0, lag=30) for n in range(4)),
    *(hotspot(600, 0.3 * n, satellite="NPP", frp=120.0, lag=30) for n in range(4)),
    hotspot(700, 40.0, lag=30),
]


def test_recall_times_incidents_and_pages_are_those_counted_by_hand(tmp_path):
    fires = [fire("hit", 0.0), fire("hit", 0.2), fire("small", 40.0, acres=99.0), fire("unseen", 80.0)]
    done = scored(tmp_path, ROWS, fires, "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert (found["fires"], found["unseen"], found["n"], found["recall_task"]) == (2, 1, 1, 1.0)
    (one,) = found["each"]
    assert (one["rows"], one["task_min"], one["incidents"]) == (8, 30.0, 1)
    assert one["discovery_task_min"] == 90.0
    assert one["cluster_pages_per_day"] == pytest.approx(2 / 3.25, abs=0.01)
    assert found["cluster_pages"] == 3


def test_rows_long_before_or_after_are_not_of_the_fire(tmp_path):
    fires = [fire("hit", 0.0), fire("past", 0.0, hours=-100.0)]
    found = json.loads(scored(tmp_path, ROWS, fires, "--json").stdout)
    assert (found["fires"], found["outside"], found["n"]) == (2, 1, 1)


def test_people_read_a_table_with_n_and_both_rules(tmp_path):
    text = scored(tmp_path, ROWS, [fire("hit", 0.0), {"type": "Feature", "properties": {}}]).output
    assert "n = 1" in text
    assert "recall: task or alert 100 %" in text
    assert "one alarm a cluster (0.8 km, 6 h): 0.62" in text
    assert "left out: 1 perimeters with no id" in text


@pytest.mark.parametrize(
    ("fires", "why"),
    [
        ([], "no perimeter has an id"),
        ([{**fire("x", 0.0), "geometry": None}], "no perimeter has an id"),
        ([fire("x", 0.0, acres=1.0)], "no fire of at least 100 acres"),
    ],
)
def test_what_cannot_be_compared_is_said_in_one_line(tmp_path, fires, why):
    done = scored(tmp_path, ROWS, fires)
    assert done.exit_code == 1
    assert why in done.output.splitlines()[-1]


@given(
    st.lists(st.tuples(st.floats(0, 3), st.floats(0, 3), st.floats(0, 30 * 3600)), min_size=1, max_size=40)
)
@settings(max_examples=40)
def test_the_rule_of_clusters_is_that_of_every_pair(rows):
    rows.sort(key=lambda row: row[2])
    lon, lat = [102.0 + x / 98.2 for x, _, _ in rows], [28.0 + y / KM for _, y, _ in rows]
    seconds = [second for _, _, second in rows]

    def together(one, two):
        squeeze = 111.19492664455873 * math.cos(math.radians(lat[two]))
        far = math.hypot((lon[one] - lon[two]) * squeeze, (lat[one] - lat[two]) * 111.19492664455873)
        return far <= NEAR_KM and seconds[two] - seconds[one] <= MEMORY_S

    wanted = [not any(together(one, two) for one in range(two)) for two in range(len(rows))]
    assert raised(lon, lat, seconds).tolist() == wanted


@given(st.lists(st.tuples(st.floats(-4, 4), st.floats(-4, 4)), min_size=1, max_size=30))
@settings(max_examples=40)
def test_near_is_what_distance_says_one_by_one(places):
    points = [shapely.Point(102.0 + x / 98.2, 28.0 + y / KM) for x, y in places]
    shape = shapely.geometry.shape(square(0.0, 0.0))
    squeeze = math.cos(math.radians(28.0))
    flat = shapely.transform(shape, lambda xy: xy * [squeeze * 111.19492664455873, 111.19492664455873])
    wanted = [
        at
        for at, one in enumerate(points)
        if flat.distance(shapely.Point(one.x * squeeze * 111.19492664455873, one.y * 111.19492664455873))
        <= 1.0
    ]
    assert near(shapely.STRtree(np.array(points, dtype=object)), shape, 1.0).tolist() == wanted
