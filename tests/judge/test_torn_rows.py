"""A row that cannot be read is named with its reason; the rest of the state is kept."""

from judged import delivery, hotspot

from detectors.region import WORLD
from schemas.codec import encode
from schemas.settings import Settings
from streams.hops.build import build_hops


def test_8_an_unreadable_row_is_named_and_the_others_are_kept():
    observe, judging, *_ = build_hops(Settings(), WORLD)
    one = delivery(hotspot(0))
    seen = observe.step(observe.options, observe.open(observe.options, 0, {}), one, one.received_at)
    rows = {key: encode(row) for key, row in seen.rows.items()}
    opened = observe.open(observe.options, 0, {**rows, "s/torn": b"[[1"})
    assert list(opened.unreadable) == ["s/torn"]
    assert list(opened.seen) == [one.observations[0].observation_id]
    claims = seen.outputs[0].value
    desk = judging.open(judging.options, 0, {})
    kept = judging.step(judging.options, desk, claims, claims.received_at).rows
    torn = {**{key: encode(row) for key, row in kept.items() if row is not None}, "f/F20240301-TORN": b"{"}
    desk = judging.open(judging.options, 0, torn)
    assert list(desk.unreadable) == ["f/F20240301-TORN"]
    assert len(desk.rows) == len(desk.graph.nodes) == 1
