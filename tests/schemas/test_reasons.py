"""Every reason code that any part of the house gives or asks for is in the catalogue."""

import ast
import functools
import pathlib

import pytest

from schemas.reason import REASONS

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGES = ("schemas", "detectors", "alerts", "streams")


class Codes:
    """Follows what is given as the `code` of a `Reason` back to the literals it comes from."""

    def __init__(self, trees):
        self.trees = trees
        self.functions, self.by_name = {}, {}
        self.home = {}
        self.file_of = {}
        self.imported = {}
        for file, tree in trees.items():
            self._learn(tree, None, file)
        self.sinks = {}
        self.found = {}
        self.unknown = set()

    def _learn(self, node, function, file):
        for child in ast.iter_child_nodes(node):
            self.home[child], self.file_of[child] = function, file
            is_function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
            if is_function:
                name = node.name if child.name == "__init__" else child.name
                self.functions.setdefault((file, name), []).append(child)
                self.by_name.setdefault(name, []).append(child)
            if isinstance(child, ast.ImportFrom) and child.module:
                home = child.module.replace(".", "/") + ".py"
                self.imported |= {(file, one.asname or one.name): (home, one.name) for one in child.names}
            self._learn(child, child if is_function else function, file)

    def called(self, call):
        """Return the functions that a call may mean: of its own file, imported, or a method anywhere."""
        match call.func:
            case ast.Name(id=name):
                file = self.file_of[call]
                return self.functions.get((file, name)) or self.functions.get(
                    self.imported.get((file, name)), []
                )
            case ast.Attribute(attr=name):
                return self.by_name.get(name, [])
        return []

    def collect(self):
        before = None
        while before != self.sinks:
            before = dict(self.sinks)
            self.found, self.unknown = {}, set()
            for node in list(self.home):
                for value in self._given(node):
                    place = f"{self.file_of[value]}:{value.lineno}"
                    for code in self._values(value, place):
                        self.found.setdefault(code, set()).add(place)
        return self

    def _given(self, node):
        """Yield every expression that stands for a code."""
        if isinstance(node, ast.Call):
            if getattr(node.func, "id", "") == "Reason":
                yield from (word.value for word in node.keywords if word.arg == "code")
            for function in self.called(node):
                if function in self.sinks:
                    yield from self._argument(node, function, self.sinks[function])
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if getattr(key, "value", "") == "code" and isinstance(value, ast.Constant):
                    yield value
        if isinstance(node, ast.Compare) and getattr(node.left, "attr", "") == "code":
            yield from (one for one in node.comparators if not isinstance(one, ast.Name))

    @staticmethod
    def _argument(call, function, parameter):
        yield from (word.value for word in call.keywords if word.arg == parameter)
        names = [one.arg for one in function.args.args if one.arg != "self"]
        if call.args and isinstance(call.args[0], ast.Starred):
            yield call.args[0]
        elif parameter in names and names.index(parameter) < len(call.args):
            yield call.args[names.index(parameter)]

    def _values(self, value, place):  # noqa: PLR0911 - one for each kind of expression
        """Return the literals that an expression may be; of a parameter, callers give the codes."""
        match value:
            case ast.Constant(value=str() as text):
                return {text} - {""}
            case ast.Constant(value=None):
                return set()
            case ast.IfExp():
                return self._values(value.body, place) | self._values(value.orelse, place)
            case ast.Set() | ast.Tuple() | ast.List():
                return set().union(*(self._values(one, place) for one in value.elts))
            case ast.Name():
                return self._named(value, place)
            case ast.Starred():
                return self._first_of(value.value, place)
            case ast.Call() if self.called(value):
                return self._returned(value, place, self._values)
        self.unknown.add(f"{place} {ast.unparse(value)}")
        return set()

    def _named(self, value, place):
        function = self.home[value]
        if value.id in {one.arg for one in (*function.args.args, *function.args.kwonlyargs)}:
            self.sinks[function] = value.id
            return set()
        assigned = list(self._assigned(function, value.id))
        if not assigned:
            self.unknown.add(f"{place} {value.id}")
        return set().union(*(self._values(one, place) for one in assigned))

    @staticmethod
    def _assigned(function, name):
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and any(getattr(one, "id", "") == name for one in node.targets):
                yield node.value
            if isinstance(node, ast.NamedExpr) and node.target.id == name:
                yield node.value

    def _first_of(self, value, place):
        """Return the literals that come first in the tuples an expression may be."""
        match value:
            case ast.Name(id=name):
                assigned = self._assigned(self.home[value], name)
                return set().union(*(self._first_of(one, place) for one in assigned))
            case ast.Tuple():
                return self._values(value.elts[0], place)
            case ast.IfExp():
                return self._first_of(value.body, place) | self._first_of(value.orelse, place)
            case ast.Constant(value=None):
                return set()
            case ast.Call() if self.called(value):
                return self._returned(value, place, self._first_of)
        self.unknown.add(f"{place} *{ast.unparse(value)}")
        return set()

    def _returned(self, call, place, follow):
        nodes = [node for function in self.called(call) for node in ast.walk(function)]
        returned = [node.value for node in nodes if isinstance(node, ast.Return) and node.value is not None]
        return set().union(*(follow(value, place) for value in returned))


@functools.cache
def of_the_house():
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    trees = {str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in paths}
    return Codes(trees).collect()


def test_every_code_that_is_given_is_in_the_catalogue():
    codes = of_the_house()
    assert {code: places for code, places in codes.found.items() if code not in REASONS} == {}
    assert codes.unknown == set(), "cannot be followed to a literal"


def test_the_search_reaches_every_way_in_which_a_code_is_given():
    found = of_the_house().found
    wanted = {"step_failed", "unreadable", "swapped_coordinates?", "grade_rule", "task_not_wanted", "opened"}
    wanted |= {"reopened", "bad_time", "missing_column", "already_told", "first_notice", "too_large", "prior"}
    assert wanted <= set(found)


@pytest.mark.parametrize(
    "source",
    [
        'x = Reason(code="dragon")',
        'def f():\n    code = "dragon" if 1 else "quiet"\n    return Reason(code=code)',
        'def f(code):\n    return Reason(code=code)\ndef g():\n    return f("dragon")',
        'def f():\n    return Reason(code=g())\ndef g():\n    return "dragon"',
        'def f(code, why):\n    return Reason(code=code)\ndef g():\n    return "dragon", "x"\nf(*g())',
        'class No:\n    def __init__(self, code):\n        self.x = Reason(code=code)\nNo("dragon")',
        'fields = {"code": "dragon"}\nReason(**fields)',
        'def f(x):\n    return x.code == "dragon"',
        'def f(x):\n    return x.code in {"dragon", "quiet"}',
    ],
)
def test_an_unknown_code_is_found(source):
    assert "dragon" in Codes({"bad.py": ast.parse(source)}).collect().found


def test_a_code_that_cannot_be_followed_is_found():
    assert Codes({"bad.py": ast.parse('def f(x):\n    return Reason(code=x["code"])')}).collect().unknown
