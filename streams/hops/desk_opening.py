"""The judge's desk from the rows it kept: what each holds, and where it goes."""

import heapq
from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Any

from detectors.association import Fire, Graph
from detectors.parting import Cut, Tie
from detectors.static_heat import Hit
from schemas.act import AnyAct
from schemas.carbon import CarbonTotal
from schemas.codec import Unreadable, decode
from schemas.detection import Look
from schemas.observation import Permit
from schemas.verdict import Verdict
from streams.hops.board import BlindRow, Resumed, SourceRow
from streams.hops.desk import Desk, FireRow, Judge, Kept, incident_id
from streams.hops.desk_rows import ALWAYS, Clock, Over, Paged, Switched, TakenBack
from streams.hops.heat import OFTEN, put_heat, row_day, settle_heat
from streams.hops.kin import new_kin, recall
from streams.hops.outbreak_board import ROWS as PEST_ROWS
from streams.hops.stake import First, Stake
from streams.hops.weather import WEATHER_ROWS, Weather
from streams.hops.withdrawn import put_taken_back


def open_desk(given: Judge, _partition: int, rows: Mapping[str, bytes]) -> Desk:
    """Return the desk from its rows: components are computed anew, what was said is looked up."""
    desk = Desk(
        Graph(given.association),
        Weather(given.weather, region=given.region),
        new_kin(given.sparks),
        switched={0: Switched.of(given, ALWAYS)},
    )
    for key in sorted(rows):
        _place(desk, key, rows[key])
    for fire in desk.graph.fires():
        row = _row_of(desk, fire)
        if row is None:
            desk.parted |= {node.claim.detection_id for node in fire.nodes}
            continue
        desk.by_id[row.incident.incident_id] = fire
        fire.shown = list(row.incident.lineage)
        if row.incident.status == "open":
            heapq.heappush(desk.closing, (row.incident.last_observed_at, row.incident.incident_id))
        if row.held_at is not None:
            desk.held.add(row.incident.incident_id)
    if any(key.startswith("f/") for key in desk.unreadable):
        # whether people were paged for these stood in what cannot be read
        desk.parted = frozenset()
    desk.graph.touched.clear()
    recall(desk.kin, desk.graph, ((desk.rows[one].incident, fire) for one, fire in desk.by_id.items()))
    return desk


def _row_of(desk: Desk, fire: Fire) -> FireRow | None:
    return desk.rows.get(incident_id(fire.anchor()))


def _place(desk: Desk, key: str, raw: bytes) -> None:
    """Put one row where it belongs; an unreadable row is left where it is."""
    if key[:2] not in ROWS:
        return
    kind, put = ROWS[key[:2]]
    value = decode(raw, kind)
    if isinstance(value, Unreadable):
        desk.unreadable[key] = value.why
    else:
        put(desk, key, value)


def _put_claim(desk: Desk, _key: str, kept: Kept) -> None:
    if kept.masked is None:
        desk.graph.add(kept.claim)
    else:
        desk.masked[kept.claim.detection_id] = kept


def _put_fire(desk: Desk, _key: str, row: FireRow) -> None:
    desk.keep(row)


def _put_over(desk: Desk, key: str, over: Over) -> None:
    desk.over[key[2:]] = over


def _put_hits(desk: Desk, key: str, hits: list[Hit]) -> None:
    put_heat(desk.heat, desk.hits, key, hits)
    if len(desk.hits) % OFTEN == 0:
        settle_heat(desk.heat, desk.hits, row_day(key))


def _put_switched(desk: Desk, key: str, one: Switched) -> None:
    desk.switched[int(key[2:])] = one
    desk.graph.begin(int(key[2:]), one.association, one.since)
    desk.kin.reach(one.reach_km)


def _put_permit(desk: Desk, key: str, permit: Permit) -> None:
    desk.permits[key[2:]] = permit


def _put_looks(desk: Desk, key: str, looks: list[Look]) -> None:
    desk.looks[key] = looks
    desk.look_times.add(looks)


def _put_verdicts(desk: Desk, key: str, verdicts: list[Verdict]) -> None:
    desk.verdicts[key[2:]] = verdicts


def _put_clock(desk: Desk, key: str, clock: Clock) -> None:
    desk.clocks[int(key[2:])] = clock.at.astimezone(UTC)
    if clock.leap_at is not None:
        desk.leaps[int(key[2:])] = clock.leap_at.astimezone(UTC)


ROWS: dict[str, tuple[Any, Callable[[Desk, str, Any], None]]] = {
    "c/": (Kept, _put_claim),
    "f/": (FireRow, _put_fire),
    "o/": (Over, _put_over),
    "h/": (list[Hit], _put_hits),
    "l/": (list[Look], _put_looks),
    "y/": (Permit, _put_permit),
    "k/": (Clock, _put_clock),
    # what links, ties and cuts claims is read before them
    "0/": (Switched, _put_switched),
    "1/": (Tie, lambda desk, _key, tie: desk.graph.parting.tie(tie.one, tie.two)),
    "2/": (Cut, lambda desk, key, cut: desk.graph.parting.cuts.update({key[2:]: cut})),
    "a/": (list[AnyAct], lambda desk, key, acts: desk.acts.update({key[2:]: acts})),
    "v/": (list[Verdict], _put_verdicts),
    "w/": (TakenBack, put_taken_back),
    "p/": (Paged, lambda desk, key, paged: desk.paged.__setitem__(key[2:], paged)),
    "s/": (SourceRow, lambda desk, key, row: desk.board.put_source(key, row)),
    "b/": (BlindRow, lambda desk, key, row: desk.board.put_lost(key, row)),
    "r/": (Resumed, lambda desk, key, row: desk.board.put_resumed(key, row)),
    "t/": (Stake, lambda desk, _key, stake: desk.ledger.put(stake)),
    "u/": (First, lambda desk, key, first: desk.ledger.first.__setitem__(key[2:], first)),
    "z/": (CarbonTotal, lambda desk, _key, one: desk.ledger.said.__setitem__((one.level, one.key), one)),
    **{
        begin: (kind, lambda desk, key, row, put=put: put(desk.weather, key, row))  # type: ignore[misc]  # mypy cannot infer it
        for begin, (kind, put) in WEATHER_ROWS.items()
    },
    **{
        begin: (kind, lambda desk, key, row, put=put: put(desk.pests, key, row))  # type: ignore[misc]  # mypy cannot infer it
        for begin, (kind, put) in PEST_ROWS.items()
    },
}
"""What each kind of row holds, by the beginning of its key, and where it goes."""
