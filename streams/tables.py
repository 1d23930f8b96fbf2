"""Load the small data tables of judgement and consequence; name them all in one version."""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from alerts.carbon.tables import FILES, CarbonTables, carbon_tables
from alerts.grade import Grades
from detectors.evidence import Evidence


@dataclass(frozen=True)
class Tables:
    """The tables in force and the hash that names them in every alert."""

    evidence: Evidence
    grades: Grades
    carbon: CarbonTables
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
    return Tables(evidence, grades, carbon, content.hexdigest()[:12])


def _read(package: str, name: str, kind: Any, content: Any) -> Any:
    return msgspec.convert(tomllib.loads(_text(package, name, content)), kind)


def _text(package: str, name: str, content: Any) -> str:
    raw = (files(package) / "data" / name).read_bytes()
    content.update(raw)
    return raw.decode("utf-8")
