"""The wheel alone, without checkout and without development tools, is the whole program."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import urllib.request
import venv
import zipfile

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

VENDOR = pathlib.Path("streams", "web", "static", "vendor")


def run(*words, **given):
    given = {"capture_output": True, "text": True, "encoding": "utf-8", "timeout": 400, **given}
    done = subprocess.run(words, check=False, **given)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def tracked(root):
    """What a clone would hold, with what is about to be added."""
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=root)
    return [name for name in listed.split("\0") if name and (root / name).is_file()]


def clean_environment():
    ours = ("PYTHON", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


@pytest.fixture(scope="session")
def built(root, tmp_path_factory):
    """The wheel, built in a copy of the repository and of the browser libraries, if they were brought."""
    copy = tmp_path_factory.mktemp("copy")
    for name in tracked(root):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, copy / name)
    if (root / VENDOR).is_dir():
        shutil.copytree(root / VENDOR, copy / VENDOR)
    out = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--outdir", str(out), str(copy), env=clean_environment())
    (wheel,) = out.glob("fenghuo-*.whl")
    return wheel


@pytest.fixture(scope="session")
def installed(built, tmp_path_factory):
    """The console command of a new environment that holds the wheel and what it needs, nothing else."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder)
    # what is imported is compiled then; to compile all that is there takes half a minute
    run(*pip_of(folder), "install", "--quiet", "--no-compile", str(built), env=clean_environment())
    return folder / "bin" / "fenghuo"


def pip_of(folder):
    """The words that ask our own pip about another environment."""
    return sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python")


@pytest.fixture
def elsewhere(installed, tmp_path):
    """Run the command in an empty folder."""
    return lambda *words: run(str(installed), *words, cwd=tmp_path, env=clean_environment())


def test_everything_that_is_no_code_is_in_the_wheel(root, built):
    inside = set(zipfile.ZipFile(built).namelist())
    packages = ("schemas/", "detectors/", "alerts/", "streams/")
    wanted = [name for name in tracked(root) if name.startswith(packages)]
    assert len(wanted) > 100
    assert [name for name in wanted if name not in inside] == []
    outside = [name for name in inside if not name.startswith((*packages, "fenghuo-"))]
    assert outside == []


def test_the_browser_libraries_are_in_a_wheel_built_after_make_web(root, built):
    if not (root / VENDOR).is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail("missing in CI: the browser libraries (make web)")
        pytest.skip("MapLibre GL has not been brought (make web)")
    inside = set(zipfile.ZipFile(built).namelist())
    brought = [str(path.relative_to(root)) for path in (root / VENDOR).rglob("*") if path.is_file()]
    assert any(name.endswith("maplibre-gl.mjs") for name in brought)
    assert [name for name in brought if name not in inside] == []


def test_the_environment_holds_no_development_tools(installed):
    frozen = run(*pip_of(installed.parent.parent), "freeze", "--all", env=clean_environment())
    names = {line.split("==")[0] for line in frozen.splitlines()}
    assert "msgspec" in names
    assert not names & {"pytest", "hypothesis", "mypy", "ruff", "playwright"}


def test_help_and_schemas(root, elsewhere, tmp_path):
    assert "demo" in elsewhere("--help")
    elsewhere("schemas", "export", "out")
    generated = sorted((root / "schemas" / "generated").iterdir())
    assert [path.name for path in generated] == sorted(path.name for path in (tmp_path / "out").iterdir())
    for path in generated:
        assert path.read_bytes() == (tmp_path / "out" / path.name).read_bytes()


def test_replay_finds_its_tables(root, elsewhere, tmp_path):
    elsewhere("replay", str(root / "tests" / "feeds" / "data" / "viirs_plain.csv"), "--out", "out")
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert written == {"incidents.ndjson", "alerts.ndjson", "silences.ndjson", "summary.json"}


def get(url):
    with urllib.request.urlopen(url, timeout=60) as answer:
        return answer.read()


def demo_url(said, process):
    limit = time.monotonic() + 120
    while not (found := re.search(r"http://127\.0\.0\.1:\d+/", said.read_text("utf-8"))):
        assert process.poll() is None, said.read_text("utf-8")
        assert time.monotonic() < limit
        time.sleep(0.1)
    return found.group()


def test_the_demo_serves_page_words_layers_and_alerts(root, installed, tmp_path):
    said = tmp_path / "said.txt"
    with said.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [installed, "demo", "--port", "0", "--speed", "6000"],
            cwd=tmp_path,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=clean_environment() | {"PYTHONUNBUFFERED": "1"},
        )
        try:
            url = demo_url(said, process)
            static = root / "streams" / "web" / "static"
            # the page says the language of the jurisdiction, and loads few files where they were built
            assert as_written(get(url)) == as_written((static / "index.html").read_bytes())
            assert b"traps.mjs" in get(f"{url}traps.html")
            for path in (path for path in static.rglob("*") if path.is_file() and path.suffix != ".html"):
                assert get(f"{url}{path.relative_to(static).as_posix()}") == path.read_bytes(), path
            about = json.loads(get(f"{url}v1/about"))
            assert {"province", "city", "county", "stands", "protected_areas"} <= set(about["layers"])
            county = json.loads(get(f"{url}v1/layers/county"))
            assert len(county["features"]) > 180
            assert any(told["properties"]["grade"] != "task" for told in graded(url))
        finally:
            process.terminate()
            assert process.wait(120) == 0, said.read_text("utf-8")


def as_written(page):
    """A page without its language, without what it loads and without the words that come with it."""
    loads = rb' *<(?:link rel="(?:stylesheet|modulepreload)"|script (?:type="module"|id="words"))[^\n]*\n'
    return re.sub(loads, b"", re.sub(rb"<html [^>]*>", b"<html>", page))


def graded(url):
    """Every alert once a graded one is among them, or after a minute."""
    limit = time.monotonic() + 120
    while True:
        features = json.loads(get(f"{url}v1/alerts?limit=1000"))["features"]
        if any(one["properties"]["grade"] != "task" for one in features) or time.monotonic() > limit:
            return features
        time.sleep(0.5)
