"""A drill on demand: the way of the daily one, refused with a reason beside a grave fire, archived."""

import asyncio
from datetime import timedelta

import pytest
import shapely
from alerted import a_receiver
from click.testing import CliRunner
from msgspec.structs import replace
from serve_words import NOON, LogInMemory, make_incident, record

from detectors.region import Layer, Region
from schemas.drill import Rehearsal
from schemas.incident import Place
from schemas.observation import Delivery
from schemas.settings import Settings
from streams.cli import main as fenghuo
from streams.jurisdiction import in_force
from streams.metrics import Metrics
from streams.serve.store import Store
from streams.telling import drill_book
from streams.telling.drill import asked_for, attend
from streams.telling.hearing import Ears

DRILL = Rehearsal(name="xichang", at="03:00", longitude=102.5, latitude=27.5, within_s=60)
SETTINGS = Settings(drills=(DRILL,), receivers=(a_receiver("party", drill=True),))
BOXES = [shapely.box(102, 27, 103, 28), shapely.box(103, 27, 104, 28)]
REGION = Region("r", {"county": Layer.of("county", BOXES, ["west", "east"], ["甲县", "乙县"])})


@pytest.fixture
async def house(serve, services_of, keys):
    log = LogInMemory()
    services = services_of(settings=SETTINGS, writer=log, region=REGION)
    client = await serve(services)
    secret = keys.create(frozenset({"operator"}), NOON)[1]

    async def ask(method="POST", **more):
        async with client.request(method, "/v1/drills", headers={"X-API-Key": secret}, **more) as answer:
            return answer.status, await answer.json()

    ask.log, ask.services, ask.client, ask.secret = log, services, client, secret
    return ask


def burns(house, grade, county, status="open"):
    places = (Place(layer="county", place_id=county, name=county, relation="inside"),) if county else ()
    fire = make_incident("fire-1", grade=grade, status=status, places=places)
    house.services.store.apply([record("incident.v1", 0, fire)])


async def test_it_goes_in_where_the_daily_one_does_and_is_listed_until_it_is_judged(house):
    status, said = await house(json={"name": "xichang"})
    assert (status, said["accepted"], said["judged_at"]) == (202, True, "2026-04-05T12:01:00Z")
    ((topic, _, delivery, _),) = house.log.sent
    assert topic == "observation.v1"
    assert isinstance(delivery, Delivery)
    assert [one.drill_id for one in delivery.drills] == [said["drill_id"]]
    ((listed),) = (await house("GET"))[1]["drills"]
    assert (listed["name"], listed["outcome"]) == ("xichang", "under way")
    assert listed["asked_by"]
    assert (await house(json={"name": "xichang"}))[1]["detail"] == f"{said['drill_id']} is under way"


@pytest.mark.parametrize(
    ("grade", "county", "status", "refused"),
    [
        ("I", "west", "open", True),
        ("II", "west", "open", True),
        ("II", "", "open", True),
        ("III", "west", "open", False),
        ("I", "east", "open", False),
        ("I", "west", "closed", False),
    ],
)
async def test_none_begins_while_a_fire_of_grade_one_or_two_is_open_in_its_county(
    house, grade, county, status, refused
):
    burns(house, grade, county, status)
    code, said = await house(json={"name": "xichang"})
    assert code == (409 if refused else 202)
    if refused:
        assert said["detail"].startswith("fire-1, a fire of grade I or II, is open there")
        assert house.log.sent == []
        assert (await house("GET"))[1]["drills"] == []


@pytest.mark.parametrize(
    ("body", "code"), [({"name": "other"}, 404), ({}, 400), ({"name": "xichang", "grade": "I"}, 400)]
)
async def test_a_drill_of_no_settings_is_refused(house, body, code):
    assert (await house(json=body))[0] == code
    assert house.log.sent == []


async def test_what_could_not_be_written_has_not_begun(house):
    house.log.fails = TimeoutError()
    assert (await house(json={"name": "xichang"}))[0] == 503
    house.log.fails = None
    assert (await house(json={"name": "xichang"}))[0] == 202


async def test_a_judgement_is_made_late_rather_than_never_and_kept_once(tmp_path):
    store = Store(tmp_path / "history.sqlite")
    ears = Ears(store, LogInMemory(), SETTINGS, in_force(SETTINGS))
    drill = asked_for(DRILL, ears.profile.zone, NOON)
    assert drill_book.begin(store, "xichang", drill, NOON, "key-1")
    assert not drill_book.begin(store, "xichang", drill, NOON, "key-2")
    assert await attend(ears, Metrics(), DRILL, NOON + timedelta(seconds=59)) is None
    late = NOON + timedelta(hours=5)
    assert await attend(ears, Metrics(), DRILL, late) == ("no alert came of it",)
    assert await attend(ears, Metrics(), DRILL, late) is None
    (held,) = drill_book.listed(store, 10)
    assert (held.outcome, held.why, held.asked_by, held.judged_at) == (
        "failed",
        "no alert came of it",
        "key-1",
        late,
    )
    other = replace(drill, drill_id="drill/xichang/other")
    drill_book.begin(store, "xichang", other, NOON)
    drill_book.conclude(store, other, ("put off",), NOON)
    third = replace(drill, drill_id="drill/xichang/third")
    drill_book.begin(store, "xichang", third, NOON)
    drill_book.conclude(store, third, (), NOON)
    assert {one.outcome for one in drill_book.listed(store, 10)} == {"failed", "put off", "passed"}
    store.close()


async def test_the_command_begins_it_lists_it_and_says_why_not(house, monkeypatch):
    monkeypatch.setenv("DRILL_KEY", house.secret)

    def run(*words):
        url = str(house.client.make_url("/")).rstrip("/")
        return CliRunner().invoke(fenghuo, ["drill", *words, "--url", url, "--key-env", "DRILL_KEY"])

    begun = await asyncio.to_thread(run, "start", "xichang")
    assert begun.exit_code == 0
    assert "has begun; it is judged at" in begun.output
    again = await asyncio.to_thread(run, "start", "xichang")
    assert (again.exit_code, "is under way" in again.output) == (1, True)
    listed = await asyncio.to_thread(run, "list")
    assert "xichang  under way" in listed.output
