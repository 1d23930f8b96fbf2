"""`/v1/detections/columns`: all detections of fires in columns, what came since, and lines of sight."""

import msgspec
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from serve_words import NOON, get, make_claims, make_detection, record

from schemas.detection import Placing, Sector, Shown
from streams.serve.columns import Columns, columns_of
from streams.serve.store import Store

SEEN = Sector(longitude=102.0, latitude=28.0, azimuth_deg=300.0, half_angle_deg=2.0, near_m=0.0, far_m=9000.0)


def bearing(number, sector=SEEN, how="nowhere", **fields):
    return make_detection(number, placing=Placing(how=how, sector=sector), source="cam-1", **fields)


def keep(store, *detections):
    keep.at = getattr(keep, "at", 0) + 1
    store.apply([record("detection.v1", keep.at, make_claims(*detections))])


async def test_what_came_is_told_once_newest_first_and_who_asks_on_gets_the_rest(serve, store):
    client = await serve(open_reading=True)
    keep(store, make_detection(1, longitude=101.5), make_detection(2, longitude=102.5))
    keep(store, make_detection(3, kind="blind"))
    first = msgspec.convert(await get(client, "/v1/detections/columns"), Columns)
    assert (first.longitude, first.latitude) == ([102.5, 101.5], [28.0, 28.0])
    assert (first.observed_at, first.received_at) == ([int(NOON.timestamp())] * 2, int(NOON.timestamp()))
    assert not first.left_out
    keep(store, make_detection(4, longitude=103.0))
    more = msgspec.convert(await get(client, f"/v1/detections/columns?after={first.next}"), Columns)
    assert more.longitude == [103.0]
    none = msgspec.convert(await get(client, f"/v1/detections/columns?after={more.next}"), Columns)
    assert (none.longitude, none.next, none.received_at) == ([], more.next, None)


async def test_a_limit_says_that_older_ones_are_left_out(serve, store):
    client = await serve(open_reading=True)
    keep(store, *(make_detection(number, longitude=100.0 + number) for number in range(5)))
    told = msgspec.convert(await get(client, "/v1/detections/columns?limit=2&after=0"), Columns)
    assert (told.longitude, told.left_out) == ([104.0, 103.0], True)


def test_a_direction_alone_is_a_line_and_no_place(store):
    all_round = msgspec.structs.replace(SEEN, half_angle_deg=180.0)
    keep(
        store, bearing(1), bearing(2, how="ground", longitude=101.9), bearing(3, all_round), make_detection(4)
    )
    told = columns_of(store, 0, 100)
    assert told.longitude == [102.0, 101.9]
    assert [(one.source, one.azimuth_deg, one.far_m) for one in told.lines] == [("cam-1", 300.0, 9000.0)] * 2


def test_who_sees_some_areas_gets_what_lies_there(store):
    keep(store, make_detection(1, longitude=101.0), make_detection(2, longitude=103.0), bearing(3))
    told = columns_of(store, 0, 100, shapely.box(100.0, 27.0, 101.5, 29.0))
    assert (told.longitude, told.lines) == ([101.0], ())
    assert told.next == columns_of(store, 0, 100).next


@settings(max_examples=15, deadline=None)
@given(parts=st.lists(st.integers(0, 6), max_size=6))
def test_asking_on_gives_every_detection_once_however_they_come(tmp_path_factory, parts):
    store = Store(tmp_path_factory.mktemp("columns") / "history.sqlite")
    told, after, number = [], 0, 0
    for part in parts:
        keep(store, *(make_detection(number + i, longitude=float(number + i)) for i in range(part)))
        number += part
        some = columns_of(store, after, 100)
        told, after = told + some.longitude[::-1], some.next
    assert told == [float(one) for one in range(number)]
    store.close()


def test_a_station_that_named_the_place_looks_as_far_as_that(store):
    shown = Shown(longitude=102.0, latitude=28.1, azimuth_deg=180.0)
    keep(
        store,
        make_detection(1, shown=shown, source="tower"),
        make_detection(2, shown=Shown(live_url="http://a/")),
    )
    told = columns_of(store, 0, 100)
    assert [(one.source, one.azimuth_deg, round(one.far_m, -2)) for one in told.lines] == [
        ("tower", 180.0, 11_100.0)
    ]
    assert len(told.longitude) == 2
