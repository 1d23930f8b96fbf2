"""Fires that were parts of told ones, by settings that joined otherwise: nobody is paged again for them."""

from collections.abc import Iterable

from detectors.association import Fire
from schemas.reason import Reason
from streams.hops.known import Known
from streams.hops.settle import settle
from streams.hops.sitting import Sitting

WHY = Reason(code="joined_otherwise")


def tell_parted(sitting: Sitting, *, hold: bool) -> None:
    """Tell of fires that were parts of others before the start."""
    desk, parted = sitting.desk, sitting.desk.parted
    desk.parted = frozenset()
    fires = {id(node.fire): node.fire for name in parted if (node := desk.graph.nodes[name]).fire is not None}
    told = sorted(fires.values(), key=lambda fire: fire.anchor().key)
    settle(sitting, told, hold=hold, known=Known(parted, WHY))


def known_of(fires: Iterable[Fire]) -> Known | None:
    """Return the claims of fires that a change of settings parted from told ones; None: there are none."""
    claims = {node.claim.detection_id for fire in fires if not fire.shown for node in fire.nodes}
    return Known(frozenset(claims), WHY) if claims else None
