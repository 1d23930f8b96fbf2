"""Invariant 13 at every door of the route table: no find of a quarantine pest, and no sign of one."""

import json
import re
from urllib.parse import quote, unquote

import pytest
from hidden import CODE, NAME, OLD, OUTCOME, PICTURE, SECRETS, SETTINGS, SHA, history
from pested import NOW
from serve_words import LogInMemory

from detectors.region import WORLD
from schemas.codec import encode
from schemas.observation import Delivery
from schemas.topics import ALERT, INCIDENT, OBSERVATION
from streams.engine.reader import Read
from streams.ingress import Ingress
from streams.pictures import Pictures
from streams.serve.broadcast import Broadcast
from streams.serve.consume import count
from streams.serve.routes import ROUTES
from streams.tuning.shadow import Shadow

ALL_BUT = ("viewer", "ranger", "operator", "admin", "auditor", "ingest")
UNKNOWN = "P20200101-QQQQQQQQ"

PATHS = {
    "alert_id": [(NAME + end, UNKNOWN + end) for end in ("", ".json", ".geojson", ".cap")],
    "incident_id": [(NAME, UNKNOWN), (f"{NAME}.csv", f"{UNKNOWN}.csv")],
    "what": [
        (NAME, UNKNOWN), (CODE, "QQQQ"), ("lab/secret-2", "lab/9"), ("lab/secret-3", "lab/9"),
        ("survey/secret-1", "survey/9"), ("back/1", "back/9"), ("verdict-secret", "v9"),
    ],
    "letter_id": [("letter-secret-0", "l9"), ("letter-secret-1", "l9")],
    "notice_id": [("notice-secret", "n9")],
    "sha256": [(SHA, "0" * 64)],
    "name": ["stands"], "z": ["1"], "x": ["1"], "y": ["1"], "call_id": ["c9"], "number": ["1"],
    "key_id": ["k9"], "token": ["t9"], "channel": ["sms"], "word": ["w9"], "path:.*": ["index.html"],
}  # fmt: skip
"""What each part of a path may be: what is hidden beside what nobody knows, or the same for both."""

BOX = "106,30,108,32"
QUERIES = {
    "incident": [(NAME, UNKNOWN)], "observation_id": [("lab/secret-3", "lab/9"), ("survey/secret-1", "s9")],
    "trap": [("survey/team", "trap/9"), ("lab/prov", "trap/9")], "q": [("青冈", "青冈")],
    "bbox": [BOX], "datetime": ["2020-01-01T00:00:00Z/.."], "kind": ["outbreak"], "grade": ["I"],
    "status": ["open"], "limit": ["100"], "before": ["99999"], "revision": ["1"], "weeks": ["10"],
    "code": ["below_threshold", "lab_negative", "duplicate_of", "takes_back"], "hours": ["168"],
    "by": ["incident", "county", "close_out"], "format": ["csv", "geojson"], "after": ["0"],
    "lon": ["107.1"], "lat": ["31.2"], "radius_m": ["50000"], "near": ["107.1,31.2"], "map": ["m9"],
    "stage": ["final"], "form": ["docx"], "lang": ["en"], "day": ["2026-11-20"], "hour": ["17"],
    "table": ["data.duty", "data.nobody"],
    "properties": ["alert_id,headline,reasons,places,audience"],
}  # fmt: skip
"""What each word of a query may be, in the same way."""

