"""The whole server over the real log: followed, restarted, refused, stopped."""

import asyncio
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import urllib.request
from contextlib import asynccontextmanager

import aiohttp
import pytest
from click.testing import CliRunner
from serve_words import NOON, make_alert, make_letter

from detectors.region import WORLD
from schemas.settings import Kafka, Settings
from schemas.topics import ALERT, DEAD_LETTER, OBSERVATION
from streams.commands import keys as keys_command
from streams.commands import serve as serve_command
from streams.engine.logs import open_log
from streams.engine.reader import read
from streams.serve import opening
from streams.serve.listening import Listening, ListeningError, listening
from streams.serve.opening import Opening, opened

SETTINGS = Settings(kafka=Kafka(partitions=2))


@asynccontextmanager
async def running(data_dir, **fields):
    what = Opening(settings=SETTINGS, region=WORLD, broker="embedded://", data_dir=data_dir, **fields)
    try:
        async with (
            opened(what) as services,
            listening(services, Listening(port=0)) as url,
            aiohttp.ClientSession(url) as client,
        ):
            yield services, client
    finally:
        open_log(data_dir, SETTINGS.kafka).close()


async def test_who_is_told_follows_the_settings_file_where_no_worker_does(tmp_path, monkeypatch):
    from streams.telling import taking_up

    monkeypatch.setattr(taking_up, "LOOK_EVERY_S", 0.01)
    path = tmp_path / "my.toml"
    path.write_text("[kafka]\npartitions = 2\n")
    async with running(tmp_path / "data", settings_file=path) as (services, _):
        assert services.told.receivers == ()
        path.write_text('[kafka]\npartitions = 2\n[[receivers]]\nname = "new"\nurl = "https://g.example/"\n')
        async with asyncio.timeout(60):
            while not services.told.receivers:  # noqa: ASYNC110 - a file is looked at, which tells nobody
                await asyncio.sleep(0.01)
        assert services.told.receivers[0].name == "new"


async def numbers(client, after, count):
    found = []
    async with client.get(f"/v1/alerts/stream?after={after}") as response:
        number = 0
        async for line in response.content:
            if line.startswith(b"id: "):
                number = int(line[4:])
            elif line.startswith(b"data: "):
                found.append((number, json.loads(line[6:])["alert_id"]))
                if len(found) == count:
                    return found
    return found


async def test_alerts_of_the_log_reach_the_stream_once_over_restarts(tmp_path):
    async with running(tmp_path, open_reading=True) as (services, client):
        for number in range(5):
            await services.writer.send(ALERT, f"fire-{number}", make_alert(number))
        first = await asyncio.wait_for(numbers(client, 0, 5), 60)
    assert [number for number, _ in first] == [1, 2, 3, 4, 5]
    async with running(tmp_path, open_reading=True) as (services, client):
        await services.writer.send(ALERT, "fire-1", make_alert(1))
        await services.writer.send(ALERT, "fire-9", make_alert(9))
        assert await asyncio.wait_for(numbers(client, 0, 6), 60) == [*first, (6, "fire-9")]


async def test_a_history_that_was_lost_is_built_anew_and_a_lost_log_begins_anew(tmp_path):
    async with running(tmp_path, open_reading=True) as (services, client):
        await services.writer.send(ALERT, "fire-1", make_alert(1))
        await services.writer.send(ALERT, "fire-1", make_alert(1, 2))
        await asyncio.wait_for(numbers(client, 0, 2), 60)
    for path in tmp_path.glob("history.sqlite*"):
        path.unlink()
    async with running(tmp_path, open_reading=True) as (_, client):
        assert len(await asyncio.wait_for(numbers(client, 0, 2), 60)) == 2
    for path in tmp_path.glob("log.sqlite*"):
        path.unlink()
    async with running(tmp_path, open_reading=True) as (services, client):
        await services.writer.send(ALERT, "fire-1", make_alert(1, 2))
        await services.writer.send(ALERT, "fire-1", make_alert(1, 3))
        found = await asyncio.wait_for(numbers(client, 0, 3), 60)
    assert [number for number, _ in found] == [1, 2, 3]


async def test_an_observation_posted_stands_in_the_log(tmp_path):
    report = {
        "kind": "report",
        "observation_id": "r-1",
        "source": "12119",
        "observed_at": NOON.isoformat(),
        "source_class": "public",
        "frame": "wgs84",
        "longitude": 102.2,
        "latitude": 27.9,
    }
    async with running(tmp_path) as (services, client):
        headers = {"X-API-Key": services.keys.create(frozenset({"ingest"}), NOON)[1]}
        async with client.post("/v1/observations", json=report, headers=headers) as answer:
            assert answer.status == 202
        async for message in read(SETTINGS, (OBSERVATION,), {}, broker="embedded://", data_dir=tmp_path):
            assert b'"12119~r-1"' in message.raw
            break
        async with client.get("/v1/alerts") as answer:
            assert answer.status == 401


async def ready(client):
    async with client.get("/readyz") as answer:
        return answer.status, (await answer.json())["reasons"]


async def until(true):
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110 - a test looks from outside
            await asyncio.sleep(0.02)


async def until_ready(client, status):
    async with asyncio.timeout(60):
        while (found := await ready(client))[0] != status:  # noqa: ASYNC110 - a test looks from outside
            await asyncio.sleep(0.02)
    return found[1]


