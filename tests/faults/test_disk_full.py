"""A disk without room: nothing is taken in, reading goes on, and with room so does the rest."""

import datetime as dt
import json
import resource

import pytest
from fires import burning
from processes import until

from schemas.codec import encode

NOW = dt.datetime.now(dt.UTC)
NO_ROOM = 4096
"""Bytes to which any file may grow: as good as none, for a log is longer than that from the beginning."""


def give_room(program, limit=None):
    """Let the process write files up to `limit` bytes; None: as before."""
    _, hard = resource.prlimit(program.popen.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(program.popen.pid, resource.RLIMIT_FSIZE, (hard if limit is None else limit, hard))


@pytest.mark.slow
def test_without_room_507_and_reading_goes_on_and_with_room_it_takes_in_again(stand):
    stand.start_ready()
    server, looks = stand.server, list(burning(1, NOW - dt.timedelta(hours=2)))
    bodies = [b"".join(encode(one) + b"\n" for one in look) for look in looks]
    assert server.post(bodies[0], "look-0")[0] == 202
    until(lambda: server.all_of("/v1/alerts"), stand.program.said)

    give_room(stand.program, NO_ROOM)
    for _ in range(3):
        status, answer = server.post(bodies[1], "look-1")
        assert status == 507, answer
        assert json.loads(answer)["title"]
    (alert,) = server.all_of("/v1/alerts")
    assert alert["properties"]["revision"] == 1
    assert server.ask("GET", "/livez")[0] == 200
    assert len(server.all_of("/v1/incidents")) == 1

    give_room(stand.program)
    for number, body in enumerate(bodies[1:], start=1):
        status, answer = server.post(body, f"look-{number}")
        assert status == 202, answer
    until(lambda: any(one.alert["grade"] == "I" for one in stand.receiver.pages), stand.program.said)
    assert stand.receiver.told_twice([]) == []
    assert stand.program.end() == 0
