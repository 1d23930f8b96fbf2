"""What detectors make of observations that are asked about: how sure each is by itself."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from detectors import DETECTORS
from schemas.detection import Detection
from schemas.observation import AnyObservation
from schemas.settings import Settings
from streams.config import check_tables
from streams.tuning.layers import stations

AT = datetime(2026, 3, 1, 6, tzinfo=UTC)
WHERE = (102.0, 28.0)


def probes() -> Iterator[tuple[str, AnyObservation]]:
    """Yield what is asked about: a name in plain words, and the observation."""
    same = {"source": "probe", "observed_at": AT, "longitude": WHERE[0], "latitude": WHERE[1]}
    pixel = {"kind": "hotspot", "satellite": "N20", "instrument": "VIIRS", "scan_km": 0.4, "track_km": 0.4}
    seen = {"frame": "wgs84", "saw": "smoke", "radius_m": 500.0}
    stand = {"station_longitude": WHERE[0], "station_latitude": WHERE[1]}
    for word in ("low", "nominal", "high"):
        yield f"a hotspot of {word} confidence", _made(same, pixel, confidence=word, frp_mw=8.0)
    for kind in ("ground", "public"):
        yield f"a report ({kind})", _made(same, seen, kind="report", source_class=kind)
    for kind in ("video", "tower", "aerial"):
        yield f"a sighting ({kind})", _made(same, seen, stand, kind="sighting", source_class=kind)


def _made(*parts: Mapping[str, Any], **more: Any) -> AnyObservation:
    fields: dict[str, Any] = {"observation_id": "probe"}
    for one in (*parts, more):
        fields |= one
    made: AnyObservation = msgspec.convert(fields, AnyObservation)
    return made


def believed(settings: Settings, owners: Iterable[tuple[str, type[Any]]]) -> dict[str, float | None]:
    """Return how sure each probe is, everywhere and of a station with options of its own; None: no claim."""
    owners = tuple(owners)
    options = check_tables(settings, owners)
    general = {one.name: options[f"detectors.{one.name}"] for one in DETECTORS}
    found = {name: _sure(general, one) for name, one in probes()}
    for source, own in stations(settings, owners).items():
        for name, one in probes():
            found[f"{source}: {name}"] = _sure({**general, **own}, one)
    return found


def _sure(options: dict[str, Any], one: AnyObservation) -> float | None:
    detector = next(each for each in DETECTORS if isinstance(one, each.consumes))
    claim: Any = detector.judge(options[detector.name], one, AT)
    return claim.probability if isinstance(claim, Detection) else None