async def test_forgetting_that_fails_is_loud_and_goes_on(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(opening, "FORGET_EVERY_S", 0.05)
    old = NOON.replace(year=2019)
    async with running(tmp_path) as (services, client):
        with sqlite3.connect(tmp_path / "history.sqlite") as other:
            other.execute("ALTER TABLE tick RENAME TO away")
        await until(lambda: "no such table: tick" in caplog.text)
        with sqlite3.connect(tmp_path / "history.sqlite") as other:
            other.execute("ALTER TABLE away RENAME TO tick")
        await services.writer.send(DEAD_LETTER, "a", make_letter("old", at=old))
        await services.writer.send(ALERT, "fire-1", make_alert(1))
        await until(lambda: services.store.last_sequence() == 1)
        await until(lambda: not services.store.read("SELECT 1 FROM dead_letter"))
        assert (await ready(client))[0] == 200


async def test_a_history_that_cannot_begin_says_so_and_tries_again(tmp_path, monkeypatch):
    broken, ask = [True], opening.ends

    async def ends(*words, **names):
        if broken:
            raise sqlite3.OperationalError("disk I/O error")
        return await ask(*words, **names)

    monkeypatch.setattr(opening, "ends", ends)
    monkeypatch.setattr(opening, "AGAIN_S", 0.1)
    async with running(tmp_path) as (services, client):
        assert "OperationalError" in (await until_ready(client, 503))[0]
        broken.clear()
        await services.writer.send(ALERT, "fire-1", make_alert(1))
        await until(lambda: services.store.last_sequence() == 1)
        await until_ready(client, 200)


async def test_work_that_ends_for_good_is_a_reason_not_to_be_ready(tmp_path, monkeypatch, caplog):
    async def ends_at_once(*_):
        raise MemoryError

    monkeypatch.setattr(opening, "_forget_hourly", ends_at_once)
    async with running(tmp_path) as (_, client):
        assert await until_ready(client, 503) == ["forgetting ended: MemoryError"]
    assert "start the server again" in caplog.text


async def test_trouble_is_told_as_it_is(tmp_path):
    with pytest.raises(ListeningError):
        async with running(tmp_path):
            raise ListeningError("no port")


def test_keys_are_made_listed_and_revoked_on_the_command_line(tmp_path):
    runner, where = CliRunner(), ["--data-dir", str(tmp_path)]
    made = runner.invoke(
        keys_command.command, ["create", *where, "--role", "ingest", "--note", "站", "--days", "9", "--json"]
    )
    key = json.loads(made.stdout)
    assert key["key"].startswith("fh_")
    assert key["roles"] == ["ingest"]
    listed = runner.invoke(keys_command.command, ["list", *where])
    assert key["key_id"] in listed.stdout
    assert "in force" in listed.stdout
    assert key["key"] not in listed.stdout
    assert runner.invoke(keys_command.command, ["revoke", *where, key["key_id"]]).exit_code == 0
    assert runner.invoke(keys_command.command, ["revoke", *where, key["key_id"]]).exit_code == 1
    assert (
        json.loads(runner.invoke(keys_command.command, ["list", *where, "--json"]).stdout)[0]["state"]
        == "revoked"
    )
    plain = runner.invoke(keys_command.command, ["create", *where, "--role", "viewer", "--role", "ranger"])
    assert plain.stdout.strip().startswith("fh_")
    assert runner.invoke(keys_command.command, ["create", *where, "--role", "root"]).exit_code == 2
    assert runner.invoke(keys_command.command, ["list", "--data-dir", str(tmp_path / "none")]).exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--host", "0.0.0.0"], "--tls-cert"),
        (["--trusted-proxy", "proxy"], "address or a network"),
        (["--tls-cert", "cert.pem"], "go together"),
        (["--region", "none"], "none"),
        (["--settings", "none.toml"], "none.toml"),
    ],
)
def test_what_serve_refuses_it_says_in_one_line(tmp_path, arguments, word):
    refused = CliRunner().invoke(
        serve_command.command, ["--data-dir", str(tmp_path), "--port", "0", *arguments]
    )
    assert refused.exit_code in {1, 2}
    assert word in refused.output
    assert "Traceback" not in refused.output


def test_serve_runs_until_it_is_stopped_and_holds_its_directory(tmp_path, root):
    script = "from streams.commands.serve import command; command()"
    arguments = [sys.executable, "-c", script, "--port", "0", "--data-dir", str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    with subprocess.Popen(
        arguments, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            url = re.search(r"http://127\.0\.0\.1:\d+/", server.stdout.readline())[0]
            with urllib.request.urlopen(url + "livez", timeout=60) as answer:
                assert answer.status == 200
            second = subprocess.run(
                arguments, cwd=root, env=environment, capture_output=True, text=True, timeout=120, check=False
            )
            assert second.returncode == 1
            assert str(server.pid) in second.stderr
        finally:
            server.send_signal(signal.SIGTERM)
        assert server.wait(120) == 0
        told = server.stderr.read()
    assert "fenghuo keys create" in told
    assert "fh_" not in told


async def test_a_full_disk_is_a_reason_not_to_be_ready(tmp_path, monkeypatch):
    async with running(tmp_path) as (_, client):
        log = open_log(tmp_path, SETTINGS.kafka)
        monkeypatch.setattr(log, "_look_at_room", lambda: None)
        log.full = True
        response = await client.get("/readyz")
        assert response.status == 503
        assert "the disk is full: nothing is taken in" in (await response.json())["reasons"]
        log.full = False
        assert "the disk" not in await (await client.get("/readyz")).text()
