"""Tables of permits and of trap rounds are handed in alike: once, whole, and a refusal is an error."""

import json

import pytest
from click.testing import CliRunner

from streams.commands.ingest import command
from streams.engine.logs import close_logs

PERMIT = (
    "number,purpose,starts_at,ends_at,contact,longitude,latitude,radius_m,frame\n"
    "7,farm_fire,2026-04-06 09:00,2026-04-06 12:00,Ann,102.2,27.9,300,wgs84\n"
)
ROUND = {
    "kind": "trap_count", "observation_id": "t-1", "source": "trap/1", "frame": "wgs84", "longitude": 102.2,
    "latitude": 27.9, "species": "Monochamus alternatus", "started_at": "2026-04-01T00:00:00Z",
    "observed_at": "2026-04-06T00:00:00Z", "status": "ok", "catch": 3,
}  # fmt: skip


@pytest.mark.parametrize(("name", "payload"), [("permits", PERMIT), ("traps", json.dumps(ROUND))])
def test_one_file_is_handed_to_the_log_once_and_told(tmp_path, name, payload):
    file = tmp_path / "given.txt"
    file.write_text(payload, encoding="utf-8")
    way = ["--broker", "embedded://", "--data-dir", str(tmp_path / "data"), "--json"]
    try:
        done = CliRunner().invoke(command, [name, str(file), *way])
    finally:
        close_logs()
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout.splitlines()[-1]) == {"given.txt": {"accepted": 1, "rejected": 0}}


def test_a_row_that_is_not_taken_is_a_failure_that_says_where_the_reason_is(tmp_path):
    file = tmp_path / "given.csv"
    file.write_text(PERMIT + "8,farm_fire,2026-04-06 09:00,2026-04-06 08:00,Ann,102.2,27.9,300,wgs84\n")
    way = ["--broker", "embedded://", "--data-dir", str(tmp_path / "data"), "--json"]
    try:
        done = CliRunner().invoke(command, ["permits", str(file), *way])
    finally:
        close_logs()
    assert (done.exit_code, json.loads(done.stdout)) == (1, {"given.csv": {"accepted": 1, "rejected": 1}})
    assert "1 rows were not taken; --check says what each lacks" in done.stderr
