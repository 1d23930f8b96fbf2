"""What the READMEs say can be typed: commands exist, options parse, links lead somewhere, output is real."""

import fnmatch
import os
import pathlib
import re
import shlex
import subprocess
import sys
from datetime import timedelta

import click
import pytest

from schemas.observation import Delivery
from schemas.settings import Settings
from streams.cli import main
from streams.config import load_settings
from streams.demo.season import STARTS_AT, season
from streams.feeds import read
from streams.feeds.base import Limits
from streams.region import demo_region
from streams.replay import run

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FOLDERS = ("", "alerts", "detectors", "streams", "schemas", "deploy")
READMES = [ROOT / folder / "README.md" for folder in FOLDERS]
FENCE = re.compile(r"^```(?P<kind>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^()\s]+)\)")


def text_of(path):
    return path.read_text(encoding="utf-8")


def blocks(path, kind):
    return [found["body"] for found in FENCE.finditer(text_of(path)) if found["kind"].strip() == kind]


def commands(path):
    """Every line that starts with `fenghuo` or `make`, whether fenced or indented, and each in backquotes."""
    text = text_of(path)
    lines = re.sub(r"\\\n *", " ", text).splitlines()
    typed = [m[1] for line in lines if (m := re.match(r"^(?:    |\$ )?((?:fenghuo|make) .*)$", line))]
    quoted = re.findall(r"`((?:fenghuo|make) [^`|…]*)`", text)
    return [line.partition(" #")[0].strip() for line in (*typed, *quoted)]


EVERY = [(path, line) for path in READMES for line in dict.fromkeys(commands(path))]


def named(pair):
    return f"{pair[0].parent.name}: {pair[1]}" if isinstance(pair, tuple) else str(pair)


def leaf(words):
    """The click command that the words name, and the words that are left."""
    command, context = main, click.Context(main)
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(context, words[0])
        assert found is not None, f"no command {words[0]}"
        command, words = found, words[1:]
    return command, words


def targets():
    return set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.MULTILINE))


@pytest.mark.parametrize("pair", EVERY, ids=named)
def test_a_command_that_is_shown_exists_and_takes_its_options(pair):
    program, *words = shlex.split(pair[1])
    if program == "make":
        assert all(word in targets() or "=" in word for word in words)
        return
    command, rest = leaf(words)
    known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)}
    asked = [word.partition("=")[0] for word in rest if word.startswith("-")]
    assert [word for word in asked if word not in known | {"--help", "--version"}] == []


def test_the_commands_are_found():
    shown = {line.split()[1] for path, line in EVERY if path.parent == ROOT and line.startswith("fenghuo")}
    wanted = {"replay", "worker", "serve", "ingest", "keys", "topics", "dead-letters", "backup", "restore"}
    assert wanted <= shown
    assert {"demo", "test"} <= targets()


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.parent.name)
def test_a_link_leads_to_a_file_and_a_heading_that_exist(path):
    for link in LINK.findall(text_of(path)):
        if link.startswith("https://"):
            continue
        name, _, heading = link.partition("#")
        target = (path.parent / name) if name else path
        assert target.exists(), link
        if heading:
            headings = re.findall(r"^#+ (.+)$", text_of(target), re.MULTILINE)
            assert heading in {re.sub(r"[^\w\- ]", "", one).lower().replace(" ", "-") for one in headings}, (
                link
            )


def shown_sessions():
    return [body for path in READMES for body in blocks(path, "console run")]


def steps(body):
    """Each command with the lines shown below it."""
    made = []
    for line in body.splitlines():
        if line.startswith("$ "):
            made.append((line[2:], []))
        else:
            made[-1][1].append(line)
    return made


def matches(line, pattern):
    literal = re.sub(r"([\[\]*?])", r"[\1]", pattern)
    return fnmatch.fnmatchcase(line, literal.replace("…", "*"))


