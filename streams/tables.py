"""Load the small data tables of judgement and consequence; name them all in one version."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from alerts.carbon.tables import FILES, CarbonTables, carbon_tables
from alerts.grade import Grades
from detectors.evidence import Evidence
from detectors.fire_weather import ly_t_1172, record
from detectors.fire_weather.moisture import DayLengths
from detectors.ortho import Stand, Stands
from detectors.sensing import Sensors
from detectors.static_sources import Kinds
from detectors.trust.expected import Rhythms


@dataclass(frozen=True)
class Tables:
    """The tables in force and the hash that names them in every alert."""

    evidence: Evidence
    grades: Grades
    carbon: CarbonTables
    satellites: Mapping[str, Stand]
    heat_kinds: Kinds
    version: str


@cache
def load_tables() -> Tables:
    """Return the tables shipped with the software.

    Raises msgspec.ValidationError when one does not have its shape.
    """
    content = hashlib.sha256()
    evidence: Evidence = _read("detectors", "evidence.toml", Evidence, content)
    grades: Grades = _read("alerts", "grades.toml", Grades, content)
    carbon = carbon_tables({name: _text("alerts", f"carbon/{name}", content) for name in FILES})
    stands: Stands = _read("detectors", "geostationary.toml", Stands, content)
    kinds: Kinds = _read("detectors", "static_sources.toml", Kinds, content)
    return Tables(evidence, grades, carbon, stands.by_name(), kinds, content.hexdigest()[:12])


@cache
def load_fire_weather() -> record.Tables:
    """Return the fire weather tables shipped with the software.

    Raises msgspec.ValidationError when one does not have its shape.
    """
    content = hashlib.sha256()
    return record.Tables(
        _read("detectors", "day_length.toml", DayLengths, content),
        _read("detectors", "ly_t_1172.toml", ly_t_1172.Tables, content),
    )


@cache
def load_rhythms() -> Rhythms:
    """Return the rhythms of known sources; raises msgspec.ValidationError when they are of another shape."""
    rhythms: Rhythms = _read("detectors", "rhythms.toml", Rhythms, hashlib.sha256())
    return rhythms


@cache
def load_sensors() -> Sensors:
    """Return what quantities of sensors may mean; raises msgspec.ValidationError for another shape."""
    sensors: Sensors = _read("detectors", "sensors.toml", Sensors, hashlib.sha256())
    return sensors


def _read(package: str, name: str, kind: Any, content: Any) -> Any:
    return msgspec.convert(tomllib.loads(_text(package, name, content)), kind)


def _text(package: str, name: str, content: Any) -> str:
    raw = (files(package) / "data" / name).read_bytes()
    content.update(raw)
    return raw.decode("utf-8")
