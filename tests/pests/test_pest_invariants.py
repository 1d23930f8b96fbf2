"""Invariants 1 to 4, 8, 9 and 13 for trap rounds, surveys and laboratories, by their numbers."""

import datetime as dt
import random
from functools import cache

import pytest
from driven import by_replay, by_worker, settings_for
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from judged import delivery, judge, living
from msgspec.structs import replace
from pested import NEMATODE, NOW, SAWYER, WEEK, lab, quiet, survey, trap

from alerts.outbreak import faults
from detectors.region import WORLD
from schemas.settings import Settings
from schemas.topics import ALERT, INCIDENT
from streams.jurisdiction import in_force
from streams.recorded import deliveries

ALONE = {"finding": {"trap": {"clusters": False}}}
END = NOW + 2 * WEEK + dt.timedelta(hours=1)


@cache
def season():
    """Twelve quiet traps; three of them loud for two weeks, one unread, one corrected, finds beside them."""
    rounds = {one.observation_id: one for one in quiet()}
    for number in (3, 4, 5):
        for ago in (0, 1):
            rounds[f"t{number}/{ago}"] = trap(number, ago, 60.0)
    rounds["t7/0"] = trap(7, 0, None, status="missing")
    slip = trap(8, 0, 90.0)
    later = slip.observed_at + dt.timedelta(days=1)
    mended = replace(trap(8, 0, 9.0), revision=1, received_at=later)
    finds = [
        survey(at=NOW - WEEK, unit_id="12-3", value=12.0),
        lab("lab/1", NOW - 3 * dt.timedelta(days=1), unit_id="12-3"),
        lab("lab/2", NOW - 2 * dt.timedelta(days=1), unit_id="12-3", sample_id="S2"),
        lab("lab/3", NOW - dt.timedelta(days=1), unit_id="14-1", longitude=107.4),
        lab("lab/4", NOW - dt.timedelta(days=1), result="negative", longitude=107.4),
        survey("survey/2", NOW, species="Dendrolimus punctatus", measure="larvae_per_tree", value=35.0),
    ]
    bark = {"species": "Dendroctonus valens", "longitude": 107.6}
    caught = [trap(31, ago, catch, **bark) for ago, catch in ((5, 1.0), (1, 0.0), (0, 2.0))]
    return (*rounds.values(), slip, mended, *finds, *caught)


def rounds():
    """The season as it is handed in: a round of four traps at a time, finds and corrections one by one."""
    traps = sorted(
        (one for one in season() if "/" in one.observation_id and one.observation_id[0] == "t"), key=name_of
    )
    sound = [one for one in traps if not one.revision and one.catch != 90.0]
    rest = [one for one in season() if one not in sound]
    cut = [sound[at : at + 4] for at in range(0, len(sound), 4)]
    return [delivery(*some) for some in cut] + [delivery(one) for one in rest]


def name_of(one):
    return one.observed_at, one.observation_id


def made(once, **more):
    return judge(once, settings=Settings(outbreak=ALONE), end=END, **more)


@cache
def in_order():
    return made([delivery(one) for one in sorted(season(), key=lambda one: one.received_at)])


def said(outcome):
    """What the living outbreaks say, but for what names the way there."""
    return living(outcome)


FEW = settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))


def test_what_comes_of_the_season():
    found = {one.incident_id: one for one in in_order().incidents.values() if one.status == "open"}
    grades = sorted((one.pest.species, one.grade) for one in found.values())
    assert grades == [
        (NEMATODE, "I"),
        (NEMATODE, "I"),
        ("Dendroctonus valens", "I"),
        ("Dendrolimus punctatus", "II"),
        (SAWYER, "II"),
    ]
    loud = next(one for one in found.values() if one.pest.species == SAWYER)
    assert set(loud.sources) == {"trap/3", "trap/4", "trap/5"}


@given(st.data())
@FEW
def test_1_and_2_any_order_with_repeats_ends_in_the_same_outbreaks(data):
    once = rounds()
    few = data.draw(st.lists(st.sampled_from(once), max_size=20))
    assert said(made(data.draw(st.permutations(once + few)))) == said(in_order())


@given(st.data())
@FEW
def test_3_any_partitioning_with_restarts_gives_the_same_outbreaks(data):
    once = rounds()
    many = made(once, origins=4, draw=data.draw, restarts=True)
    assert said(many) == said(in_order())


SCANNING = {"finding": {"trap": {"simulating": {"simulations": 39, "stop_at": 3}}}}


def test_1_to_3_hold_with_the_scan_in_space_and_time_too():
    def scanned(once, **more):
        return judge(once, settings=Settings(outbreak=SCANNING), end=END, **more)

    ordered = scanned([delivery(one) for one in sorted(season(), key=lambda one: one.received_at)])
    loud = next(
        one for one in ordered.incidents.values() if one.status == "open" and one.pest.species == SAWYER
    )
    assert "cluster" in {why.code for why in loud.reasons}
    once = rounds()
    shuffled = random.Random(3).sample([*once, *once[::7]], k=len(once) + len(once[::7]))
    assert said(scanned(shuffled, origins=4)) == said(ordered)


def test_8_every_observation_is_in_an_outbreak_or_has_its_reason():
    outcome = in_order()
    told = sum(one.observation_count for one in outcome.incidents.values() if one.status == "open")
    assert told + len(outcome.silences) == len({one.observation_id for one in season()})


def test_9_an_unread_trap_is_silent_as_unread_and_no_sign():
    assert in_order().silences["t7/0"].reason.code == "not_read"


def test_9_an_empty_trap_and_an_unread_one_are_told_apart():
    assert in_order().silences["t0/0"].reason.code == "below_threshold"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_13_no_text_announces_an_epidemic(language):
    for alert in in_order().alerts:
        text = alert.headline[language] + alert.description[language]
        assert faults(in_force(Settings()).words[language], text) == ()


async def test_4_replay_and_embedded_with_a_restart_say_the_same_bytes(tmp_path):
    made_of = replace(settings_for("pests."), outbreak=ALONE)
    given_ = deliveries(season())
    replayed = by_replay(given_, made_of, WORLD)
    half = next(n for n, one in enumerate(given_) if one.received_at >= NOW - 3 * dt.timedelta(days=1))
    await by_worker(given_[:half], made_of, WORLD, "embedded://", tmp_path)
    live = await by_worker(given_[half:], made_of, WORLD, "embedded://", tmp_path)
    assert live.raw[ALERT.name] == replayed.raw[ALERT.name]
    assert live.raw[INCIDENT.name] == replayed.raw[INCIDENT.name]
