import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alerts.segments import ALPHABET, EXTENSION, cut, is_gsm7, length, segments, units

GSM = st.text(alphabet=sorted(ALPHABET | EXTENSION), max_size=400)
WILD = st.text(alphabet=st.one_of(st.characters(exclude_categories=["Cs"]), st.just("🔥")), max_size=300)


def septets(text):
    return sum(2 if letter in EXTENSION else 1 for letter in text)


def utf16(text):
    return len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("a" * 160, [160]),
        ("a" * 161, [153, 8]),
        ("€" * 80, [80]),
        ("€" * 81, [76, 5]),
        ("火" * 70, [70]),
        ("火" * 71, [67, 4]),
        ("🔥" * 35, [35]),
        ("🔥" * 36, [33, 3]),
        ("a" * 71 + "火", [67, 5]),
    ],
)
def test_texts_are_counted_as_networks_count(text, parts):
    assert [len(part) for part in segments(text)] == parts


def test_thirty_six_flames_are_not_cut_through_a_pair():
    for part in segments("🔥" * 36):
        part.encode("utf-16-le")
        assert utf16(part) <= 67


@given(st.one_of(GSM, WILD))
@example("€" * 77)
def test_parts_join_to_the_text_and_each_is_filled_to_its_limit(text):
    parts = segments(text)
    assert "".join(parts) == text
    count, whole, part = (septets, 160, 153) if is_gsm7(text) else (utf16, 70, 67)
    assert length(text) == count(text)
    assert units(text) == utf16(text)
    if len(parts) > 1:
        assert count(text) > whole
        assert all(part - 1 <= count(one) <= part for one in parts[:-1])
    elif text:
        assert count(text) <= whole


@given(WILD, st.integers(0, 100))
def test_what_is_cut_is_the_longest_start_that_fits(text, room):
    kept = cut(text, room)
    assert text.startswith(kept)
    assert utf16(kept) <= room
    assert kept == text or utf16(text[: len(kept) + 1]) > room


def test_the_alphabet_has_127_letters_beside_the_escape():
    assert (len(ALPHABET), len(EXTENSION), ALPHABET & EXTENSION) == (127, 10, frozenset())
