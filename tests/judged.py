import datetime as dt
import zlib
from collections import deque

from hypothesis import strategies as st

from detectors.identity import hotspot_id, key_of
from detectors.places import WORLD
from schemas.codec import encode
from schemas.observation import Delivery, Hotspot, Report
from schemas.settings import Settings

from streams.hops.build import build_hops
from streams.replay import INCIDENT_FIELDS, Outcome, tick

START = dt.datetime(2024, 3, 1, tzinfo=dt.UTC)


def hotspot(minutes, east=0.0, north=0.0, *, satellite="N20", frp=20.0, version="2.0NRT", lag=180, scan=0.4, **more):
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
    return Delivery(
        delivery_id="/".join(sorted(one.observation_id + one.version if isinstance(one, Hotspot) else one.observation_id for one in observations))[:150] + at.isoformat(),
        received_at=at,
        observations=observations,
    )


def judge(deliveries, *, origins=1, draw=None, settings=None, region=WORLD, end=None, resume_at=None, ticks=False, restarts=False):
    """Feed deliveries through the hops over `origins` partitions; `draw` interleaves what the partitions put out."""
    outcome = Outcome()
    observe, judging, *_ = build_hops(settings or Settings(), region, origins=origins, resume_at=resume_at)
    watchers = [observe.open(observe.options, number, {}) for number in range(origins)]
    desk = judging.open(judging.options, 0, {})
    queues = [deque() for _ in range(origins)]

    kept = [{} for _ in range(origins + 1)]

    def keep(rows, result):
        for key, row in result.rows.items():
            rows.pop(key, None)
            if row is not None:
                rows[key] = encode(row)

    def watch(one, number):
        if restarts:
            watchers[number] = observe.open(observe.options, number, kept[number])
        result = observe.step(observe.options, watchers[number], one, one.received_at)
        keep(kept[number], result)
        for output in result.outputs:
            outcome.take(output)
            queues[number].append(output.value)

    def drain(number):
        nonlocal desk
        if restarts:
            desk = judging.open(judging.options, 0, kept[origins])
        claims = queues[number].popleft()
        result = judging.step(judging.options, desk, claims, claims.received_at)
        keep(kept[origins], result)
        for output in result.outputs:
            outcome.take(output)

    for one in deliveries:
        number = zlib.crc32(key_of(one.observations[0]).encode()) % origins if one.observations else 0
        watch(one, number)
        if ticks and one.observations:
            watch(tick(one.received_at), number)
        while draw is None and any(queues):
            drain(next(i for i, queue in enumerate(queues) if queue))
        if draw is not None and draw(st.booleans()):
            full = [i for i, queue in enumerate(queues) if queue]
            drain(full[draw(st.integers(0, len(full) - 1))]) if full else None
    last = end or max((one.received_at for one in deliveries), default=START)
    for number in range(origins):
        watch(tick(last), number)
    while any(queues):
        full = [i for i, queue in enumerate(queues) if queue]
        drain(full[0 if draw is None else draw(st.integers(0, len(full) - 1))])
    return outcome


def living(outcome):
    """What incidents.ndjson says of every incident that is not merged and still has evidence."""
    return sorted(
        (tuple(str(getattr(one, name)) for name in INCIDENT_FIELDS))
        for one in outcome.incidents.values()
        if one.status in {"open", "closed"}
    )


