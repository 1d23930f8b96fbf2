"""What the tests of `fenghuo carbon` share: a county as an office would build it, and alerts of fires."""

import json
from datetime import UTC, datetime, timedelta

import shapely
from alerted import an_alert
from click.testing import CliRunner
from msgspec.structs import replace

from schemas.codec import encode
from streams.cli import main
from streams.commands.carbon import command

FIRE = shapely.box(102.201, 27.801, 102.203, 27.803)


def collection(rows):
    features = [
        {
            "type": "Feature",
            "id": one,
            "properties": {"id": one, "name": one, **said},
            "geometry": json.loads(shapely.to_geojson(shape)),
        }
        for one, shape, said in rows
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def stand(column, **said):
    return shapely.box(102.2 + 0.01 * column, 27.8, 102.21 + 0.01 * column, 27.81), said


def built(folder, **layers):
    """Build a region of these layers under a folder; its directory."""
    words = ["region", "build", str(folder / "county")]
    for name, rows in layers.items():
        file = folder / f"{name}.geojson"
        file.write_text(collection(rows))
        words += ["--layer", f"{name}={file}"]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    return folder / "county"


def told(*words):
    result = CliRunner().invoke(command, [str(word) for word in words])
    return result.exit_code, result.output


NOW = datetime(2026, 3, 1, tzinfo=UTC)


def told_alerts(tmp_path):
    base = replace(
        an_alert(),
        footprint=json.loads(shapely.to_geojson(FIRE)),
        area_ha=4.0,
        issued_at=NOW,
        longitude=102.2,
        latitude=27.8,
    )
    rows = [
        replace(base, incident_id="F1", alert_id="F1", revision=1),
        replace(base, incident_id="F1", alert_id="F1", revision=2, probability=0.9),
        replace(base, incident_id="F2", alert_id="F2", revision=1),
        replace(base, incident_id="F3", alert_id="F3", revision=1, issued_at=NOW + timedelta(days=400)),
    ]
    file = tmp_path / "alerts.ndjson"
    file.write_bytes(b"\n".join(encode(one) for one in rows))
    return file
