"""The demo's pests: a season of trap rounds handed in as a table, then a loud week, surveys and a result.

It is made from `pests.toml`; no dice and no clock take part. All of it is invented and says so.
"""

import functools
import importlib.resources
import math
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from detectors.geodesy import destination
from detectors.identity import key_of
from schemas.observation import AnyObservation, LabResult, PestSurvey, Reading, TrapCount
from streams.demo.timeline import BEIJING, between, share, timeline
from streams.region import demo_region

Post = tuple[datetime, str, list[AnyObservation]]

WEEK = timedelta(days=7)
VISIT = time(10)
HANDED_IN = time(18)
NOTE = {"zh": "【示意】", "en": "[illustrative] "}
HOURS = (2, 8, 14, 20)
"""When stations of China read the air; the coldest is before sunrise, the warmest after noon."""


@functools.lru_cache
def rounds(language: str = "zh") -> list[Post]:
    """Return deliveries in order of `received_at`, as `season` has them."""
    posts: dict[tuple[datetime, str], list[AnyObservation]] = defaultdict(list)
    for one in _everything(language):
        assert one.received_at is not None
        posts[one.received_at, key_of(one)].append(one)
    return [
        (received, key, sorted(group, key=lambda one: one.observation_id))
        for (received, key), group in sorted(posts.items(), key=lambda post: post[0])
    ]


def _plan() -> dict[str, Any]:
    return tomllib.loads((importlib.resources.files("streams.demo") / "pests.toml").read_text("utf-8"))


def _everything(language: str) -> Iterator[AnyObservation]:
    plan = _plan()
    yield from _sawyers(plan, language)
    yield from _moths(plan, language)
    yield from _surveys(plan, language)
    yield from _air(plan)


def _sawyers(plan: dict[str, Any], language: str) -> Iterator[TrapCount]:
    """Yield the rounds of the region's traps: a season, its beginning the year after, and a loud place."""
    said, layer = plan["sawyer"], demo_region().layers["traps"]
    rows = range(len(layer))
    for row, trap, name in zip(rows, layer.ids(), layer.names(), strict=True):
        place = layer.geometries()[row]
        level = between(tuple(said["level"]), "level", trap)
        for day in _fridays(plan):
            if not said["months"][0] <= day.month <= said["months"][1]:
                continue
            mean = level * _bell(day.timetuple().tm_yday - said["peak_day"], said["spread_d"])
            caught = _caught(mean, trap, day)
            if day >= said["empty_from"]:
                caught = 0
            if name in said["loud"] and day >= said["loud_from"]:
                caught = round(between(tuple(said["loud_catch"]), "loud", trap, day.toordinal()))
            visit = {"species": said["species"], "longitude": place.x, "latitude": place.y}
            yield _visit(plan, f"trap/{trap}", day, caught, said, language, **visit)


def _moths(plan: dict[str, Any], language: str) -> Iterator[TrapCount]:
    """Yield a year of light traps about one place, read every week."""
    said = plan["moth"]
    for number in range(said["traps"]):
        turn, away = number * 137.5, said["apart_km"] * math.sqrt(number)
        lon, lat = destination(said["longitude"], said["latitude"], turn, away)
        level = between(tuple(said["level"]), "moths", number)
        for day in (day for day in _fridays(plan) if day >= said["first"]):
            bells = (_bell(day.timetuple().tm_yday - peak, said["spread_d"]) for peak in said["peak_days"])
            place = {"longitude": round(float(lon), 5), "latitude": round(float(lat), 5)}
            source = f"trap/{said['name']}{number + 1}号"
            caught = _caught(level * sum(bells), source, day)
            yield _visit(plan, source, day, caught, said, language, species=said["species"], **place)