SPEAKS = {"author": "甲", "at": "2024-11-30T00:00:00Z"}
BODIES = {
    "/v1/verdicts": [{"incident_id": one, "code": 0, **SPEAKS} for one in ("<it>", "<code>")],
    "/v1/acts": [
        {"act": "merge", "incident_id": "<it>", "other_id": "fire-1", **SPEAKS},
        {"act": "merge", "incident_id": "fire-1", "other_id": "<it>", **SPEAKS},
        {"act": "undo", "incident_id": "fire-1", "of": "<verdict>", **SPEAKS},
        {"act": "undo", "incident_id": "fire-1", "of": "<act>", **SPEAKS},
    ],
    "/v1/releases": [{"alert_id": "<it>", "revision": 1, "author": "甲"}],
    "/v1/answers": [{"alert_id": "<it>", "receiver": "ranger", "code": 0}],
    "/v1/positions": [{"alert_id": "<it>", "receiver": "ranger", "longitude": 107.0, "latitude": 31.0}],
    "/v1/tasks": [{"do": do, "incident_id": "<it>", "to": "ranger"} for do in ("seen", "assign")],
    "/v1/calls": [{"call_id": "call-1-00", "longitude": 107.1, "latitude": 31.2}],
    "/v1/handovers": [{"text": "夜班"}],
    "/v1/handovers/{number}": [{}], "/v1/given-up/{notice_id}/replay": [{}], "/v1/observations": [{}],
    "/v1/permits": [{}], "/v1/pictures": [{}], "/v1/session": [{}], "/v1/drills": [{"name": "d9"}],
    "/v1/reply/{token}": [{}], "/v1/gateways/{channel}/{word}": [{}], "/v1/settings": [{"document": ""}],
    "/v1/settings/check": [{"document": ""}], "/v1/accounts": [{}], "/v1/accounts/{name}": [{"do": "lock"}],
    "/v1/keys": [{"roles": ["viewer"]}],
}  # fmt: skip
"""What is sent to each door that takes something; `<it>` is the incident. A new door has to be said here."""

HIDDEN = {"<it>": NAME, "<code>": CODE, "<verdict>": "verdict-secret", "<act>": "act-secret"}
NOBODYS = {"<it>": UNKNOWN, "<code>": "QQQQ", "<verdict>": "v9", "<act>": "a9"}

WITH_THE_MARK = {
    *("/v1/alerts", "/v1/alerts.atom", "/v1/alerts/stream", "/v1/alerts/{alert_id}", "/v1/incidents"),
    *("/v1/incidents/{incident_id}", "/v1/incidents/{incident_id}/rings", "/v1/explain/{what}"),
    *("/v1/incidents/{incident_id}/report", "/v1/silences", "/v1/nearest", "/v1/shadow", "/v1/dead-letters"),
    *("/v1/dead-letters/{letter_id}", "/v1/given-up", "/v1/pictures/{sha256}", "/v1/pests/series"),
    *("/v1/verdicts", "/v1/tasks", "/v1/calls", "/v1/acts", "/v1/answers", "/v1/releases"),
    "/v1/given-up/{notice_id}/replay",
}
"""Doors at which whoever has the mark sees it, or is answered otherwise than of what nobody knows."""

PRINTED = "/v1/settings/data"
"""The tables that are published with the program: they name species, whatever burns or breaks out."""


def shadow():
    one = Shadow(SETTINGS, WORLD, 1)
    one.take(Read(OBSERVATION.name, 0, 0, b"", encode(Delivery(delivery_id="d", received_at=NOW))))
    for topic, values in ((INCIDENT, OUTCOME.incidents.values()), (ALERT, OUTCOME.alerts)):
        for k, value in enumerate(values):
            one.take(Read(topic.name, 0, k, b"", encode(value)))
    return one


@pytest.fixture
def house(services_of, store, clock, tmp_path):
    clock.now = NOW
    log, candidate = LogInMemory(), shadow()
    services = services_of(
        settings=SETTINGS, writer=log, ingress=Ingress(log), pictures=Pictures(tmp_path / "pictures"),
        shadow=lambda marks: candidate.compared("UTC", marks), broadcast=Broadcast(), heartbeat_s=0.02,
        documents=tmp_path / "settings",
    )  # fmt: skip
    news = store.apply(history())
    news.silences = [one for one in news.silences if one not in OLD]
    count(services.metrics, news)
    services.pictures.keep([PICTURE])
    return services


def pairs(values):
    return [one if isinstance(one, tuple) else (one, one) for one in values]


def filled(text, words):
    for gap, word in words.items():
        text = text.replace(gap, word)
    return text


