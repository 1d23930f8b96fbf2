"""`fenghuo pests`: judge tables of trap rounds, surveys and laboratory results; nothing is sent."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import msgspec
from msgspec.structs import replace

from alerts.outbreak import one_line
from detectors.pests.outbreak import Outbreak, outbreaks
from detectors.pests.register import Where
from detectors.pests.sign import Signs, signs
from detectors.pests.species import Species
from schemas.jurisdiction import Jurisdiction
from schemas.observation import LabResult, PestSurvey, TrapCount
from schemas.pest import AnyPest
from schemas.reason import Reason
from schemas.settings import Settings
from streams.commands.options import examples
from streams.config import ConfigError, check_tables, load_settings
from streams.feeds import read
from streams.feeds.base import Limits
from streams.hops.build import OWNERS
from streams.hops.outbreak_given import Pests, PestSettings
from streams.hops.outbreak_record import check_records
from streams.hops.outbreaking import POINT_M
from streams.jurisdiction import in_force
from streams.naming import in_language
from streams.pest_tables import load_species
from streams.region import load_region
from streams.region.manifest import RegionError


@click.command(
    "pests", epilog=examples("pests rounds.xlsx surveys.csv", "pests rounds.xlsx --at 2026-06-01 --json")
)
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option("--at", help="Day whose outbreaks are asked for, as 2026-06-01; now unless given.")
@click.option("--unit", "units", multiple=True, help="Sub-compartment with pine wilt on record; repeatable.")
@click.option("--township", "townships", multiple=True, help="Township on record; repeatable.")
@click.option("--county", "counties", multiple=True, help="County on record; repeatable.")
@click.option(
    "--region",
    "region_dir",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Region whose counties and townships the finds lie in.",
)
@click.option("--settings", "settings_file", type=click.Path(path_type=Path), help="Settings file (TOML).")
@click.option("--json", "as_json", is_flag=True, help="Outbreaks and silences as one JSON document.")
def command(
    files: tuple[Path, ...],
    *,
    at: str | None,
    as_json: bool,
    region_dir: Path | None,
    settings_file: Path | None,
    **record: tuple[str, ...],
) -> None:
    """Judge tables of trap rounds and surveys; nothing is sent.

    Results of laboratories are read too.

    What it prints is suspected and to be verified (疑似，待核实): only an office announces an epidemic.
    Nothing is sent, and no alert is made. Without a region nobody knows in which county a find lies, so that
    every positive counts as new.
    """
    settings, profile = _settings(settings_file)
    now = _instant(at, ZoneInfo(profile.zone))
    observations, bad = _read(files)
    pests, where = _given(observations, region_dir, settings, record)
    later = sum(one.observed_at > now for one in observations)
    judged = signs(pests.options.finding, pests.rules, observations, now, where)
    found = outbreaks(pests.options.linking, judged.signs)
    if as_json:
        document = {
            "at": now,
            "outbreaks": found,
            "unjudged": judged.unjudged,
            "later": later,
            "bad_rows": len(bad),
            "rejected": bad,
        }
        click.echo(msgspec.json.encode(document).decode())
        return
    for line in _lines(profile, found, judged, bad):
        click.echo(line)
    if later:
        click.echo(f"{later} observed later than {now.astimezone(UTC):%Y-%m-%d %H:%M} UTC, not judged")


def _settings(file: Path | None) -> tuple[Settings, Jurisdiction]:
    try:
        settings = load_settings(file)
        return settings, in_force(settings)
    except ConfigError as error:
        raise click.ClickException(str(error)) from None


def _given(
    observations: list[AnyPest],
    region_dir: Path | None,
    settings: Settings,
    record: Mapping[str, tuple[str, ...]],
) -> tuple[Pests, dict[str, Where]]:
    """Return tables, settings and register, and where each find lies."""
    try:
        options: PestSettings = check_tables(settings, OWNERS)["outbreak"]
        known = options.recorded
        more = {name: (*getattr(known, name), *values) for name, values in record.items()}
        options = replace(options, recorded=replace(known, **more))
        region = in_language(load_region(region_dir), in_force(settings).languages[0]).newest
        check_records(options, region)
    except (ConfigError, RegionError) as error:
        raise click.ClickException(str(error)) from None
    pests = Pests.of(options)
    lon, lat = [one.longitude for one in observations], [one.latitude for one in observations]
    places = region.places_bulk(lon, lat, [POINT_M] * len(lon)) if observations else []
    where: dict[str, Where] = {}
    for one, at in zip(observations, places, strict=True):
        species = pests.rules.species.find(one.species)
        if isinstance(species, Species):
            where[one.observation_id] = pests.where(one, species.name, at)
    return pests, where


def _instant(at: str | None, zone: ZoneInfo) -> datetime:
    """Return the end of the day asked for, or now."""
    if at is None:
        return datetime.now(UTC)
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        raise click.BadParameter(
            "a day as 2026-06-01, or an instant with its zone", param_hint="--at"
        ) from None
    if found.tzinfo is not None:
        return found
    # a day alone is asked for as a whole
    is_day = len(at) <= len("2026-06-01")
    return found.replace(tzinfo=zone) + (timedelta(days=1, microseconds=-1) if is_day else timedelta(0))


@dataclass(frozen=True)
class _Bad:
    """A row that could not be read, or a whole file (line 0), and why."""

    file: str
    line: int
    reason: Reason

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.reason.code} {self.reason.detail}".rstrip()


def _read(files: tuple[Path, ...]) -> tuple[list[AnyPest], list[_Bad]]:
    """Return the pest observations of all files, and what could not be read; refuse if no file could be."""
    found: list[AnyPest] = []
    bad: list[_Bad] = []
    unreadable = 0
    for path in files:
        parsed = read(path.read_bytes(), Limits(datetime.now(UTC)))
        if parsed.refused is not None:
            unreadable += 1
            bad.append(_Bad(str(path), 0, parsed.refused))
        bad += [_Bad(str(path), row.line, row.reason) for row in parsed.rejected]
        found += [one for one in parsed.observations if isinstance(one, TrapCount | PestSurvey | LabResult)]
    if unreadable == len(files):
        raise click.ClickException("nothing readable: " + "; ".join(str(one) for one in bad))
    return found, bad


def _lines(
    profile: Jurisdiction, found: tuple[Outbreak, ...], judged: Signs, bad: list[_Bad]
) -> Iterable[str]:
    """Yield what a person reads: each outbreak with its reasons, then why the rest is none."""
    names, words, zone = load_species().by_name, profile.first, ZoneInfo(profile.zone)
    for one in found:
        chinese = names[one.species.casefold()].chinese
        place = f"{one.longitude:.4f}E {one.latitude:.4f}N ±{one.radius_m / 1000:.1f}km"
        yield f"{one.grade}  {one_line(words, chinese, one.species, place)}"
        first, last = (at.astimezone(zone) for at in (one.opened_at, one.last_observed_at))
        yield f"    {first:%Y-%m-%d} – {last:%Y-%m-%d}, {one.outbreak_id}"
        for why in one.reasons:
            shown = " ".join(part for part in (why.rule, why.detail) if part)
            value = "" if why.value is None else f" {why.value:.3g}"
            limit = "" if why.threshold is None else f" (limit {why.threshold:.3g})"
            yield f"    {why.code}: {shown}{value}{limit}"
    silent = Counter(one.reason.code for one in judged.unjudged)
    rest = ", ".join(f"{number} {code}" for code, number in sorted(silent.items())) or "none"
    yield from (str(one) for one in bad)
    yield f"{len(found)} outbreaks suspected; no sign: {rest}; {len(bad)} bad rows"
