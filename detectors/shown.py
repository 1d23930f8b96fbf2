"""A claim carries what a person may look at: pictures, where in them, where to look live, and from where."""

from detectors.sighted import look_of
from schemas.detection import Placing, Shown
from schemas.observation import Report, Sighting

NOTHING = Shown()


def shown_of(said: Report | Sighting, placing: Placing | None) -> Shown | None:
    """Return what there is to look at; None: nothing. A sector tells of the station already."""
    shown = Shown(pictures=said.pictures) if isinstance(said, Report) else _sighted(said, placing)
    return None if shown == NOTHING else shown


def _sighted(seen: Sighting, placing: Placing | None) -> Shown:
    look = look_of(seen) if placing is None or placing.sector is None else None
    return Shown(
        pictures=seen.pictures,
        box=seen.box if seen.pictures else None,
        live_url=seen.live_url,
        longitude=None if look is None else seen.station_longitude,
        latitude=None if look is None else seen.station_latitude,
        azimuth_deg=None if look is None else look.azimuth_deg,
    )
