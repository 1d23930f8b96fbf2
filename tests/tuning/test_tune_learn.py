"""`fenghuo tune learn` from end to end: a camera that cries wolf, a chimney, and a document to publish."""

import datetime as dt
import json

import pytest
from click.testing import CliRunner
from pested import SAWYER, trap

from alerts.tuning.known import Known
from schemas.codec import encode
from schemas.observation import Hotspot, Sighting
from schemas.settings import Settings
from streams.commands.tune import command
from streams.hops.build import OWNERS
from streams.tuning.document import read
from streams.tuning.layers import pests, stations

START = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
CAMERA = 'tower-"7"'


def sighting(k, source):
    at = START + dt.timedelta(days=k)
    lon = 101.0 + 0.2 * k
    return Sighting(observation_id=f"{source}/{k}", source=source, source_class="video", frame="wgs84",
                    observed_at=at, received_at=at, station_longitude=lon, station_latitude=28.05,
                    longitude=lon, latitude=28.0, probability=0.9, saw="smoke")  # fmt: skip


def chimney(day):
    at = START + dt.timedelta(days=day, hours=6)
    return Hotspot(observation_id=f"chimney/{day}", source="N20/VIIRS", satellite="N20", instrument="VIIRS",
                   observed_at=at, received_at=at, longitude=103.0, latitude=27.0,
                   confidence="nominal", frp_mw=9.0, scan_km=0.4, track_km=0.4)  # fmt: skip


def no_fire(k, one):
    day = dt.timedelta(hours=3)
    return Known(known_id=f"no-{k}", is_fire=False, what="other", from_at=one.observed_at - day,
                 to_at=one.observed_at + day, longitude=one.longitude, latitude=one.latitude,
                 radius_km=1.0)  # fmt: skip


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    folder = tmp_path_factory.mktemp("learn")
    seen = [*(sighting(k, CAMERA) for k in range(12)), *(chimney(20 * k) for k in range(3))]
    rounds = [trap(n, w, 4.0 + n % 3) for n in range(21) for w in range(3)]
    (folder / "seen.ndjson").write_bytes(b"".join(encode(one) + b"\n" for one in [*seen, *rounds]))
    known = b"".join(encode(no_fire(k, one)) + b"\n" for k, one in enumerate(seen))
    (folder / "truth.ndjson").write_bytes(known)
    given = ["learn", str(folder / "seen.ndjson"), "--truth", str(folder / "truth.ndjson")]
    done = CliRunner().invoke(command, [*given, "--out", str(folder / "out")])
    assert done.exit_code == 0, done.output
    return done.stdout, folder / "out"


def test_what_is_proposed_can_be_published_as_it_is_written(told):
    said, out = told

    document = (out / "learned.toml").read_text()
    laid = read(document, Settings(), OWNERS)
    assert stations(laid, OWNERS)[CAMERA]["sighting"].video == pytest.approx(0.038)
    assert f"{CAMERA}: 0 fires of 12" in said
    assert "15 incidents verified" in said
    assert f"{SAWYER}, month 11: 5 (" in said
    months = pests(laid)[SAWYER].finding.trap.comparing.published
    assert [(one.traps, one.rounds, one.per_trap_week) for one in months.months] == [(21, 63, 5.0)]
    assert months.version.startswith("2024-11-")


def test_a_chimney_is_a_hot_place_and_where_a_camera_was_fooled_is_none(told):
    _, out = told
    (spot,) = json.loads((out / "hot-places.geojson").read_bytes())["features"]
    assert spot["geometry"]["coordinates"] == [103.0, 27.0]
    assert json.loads((out / "learned.json").read_bytes())["hot_places"][0]["denied"] == 3
