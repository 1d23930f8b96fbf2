"""A frozen camera, a silent station and a missing slot on embedded://, the worker restarted in between."""

from driven import by_replay, by_worker, settings_for
from lost import CAMERAS, HIMAWARI, REGION, STATION, at, looked, reading, slot
from msgspec.structs import replace

from schemas.topics import ALERT, INCIDENT
from streams.recorded import deliveries


def evening():
    """From 13:20 to 16:20 UTC: a camera freezes at 14:00, a station falls silent, five slots are missing."""
    frames = [
        looked(f"cameras-{n}", m, lag=0, digest="same" if n == 0 and m >= 840 else f"{n} {m}")
        for n in (0, 2)
        for m in range(800, 980, 5)
    ]
    slots = [slot(m, lag=0) for m in range(800, 1020, 10) if m != 880 and not 900 < m < 960]
    return [
        *frames,
        *slots,
        reading("sensors-0", 800),
        *(reading("sensors-1", m) for m in range(800, 980, 60)),
    ]


async def test_4_losses_are_byte_identical_in_replay_and_on_embedded_with_a_restart(tmp_path):
    lines = (
        {**CAMERAS, "layer": "", "source": "cameras-0"},
        {**HIMAWARI, "grace_s": 600},
        {**STATION, "every_s": 1800},
    )
    settings = replace(settings_for("blind."), blind={"expected": list(lines)})
    given = deliveries(evening())
    replayed = by_replay(given, settings, REGION)
    half = next(n for n, one in enumerate(given) if one.received_at >= at(885))
    await by_worker(given[:half], settings, REGION, "embedded://", tmp_path)
    live = await by_worker(given[half:], settings, REGION, "embedded://", tmp_path)
    told = {one.sources: one.action for one in replayed.of(ALERT)}
    assert told == {("cameras-0",): "new", ("sensors-0",): "new", ("Himawari-9/AHI",): "close"}
    lost = [one for one in replayed.incidents().values() if one.sources == ("Himawari-9/AHI",)]
    assert [one.opened_at for one in lost] == [at(900)]
    assert live.raw[ALERT.name] == replayed.raw[ALERT.name]
    assert live.raw[INCIDENT.name] == replayed.raw[INCIDENT.name]
