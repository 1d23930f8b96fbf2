"""`fenghuo region build|show|where|find`: files into a region, what it holds, and what it says."""

import contextlib
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec
from msgspec.structs import replace

from streams.commands.options import Measure, examples, json_option
from streams.commands.region_asked import find_command, where_command
from streams.region.build.make import Built, Progress, build
from streams.region.build.plan import LayerPlan, Plan, labelled, read_maps, read_plan
from streams.region.build.report import in_words
from streams.region.build.source import SourceError
from streams.region.manifest import RegionError
from streams.region.picture import picture
from streams.region.shown import Shown, lines_of, shown

FRAMES = ("wgs84", "cgcs2000", "gcj02", "bd09")


@click.group("region")
def command() -> None:
    """Build the map that places are told from, and show it."""


@command.command(
    "build",
    epilog=examples(
        "region build sichuan --boundary china:510000 --layer admin=china:510000",
        "region build county --layer stands=小班.shp --crs stands=EPSG:4543 --columns map.toml",
        "region build county --from region.toml --effective-at 2026-03-01T00:00:00+08:00",
    ),
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--from", "plan_file", type=click.Path(path_type=Path, dir_okay=False), help="All of it as TOML."
)
@click.option("--boundary", metavar="FILE", help="Polygons; what lies outside is no concern. Or china:CODE.")
@click.option("--buffer-km", type=Measure(0, 500), help="Keep a rim round the boundary.")
@click.option(
    "--layer", "layers", multiple=True, metavar="NAME=FILE", help="A layer, or one more file of it."
)
@click.option("--columns", type=click.Path(path_type=Path, dir_okay=False), help="Column maps (TOML).")
@click.option(
    "--crs", "crs", multiple=True, metavar="LAYER=EPSG:…", help="Coordinate system of a layer or file."
)
@click.option("--frame", multiple=True, metavar="LAYER=FRAME", help=f"Datum: {', '.join(FRAMES)}.")
@click.option("--encoding", multiple=True, metavar="LAYER=NAME", help="Encoding of text that says none.")
@click.option("--table", multiple=True, metavar="LAYER=NAME", help="Layer inside a GeoPackage.")
@click.option("--source", multiple=True, metavar="LAYER=TEXT", help="Where a layer comes from.")
@click.option("--licence", multiple=True, metavar="LAYER=TEXT", help="Under which terms.")
@click.option("--allow-empty", multiple=True, metavar="LAYER", help="Build even if it keeps no row.")
@click.option("--name", help="Name of the region.  [default: the folder's]")
@click.option("--zone", help="IANA time zone.")
@click.option("--jurisdiction", help="Jurisdiction profile.")
@click.option("--effective-at", metavar="TIME", help="RFC 3339; from when on a new version places.")
@json_option
def build_command(folder: Path, plan_file: Path | None, *, as_json: bool, **given: Any) -> None:
    """Build a region in DIR from files in any form and frame.

    Rows that were repaired, dropped or are ambiguous stand in its report, each with the reason. A layer
    that keeps none is refused; one that the version in force has and this one lacks is told.
    """
    try:
        plan = _plan(plan_file, given)
        with progressing(quiet=as_json) as progress:
            built = build(folder, plan, progress)
    except (SourceError, RegionError) as error:
        raise click.ClickException(str(error)) from error
    _say(built, folder, as_json=as_json)


@command.command(
    "show",
    epilog=examples("region show county", "region show county --json", "region show county --map map.svg"),
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@json_option
@click.option("--verify", is_flag=True, help="Hash every file, however large.")
@click.option(
    "--map", "map_file", type=click.Path(path_type=Path, dir_okay=False), help="Write a picture (SVG)."
)
def show_command(folder: Path, map_file: Path | None, *, as_json: bool, verify: bool) -> None:
    """Show layers, areas, versions and sources of a region.

    Counts and licences stand beside them.
    """
    try:
        found = shown(folder, verify=verify)
        if map_file is not None:
            map_file.write_text(picture(found.region, found.manifest), encoding="utf-8")
    except (RegionError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(_document(found) if as_json else "\n".join(lines_of(found, datetime.now(UTC))))
    if map_file is not None:
        click.echo(f"wrote {map_file} ({map_file.stat().st_size / 1e3:,.0f} kB)", err=as_json)


def _plan(plan_file: Path | None, given: dict[str, Any]) -> Plan:
    plan = read_plan(plan_file) if plan_file else Plan()
    added = tuple(LayerPlan(name=name, file=file) for name, file in _pairs("layer", given["layers"]))
    head = {
        key: given[key]
        for key in ("name", "zone", "jurisdiction", "boundary", "buffer_km")
        if given[key] is not None
    }
    head["allow_empty"] = (*plan.allow_empty, *given["allow_empty"])
    if given["effective_at"]:
        head["effective_at"] = _time(given["effective_at"])
    fields = ("crs", "frame", "encoding", "table", "source", "licence")
    labels: dict[str, dict[str, Any]] = {field: dict(_pairs(field, given[field])) for field in fields}
    for owner, frame in labels["frame"].items():
        if frame not in FRAMES:
            raise SourceError(f"--frame {owner}={frame}: a frame is one of {', '.join(FRAMES)}")
    if given["columns"]:
        labels["columns"] = read_maps(given["columns"])
    return labelled(replace(plan, layer=(*plan.layer, *added), **head), labels)


def _pairs(option: str, values: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for value in values:
        name, found, rest = value.partition("=")
        if not (found and name and rest):
            raise SourceError(f"--{option} {value}: NAME=VALUE is wanted")
        yield name, rest


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise SourceError(f"--effective-at {text}: no time, e.g. 2026-03-01T00:00:00+08:00") from error
    if at.tzinfo is None:
        raise SourceError(f"--effective-at {text}: needs its offset, e.g. {text}+08:00")
    return at


@contextlib.contextmanager
def progressing(*, quiet: bool) -> Iterator[Progress]:
    """Yield a progress: one line that counts on a terminal, a line for each source elsewhere."""
    is_terminal, last = sys.stderr.isatty(), ""

    def step(source: str, rows: int, of: int | None) -> None:
        nonlocal last
        if quiet:
            return
        if is_terminal:
            share = f" of {of:,}" if of else ""
            click.echo(f"\r{source}: {rows:,}{share} rows".ljust(78), nl=False, err=True)
        elif source != last:
            click.echo(f"reading {source}", err=True)
        last = source

    yield step
    if is_terminal and last and not quiet:
        click.echo(err=True)


def _say(built: Built, folder: Path, *, as_json: bool) -> None:
    for line in built.lost:
        click.echo(f"WARNING: {line}", err=True)
    if as_json:
        document = {
            "version": built.manifest.version,
            "summary": msgspec.to_builtins(built.summary),
            "lost": list(built.lost),
        }
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    click.echo("\n".join(in_words(built.summary)))
    report = folder / built.manifest.version / "report.ndjson"
    click.echo(f"built version {built.manifest.version} in {folder}; every line: {report}")


def _document(found: Shown) -> str:
    return json.dumps(found.document(), ensure_ascii=False, indent=2)


command.add_command(where_command)
command.add_command(find_command)
