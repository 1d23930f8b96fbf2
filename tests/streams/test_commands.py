"""Every command says what it is for, shows how it is used, and ends 0 only when it did what was asked."""

import contextlib
import json
import resource
import shlex
import socket
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from streams.catalogue import leaves
from streams.cli import COMMANDS, main
from streams.serve.keys import Keys

LEAVES = dict(leaves(main))
RUNS_ON = {"fenghuo demo", "fenghuo worker", "fenghuo serve", "fenghuo watch"}
"""Commands that run until they are stopped; programs read their HTTP interface, or the exit code."""
HEAVY = ("numpy", "shapely", "faust", "aiohttp", "aiokafka", "msgspec")
FENGHUO = str(Path(sys.executable).with_name("fenghuo"))


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "typo.toml").write_text("tick = 1\n", encoding="utf-8")
    (tmp_path / "words.txt").write_text("no data\n", encoding="utf-8")
    (tmp_path / "file").write_text("", encoding="utf-8")
    (tmp_path / "incoming").mkdir()
    Keys(tmp_path / "data" / "keys.sqlite").close()
    return tmp_path


def run(*words, env=None):
    return CliRunner().invoke(main, list(words), env=env or {})


def test_a_number_of_any_command_is_never_nan_or_infinite():
    numbers = [
        one
        for leaf in LEAVES.values()
        for one in leaf.params
        if isinstance(one.type, click.types.FloatParamType)
    ]
    assert len(numbers) > 15
    for one in numbers:
        for text in ("nan", "inf", "-inf"):
            with pytest.raises(click.BadParameter):
                one.type.convert(text, one, None)


@pytest.mark.parametrize("group", ["carbon", "region"])
def test_a_group_says_what_each_of_its_commands_is_for_and_cuts_nothing(group):
    listed = run(group, "--help").stdout.partition("Commands:")[2]
    assert listed
    assert "..." not in listed


def test_help_lists_every_command_with_what_its_own_help_says_first():
    shown = run("--help").stdout
    for name, (_, about) in COMMANDS.items():
        command = main.get_command(click.Context(main), name)
        assert command.name == name
        assert command.help.splitlines()[0] == about
        assert len(about) <= 62
        assert f"  {name:12}  {about}" in shown


def test_help_reads_no_command_and_is_there_at_once(root):
    code = "import sys; from streams.cli import main; main(['--help'], standalone_mode=False); "
    code += f"print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"
    bare, whole = (
        [sys.executable, "-c", "import click, importlib.metadata"],
        [FENGHUO, "--help"],
    )
    assert processor_s(whole, root) < 4 * processor_s(bare, root)


