"""What holds for the whole house: who imports whom, how large a part may be, what is made is fresh."""

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
import ordering
import pytest
from house import DEPLOYED, PACKAGES, ROOT, SOURCES, TESTS, name_of, parsed

from schemas.export import documents
from streams import catalogue

FAUST = ("faust", "mode", "aiokafka")
PRIVATE = "streams.engine.faust_private"

MOST_LINES_OF_FILE = 300
MOST_LINES_OF_FUNCTION = 60
USUAL_LINES_OF_FUNCTION = 40
MEDIAN_LINES_OF_FUNCTION = 12


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


def test_the_longest_files_of_the_order_are_there():
    assert set(ordering.LONGEST) <= {path.stem for path in TESTS}


def test_no_two_test_files_have_one_name():
    """Tests are no packages: of two files with one name only the first would be collected."""
    names = [path.name for path in TESTS if path.name != "conftest.py"]
    assert sorted(names) == sorted(set(names))


def test_imports_keep_their_direction_and_judgement_stays_pure():
    tool("lint-imports", "--no-cache")


def test_no_file_and_no_function_is_too_long():
    files = {
        name_of(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in (*SOURCES, *TESTS, *DEPLOYED)
    }
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


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",)],
    ids=" ".join,
)
def test_the_checks_of_make_check_are_clean(words):
    tool(*words)
