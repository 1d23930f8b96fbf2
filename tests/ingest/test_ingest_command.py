"""`fenghuo ingest` as a program: exit codes, one clear line, and no key in anything it prints."""

import asyncio
import os
import sys

import pytest
from loopback import KEY, rows

AREA = ("--area", "97.3,26.0,108.6,34.4", "--source", "VIIRS_NOAA20_NRT", "--once")


@pytest.fixture
def ingest(root, tmp_path, way_in):
    async def run(*arguments, **keys):
        env = {"FENGHUO_API_KEY": way_in.token, "FENGHUO_FIRMS_MAP_KEY": KEY} | keys
        call = "from streams.commands.ingest import command; command(prog_name='fenghuo ingest')"
        program = await asyncio.create_subprocess_exec(
            sys.executable, "-c", call, *map(str, arguments), cwd=tmp_path,
            env=os.environ | env | {"PYTHONPATH": str(root), "PYTHONDEVMODE": ""},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        out, _ = await asyncio.wait_for(program.communicate(), 60)
        text = out.decode()
        assert "Traceback" not in text
        assert not any(secret and secret in text for secret in env.values())
        return program.returncode, text

    return run


async def test_firms_once_hands_on_and_keeps_where_it_stopped(ingest, firms, way_in, tmp_path):
    firms.answers.append(rows(3))
    code, text = await ingest("firms", *AREA, "--base-url", firms.url, "--url", way_in.url)
    assert (code, "VIIRS_NOAA20_NRT: 3 accepted, 0 rejected" in text) == (0, True)
    state = (tmp_path / "data" / "firms-state.json").read_text()
    assert "VIIRS_NOAA20_NRT" in state
    assert KEY not in state


async def test_a_wrong_map_key_ends_with_1_and_one_line(ingest, firms, way_in):
    code, text = await ingest(
        "firms", *AREA, "--base-url", firms.url, "--url", way_in.url, FENGHUO_FIRMS_MAP_KEY="abcdef0123456789"
    )
    assert code == 1
    assert "Error: VIIRS_NOAA20_NRT: status 400: the source does not accept the MAP_KEY" in text


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"FENGHUO_FIRMS_MAP_KEY": ""}, "no key: FENGHUO_FIRMS_MAP_KEY is empty or not set"),
        ({"FENGHUO_FIRMS_MAP_KEY": "two words here"}, "holds no key"),
        ({"FENGHUO_FIRMS_MAP_KEY": "../../elsewhere"}, "holds no MAP_KEY"),
        ({"FENGHUO_API_KEY": ""}, "no key: FENGHUO_API_KEY is empty or not set"),
    ],
)
async def test_a_missing_or_odd_key_is_said_without_showing_it(ingest, firms, way_in, keys, words):
    code, text = await ingest("firms", *AREA, "--base-url", firms.url, "--url", way_in.url, **keys)
    assert code == 1
    assert words in text


async def test_a_typo_in_the_area_or_a_plain_address_is_refused(ingest):
    code, text = await ingest("firms", "--area", "1,2,3", "--once")
    assert (code, "west,south,east,north" in text) == (1, True)
    code, text = await ingest("firms", "--area", "26.0,97.3,34.4,108.6", "--once")
    assert (code, "west,south,east,north in degrees" in text) == (1, True)
    code, text = await ingest("firms", *AREA, "--base-url", "http://firms.example.org")
    assert (code, "only https" in text) == (1, True)


async def test_folder_once_takes_in_what_is_there(ingest, way_in, tmp_path):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "a.csv").write_text(rows(2))
    code, text = await ingest("folder", inbox, "--once", "--look", "0.1", "--url", way_in.url)
    assert (code, "a.csv: 2 accepted, 0 rejected" in text) == (0, True)
    assert (inbox / "done" / "a.csv").exists()
    (inbox / "b.csv").write_text("<html>")
    code, text = await ingest("folder", inbox, "--once", "--look", "0.1", "--url", way_in.url)
    assert (code, "b.csv: refused" in text) == (1, True)


@pytest.mark.parametrize("status", [403, 404, 405, 415])
async def test_a_wrong_address_ends_with_one_line_and_leaves_the_files(ingest, way_in, tmp_path, status):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for name in ("a.csv", "b.csv"):
        (inbox / name).write_text(rows(2))
    url = way_in.url + "/elsewhere" if status == 404 else way_in.url
    way_in.failures += [status] * 9
    code, text = await ingest("folder", inbox, "--look", "0.1", "--url", url)
    assert (code, text.count(f"the server answers {status}")) == (1, 1)
    assert ("role ingest" if status == 403 else "is --url right?") in text
    assert sorted(path.name for path in inbox.iterdir()) == ["a.csv", "b.csv"]


async def test_a_data_directory_that_nobody_holds_is_written_straight(ingest, tmp_path):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "a.csv").write_text(rows(2) + "garbage\n")
    code, text = await ingest("folder", inbox, "--once", "--look", "0.1", "--broker", "embedded://")
    assert (code, "a.csv: 2 accepted, 1 rejected" in text) == (0, True)
    assert (tmp_path / "data" / "log.sqlite").exists()