def processor_s(words, root):
    """The least processor time of three runs, which a busy machine does not change."""
    spent = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(words, cwd=root, capture_output=True, timeout=120, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(spent)


@pytest.mark.parametrize("name", LEAVES)
def test_every_command_shows_examples_that_its_options_allow(name):
    shown = run(*name.split()[1:], "--help").stdout
    assert "Examples:" in shown
    lines = [line.strip() for line in shown.partition("Examples:")[2].splitlines() if line.strip()]
    assert lines
    for line in lines:
        words = shlex.split(line.partition(" > ")[0])
        assert " ".join(words).startswith(name), f"an example of another command: {line}"
        command = LEAVES[name]
        context = click.Context(command, info_name=name, parent=click.Context(main))
        # Raises for an option that is not there or lacks its value.
        _, rest, _ = command.make_parser(context).parse_args(words[len(name.split()) :])
        assert rest == [], f"too many words: {line}"


@pytest.mark.parametrize("name", sorted(set(LEAVES) - RUNS_ON))
def test_what_a_program_may_read_comes_as_json_too(name):
    assert any("--json" in option.opts for option in LEAVES[name].params), name


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("worker --settings typo.toml", "typo.toml: $.tick: unknown; did you mean tick_s?"),
        ("worker --settings none.toml", "none.toml: cannot be read"),
        ("worker --broker amqp://x", "kafka://HOST:PORT is expected"),
        ("worker --data-dir file/data", "Not a directory"),
        ("worker --host 0.0.0.0", "--tls-cert"),
        ("serve --broker kafka://127.0.0.1:1", "do they run"),
        ("serve --data-dir file/data", "Not a directory"),
        ("serve --region incoming", "no built region"),
        ("demo --port 0 --data-dir file/data", "Not a directory"),
        ("demo --port 0 --hotspots words.txt", "nothing readable"),
        ("replay none.csv --out out", "none.csv: No such file"),
        ("replay words.txt --out out", "text of no format"),
        ("replay words.txt --out out --settings typo.toml", "did you mean tick_s?"),
        ("replay words.txt --out out --region incoming", "no built region"),
        ("backup b --data-dir none", "no such data directory"),
        ("backup incoming --data-dir file/data", "no such data directory"),
        ("restore incoming", "is no backup"),
        ("schemas export file/out", "Not a directory"),
        ("keys create --role viewer --data-dir file/data", "Not a directory"),
        ("keys list --data-dir incoming", "keys create"),
        ("keys revoke none", "fenghuo keys list"),
        ("topics check --broker kafka://127.0.0.1:1", "no broker"),
        ("topics create --settings typo.toml", "did you mean tick_s?"),
        ("ingest firms --area 1,2", "four numbers"),
        ("ingest permits words.txt --check --settings typo.toml", "did you mean tick_s?"),
        ("ingest firms --area 97,26,108,34 --once", "FENGHUO_FIRMS_MAP_KEY"),
        ("dead-letters list --data-dir none", "name another --data-dir, or a server with --url"),
        ("dead-letters list --url http://127.0.0.1:1", "does not answer"),
        ("dead-letters replay x --url http://127.0.0.1:1", "does not answer"),
    ],
)
def test_what_cannot_be_done_ends_in_one_line_that_says_why(here, line, told):
    done = subprocess.run(
        [FENGHUO, *line.split()], cwd=here, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    last = done.stderr.splitlines()[-1]
    assert told in last, done.stderr
    if "replay x" not in line:
        assert last.startswith("Error: ")
    if "kafka" not in line:
        assert len(done.stderr.splitlines()) == 1, done.stderr


def test_a_port_that_is_taken_is_said_in_one_line(here):
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = str(taken.getsockname()[1])
        for command in (["serve"], ["worker"], ["demo"]):
            done = run(*command, "--data-dir", str(here / "d"), "--port", port)
            assert done.exit_code == 1
            last = done.stderr.splitlines()[-1]
            assert f"cannot listen on 127.0.0.1:{port}" in last
            assert "give another with --port" in last
    assert not (here / "d").exists(), "it is said before anything is started"


def test_a_typo_in_a_command_is_answered_with_the_nearest():
    done = run("wrker")
    assert done.exit_code == 2
    assert "no command 'wrker'; did you mean worker?" in done.stderr
    assert "see `fenghuo --help`" in run("xyzzy").stderr


def test_the_version_is_shown():
    assert run("--version").stdout.startswith("fenghuo, version ")


def test_json_of_backup_restore_schemas_keys_and_ingest_is_one_document(here):
    made = json.loads(run("keys", "create", "--role", "viewer", "--json").stdout)
    assert json.loads(run("keys", "revoke", made["key_id"], "--json").stdout) == {"revoked": made["key_id"]}
    copied = json.loads(run("backup", "saved", "--json").stdout)
    assert copied["v"] == 1
    assert [one["path"] for one in copied["files"]] == ["audit.sqlite", "keys.sqlite"]
    back = json.loads(run("restore", "saved", "--force", "--json").stdout)
    assert back["data_dir"] == "data"
    assert Path(back["aside"]).is_dir()
    files = json.loads(run("schemas", "export", "formats", "--json").stdout)["files"]
    assert all((here / name).is_file() for name in files)
    (here / "incoming" / "a.txt").write_text("no data\n", encoding="utf-8")
    done = run("ingest", "folder", "incoming", "--broker", "embedded://", "--once", "--json")
    assert "refused" in json.loads(done.stdout)["a.txt"]
    assert done.exit_code == 1
