"""What holds for the whole house: who imports whom, how large a part may be, what is written is fresh."""

import ast
import importlib
import pathlib
import pkgutil
import re
import statistics
import subprocess
import sys
import tomllib

import click
import pytest

from schemas.export import documents
from streams import catalogue

ROOT = pathlib.Path(__file__).resolve().parent.parent
PACKAGES = ("schemas", "detectors", "alerts", "streams")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
FAUST = ("faust", "mode", "aiokafka")
PRIVATE = "streams.engine.faust_private"

MOST_LINES_OF_FILE = 300
MOST_LINES_OF_FUNCTION = 60
USUAL_LINES_OF_FUNCTION = 40
MEDIAN_LINES_OF_FUNCTION = 12


def name_of(path):
    return str(path.relative_to(ROOT))


def parsed(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def functions():
    for path in SOURCES:
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{name_of(path)}:{node.name}", node.end_lineno - node.lineno + 1


def modules():
    for package in PACKAGES:
        for found in pkgutil.walk_packages([str(ROOT / package)], f"{package}."):
            yield found.name


def commands():
    """Every command of every module of streams.commands, whether `fenghuo` lists it yet or not."""
    for found in pkgutil.iter_modules([str(ROOT / "streams" / "commands")]):
        command = getattr(importlib.import_module(f"streams.commands.{found.name}"), "command", None)
        if command is not None:
            yield found.name, command


def tool(*words):
    exe = pathlib.Path(sys.executable).with_name(words[0])
    done = subprocess.run(
        [exe, *words[1:]], cwd=ROOT, capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}{done.stderr}"


def test_imports_keep_their_direction_and_judgement_stays_pure():
    tool("lint-imports", "--no-cache")


def test_no_file_and_no_function_is_too_long():
    files = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    lengths = dict(functions())
    assert {name: n for name, n in files.items() if n > MOST_LINES_OF_FILE} == {}
    assert {name: n for name, n in lengths.items() if n > MOST_LINES_OF_FUNCTION} == {}
    assert statistics.median(lengths.values()) <= MEDIAN_LINES_OF_FUNCTION
    assert sorted(lengths.values())[int(len(lengths) * 0.95)] <= USUAL_LINES_OF_FUNCTION


def test_every_module_and_plug_in_says_what_it_is():
    assert [name_of(path) for path in SOURCES if not ast.get_docstring(parsed(path))] == []


def private_reaches(path):
    """Yield every private name that a file which imports Faust reaches: `x._name`, `from faust import _x`."""
    tree = parsed(path)
    imported = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    homes = [getattr(node, "module", None) or node.names[0].name for node in imported]
    if not any(home.split(".")[0] in FAUST for home in homes):
        return
    for node, home in zip(imported, homes, strict=True):
        names = [*home.split("."), *(alias.name for alias in node.names)]
        if home.split(".")[0] in FAUST and any(re.match(r"_[a-z]", name) for name in names):
            yield home
    for node in ast.walk(tree):
        is_private = isinstance(node, ast.Attribute) and re.match(r"_[a-z]", node.attr)
        if is_private and not (isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}):
            yield f"{node.attr}:{node.lineno}"


def test_private_names_of_faust_stand_in_one_file():
    found = {name_of(path): list(private_reaches(path)) for path in SOURCES if path.stem != "faust_private"}
    assert {name: names for name, names in found.items() if names} == {}


def test_the_search_for_private_names_finds_them(tmp_path):
    path = tmp_path / "bad.py"
    path.write_text("from faust import App\nfrom mode._x import y\napp = App('a')\napp._stop = 1\n")
    assert list(private_reaches(path)) == ["mode._x", "_stop:4"]
    assert list(private_reaches(ROOT / "streams/engine/faust_private.py")) != []


def plug_ins():
    for home, tuple_name in (
        ("detectors", "DETECTORS"),
        ("streams.feeds", "FEEDS"),
        ("alerts.channels", "CHANNELS"),
    ):
        for one in getattr(importlib.import_module(home), tuple_name):
            yield pytest.param(home, one, id=f"{home}.{one.name}")


