"""What people are told stands in profiles: no module of alerts or hops holds a Chinese word of its own."""

import ast

from house import ROOT, SOURCES, name_of, parsed
from latin import CJK

READ = {
    "alerts/near.py": "brackets that names are cleared of",
    "alerts/channels/aliyun_sms.py": "words in the answers of a gateway",
    "alerts/carbon/ground.py": "words in the tables of foresters",
    "alerts/carbon/stand.py": "words in the tables of foresters",
    "streams/hops/outbreak_given.py": "examples of how places are written in settings",
    "streams/hops/outbreak_record.py": "an example of how a place is written in settings",
    "alerts/carbon/caution.py": "a translation beside the figures of carbon, told by nobody yet",
}
"""Where Chinese is read, and what it is."""


def chinese(path):
    """The texts of a module with Chinese in them, docstrings left out."""
    tree = parsed(path)
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    bodies = [
        body for node in ast.walk(tree) for body in [getattr(node, "body", None)] if isinstance(body, list)
    ]
    said = {
        id(one.value)
        for body in bodies
        for one in body
        if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)
    }
    assert any(isinstance(node, holders) for node in ast.walk(tree))
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in said
        and CJK.search(node.value)
    ]


def test_no_module_of_alerts_or_hops_holds_a_word():
    places = ("alerts/", "streams/hops/", "streams/serve/")
    found = {name_of(path) for path in SOURCES if name_of(path).startswith(places) and chinese(path)}
    assert found - set(READ) == set()


def test_the_search_finds_one(tmp_path):
    path = tmp_path / "bad.py"
    path.write_text('"""说明"""\nGRADE = f"{1}级"\n', encoding="utf-8")
    assert chinese(path) == ["级"]
    assert (ROOT / "alerts").is_dir()
