"""What is written of an outbreak says nothing of fires; the command tells what it left out."""

import json

import pytest
from click.testing import CliRunner
from pested import lab, told

from alerts.fire_report import Facts, FormError, fire_report
from schemas.settings import Settings
from streams.commands.pests import command
from streams.explain.explanation import Explanation
from streams.explain.words import lines, sentences
from streams.jurisdiction import in_force

TABLE = (
    "trap,lon,lat,datum,species,observed_at,measure,value,stage\n"
    "D-1,107.70,31.30,WGS84,D. punctatus,2026-05-11 23:30,larvae_per_tree,31,larva\n"
)


def test_the_form_of_fires_is_not_filled_in_for_an_outbreak():
    (one,) = told([lab()]).incidents.values()
    with pytest.raises(FormError, match=f"form is that of fires, and {one.incident_id} is none"):
        fire_report(Facts(incident=one, now=one.judged_at), in_force(Settings()), "first")


@pytest.mark.parametrize(("name", "says"), [("cn-sichuan", "虫情成立可能"), ("generic-en", "of an outbreak")])
def test_an_explanation_says_of_what_the_probability_is(name, says):
    words = sentences(in_force(Settings(jurisdiction=name)))

    def of(first):
        asked = Explanation(
            asked="x", kind="incident", outcome="told", incident_id=first + "1", probability=0.95
        )
        return "\n".join(lines(asked, words))

    assert says in of("P")
    assert words["fact.probability"] not in of("P")
    assert words["fact.probability"] in of("F")
    assert "%" not in of("B"), "a loss of sight has no probability"


@pytest.fixture
def table(tmp_path):
    (tmp_path / "table.csv").write_text(TABLE, encoding="utf-8")
    return tmp_path


def run(folder, *words):
    done = CliRunner().invoke(command, [str(folder / "table.csv"), *words])
    assert done.exit_code == 0, done.output
    return done.output


def test_what_is_later_than_the_day_asked_for_is_said(table):
    assert "later" not in run(table, "--at", "2026-05-11")
    before = run(table, "--at", "2026-05-10")
    assert "0 outbreaks suspected" in before
    assert "1 observed later than 2026-05-10 15:59 UTC, not judged" in before
    assert json.loads(run(table, "--at", "2026-05-10", "--json"))["later"] == 1
