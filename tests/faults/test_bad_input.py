"""Invariant 14 against a running worker: every kind of rubbish gets its reason, and the line goes on."""

import datetime as dt
import gzip
import json
import random

import pytest
from fires import burning, pixel
from processes import until

from schemas.codec import encode

NOW = dt.datetime.now(dt.UTC)
HEAD = "latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,instrument,confidence,version,"
HEAD += "bright_ti5,frp,daynight\n"
HTML = b"<!DOCTYPE html><html><head><title>504 Gateway Time-out</title></head><body>nginx</body></html>"


def row(number, longitude=101.2, latitude=28.1):
    at = NOW - dt.timedelta(minutes=40)
    place = f"{latitude},{longitude if isinstance(longitude, str) else longitude + number / 1000}"
    return f"{place},350,0.4,0.4,{at:%Y-%m-%d},{at:%H%M},N20,VIIRS,n,2.0NRT,290,25,N\n"


def table(*rows):
    return (HEAD + "".join(rows)).encode()


def counted(answer):
    return answer["counts"]["accepted"], answer["counts"]["rejected"]


def reasons(answer):
    return [line["reason"]["code"] for line in answer["lines"] if line["outcome"] == "rejected"]


WHOLE = table(*(row(number) for number in range(200)))
PACKED = gzip.compress(WHOLE)

CASES = {
    "random bytes": (random.Random(1).randbytes(4096), (0, 1), {"unreadable"}),
    "an HTML error page": (HTML, (0, 1), {"unreadable"}),
    "an empty body": (b"", (0, 1), {"unreadable"}),
    "text of no format": ("值班员：今天无火情".encode(), (0, 1), {"unreadable"}),
    "half a file": (WHOLE[: len(WHOLE) // 2 - 20], None, None),
    "truncated gzip": (PACKED[: len(PACKED) // 2], None, {"unreadable"}),
    "gzip of rubbish": (gzip.compress(random.Random(2).randbytes(4096)), (0, 1), {"unreadable"}),
    "a position that is NaN": (table(row(900), row(901, "nan"), row(902)), (2, 1), None),
    "latitude beyond the pole": (table(row(903, 28.1, 101.2)), (0, 1), None),
    "JSON that is not ours": (b'{"type": "FeatureCollection", "features": 7}', (0, 1), None),
    "NDJSON with a broken line": (
        encode(pixel("N20", NOW - dt.timedelta(hours=1), 105.0, 28.0)) + b'\n{"kind": "hotsp\n',
        (1, 1),
        None,
    ),
    "deep nesting": (b"[" * 100_000, (0, 1), None),
}


@pytest.mark.slow
def test_14_whatever_comes_gets_its_reason_and_the_worker_goes_on(stand):
    stand.start_ready()
    server = stand.server
    refused = 0
    for name, (body, counts, codes) in CASES.items():
        status, answer = server.post(body, f"case {name}")
        assert status == 202, (name, status, answer)
        answer = json.loads(answer)
        accepted, rejected = counted(answer)
        assert counts is None or (accepted, rejected) == counts, (name, answer)
        assert rejected > 0 or name == "half a file", (name, answer)
        assert codes is None or codes & set(reasons(answer)), (name, answer)
        assert all(reasons(answer)), name
        refused += rejected
    assert server.ask("POST", "/v1/observations", b"x" * (11 * 1024 * 1024))[0] == 413
    status, _ = server.post(b"not gzip", Content_Encoding="gzip")
    assert status == 400
    letters = lambda: server.get("/v1/dead-letters?limit=500")["dead_letters"]  # noqa: E731 - asked again
    until(lambda: len(letters()) == refused + 1, lambda: f"{len(letters())} of {refused + 1}")
    assert all(one["reason"]["code"] for one in letters())
    assert "too_large" in {one["reason"]["code"] for one in letters()}
    for look in burning(1, NOW - dt.timedelta(hours=2)):
        assert server.post(b"".join(encode(one) + b"\n" for one in look))[0] == 202
    until(lambda: any(one.alert["grade"] == "I" for one in stand.receiver.pages), stand.program.said)
    assert server.is_ready()
    assert stand.program.end() == 0
    assert "Traceback" not in stand.program.said()