@pytest.mark.parametrize("body", shown_sessions(), ids=lambda body: body.splitlines()[0][2:40])
def test_a_session_that_is_shown_runs_and_says_what_is_shown(body, tmp_path):
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    path = f"{pathlib.Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for command, shown in steps(body):
        done = subprocess.run(
            ["bash", "-ec", command],
            check=False,
            cwd=tmp_path,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        said = iter(done.stdout.splitlines())
        for line in shown:
            assert any(matches(one, line) for one in said), (line, done.stdout)


def test_a_wrong_session_would_be_noticed():
    assert matches("310 observations a second; written to out", "… observations a second; written to out")
    assert not matches("read 6 · accepted 3", "read 6 · accepted 2")
    assert matches('{"a":[1]}', '{"a":[1]}')


def test_settings_that_are_shown_are_taken(tmp_path):
    shown = [body for body in blocks(ROOT / "README.md", "toml") if "[[receivers]]" in body]
    assert shown
    for number, body in enumerate(shown):
        file = tmp_path / f"{number}.toml"
        file.write_text(body, encoding="utf-8")
        assert load_settings(file).receivers[0].name


def test_the_observation_that_is_shown_is_accepted():
    from datetime import UTC, datetime

    (shown,) = blocks(ROOT / "README.md", "json")
    got = read(shown.encode(), Limits(now=datetime(2027, 1, 1, tzinfo=UTC)))
    assert (len(got.observations), got.rejected) == (1, ())


def test_the_alert_that_is_shown_is_one_of_the_demo():
    evening = STARTS_AT + timedelta(hours=2)
    given = [
        Delivery(delivery_id=f"{key}/{at.isoformat()}", received_at=at, observations=tuple(some))
        for at, key, some in season()
        if at < evening
    ]
    told = run(given, Settings(), demo_region()).alerts
    words = {line for one in told for line in (*one.headline.values(), *one.description.values())}
    (shown,) = [body for body in blocks(ROOT / "README.md", "text") if "重建数据" in body]
    quoted = [line for line in shown.split("why")[0].splitlines() if line]
    assert len(quoted) == 3
    assert [line for line in quoted if line not in words] == []


def test_the_picture_is_small_enough_to_load():
    assert 10_000 < (ROOT / "deploy" / "web" / "page.png").stat().st_size < 300_000


def test_every_detector_and_channel_has_its_section():
    from alerts.channels import CHANNELS
    from detectors import DETECTORS

    for names, path in ((DETECTORS, "detectors"), (CHANNELS, "alerts")):
        text = text_of(ROOT / path / "README.md")
        assert [one.name for one in names if f"\n### {one.name}" not in text] == []


def test_every_decision_of_the_policy_is_explained():
    text = text_of(ROOT / "alerts" / "README.md")
    codes = set(re.findall(r'code="(\w+)"|_silent\(\s*"(\w+)"', text_of(ROOT / "alerts" / "policy.py")))
    given = {one or other for one, other in codes}
    assert {"first_notice", "already_told"} <= given
    assert [code for code in given if f"`{code}`" not in text] == []


def test_every_grade_of_the_table_is_explained_with_its_numbers():
    import tomllib

    text = text_of(ROOT / "alerts" / "README.md")
    for rule in tomllib.loads(text_of(ROOT / "alerts" / "data" / "grades.toml"))["rule"]:
        numeral = {"I": "Ⅰ", "II": "Ⅱ", "III": "Ⅲ", "IV": "Ⅳ"}[rule["grade"]]
        (row,) = re.findall(rf"^\| 火情{numeral}级 \|.*$", text, re.MULTILINE)
        assert f"{rule['probability']:.0%}".replace("%", " %") in row
        assert all(f"{one['spread_ha']:,.0f} ha" in row for one in rule["any"] if "spread_ha" in one)
        assert all(f"{one['near_km']:.0f} km" in row for one in rule["any"] if "near_km" in one)