def module_of(plug_in, home):
    """The module that registers a plug-in: the one in whose names it stands."""
    for found in pkgutil.iter_modules(importlib.import_module(home).__path__):
        module = importlib.import_module(f"{home}.{found.name}")
        if any(value is plug_in for value in vars(module).values()):
            return module
    raise AssertionError(f"{plug_in.name} is registered nowhere")


@pytest.mark.parametrize(("home", "plug_in"), list(plug_ins()))
def test_each_plug_in_is_documented_and_its_example_can_be_used(home, plug_in):
    module = module_of(plug_in, home)
    assert len(module.__doc__.strip()) > 40
    options = getattr(plug_in, "options", None)
    if options is not None and options.__struct_fields__:
        example = re.search(r"Config::\n\n((?: +.*\n|\n)+)", module.__doc__ + "\n")
        assert example, f"{module.__name__}: the docstring shows no Config"
        document = tomllib.loads("\n".join(line.strip() for line in example[1].splitlines()))
        shown = re.findall(r"^ +(\w+) =", example[1], re.MULTILINE)
        assert document
        assert set(shown) <= set(options.__struct_fields__), "the example names an option that is not there"


def test_names_of_plug_ins_are_their_own():
    names = [param.id for param in plug_ins()]
    assert len(names) == len(set(names))


def test_the_catalogues_in_the_readmes_are_fresh():
    assert catalogue.stale() == [], f"stale: run `{catalogue.COMMAND}`"
    assert {path.parent.name for path in catalogue.readmes()} >= {"schemas", "streams"}


def test_the_schemas_are_fresh():
    folder = ROOT / "schemas" / "generated"
    found = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    assert found == documents(), f"stale: run `{catalogue.COMMAND}`"


def test_a_stale_catalogue_is_found_and_an_unknown_section_refused():
    text = "<!-- catalogue: reasons -->\nold\n<!-- end of catalogue -->"
    assert "duplicate_of" in catalogue.fresh(text)
    assert catalogue.fresh(catalogue.fresh(text)) == catalogue.fresh(text)
    with pytest.raises(KeyError):
        catalogue.fresh(text.replace("reasons", "dragons"))


def test_every_command_and_option_has_help():
    found = dict(commands())
    assert found
    for module, top in found.items():
        groups = [top] if isinstance(top, click.Group) else []
        for name, command in [*catalogue.leaves(top, module), *((module, group) for group in groups)]:
            assert command.help, f"{name} has no help"
            silent = [p.name for p in command.params if isinstance(p, click.Option) and not p.help]
            assert silent == [], f"{name}: options without help"


def test_every_command_module_is_reached_through_fenghuo():
    from streams.cli import COMMANDS

    assert sorted(module for module, _ in COMMANDS.values()) == sorted(module for module, _ in commands())


