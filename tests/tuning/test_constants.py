"""Constants of data tables are shown with where they come from, every one, and no document sets them."""

import json
import tomllib
from importlib.resources import files

import pytest
from click.testing import CliRunner

from schemas.settings import Settings
from streams.commands.settings import command
from streams.hops.build import OWNERS
from streams.tuning.constants import constants
from streams.tuning.document import DocumentError, read


def shown(tmp_path, *words):
    done = CliRunner().invoke(command, ["show", *words, "--dir", str(tmp_path / "none")])
    assert done.exit_code == 0, done.output
    return done.stdout


def leaves(value):
    if isinstance(value, dict):
        return [
            one for name, part in value.items() if name not in {"status", "source"} for one in leaves(part)
        ]
    return [one for part in value for one in leaves(part)] if isinstance(value, list) else [value]


@pytest.mark.parametrize("name", ["evidence", "sensors", "ly_t_1172"])
def test_every_value_of_a_table_is_shown(name):
    raw = tomllib.loads((files("detectors") / "data" / f"{name}.toml").read_text(encoding="utf-8"))
    for head in ("version", "source"):
        raw.pop(head, None)
    found = [leaf for one in constants(f"data.{name}") for leaf in leaves(one.value)]
    assert sorted(map(repr, found)) == sorted(map(repr, leaves(raw)))


def test_a_constant_says_file_version_status_and_source(tmp_path):
    (one,) = json.loads(shown(tmp_path, "data.evidence.prior", "--json"))["data"]
    assert one["file"] == "detectors/data/evidence.toml"
    assert (one["value"], one["status"]) == ({"value": 0.15}, "verified")
    assert one["version"]
    assert "bulletins" in one["source"]
    assert "AR5" in shown(tmp_path, "data.gwp")


def test_without_a_table_each_file_is_one_line_and_settings_stand_above(tmp_path):
    lines = shown(tmp_path).splitlines()
    (grades,) = [line for line in lines if line.startswith("= ") and "grades.toml" in line]
    assert "read-only" in grades
    assert "settings show data.grades" in grades
    assert "data." not in shown(tmp_path, "grade")


def test_a_document_cannot_set_a_constant():
    with pytest.raises(DocumentError):
        read("[data.evidence.prior]\nvalue = 0.5\n", Settings(), OWNERS)
