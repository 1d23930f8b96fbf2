"""Two servers on one log, each with a desk of its own: the second officer is told who was first."""

import asyncio
import functools
from datetime import timedelta

import pytest
import pytest_asyncio
from judged import START, delivery, judge, report
from serve_words import LogInMemory, make_incident, record

from streams.serve.broadcast import Broadcast
from streams.serve.consume import consume
from streams.serve.desk import first
from streams.serve.desk.book import Desk
from streams.serve.desk.heard import hear, judged, latest
from streams.serve.store import Store

SEEN = delivery(report(0, 0.0, who="a"))
(FIRE,) = judge([SEEN]).incidents
NOW = START + timedelta(minutes=30)
WORD = {"incident_id": FIRE, "code": 0, "author": "李娜", "level": "county"}
DENIAL = {**WORD, "code": 9, "author": "王强", "text": "未见明火"}


class Server:
    """One of the two: what it has read of the log, and a client that asks it."""

    def __init__(self, client, store, desk, headers):
        self.client, self.store, self.desk, self.headers = client, store, desk, headers

    async def hear(self, outcome):
        """Read what the judge made of the log, and what is new of it."""
        said = [record("verdict.v1", n, one) for n, one in enumerate(outcome.verdicts)]
        acts = [record("act.v1", n, one) for n, one in enumerate(outcome.acts)]

        async def onwards():
            for one in (*said, *acts):
                yield one

        await consume(onwards(), self.store, Broadcast(), None, functools.partial(hear, self.desk))

    async def say(self, path, body, tag):
        headers = {**self.headers, "If-Match": tag}
        async with self.client.post(path, json=body, headers=headers) as answer:
            return answer.status, await answer.json()

    async def story(self):
        async with self.client.get(f"/v1/incidents/{FIRE}", headers=self.headers) as answer:
            return [one["person"] for one in (await answer.json())["words"]], answer.headers["ETag"]


@pytest_asyncio.fixture
async def two(serve, services_of, keys, clock, tmp_path):
    clock.now, log, servers = NOW, LogInMemory(), []
    for name in "ab":
        store, desk = Store(tmp_path / name / "history.sqlite"), Desk(tmp_path / name / "desk.sqlite")
        store.apply([record("incident.v1", 0, make_incident(FIRE))])
        client = await serve(services_of(writer=log, store=store, desk=desk, shared=True))
        secret = keys.create(frozenset({"operator"}), NOW)[1]
        servers.append(Server(client, store, desk, {"X-API-Key": secret}))
    yield servers, log
    for one in servers:
        one.store.close()
        one.desk.close()


def ruled(log):
    return judge([SEEN, *log.values("observation.v1")])


async def judging(servers, log, words):
    """Judge once so many words are in the log, and let both servers hear it."""
    while len(log.values("observation.v1")) < words:  # noqa: ASYNC110 - the log in memory gives no such event
        await asyncio.sleep(0.01)
    for one in servers:
        await one.hear(ruled(log))


@pytest.mark.parametrize("body", [DENIAL, {"act": "out", "incident_id": FIRE, "author": "王强"}])
async def test_the_second_officer_is_told_who_was_first_by_the_order_of_the_log(two, monkeypatch, body):
    (here, there), log = two
    monkeypatch.setattr(first, "JUDGED_WITHIN_S", 0.0)
    assert (await here.say("/v1/verdicts", WORD, '"0"'))[1]["judged"] is False
    monkeypatch.setattr(first, "JUDGED_WITHIN_S", 20.0)
    path = "/v1/acts" if "act" in body else "/v1/verdicts"
    (status, refused), _ = await asyncio.gather(there.say(path, body, '"0"'), judging((here, there), log, 2))
    assert (status, refused["first"]["person"]) == (409, "李娜")
    assert refused["first"]["what"] == "verdict 0 county"
    (said, tag), (also, _) = await there.story(), await here.story()
    assert (said, tag != '"0"') == (["李娜"], True), "the refused word stands at neither desk"
    assert also in (["李娜"], [""])
    assert (await there.say(path, body, '"0"'))[0] == 409, "what the log brought makes an old page old"
    taken, _ = await asyncio.gather(there.say(path, body, tag), judging((here, there), log, 3))
    assert taken[0] == 202
    outcomes = [one.outcome for one in (*ruled(log).verdicts, *ruled(log).acts)]
    assert sorted(outcomes) == ["applied", "applied", "refused"]


async def test_a_server_that_was_away_lists_what_its_history_had_heard(two):
    (here, there), log = two
    await asyncio.gather(here.say("/v1/verdicts", WORD, '"0"'), judging((here,), log, 1))
    there.store.apply([record("verdict.v1", 0, ruled(log).verdicts[0])])
    assert await there.story() == ([], '"0"')
    hear(there.desk, latest(there.store))
    hear(there.desk, latest(there.store))
    said, tag = await there.story()
    assert (said, tag) == (["李娜"], '"1"')
    assert judged(there.store, "nobody") is None
