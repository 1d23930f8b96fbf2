"""What detectors make of observations asked about: how sure each is by itself, and several that agree."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from msgspec import structs

from detectors import DETECTORS, context, ratios
from detectors.association import Graph, Options
from detectors.evidence import MOST_SURE, Evidence
from detectors.running import summaries
from schemas.detection import Detection
from schemas.observation import AnyObservation
from schemas.settings import Settings
from streams.config import check_tables
from streams.tables import load_tables
from streams.tuning.layers import stations

AT = datetime(2026, 3, 1, 6, tzinfo=UTC)
WHERE = (102.0, 28.0)

BESIDE_DEG = 0.01
"""What comes later was seen so far beside it, a kilometre: what no longer joins that is asked too."""

LANDS: tuple[context.LandClass, ...] = ("unknown", "forest", "grassland", "wetland")
"""What grows where several agree; of a single observation only what its detector claims is asked."""


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


def agreeing() -> Iterator[tuple[str, tuple[AnyObservation, ...]]]:
    """Yield several observations of one place that agree: a name in plain words, and what was seen."""
    one = dict(probes())
    pixel, camera = (
        _later(one["a hotspot of nominal confidence"], 0.1, frp_mw=20.0),
        one["a sighting (video)"],
    )
    weak, public = one["a hotspot of low confidence"], one["a report (public)"]
    yield "two satellites within the hour", (pixel, _later(pixel, 0.8, source="probe 2"))
    yield "a night pass, then a camera", (_later(weak, -12.0), _later(camera, -11.0))
    yield "two calls, then a pixel", (public, _later(public, 0.3, source="caller 2"), _later(pixel, 1.0))
    yield (
        "a fire that six satellites see within a day",
        tuple(_later(pixel, 4.0 * k, source=f"probe {k}") for k in range(6)),
    )


def _later(one: AnyObservation, hours: float, **more: Any) -> AnyObservation:
    at = one.observed_at + timedelta(hours=hours)
    name = f"{one.observation_id} {hours:g} {more}"
    north = WHERE[1] + (BESIDE_DEG if hours > 0.0 else 0.0)
    return structs.replace(one, observed_at=at, observation_id=name, latitude=north, **more)


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
    evidence = ratios.overridden(load_tables().evidence, options["evidence"])
    for name, several in agreeing():
        claims = [made for one in several if (made := _claim(general, one)) is not None]
        for land in LANDS:
            found[f"{name}, on {land}"] = _together(options["association"], evidence, claims, land)
    for source, own in stations(settings, owners).items():
        for name, one in probes():
            found[f"{source}: {name}"] = _sure({**general, **own}, one)
    return found


def _together(
    linking: Options, evidence: Evidence, claims: Sequence[Detection], land: context.LandClass
) -> float | None:
    """Return how sure the surest fire is that these claims make on such land; None: they make none."""
    graph = Graph(linking)
    fires = {id(fire): fire for fire in map(graph.add, claims)}
    living = [fire for fire in fires.values() if fire.nodes and fire.nodes[0].fire is fire]
    here = context.Context(land=land, longitude=WHERE[0])
    own = {name: getattr(evidence.person, name) for name in ("ground", "public", "tower", "aerial", "video")}
    sure = [
        context.moved(one.probability, context.gained(evidence.surroundings, here, one.looks, own), MOST_SURE)
        for one in summaries(evidence, living)
    ]
    return max(sure, default=None)


def _sure(options: dict[str, Any], one: AnyObservation) -> float | None:
    claim = _claim(options, one)
    return None if claim is None else claim.probability


def _claim(options: dict[str, Any], one: AnyObservation) -> Detection | None:
    detector = next(each for each in DETECTORS if isinstance(one, each.consumes))
    claim: Any = detector.judge(options[detector.name], one, AT)
    return claim if isinstance(claim, Detection) else None
