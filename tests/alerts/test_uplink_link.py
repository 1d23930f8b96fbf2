"""Answers by text message and by signed link: plain ones are read, everything else is refused by name."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from alerts import link, uplink
from schemas.settings import Settings
from streams.jurisdiction import in_force

ZH = in_force(Settings())
NOON = datetime(2026, 4, 5, 12, 0, tzinfo=UTC)
KEY = b"0123456789abcdef0123456789abcdef"
NAMES = ("ranger", "officer")
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODES = st.text(LETTERS, min_size=4, max_size=4)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("7K2Q有", "yes"),
        ("7K2Q已撤离", "seen"),
        ("7k2q 安全！", "seen"),
        ("7K2Q safe", "seen"),
        ("7K2Q not found", "no"),
        ("7K2Q没撤", None),
        ("7K2Q不安全", None),
        ("回7k2q 无。", "no"),
        ("7K2Q", "seen"),
        ("收到7K2Q", "seen"),
        ("７Ｋ２Ｑ 有火！", "yes"),
        ("7k2q yes", "yes"),
        ("有", None),
        ("7K2Q在路上", None),
        ("7K2Q有ABCD无", None),
        ("", None),
        ("退订", None),
    ],
)
def test_what_an_answer_says(text, said):
    found = uplink.read(text, ["7K2Q", "ABCD"], ZH)
    assert found == (None if said is None else ("7K2Q", said))


def test_letters_that_look_alike_are_taken_as_the_code_writes_them():
    assert uplink.read("lO2Q有", ["102Q"], ZH) == ("102Q", "yes")


@given(CODES, CODES, st.sampled_from(["有", "无", "收到", "YES", "NO"]))
def test_only_a_code_they_hold_is_answered(code, other, word):
    assume(code != other)
    found = uplink.read(f"{code}{word}", [code], ZH)
    assert found is not None
    assert found[0] == code
    read = uplink.read(f"{code}{word}", [other], ZH)
    assert read is None or other in f"{code}{word}"


@given(st.text(max_size=60), st.lists(CODES, max_size=3))
def test_no_text_raises_and_only_known_codes_come_back(text, codes):
    found = uplink.read(text, codes, ZH)
    assert found is None or found[0] in codes


def a_token(**fields):
    given = {"receiver": "ranger", "alert_id": "F20260405-AAAA7K2Q", "expires_at": NOON + timedelta(hours=1)}
    return link.token(KEY, **(given | fields))


def test_a_genuine_link_says_who_and_what_and_stays_short():
    found = link.checked(KEY, a_token(), NAMES, NOON)
    assert (found.receiver, found.alert_id) == ("ranger", "F20260405-AAAA7K2Q")
    assert len("https://fire.county.example" + link.PATH + a_token()) < len(link.MARK)
    assert "ranger" not in a_token()


@pytest.mark.parametrize("at", [timedelta(hours=1), timedelta(days=9)])
def test_a_link_ends(at):
    with pytest.raises(link.LinkError, match="over"):
        link.checked(KEY, a_token(), NAMES, NOON + at)


@given(st.integers(0, 200), st.characters(codec="ascii"))
def test_one_changed_letter_makes_it_a_forgery(place, letter):
    good = a_token()
    place %= len(good)
    assume(good[place] != letter)
    forged = good[:place] + letter + good[place + 1 :]
    try:
        found = link.checked(KEY, forged, NAMES, NOON)
    except link.LinkError:
        return
    # hexadecimal in capitals is the same number; nothing else may pass
    assert forged.lower() == good.lower()
    assert found == link.checked(KEY, good, NAMES, NOON)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a~b~c",
        "~~",
        "x" * 9000,
        "a~7fffffffffffffffffff~b",
        "F~1~" + "é" * 43,
        a_token(purpose="verdict"),
    ],
)
def test_nonsense_and_links_for_another_purpose_are_refused(text):
    with pytest.raises(link.LinkError):
        link.checked(KEY, text, NAMES, NOON)


def test_a_link_of_one_who_is_no_receiver_any_more_opens_nothing():
    with pytest.raises(link.LinkError):
        link.checked(KEY, a_token(), ("officer",), NOON)


def test_a_short_key_is_none():
    for words in ((), ("short",)):
        with pytest.raises(ValueError, match="less than 16"):
            link.key_of(words)
