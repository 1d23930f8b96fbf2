"""The real Sichuan file as it would come in now: its times moved, since a live worker asks the clock."""

import csv
import datetime as dt
import http.client
import json
import threading
from contextlib import closing, suppress
from itertools import groupby

from processes import SOON_S, until

COLUMNS = (
    "latitude", "longitude", "brightness", "scan", "track", "acq_date", "acq_time", "satellite", "confidence",
    "version", "bright_t31", "frp", "daynight",
)  # fmt: skip
"""What FIRMS serves; the file has beside it what its collector noted."""

SPAN = dt.timedelta(days=6.4)
"""Older than seven days is history only, so that what is to be judged lies within."""

MARGIN = dt.timedelta(minutes=20)


def rows_of(shared_data):
    path = shared_data / "firms" / "modis_sichuan_2021_2025q1.csv"
    with path.open(encoding="utf-8") as file:
        return sorted(csv.DictReader(file), key=observed_at)


def observed_at(row):
    return dt.datetime.strptime(row["acq_date"] + row["acq_time"].zfill(4), "%Y-%m-%d%H%M").replace(
        tzinfo=dt.UTC
    )


def densest_days(rows, now):
    """The days with the most fires, moved to now; what lay between two passes still does."""
    times = [observed_at(row) for row in rows]
    last = max(times, key=lambda end: sum(end - SPAN < at <= end for at in times))
    shift = now - MARGIN - last
    return [moved(row, at + shift) for row, at in zip(rows, times, strict=True) if last - SPAN < at <= last]


def whole_file(rows, now):
    """All rows, three years pressed into six days: far more merges and renamings than any real week has."""
    times = [observed_at(row) for row in rows]
    factor = SPAN / (times[-1] - times[0])
    return [moved(row, now - MARGIN - (times[-1] - at) * factor) for row, at in zip(rows, times, strict=True)]


def moved(row, at):
    """The row as observed at another time; the minute counts."""
    return row | {"acq_date": f"{at:%Y-%m-%d}", "acq_time": f"{at:%H%M}"}


def table(rows):
    lines = [",".join(COLUMNS), *(",".join(row[name] for name in COLUMNS) for row in rows)]
    return ("\n".join(lines) + "\n").encode()


def passes(rows):
    """Return the rows of each pass as one table, in the order in which they were observed."""
    key = lambda row: (row["acq_date"], row["acq_time"], row["satellite"])  # noqa: E731 - for sort and group
    return [table(list(group)) for _, group in groupby(sorted(rows, key=key), key=key)]


def post_all(server, tables, listener):
    """Post one table after the other; half of them must be heard of before the others are sent."""
    for number, body in enumerate(tables):
        if number == len(tables) // 2:
            until(lambda: listener.came, lambda: "no alert while it runs")
        status, answer = server.post(body, f"pass-{number}", Content_Type="text/csv")
        assert status == 202, answer
        assert json.loads(answer)["counts"]["rejected"] == 0, answer


class Listener(threading.Thread):
    """Listens to the stream of alerts from the beginning."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=SOON_S)
        self._connection.request(
            "GET", "/v1/alerts/stream?after=0", headers={"Authorization": f"Bearer {server.key}"}
        )
        self.came = []

    def run(self):
        with (
            suppress(OSError, http.client.HTTPException),
            closing(self._connection),
            self._connection.getresponse() as answer,
        ):
            while line := answer.readline():
                if line.startswith(b"data:"):
                    self.came.append(json.loads(line[5:]))