def paths_of(route):
    """Every path of a door, of what is hidden and of what nobody knows."""
    found = [(route.path, route.path)]
    for part in re.findall(r"\{([^}]+)\}", route.path):
        gap = f"{{{part}}}"
        found = [
            (here.replace(gap, quote(hidden, safe="")), there.replace(gap, quote(nobodys, safe="")))
            for here, there in found
            for hidden, nobodys in pairs(PATHS[part])
        ]
    return found


def asked_of(route):
    """Every (path, query, body) that is asked of a door, of what is hidden and of what nobody knows."""
    queries = [({}, {})]
    for name in route.query:
        queries += [({name: hidden}, {name: nobodys}) for hidden, nobodys in pairs(QUERIES[name])]
    if route.path == "/v1/where":
        queries = [({"lon": "107.12345", "lat": "31.23456"},) * 2]
    texts = [json.dumps(one) for one in BODIES[route.path]] if route.method in {"POST", "PUT"} else [None]
    for path in paths_of(route):
        for query in queries:
            for text in texts:
                yield tuple(
                    (path[at], query[at], None if text is None else filled(text, words))
                    for at, words in enumerate((HIDDEN, NOBODYS))
                )


async def answered(client, method, given, headers):
    path, query, body = given
    headers = headers | ({} if body is None else {"Content-Type": "application/json"})
    async with client.request(method, path, params=query, data=body, headers=headers) as answer:
        if answer.content_type == "text/event-stream":
            read = b""
            while b"still here" not in read:
                read += await answer.content.readany()
            return answer.status, read.decode()
        return answer.status, (await answer.read()).decode("utf-8", "replace")


def blind(text):
    """What is said without the names that were asked for, and ids made of them."""
    text = re.sub(r"[va]:[0-9a-f]{24}", "seal", text)
    words = {word for one in (HIDDEN, NOBODYS) for word in one.values() if len(word) > 1}
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, "X")
    return text


async def walk(client, headers):
    """Yield for each question its door, what was answered of what is hidden and of what nobody knows."""
    for route in ROUTES:
        for given in asked_of(route):
            yield route, given, [await answered(client, route.method, one, headers) for one in given]


def told_of(given, answer):
    """The secrets in an answer beside those that were asked with."""
    asked = unquote(str(given[0]))
    secrets = () if given[0][0] == PRINTED else SECRETS
    return [one for one in secrets if one in answer[1] and one.strip('"') not in asked]


def bearer(keys, *roles):
    return {"Authorization": f"Bearer {keys.create(frozenset(roles), NOW)[1]}"}


async def test_13_no_door_tells_of_it_to_who_lacks_the_mark(serve, house, keys):
    client, headers = await serve(house), bearer(keys, *ALL_BUT)
    doors = set()
    async for route, given, (hidden, nobodys) in walk(client, headers):
        doors.add((route.method, route.path))
        assert not told_of(given, hidden), (route.path, given[0], told_of(given, hidden))
        assert route.path != "/metrics" or 'code="below_threshold"' not in hidden[1]
        assert hidden[0] == nobodys[0], (route.path, given, hidden, nobodys)
        if given[0] != given[1]:
            assert blind(hidden[1]) == blind(nobodys[1]), (route.path, given)
    assert doors == {(one.method, one.path) for one in ROUTES}
    moved = [one for name, _, one, _ in house.writer.sent if name == OBSERVATION.name]
    said = [word.incident_id for one in moved for word in (*one.verdicts, *one.acts)]
    assert said
    assert NAME not in said, "a word of who may not see it moves nothing"


async def test_13_every_door_shows_it_to_who_has_the_mark(serve, house, keys):
    client, headers = await serve(house), bearer(keys, *ALL_BUT, "quarantine")
    seen = set()
    async for route, given, (hidden, nobodys) in walk(client, headers):
        if told_of(given, hidden) or hidden[0] != nobodys[0]:
            seen.add(route.path)
    assert seen - WITH_THE_MARK == set()
    assert WITH_THE_MARK - seen == set()
