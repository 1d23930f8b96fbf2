"""What the commands of carbon are given: a region, footprints, alerts."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec
import shapely
from msgspec import structs

from alerts.carbon.at_risk import Options
from schemas.alert import Alert
from streams.config import ConfigError, check_tables, load_settings
from streams.hops.build import OWNERS
from streams.hops.carbon import WIDEST_DEG, Assessor
from streams.region import load_region
from streams.tables import load_tables

SEVERITIES = ("low", "moderate_low", "moderate_high", "high")

region_option = click.option(
    "--region",
    "region_dir",
    required=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Region with stands, wetland or grassland.",
)
settings_option = click.option(
    "--settings", "settings_file", type=click.Path(path_type=Path), help="Settings file (TOML) with [carbon]."
)
output_option = click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="File to write.")


def told(files: tuple[Path, ...]) -> Iterator[Alert]:
    """Yield the alerts of files alerts.ndjson; raises a one-line error where a line is none."""
    for file in files:
        for number, line in enumerate(file.read_bytes().splitlines(), 1):
            if line.strip():
                try:
                    yield msgspec.json.decode(line, type=Alert)
                except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                    raise click.ClickException(f"{file}, line {number}: no alert: {error}") from None


def counting(settings_file: Path | None, **asked: Any) -> Options:
    """Return how carbon is counted: by `[carbon]` of the settings, and what the command was asked over it.

    What was asked for as None was not asked. Raises a one-line error where the settings are refused.
    """
    try:
        options: Options = check_tables(load_settings(settings_file), OWNERS)["carbon"]
    except ConfigError as error:
        raise click.ClickException(str(error)) from None
    return structs.replace(options, **{name: value for name, value in asked.items() if value is not None})


def assessor_of(region_dir: Path, options: Options) -> Assessor:
    """Return what assesses carbon in a region; raises a one-line error where none can be opened."""
    try:
        return Assessor(load_tables().carbon, options, load_region(region_dir))
    except ValueError as error:
        raise click.ClickException(str(error)) from None


def shape_of(path: Path) -> Any:
    """Return the union of the geometries of a GeoJSON file, which must be a place on Earth that may burn."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        parts = document.get("features", [document])
        shapes = [shapely.from_geojson(json.dumps(one.get("geometry", one))) for one in parts]
        shape = shapely.union_all(shapely.make_valid(shapes))
    except (ValueError, AttributeError, TypeError, shapely.errors.GEOSException) as error:
        raise click.ClickException(f"{path}: no GeoJSON: {error}") from None
    if shapely.is_empty(shape):
        raise click.ClickException(f"{path}: nothing in it")
    west, south, east, north = shapely.bounds(shape).tolist()
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise click.ClickException(f"{path}: not in degrees: {west:g}, {south:g} to {east:g}, {north:g}")
    if not (east - west < WIDEST_DEG and north - south < WIDEST_DEG):
        raise click.ClickException(f"{path}: {WIDEST_DEG:g} degrees or wider, which no fire or outbreak is")
    return shape