def _fridays(plan: dict[str, Any]) -> Iterator[date]:
    first, last = plan["weeks"]
    for number in range((last - first).days // 7 + 1):
        yield first + number * WEEK


def _bell(days: float, spread_d: float) -> float:
    return math.exp(-((days / spread_d) ** 2) / 2)


def _caught(mean: float, *key: object) -> int:
    """Return a catch of this mean, as scattered as catches are, that depends on the key alone."""
    return int(-mean * math.log(1.0 - share("caught", *map(str, key))))


def _visit(  # noqa: PLR0913, PLR0917 - one row of a table
    plan: dict[str, Any],
    source: str,
    day: date,
    caught: int,
    said: dict[str, Any],
    language: str,
    **place: Any,
) -> TrapCount:
    at = datetime.combine(day, VISIT, BEIJING).astimezone(UTC)
    is_missed = share("unread", source, day.toordinal()) < said["unread"]
    is_unread = is_missed and day.year < timeline().starts_at.year
    most = said.get("full_from", 1000)
    return TrapCount(
        **_head(f"{source}/{day}", source, at, _received(plan, at)),
        started_at=at - WEEK,
        status="missing" if is_unread else "full" if caught >= most else "ok",
        catch=None if is_unread else float(min(caught, most)),
        unit="adults",
        scheduled_d=7.0,
        text=NOTE.get(language, NOTE["en"]).strip(),
        **place,
    )


def _head(name: str, source: str, at: datetime, received_at: datetime) -> dict[str, Any]:
    told = {"observation_id": f"demo/{name}", "source": source, "observed_at": at, "received_at": received_at}
    return {**told, "feed": "demo", "reconstruction": True, "frame": "wgs84"}


def _received(plan: dict[str, Any], at: datetime) -> datetime:
    evening = datetime.combine(at.astimezone(BEIJING).date(), HANDED_IN, BEIJING)
    imported: datetime = plan["imported_at"]
    return max(imported, evening).astimezone(UTC)


def _surveys(plan: dict[str, Any], language: str) -> Iterator[PestSurvey | LabResult]:
    """Yield the surveys of larvae of the last days, and a laboratory's positive of a quarantine pest."""
    note = NOTE.get(language, NOTE["en"]).strip()
    for number, said in enumerate(plan["survey"]):
        place = {name: said[name] for name in ("longitude", "latitude", "unit_id")}
        yield PestSurvey(
            **_found(f"survey/{number}", "survey/demo-linshui", said["days_before"]),
            **place,
            species=plan["moth"]["species"],
            measure="larvae_per_tree",
            value=said["larvae_per_tree"],
            stage="larva",
            method="ground",
            sampled=20,
            text=note,
        )
    said = plan["laboratory"]
    place = {name: said[name] for name in ("longitude", "latitude", "unit_id", "species")}
    found = _found("lab/1", "lab/demo", said["days_before"])
    yield LabResult(**found, **place, result="positive", method="pcr", text=note)


def _found(name: str, source: str, days_before: int) -> dict[str, Any]:
    day = timeline().starts_at.astimezone(BEIJING).date() - timedelta(days=days_before)
    at = datetime.combine(day, VISIT, BEIJING).astimezone(UTC)
    return _head(name, source, at, at + timedelta(hours=6))


def _air(plan: dict[str, Any]) -> Iterator[Reading]:
    """Yield the air of one station since the year began, four times a day, handed on once a week."""
    said, last = plan["station"], timeline().starts_at.astimezone(BEIJING).date()
    first = date(last.year, 1, 1)
    days = (last - first).days
    for number in range(days):
        day = first + timedelta(days=number)
        low, high = said["mean_c"]
        mean = low + (high - low) * number / days + 3.0 * (share("air", number) - 0.5)
        handed_in = first + timedelta(days=min(number // 6 * 6 + 6, days))
        for hour in HOURS:
            at = datetime.combine(day, time(hour), BEIJING).astimezone(UTC)
            value = mean - said["swing_c"] / 2 * math.cos((hour - 2) / 12 * math.pi)
            received = datetime.combine(handed_in, time(7), BEIJING).astimezone(UTC)
            yield Reading(
                **_head(f"{said['source']}/{at:%Y%m%dT%H%MZ}", said["source"], at, received),
                longitude=said["longitude"],
                latitude=said["latitude"],
                quantity="temperature_c",
                value=round(value, 1),
            )
