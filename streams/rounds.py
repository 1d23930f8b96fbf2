"""A round of traps in one message: in replay nobody waits between the visits that came in at one moment.

Only neighbours are put together, so the order of what was received stays; counts say nothing of one another
until their week is over, so what is judged stays too.
"""

from collections.abc import Iterable, Iterator

from schemas.observation import Delivery, TrapCount

MOST = 500
"""Visits in one message."""


def in_rounds(given: Iterable[Delivery]) -> Iterator[Delivery]:
    """Yield the deliveries with the trap counts received at one moment, one after the other, as one."""
    held: list[Delivery] = []
    size = 0
    for one in given:
        fits = bool(held) and held[0].received_at == one.received_at and size + len(one.observations) <= MOST
        if held and not (fits and _is_round(one)):
            yield _joined(held)
            held, size = [], 0
        if _is_round(one):
            held.append(one)
            size += len(one.observations)
        else:
            yield one
    if held:
        yield _joined(held)


def _is_round(one: Delivery) -> bool:
    bare = not (one.verdicts or one.acts or one.drills)
    return bare and bool(one.observations) and all(isinstance(row, TrapCount) for row in one.observations)


def _joined(held: list[Delivery]) -> Delivery:
    if len(held) == 1:
        return held[0]
    rows = tuple(row for one in held for row in one.observations)
    return Delivery(delivery_id=held[0].delivery_id, received_at=held[0].received_at, observations=rows)
