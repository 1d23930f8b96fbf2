import copy

from hypothesis import given
from hypothesis import strategies as st

from alerts.channels.base import Rate
from streams.transport.rates import Rates
from streams.transport.secret import MOST_BYTES, secrets_in


@given(st.lists(st.integers(0, 10), max_size=60), st.integers(1, 5), st.integers(1, 30))
def test_no_window_ever_holds_more_than_the_rate(gaps, count, seconds):
    rates, rate, now, sent = Rates(), Rate(count, seconds), 0.0, []
    for gap in gaps:
        now += gap
        if rates.free("robot", rate, now) > 0:
            rates.note("robot", now)
            sent.append(now)
        else:
            assert 0 < rates.wait_s("robot", rate, now) <= seconds
    for start in sent:
        assert len([one for one in sent if start <= one < start + seconds]) <= count


@given(st.lists(st.tuples(st.integers(0, 10), st.booleans()), max_size=60), st.integers(1, 25))
def test_one_request_in_five_is_kept_for_what_is_pressing(asked, count):
    rates, rate, now, kept = Rates(), Rate(count, 60), 0.0, count // 5
    for gap, pressing in asked:
        now += gap
        free = rates.free("robot", rate, now, pressing=pressing)
        assert pressing or rates.free("robot", rate, now) == free + kept
        if free > 0:
            rates.note("robot", now)
        else:
            soon = now + rates.wait_s("robot", rate, now, pressing=pressing)
            assert soon > now
            probe = copy.deepcopy(rates)
            assert probe.free("robot", rate, soon, pressing=pressing) > 0


def test_addresses_are_counted_apart_and_a_window_ends():
    rates, rate = Rates(), Rate(2, 60)
    rates.note("one", 0.0)
    rates.note("one", 10.0)
    assert [rates.free(name, rate, 30.0) for name in ("one", "other")] == [0, 2]
    assert rates.wait_s("one", rate, 30.0) == 30.0
    assert (rates.free("one", rate, 60.0), rates.wait_s("one", rate, 60.0)) == (1, 0.0)


def test_a_secret_stands_in_the_variable_or_in_the_file_it_names(tmp_path):
    path = tmp_path / "secret"
    path.write_text("new old\n")
    assert secrets_in("KEY", {"KEY": "a b"}) == ("a", "b")
    assert secrets_in("KEY", {"KEY_FILE": str(path)}) == ("new", "old")
    assert secrets_in("KEY", {"KEY": "a", "KEY_FILE": str(path)}) == ("a",)


def test_what_is_no_secret_is_none(tmp_path):
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe")
    assert secrets_in("KEY", {}) == ()
    assert secrets_in("KEY", {"KEY_FILE": str(tmp_path / "absent")}) == ()
    assert secrets_in("KEY", {"KEY_FILE": str(tmp_path)}) == ()
    assert secrets_in("KEY", {"KEY_FILE": str(binary)}) == ()
    binary.write_text("x" * 3 * MOST_BYTES)
    assert len(secrets_in("KEY", {"KEY_FILE": str(binary)})[0]) == MOST_BYTES