def test_every_module_can_be_imported_and_nothing_runs_on_import():
    code = "import importlib, sys, threading; [importlib.import_module(n) for n in sys.argv[1:]]; "
    code += "assert threading.active_count() == 1, threading.enumerate()"
    names = [name for name in modules() if not name.endswith("__main__")]
    done = subprocess.run(
        [sys.executable, "-c", code, *names],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


EXEMPTION = re.compile(r"#\s*(?:ruff: )?(noqa: [A-Z0-9, ]+[0-9]|type: ignore\[[a-z, -]+\])( +[-#]+ +\w)?")


def unreasoned(text):
    """Exemptions from a check whose first use in a file says no reason."""
    reasons = {}
    for what, reason in EXEMPTION.findall(text):
        reasons[what] = reasons.get(what) or reason
    return sorted(what for what, reason in reasons.items() if not reason)


def test_every_exemption_from_a_check_gives_its_reason():
    assert unreasoned("a  # noqa: S101 - why\nb  # noqa: S101\nc  # noqa: F401\n") == ["noqa: F401"]
    assert unreasoned("a  # type: ignore[misc]\nb  # type: ignore[misc]  # why\n") == []
    folders = (*PACKAGES, "tests", "deploy")
    found = {
        name_of(path): unreasoned(path.read_text(encoding="utf-8"))
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        if path != pathlib.Path(__file__)
    }
    assert {name: what for name, what in found.items() if what} == {}


NOT_USED = {"event", "alarm", "manager", "util", "helper", "process"}
FAUSTS_WORD = "what a stream of Faust yields is an event in its interface"
HONEST = {
    ("streams/bench/child.py", "event"): FAUSTS_WORD,
    ("streams/engine/batches.py", "event"): FAUSTS_WORD,
    ("streams/engine/loop.py", "event"): FAUSTS_WORD,
    ("streams/engine/rows.py", "event"): FAUSTS_WORD,
}
"""Names that are another's. What is only called (asyncio.Event, time.process_time) is no name that we gave,
and "event time" stands in sentences, where it is the word of stream processing."""


def names_given(tree):
    """Yield every name that a module gives: functions, classes, arguments, variables, attributes, aliases."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.arg(arg=name) | ast.alias(asname=str(name)) | ast.ExceptHandler(name=str(name)):
                yield name
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name


def not_used(names):
    """The words among these names, singular, that say nothing or are another's: design gave them no place."""
    words = (word for name in names for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name))
    hits = (re.fullmatch(f"({'|'.join(NOT_USED)})(?:e?s)?", word.lower()) for word in words)
    return {hit[1] for hit in hits if hit}


def test_names_are_the_words_of_the_house():
    bad = "class AlarmManager:\n    def f(self, event):\n        self.utils = my_helpers = event\n"
    assert not_used(names_given(ast.parse(bad))) == NOT_USED - {"process"}
    assert not_used(["processes"]) == not_used(["child_process"]) == {"process"}
    assert not_used(["processor", "eventual", "utility"]) == set()
    assert not_used(names_given(ast.parse("time.process_time(); asyncio.Event().set()"))) == set()
    found = {
        (name_of(path), word)
        for path in (*SOURCES, *(ROOT / "deploy").rglob("*.py"))
        for word in not_used([*path.relative_to(ROOT).with_suffix("").parts, *names_given(parsed(path))])
    }
    assert found == set(HONEST)


MACHINE = re.compile(
    "/" + r"(?:work|root|home)/|(?<!/var)/" + "tmp/|-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|https?://[^\s\"'<>]*(?:pypi|npmjs|maven|debian)|\b(?:registry\.npmjs|pypi" + r"\.org)"
)
NAMESPACE = re.compile(r"https?://maven\.apache\.org/(?:POM/|xsd/)\S*")
"""A pom.xml must name its format so; nothing is fetched from there."""
READ = {".py", ".md", ".toml", ".json", ".sh", ".xml", ".yaml", ".mjs", ".html", ".css", ".properties", ""}


def of_a_machine(text):
    """Paths of one machine, addresses of registries and keys in a text."""
    return [hit[0] for hit in MACHINE.finditer(NAMESPACE.sub("", text))]


def test_no_file_names_a_machine_path_a_registry_or_a_secret():
    for bad in (
        "/" + "home/a",
        "/" + "root/a",
        "/" + "work/a",
        "/" + "tmp/a",
        "https://repo1." + "maven.org/a",
    ):
        assert of_a_machine(f"cd {bad}"), bad
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    paths = [ROOT / name for name in filter(None, tracked.split("\0"))]
    read = [path for path in paths if path.is_file() and path.suffix in READ]
    assert len(read) > 100
    found = {name_of(path): of_a_machine(path.read_text("utf-8", errors="ignore")) for path in read}
    assert {name: hits for name, hits in found.items() if hits} == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",)],
    ids=" ".join,
)
def test_the_checks_of_make_check_are_clean(words):
    tool(*words)
