"""The jurisdiction in force: the profile that the settings name, with their zone and their languages.

A profile that is shipped is named (`cn-sichuan`); one's own is given as the path of its TOML file. It is
checked when the settings are, and what is wrong is said with its place.
"""

import hashlib
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from alerts.profile import faults
from schemas.codec import encode
from schemas.jurisdiction import Jurisdiction
from schemas.settings import Settings
from streams.toml_file import ConfigError, converted, read_toml, refuse_missing, refuse_unknown, suggestion

SUFFIX = ".toml"


def shipped() -> dict[str, Path]:
    """Return the profiles that come with the software, by name."""
    folder = Path(str(files("alerts") / "data" / "jurisdictions"))
    return {path.stem: path for path in sorted(folder.glob(f"*{SUFFIX}"))}


def in_force(settings: Settings, origin: str = "settings") -> Jurisdiction:
    """Return the profile that these settings put in force; `origin` names them where they are wrong.

    Raises
    ------
    ConfigError
        When there is no such profile, it has a fault, or zone or languages of the settings do not fit it.
    """
    path = _path_of(settings.jurisdiction, origin)
    return _chosen(path, settings.zone, settings.languages, origin)


def version_of(profile: Jurisdiction) -> str:
    """Return the name and the first 12 hex digits of the SHA-256 of all that the profile says."""
    return f"{profile.name}@{hashlib.sha256(encode(profile)).hexdigest()[:12]}"


@lru_cache(maxsize=16)
def read_profile(path: Path) -> Jurisdiction:
    """Return the profile in a file, read once.

    Raises
    ------
    ConfigError
        With the path of the first fault in it.
    """
    document = read_toml(path)
    refuse_unknown(document, Jurisdiction, str(path))
    refuse_missing(document, Jurisdiction, str(path))
    profile: Jurisdiction = converted(document, Jurisdiction, "$", str(path))
    for fault in faults(profile):
        raise ConfigError(f"{path}: {fault}")
    _check_zone(profile.zone, str(path))
    return profile


def _path_of(name: str, origin: str) -> Path:
    """Return where a profile is; a name with a folder or an ending is a path."""
    known = shipped()
    if name.endswith(SUFFIX) or "/" in name:
        return Path(name)
    if name not in known:
        raise ConfigError(f"{origin}: $.jurisdiction: unknown profile {name!r}{suggestion(name, known)}")
    return known[name]


@lru_cache(maxsize=16)
def _chosen(path: Path, zone: str, languages: tuple[str, ...], origin: str) -> Jurisdiction:
    profile = read_profile(path)
    for index, language in enumerate(languages):
        if language not in profile.words or language in languages[:index]:
            known = ", ".join(profile.languages)
            raise ConfigError(f"{origin}: $.languages[{index}]: {language!r} is not one of {known}, or twice")
    if zone:
        _check_zone(zone, origin)
    return replace(profile, languages=languages or profile.languages, zone=zone or profile.zone)


def _check_zone(zone: str, origin: str) -> None:
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, LookupError) as error:
        raise ConfigError(f"{origin}: $.zone: {zone!r} is no IANA time zone") from error
