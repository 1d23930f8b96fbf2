"""Refusals of the server carry a code by which the page says them in its own language."""

import ast
import json
import pathlib

import pytest

from streams.serve.problems import Problem
from streams.web import static_dir

SERVE = pathlib.Path(__file__).resolve().parents[2] / "streams" / "serve"
WRITTEN_BY_THE_PAGE = (
    *("acts", "verdicts", "releasing", "undoing", "signing", "key_doors", "named"),
    *("accounts/doors", "desk/calls", "desk/tasks", "desk/handover", "desk/first"),
)
WORDLESS = {
    ("key_doors", "str(error)"),  # roles that do not go together
    ("accounts/doors", "unknown"),  # an area that the region does not know, with those that it does
    ("releasing", "'not let out'"),  # asked by readers of the public feed
    ("desk/first", "'If-Match takes the ETag of the incident, such as \"17\"'"),
    ("desk/first", "f\"{said} at {first.get('at', '')}\""),  # who was first has words of its own
}
"""What is refused there without a code: the page says it in the server's words, in brackets."""


def problems(path):
    """Every problem that a module raises: its words as they stand in the source, and its code."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"problem", "Problem"}:
            codes = [one.value for one in node.keywords if one.arg == "code"]
            yield ast.unparse(node.args[1]), codes[0] if codes else None


def words(language, part):
    return json.loads((static_dir() / "i18n" / f"{part}{language}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_code_has_its_words_and_no_words_are_left_over(language):
    known = {**words(language, ""), **words(language, "desk-")}
    every = [code for path in SERVE.rglob("*.py") for _, code in problems(path) if code is not None]
    codes = {one.value for one in every if isinstance(one, ast.Constant)}
    assert len(codes) > 30
    assert [one for one in codes if f"refused.{one}" not in known and f"reason.{one}" not in known] == []
    returned = {"no_issuer", "only_fires_public", "nothing_for_public", "newer_revision", "has_ended"}
    ours = {key.removeprefix("refused.") for key in known if key.startswith("refused.")}
    assert ours - codes - returned == {"other", "unanswered"}


def test_what_the_page_sends_is_refused_with_a_code():
    bare = {
        (name, said)
        for name in WRITTEN_BY_THE_PAGE
        for said, code in problems(SERVE / f"{name}.py")
        if code is None
    }
    assert bare == WORDLESS


def test_a_problem_names_its_code_its_values_and_the_field_that_is_wrong():
    told = Problem(400, "send {}: Expected `str` of length <= 400 - at `$.text`", code="malformed").more
    assert told == {"reason": {"code": "malformed", "field": "text"}}
    assert Problem(403, "x", code="needs_role", values={"roles": ["admin"]}).more["reason"]["roles"] == [
        "admin"
    ]
    assert Problem(404, "x").more == {}
