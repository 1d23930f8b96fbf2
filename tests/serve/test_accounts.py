"""Passwords, codes, who comes in, and what a county sees: rules without a server."""

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.geodesy import distance_km
from detectors.region import Layer, Region
from streams.serve.accounts import one_time, passwords
from streams.serve.accounts.account import PASSWORD_LASTS, Account
from streams.serve.accounts.admission import SHUT_FOR, WRONG_ALLOWED, Shown, Tries, refusal
from streams.serve.accounts.passwords import Cost
from streams.serve.accounts.scope import BORDER_KM, scope_of

NOON = datetime(2026, 4, 5, 12, 0, tzinfo=UTC)
CHEAP = Cost(2, 1, 1)
RIGHT = Shown(password_fits=True)


def account(**fields):
    settled = {
        "name": "li.na",
        "person": "李娜",
        "roles": frozenset({"operator"}),
        "areas": (),
        "password": "",
        "password_at": NOON,
        "created_at": NOON,
    }
    return Account(**{**settled, **fields})


def test_scrypt_is_that_of_rfc_7914():
    kept = passwords.hashed("password", Cost(1024, 8, 16), b"NaCl")
    assert kept.startswith(
        "scrypt$1024$8$16$4e61436c$fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
    )


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "94287082"), (1111111109, "07081804"), (1234567890, "89005924"), (20000000000, "65353130")],
)
def test_codes_are_those_of_rfc_6238(seconds, code):
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert one_time.code_at(secret, seconds // 30, digits=8) == code
    at = datetime.fromtimestamp(seconds, UTC)
    assert one_time.fitting_step(secret, code[-6:], at, used=-1) == seconds // 30


def test_a_code_is_good_once_and_for_a_clock_half_a_minute_off():
    secret = one_time.new_secret()
    step = one_time.step_of(NOON)
    code = one_time.code_at(secret, step)
    assert one_time.fitting_step(secret, code, NOON, used=step) is None
    assert one_time.fitting_step(secret, code, NOON + timedelta(seconds=30), used=-1) == step
    assert one_time.fitting_step(secret, code, NOON + timedelta(seconds=90), used=-1) is None
    assert one_time.fitting_step(secret, "", NOON, used=-1) is None
    assert one_time.fitting_step(secret, "１２３４５６", NOON, used=-1) is None


@pytest.mark.parametrize(
    ("password", "wrong"),
    [
        ("Forest-Fire-26", ()),
        ("护林防火-Beacon-26", ()),
        ("Sh0rt-pw", ("too_short",)),
        ("onlylowercase", ("too_few_kinds",)),
        ("My-li.na-2026", ("holds_name",)),
        ("Password-26", ("common",)),
        ("x" * 129, ("too_long", "too_few_kinds")),
    ],
)
def test_what_is_wrong_with_a_password(password, wrong):
    assert passwords.faults(password, "li.na") == wrong


def test_a_password_is_not_used_twice_and_fits_however_the_keyboard_writes_it():
    kept = passwords.hashed("Forest-Fire-26", CHEAP)
    assert passwords.faults("Forest-Fire-26", "li.na", kept) == ("same_as_before",)
    assert passwords.fits(kept, "Ｆorest-Fire-26")
    assert not passwords.fits(kept, "forest-Fire-26")


@settings(max_examples=40)
@given(st.text(max_size=40), st.text(max_size=40))
def test_only_the_same_password_fits(one, other):
    kept = passwords.hashed(one, CHEAP)
    same = unicodedata.normalize("NFKC", one) == unicodedata.normalize("NFKC", other)
    assert passwords.fits(kept, one)
    assert passwords.fits(kept, other) == same


def test_the_first_password_keeps_the_rules():
    made = {passwords.one_time_password() for _ in range(50)}
    assert len(made) == 50
    # hexadecimal letters may lack by chance, never the length
    assert all(len(one) == 20 and "too_short" not in passwords.faults(one, "li.na") for one in made)


@pytest.mark.parametrize(
    ("fields", "shown", "why"),
    [
        ({}, RIGHT, None),
        ({}, Shown(password_fits=False), "wrong"),
        ({"locked_at": NOON}, RIGHT, "wrong"),
        ({"expires_at": NOON}, RIGHT, "wrong"),
        ({"one_time": "A"}, RIGHT, "code_needed"),
        ({"one_time": "A"}, Shown(True, True, False), "wrong"),
        ({"one_time": "A"}, Shown(True, True, True), None),
        ({"one_time": "A"}, Shown(False, True, True), "wrong"),
        ({"password_at": None}, RIGHT, "password_old"),
        ({"password_at": NOON - PASSWORD_LASTS}, RIGHT, "password_old"),
        ({"password_at": None, "one_time": "A"}, RIGHT, "code_needed"),
    ],
)
def test_who_comes_in(fields, shown, why):
    assert refusal(account(**fields), Tries(), shown, NOON) == why


def test_a_name_that_does_not_exist_is_answered_like_a_wrong_password():
    assert refusal(None, Tries(), RIGHT, NOON) == "wrong"
    assert refusal(None, Tries(WRONG_ALLOWED, NOON), RIGHT, NOON) == "too_many"


@given(st.lists(st.integers(0, 1800), max_size=12))
def test_a_name_is_shut_after_five_wrong_ones_and_opens_again(pauses):
    tries, now, row = Tries(), NOON, 0
    for pause in pauses:
        now += timedelta(seconds=pause)
        if tries.again_at(now) is None:
            row = 1 if row >= WRONG_ALLOWED else row + 1
            tries = tries.after(now)
        assert (tries.again_at(now) is not None) == (row >= WRONG_ALLOWED)
    assert tries.again_at(now + SHUT_FOR) is None


def _counties():
    boxes = [shapely.box(102, 27, 103, 28), shapely.box(103, 27, 104, 28)]
    return Region("r", {"county": Layer.of("county", boxes, ["west", "east"], ["甲县", "乙县"])})


COUNTIES = _counties()


@given(st.floats(102.5, 104), st.floats(27.2, 27.8))
def test_a_county_sees_itself_and_what_is_near_its_border(longitude, latitude):
    seen = scope_of(COUNTIES, ("west",)).sees(longitude, latitude)
    beyond_km = 0.0 if longitude <= 103 else float(distance_km(103, latitude, longitude, latitude))
    if abs(beyond_km - BORDER_KM) > 0.5:
        assert seen == (beyond_km < BORDER_KM)


def test_a_footprint_that_comes_near_is_seen_and_an_unknown_area_sees_nothing():
    far, reaching = (103.5, 27.5), {"type": "LineString", "coordinates": [[103.5, 27.5], [103.05, 27.5]]}
    assert not scope_of(COUNTIES, ("west",)).sees(*far)
    assert scope_of(COUNTIES, ("west",)).sees(*far, reaching)
    assert not scope_of(COUNTIES, ("west",)).sees(*far, {"type": "Nothing"})
    assert not scope_of(COUNTIES, ("nowhere",)).sees(102.5, 27.5)
    assert scope_of(COUNTIES, ("west", "east")).sees(*far)
