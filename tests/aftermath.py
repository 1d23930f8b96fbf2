"""What is left after a run with faults, and what must hold of it (invariant 5)."""

import asyncio
import http.client
import json
import subprocess
import sys
from collections import Counter, defaultdict

import msgspec
from processes import ROOT, SOON_S, until
from receiving import RANK

from schemas.codec import decode, encode
from schemas.topics import ALERT, DEAD_LETTER, INCIDENT, NOTICE, OBSERVATION
from streams.config import load_settings
from streams.engine.logs import close_logs
from streams.engine.reader import read
from streams.lines import INCIDENT_FIELDS

QUIET_S = 4.0


def in_log(topics, settings_file, broker, data_dir):
    """Everything that stands in `topics`, decoded, by topic name; no worker may hold the directory."""

    async def taken():
        found = defaultdict(list)
        source = read(load_settings(settings_file), topics, {}, broker=broker, data_dir=data_dir)
        values = {topic.name: topic.value for topic in topics}
        try:
            while True:
                one = await asyncio.wait_for(anext(source), QUIET_S if found else SOON_S)
                found[one.topic].append(decode(one.raw, values[one.topic]))
        except TimeoutError:
            return found
        finally:
            close_logs()

    return asyncio.run(taken())


def accepted(deliveries):
    """Return, as NDJSON, what the log took in, each observation with the time at which it was received."""
    stamped = (
        msgspec.structs.replace(one, received_at=delivery.received_at)
        for delivery in deliveries
        for one in delivery.observations
    )
    return b"".join(encode(one) + b"\n" for one in stamped)


def replayed(ndjson, settings_file, folder):
    """Run `fenghuo replay` over NDJSON; return its lines of incidents and alerts."""
    source = folder / "accepted.ndjson"
    source.write_bytes(ndjson)
    words = ["-m", "streams.cli", "replay", source, "--settings", settings_file, "--out", folder / "replay"]
    subprocess.run([sys.executable, *map(str, words)], cwd=ROOT, check=True, timeout=240, capture_output=True)
    lines = [
        [json.loads(line) for line in (folder / "replay" / f"{name}.ndjson").read_text().splitlines()]
        for name in ("incidents", "alerts")
    ]
    for one in lines[0]:
        one.pop("witnesses", None)  # told by replay alone, for `explain`
    return lines[0], lines[1]


def living(lines):
    """What every incident that is not merged says in the end."""
    return {one["incident_id"]: one for one in lines if one["status"] != "merged"}


def last_lines(incidents):
    """Return the line of `incidents.ndjson` for the last revision of each incident in the log."""
    last = {}
    for one in incidents:
        if one.incident_id not in last or one.revision >= last[one.incident_id].revision:
            last[one.incident_id] = one
    return [
        json.loads(encode({name: getattr(one, name) for name in INCIDENT_FIELDS})) for one in last.values()
    ]


def streamed(server, quiet_s=QUIET_S):
    """Return the alerts that the stream tells from the beginning, until it has nothing more to tell."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=quiet_s)
    connection.request("GET", "/v1/alerts/stream?after=0", headers={"Authorization": f"Bearer {server.key}"})
    answer, found = connection.getresponse(), []
    assert answer.status == 200
    try:
        while True:
            line = answer.readline()
            if line.startswith(b"data:"):
                found.append(json.loads(line[5:]))
    except TimeoutError:
        return found
    finally:
        answer.close()
        connection.close()


def check_stream(server):
    """The history has every revision once, from the first to the last, in order."""
    alerts = streamed(server)
    revisions = defaultdict(list)
    for one in alerts:
        revisions[one["alert_id"]].append(one["revision"])
    assert revisions
    assert {name: list(range(1, len(each) + 1)) for name, each in revisions.items()} == revisions
    return alerts


def heirs(incidents):
    """Return a function from any incident id that was shown to the one it ended in."""
    into = {one.incident_id: one.merged_into for one in incidents if one.merged_into}

    def heir(name):
        while name in into:
            name = into[name]
        return name

    return heir


def highest(alerts, heir):
    """The highest grade that pages, of each incident, under the id it ended with."""
    best = {}
    for one in alerts:
        name = heir(one["incident_id"])
        best[name] = max(best.get(name, 0), RANK[one["grade"]] if one["pages"] else 0)
    return {name: rank for name, rank in best.items() if rank}


def check_told(receiver, kills, alerts, heir):
    """Every grade raise reached the receiver, and nothing was told twice that no kill explains.

    `alerts` are those of an uninterrupted run. An alert may be named otherwise there: partitions meet in
    another order after a kill, and an alert keeps the name that its fire had when it first went out.
    """
    assert highest([one.alert for one in receiver.accepted], heir) == highest(alerts, heir), (
        "a grade raise is lost"
    )
    assert receiver.told_twice(kills) == []
    assert {revision: len(ids) for revision, ids in receiver.ids_of().items() if len(ids) > 1} == {}
    pages = defaultdict(dict)
    for one in receiver.pages:
        pages[heir(one.alert["incident_id"])].setdefault(one.revision, RANK[one.alert["grade"]])
    again = {name: list(each.values()) for name, each in pages.items()}
    assert {name: sorted(set(ranks)) for name, ranks in again.items()} == again, "paged again without a raise"


def check_log(found, settings_file, folder):
    """The incidents are those of an uninterrupted replay of what was accepted; returns replay's alerts."""
    incidents, alerts = replayed(accepted(found[OBSERVATION.name]), settings_file, folder)
    assert living(last_lines(found[INCIDENT.name])) == living(incidents)
    assert found[DEAD_LETTER.name] == []
    notices = Counter(
        (one.notice_id, one.outcome) for one in found[NOTICE.name] if getattr(one, "outcome", "") == "failed"
    )
    assert not notices
    return alerts


def wait_told(receiver, count, within=240.0):
    """Wait until `count` alerts were accepted in the highest grade."""
    until(
        lambda: len({one.alert["alert_id"] for one in receiver.pages if one.alert["grade"] == "I"}) >= count,
        lambda: f"told {[(one.alert['short_code'], one.alert['grade']) for one in receiver.pages]}",
        within,
    )


WHAT = (OBSERVATION, INCIDENT, ALERT, NOTICE, DEAD_LETTER)
