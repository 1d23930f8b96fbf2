import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.region.build import spelling
from streams.region.build.spelling import MOST, spellings


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(spelling).failed == 0


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("长板桥", "chang ban qiao"),
        ("班长坡", "ban zhang po"),
        ("重庆沟", "chong qing gou"),
        ("都江堰", "du jiang yan"),
        ("什邡市", "shi fang shi"),
        ("荥经县", "ying jing xian"),
        ("筠连", "jun lian"),
        ("长宁县", "chang ning xian"),
        ("犍为", "qian wei"),
        ("绿水塘", "lv shui tang"),
        ("A村", "A cun"),
        ("S216 北山段", "S216 bei shan duan"),
        ("ꆈꌠ村", "cun"),
    ],
)
def test_places_are_read_as_people_there_read_them(name, first):
    assert spellings(name)[0] == first


def test_other_readings_of_a_character_are_kept():
    assert {"chang ban qiao", "zhang ban qiao"} <= set(spellings("长板桥"))
    assert {"da ying", "dai ying"} <= set(spellings("大营"))


@pytest.mark.parametrize("name", ["", "།", "ꆈꌠ", "མདོ", "——", "\0"])
def test_what_has_no_pinyin_has_no_spelling(name):
    assert spellings(name) == ()


@given(st.text(max_size=15))
def test_any_text_has_few_spellings_in_plain_letters(name):
    found = spellings(name)
    assert len(found) <= MOST
    assert all(one.isascii() and one == " ".join(one.split()) for one in found)
