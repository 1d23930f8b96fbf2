"""A register names each place so that no other is meant: a name given twice in the region is refused.

Refused with what it may mean, at the start and not at night: a record that spoke for a namesake too would
page nobody where the pest is new.
"""

from collections.abc import Iterable, Mapping, Sequence

from detectors.pests.rules import PINE_WILT
from detectors.region import Region
from schemas.reason import Reason
from streams.hops.outbreak_given import PestSettings, Recorded
from streams.pest_tables import load_species
from streams.toml_file import ConfigError

Codes = Mapping[str, Sequence[str]]
"""Codes of the places that have a name."""


def check_records(options: PestSettings, region: Region) -> None:
    """Raise `ConfigError` for the first register of no pest, or entry that may mean two places."""
    _check_pests(options.recorded_of)
    counties, townships = (_codes(region, layer) for layer in ("county", "township"))
    registers = {"outbreak.recorded": options.recorded}
    registers |= {f'outbreak.recorded_of."{name}"': one for name, one in options.recorded_of.items()}
    for table, one in registers.items():
        _check(table, one, counties, townships)


def _check_pests(names: Iterable[str]) -> None:
    """Refuse a register that would be read for no pest: of an unknown name, of pine wilt, or a second one."""
    known: dict[str, str] = {}
    for name in names:
        found = load_species().find(name)
        if isinstance(found, Reason):
            why = f"unknown pest {found.detail}"
        elif found.name == PINE_WILT:
            why = f"{name!r}: the register of pine wilt is [outbreak.recorded]"
        elif found.name in known:
            why = f"{name!r} is {known[found.name]!r} again"
        else:
            known[found.name] = name
            continue
        raise ConfigError(f"settings: $.outbreak.recorded_of: {why}")


def _codes(region: Region, layer: str) -> Codes:
    part = region.layers.get(layer)
    found: dict[str, list[str]] = {}
    for name, code in () if part is None else zip(part.names(), part.ids(), strict=True):
        found.setdefault(name, []).append(code)
    return found


def _check(table: str, record: Recorded, counties: Codes, townships: Codes) -> None:
    for entry in record.counties:
        _refuse(f"{table}.counties", entry, _county(entry.split("/"), counties))
    for entry in record.townships:
        _refuse(f"{table}.townships", entry, _township(entry.split("/"), counties, townships))
    many = sorted(set(record.townships)) if len(set(record.townships)) > 1 else ()
    for entry in record.units:
        *above, _ = entry.split("/")
        mean = _township(above, counties, townships) if above else [f"{one}/{entry}" for one in many]
        _refuse(f"{table}.units", entry, mean)


def _county(chain: Sequence[str], counties: Codes) -> Sequence[str]:
    """Return the places that a county may mean beside the one meant; a city before it tells which."""
    return _several(chain[-1], counties) if len(chain) == 1 else ()


def _township(chain: Sequence[str], counties: Codes, townships: Codes) -> Sequence[str]:
    *above, name = chain
    if above and not _county(above, counties):
        return ()
    return _several(name, townships)


def _several(name: str, codes: Codes) -> Sequence[str]:
    found = sorted(codes.get(name, ()))
    return [f"{name} {code}" for code in found] if len(found) > 1 else ()


def _refuse(where: str, entry: str, mean: Sequence[str]) -> None:
    if mean:
        raise ConfigError(
            f"settings: $.{where}: {entry!r} may be {', '.join(mean)}: write the code, or the names from the "
            "city or county on, as 达州市/宣汉县/双河镇"
        )
