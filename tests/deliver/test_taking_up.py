"""Who is told changes while the system runs: at an instant, whole or not at all, and never backwards."""

from datetime import timedelta

import pytest
from alerted import a_receiver, an_alert, at, replaced
from hypothesis import given
from hypothesis import strategies as st

from detectors.region import WORLD
from schemas.notice import Due
from schemas.settings import Settings
from streams.hops.build import telling
from streams.telling.taking_up import SettingsFollower
from streams.telling.versions import EVER, Versions, followed, same_otherwise

RANGER = """
[[receivers]]
name = "{name}"
url = "https://gateway.example/hook"
"""


def version(*names):
    return telling(Settings(receivers=tuple(a_receiver(name) for name in names)), WORLD)


def names(result):
    return [one.value.receiver for one in result.outputs if isinstance(one.value, Due)]


def test_a_step_takes_the_version_in_force_at_its_now():
    versions = Versions()
    versions.take(EVER, version("old"))
    hop = followed(versions, "route")
    versions.take(at(10), version("old", "new"))
    for minute, told in [(9.9, ["old"]), (10, ["old", "new"]), (9.9, ["old"])]:
        assert names(hop.step(hop.options, {}, an_alert(), at(minute))) == told


@given(st.lists(st.integers(0, 50), min_size=1, max_size=6, unique=True), st.integers(0, 60))
def test_the_latest_begun_is_in_force_in_whatever_order_they_came(starts, now):
    versions = Versions()
    versions.take(EVER, version("first"))
    for start in starts:
        versions.take(at(start), version(f"r{start}"))
    begun = [start for start in starts if start <= now]
    expected = f"r{max(begun)}" if begun else "first"
    assert versions.at(at(now)).settings.receivers[0].name == expected


@pytest.fixture
def followed_file(tmp_path):
    path = tmp_path / "my.toml"
    path.write_text(RANGER.format(name="old"))
    versions, taken = Versions(), []
    versions.take(EVER, version("old"))
    follower = SettingsFollower(versions, path, lambda settings: telling(settings, WORLD), taken.append)
    return path, versions, follower


def test_a_new_receiver_in_the_file_is_taken_up_from_now_or_from_when_it_says(followed_file):
    path, versions, follower = followed_file
    assert follower.look(at(0)) is None
    path.write_text(RANGER.format(name="new"))
    assert follower.look(at(5)) is versions.newest
    assert versions.at(at(4)).settings.receivers[0].name == "old"
    path.write_text(f"effective_at = {at(60).isoformat()}" + RANGER.format(name="later"))
    follower.look(at(6))
    assert versions.at(at(59)).settings.receivers[0].name == "new"
    assert versions.at(at(60)).settings.receivers[0].name == "later"


@pytest.mark.parametrize(
    "text", ["[[receivers", RANGER.format(name="x") + 'escalate_to = ["nobody"]', "a = 1"]
)
def test_what_cannot_be_used_changes_nothing_and_is_said(followed_file, text, caplog):
    path, versions, follower = followed_file
    path.write_text(text)
    assert follower.look(at(5)) is None
    assert "cannot be taken up" in versions.trouble
    assert versions.newest.settings.receivers[0].name == "old"
    assert len(caplog.records) == 1
    assert follower.look(at(6)) is None
    path.write_text(RANGER.format(name="good"))
    assert follower.look(at(7)) is not None
    assert versions.trouble == ""


def test_a_file_that_is_gone_for_a_moment_is_no_change(followed_file):
    path, versions, follower = followed_file
    path.unlink()
    assert follower.look(at(5)) is None
    assert versions.newest.settings.receivers[0].name == "old"


def test_what_needs_a_restart_is_said(followed_file, caplog):
    path, _, follower = followed_file
    path.write_text("tick_s = 9.0" + RANGER.format(name="new"))
    assert follower.look(at(5)) is not None
    assert "need a restart" in caplog.text
    assert same_otherwise(Settings(), replaced(Settings(), receivers=(a_receiver(),)))
    assert at(5) - at(4) == timedelta(minutes=1)
