"""What people, cameras and sensors said of the reconstructed fire, as observations."""

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from detectors.geodesy import bearing_deg, distance_km
from schemas.observation import AnyObservation, Reading, Report, Sighting
from streams.demo.burning import area_ha, ellipse_of, spot_place
from streams.demo.timeline import Timeline, Word

Place = tuple[float, float]

MARK = {"zh": "【复盘】", "en": "[replay] "}
"""Stands before every text of the season: a replay, not news."""


def said(line: Timeline, word: Word, language: str = "zh") -> AnyObservation:
    """The observation of one word of the timeline, its texts in Chinese or else in English.

    `ValueError` for a word that lacks what its kind needs.
    """
    at = word.at.astimezone(UTC)
    head: dict[str, Any] = {
        "observation_id": f"demo/{word.source}/{at:%Y%m%dT%H%M%SZ}",
        "source": word.source,
        "observed_at": at,
        "received_at": at + timedelta(seconds=word.received_s),
        "feed": "demo",
        "reconstruction": True,
        "frame": "wgs84",
    }
    place = _place(line, word, at)
    if word.kind == "reading":
        lon, lat = place
        return Reading(**head, longitude=lon, latitude=lat, quantity=word.quantity, value=word.value)
    word = _in_language(word, language)
    return _report(head, word, place) if word.kind == "report" else _sighting(head, word, place)


def _in_language(word: Word, language: str) -> Word:
    if language == "zh":
        return replace(word, text=MARK["zh"] + word.text)
    return replace(word, text=MARK["en"] + word.text_en, place_name=word.place_name_en)


def _place(line: Timeline, word: Word, at: datetime) -> Place:
    """Where it was: the spot fire, the head of that hour, or the origin."""
    burn = line.xichang
    if word.spot:
        place = spot_place(burn, burn.spot[0])
    elif word.head:
        place = ellipse_of(burn).head(area_ha(burn, at))
    else:
        place = (burn.longitude, burn.latitude)
    return round(place[0], 5), round(place[1], 5)


def _report(head: dict[str, Any], word: Word, place: Place) -> Report:
    if word.source_class not in ("ground", "public"):
        raise ValueError(f"{word.source}: a report comes from the ground or the public")
    return Report(
        **head,
        longitude=place[0],
        latitude=place[1],
        source_class=word.source_class,
        saw=word.saw,
        radius_m=word.radius_m,
        place_name=word.place_name,
        text=word.text,
    )


def _sighting(head: dict[str, Any], word: Word, place: Place) -> Sighting:
    if word.station is None or word.source_class not in ("video", "tower", "aerial") or word.saw == "nothing":
        raise ValueError(f"{word.source}: a sighting needs a station, a class of source and something seen")
    placed: dict[str, Any] = {}
    if word.placed:
        away_m = round(float(distance_km(*word.station, *place)) * 1000.0)
        placed = {
            "longitude": place[0],
            "latitude": place[1],
            "radius_m": word.radius_m,
            "distance_m": away_m,
        }
    return Sighting(
        **head,
        **placed,
        source_class=word.source_class,
        station_longitude=word.station[0],
        station_latitude=word.station[1],
        azimuth_deg=round(float(bearing_deg(*word.station, *place)), 1) % 360.0,
        probability=word.probability,
        saw=word.saw,
        text=word.text,
    )
