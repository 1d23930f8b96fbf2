"""The table of the README names what `fenghuo bench --only telling` prints, row by row."""

import pathlib
import re

from streams.bench import qingming, telling

README = pathlib.Path(__file__).parents[2] / "README.md"


def test_each_figure_of_telling_is_a_row_of_the_readme():
    text = README.read_text(encoding="utf-8")
    table = text.split("Telling (`fenghuo bench --only telling`)")[1].split("\n\n")[1]
    rows = [re.sub(r" \(.*\)$", "", row.split("|")[1].strip()) for row in table.splitlines()[2:]]
    assert rows == [telling.QUEUED, *telling.took(qingming.TIMES)]
    assert telling.queued(20).name == telling.QUEUED
