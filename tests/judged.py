"""Observations written in kilometres and minutes, and what the hops make of them."""

import datetime as dt
import zlib
from collections import deque

from hypothesis import strategies as st
from msgspec.structs import replace

from detectors.identity import hotspot_id, key_of, lasting_id_of
from detectors.region import WORLD
from schemas.codec import encode
from schemas.observation import Delivery, Hotspot, Report
from schemas.settings import Settings
from streams.hops.build import build_hops
from streams.lines import INCIDENT_FIELDS
from streams.replay import Outcome, tick

START = dt.datetime(2024, 3, 1, tzinfo=dt.UTC)


def hotspot(
    minutes, east=0.0, north=0.0, *, satellite="N20", frp=20.0, version="2.0NRT", lag=180, scan=0.4, **more
):
    """One pixel, `east` and `north` km from 102 E 28 N, `minutes` after the start."""
    lon = round(102.0 + east / 98.2, 5)
    lat = round(28.0 + north / 111.195, 5)
    at = START + dt.timedelta(minutes=minutes)
    instrument = "MODIS" if satellite in {"Terra", "Aqua"} else "VIIRS"
    return Hotspot(
        observation_id=hotspot_id(satellite, instrument, at, lon, lat),
        source=f"{satellite}/{instrument}",
        observed_at=at,
        received_at=at + dt.timedelta(minutes=lag),
        longitude=lon,
        latitude=lat,
        satellite=satellite,
        instrument=instrument,
        scan_km=scan,
        track_km=scan,
        confidence="nominal",
        frp_mw=frp,
        version=version,
        **more,
    )


def as_read(one):
    """The same observation as it is known once it was read: under an id with its source before."""
    return replace(one, observation_id=lasting_id_of(one.source, one.observation_id))


def report(minutes, east=0.0, north=0.0, *, who="12119", kind="public", radius=500.0, saw="smoke"):
    at = START + dt.timedelta(minutes=minutes)
    return Report(
        observation_id=f"report-{who}-{minutes}-{east:.2f}-{north:.2f}",
        source=who,
        source_class=kind,
        frame="wgs84",
        observed_at=at,
        received_at=at + dt.timedelta(minutes=1),
        longitude=102.0 + east / 98.2,
        latitude=28.0 + north / 111.195,
        radius_m=radius,
        saw=saw,
    )


def delivery(*observations, at=None):
    at = at or max(one.received_at for one in observations)
    names = sorted(one.observation_id + getattr(one, "version", "") for one in observations)
    return Delivery(
        delivery_id="/".join(names)[:150] + at.isoformat(), received_at=at, observations=observations
    )


class Line:
    """`observe` over several partitions and one judge, run as an engine would: what waits is taken in turn.

    `draw` interleaves what the partitions put out; with `restarts` every state is opened from its rows
    before every message.
    """

    def __init__(self, settings, region, *, origins, outage_s, draw, restarts):
        self.observe, self.judging, *_ = build_hops(settings, region, origins=origins, outage_s=outage_s)
        self.draw = draw
        self.restarts = restarts
        self.outcome = Outcome()
        self.queues = [deque() for _ in range(origins)]
        self.rows = [{} for _ in range(origins + 1)]
        self.states = {}

    def watch(self, one, number):
        """Let one partition of `observe` read one delivery."""
        for output in self._step(self.observe, number, number, one):
            self.queues[number].append(output.value)

    def drain(self, number):
        """Let the judge read the next claims of one partition."""
        self._step(self.judging, 0, len(self.queues), self.queues[number].popleft())

    def drain_one(self):
        """Let the judge read the next claims of some partition, if any wait."""
        waiting = [number for number, queue in enumerate(self.queues) if queue]
        if waiting:
            self.drain(waiting[self.draw(st.integers(0, len(waiting) - 1)) if self.draw else 0])

    def drain_all(self):
        """Let the judge read all that waits."""
        while any(self.queues):
            self.drain_one()

    def _step(self, hop, partition, place, message):
        rows = self.rows[place]
        if self.restarts or place not in self.states:
            self.states[place] = hop.open(hop.options, partition, rows)
        result = hop.step(hop.options, self.states[place], message, message.received_at)
        for key, row in result.rows.items():
            rows.pop(key, None)
            if row is not None:
                rows[key] = encode(row)
        for output in result.outputs:
            self.outcome.take(output)
        return result.outputs


def judge(
    deliveries,
    *,
    origins=1,
    draw=None,
    settings=None,
    region=WORLD,
    end=None,
    outage_s=None,
    ticks=False,
    restarts=False,
):
    """Feed deliveries through the hops and let time pass to the end; with `ticks`, after each of them too."""
    line = Line(
        settings or Settings(), region, origins=origins, outage_s=outage_s, draw=draw, restarts=restarts
    )
    for one in deliveries:
        number = zlib.crc32(key_of(one.observations[0]).encode()) % origins if one.observations else 0
        line.watch(one, number)
        if ticks and (one.observations or one.verdicts or one.acts):
            line.watch(tick(one.received_at), number)
        if draw is None:
            line.drain_all()
        elif draw(st.booleans()):
            line.drain_one()
    last = end or max((one.received_at for one in deliveries), default=START)
    for number in range(origins):
        line.watch(tick(last), number)
    line.drain_all()
    return line.outcome


def living(outcome):
    """What incidents.ndjson says of every incident that is not merged and still has evidence."""
    return sorted(
        (tuple(str(getattr(one, name)) for name in INCIDENT_FIELDS))
        for one in outcome.incidents.values()
        if one.status in {"open", "closed"}
    )
