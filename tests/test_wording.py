"""What is written in the house: no exemption without its reason, its own words, nothing of one machine."""

import ast
import pathlib
import re
import subprocess

from house import DEPLOYED, ROOT, SOURCES, TESTS, name_of, parsed

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
    found = {
        name_of(path): unreasoned(path.read_text(encoding="utf-8"))
        for path in (*SOURCES, *TESTS, *DEPLOYED)
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
        for path in (*SOURCES, *DEPLOYED)
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
