"""Two servers on one broker, each with its own desk: of two officers at once one is told who was first."""

import datetime as dt
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from closing import held_port
from fires import burning
from processes import Server, serve, until

from schemas.codec import encode

pytestmark = [pytest.mark.broker, pytest.mark.slow]


@pytest.fixture
def second(cluster):
    """Another server on the same broker, started while the first runs."""
    folder = cluster.folder / "second"
    folder.mkdir()
    server = Server(held_port(), folder)
    cluster.programs["second"] = serve(
        folder, cluster.log("second"), server.port, broker=cluster.broker, settings=cluster.settings
    )
    server.until_ready(cluster.programs["second"])
    return server


def answered(server, name, author, code):
    """Say a word on an incident as an officer who has just opened it; returns status and answer."""
    body = {
        "incident_id": name,
        "code": code,
        "author": author,
        "level": "county",
        "text": "seen from the road",
    }
    status, told = server.ask(
        "POST", "/v1/verdicts", json.dumps(body), Content_Type="application/json", If_Match='"0"'
    )
    return status, json.loads(told)


def heard(server, name):
    return [one["what"] for one in server.get(f"/v1/incidents/{name}")["words"]]


def test_of_two_officers_at_two_servers_one_is_told_who_was_first(cluster, second):
    cluster.start_worker()
    for look in burning(1, dt.datetime.now(dt.UTC) - dt.timedelta(hours=2), stages=2):
        assert cluster.server.post(b"".join(encode(one) + b"\n" for one in look))[0] == 202
    servers = (cluster.server, second)
    until(lambda: all(one.all_of("/v1/alerts") for one in servers), cluster.programs["worker"].said)
    names = {feature["id"] for one in servers for feature in one.all_of("/v1/alerts")}
    (name,) = names
    with ThreadPoolExecutor(2) as both:
        said = list(both.map(answered, servers, [name] * 2, ["李娜", "王强"], [0, 9]))
    # the server that hears the judge late says that it does not know yet; nobody is told a falsehood
    open_ones = [told for status, told in said if status == 202 and told.get("judged") is False]
    refused = [told for status, told in said if status == 409]
    assert len(refused) + len(open_ones) >= 1, said
    until(
        lambda: len(heard(cluster.server, name)) == 1 and heard(cluster.server, name) == heard(second, name),
        lambda: f"{said} {heard(cluster.server, name)} {heard(second, name)}",
    )
    (winner,) = heard(second, name)
    people = {"verdict 0 county": "李娜", "verdict 9 county": "王强"}
    for told in refused:
        assert (told["first"]["what"], told["first"]["person"]) == (winner, people[winner])
