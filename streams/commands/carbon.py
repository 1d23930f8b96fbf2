"""`fenghuo carbon`: what stands, what may burn, what it adds up to, what an auditor asks."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec
import shapely

from alerts.carbon.at_risk import Fire, Options
from alerts.carbon.closing import close_out, skill
from alerts.carbon.plane import plane_of
from alerts.carbon.scenario import Drivers, seed_of
from alerts.carbon.statement import Statement, differences
from schemas.alert import Alert, Carbon
from streams.carbon_picture import picture
from streams.carbon_statement import NoProjectError, again, sources, statement
from streams.carbon_stock import stock_of
from streams.carbon_totals import LEVELS, as_csv, as_geojson, totals
from streams.commands.options import examples, json_option
from streams.hops.build import software
from streams.hops.carbon import Assessor
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
output_option = click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="File to write.")


@click.group("carbon")
def command() -> None:
    """Say what carbon stands in a region and what fire puts at risk.

    A statement for an auditor can be computed again.
    """


@command.command("stock", epilog=examples("carbon stock county", "carbon stock county --json"))
@click.argument("region_dir", metavar="REGION", type=click.Path(path_type=Path, exists=True, file_okay=False))
@json_option
def stock_command(region_dir: Path, *, as_json: bool) -> None:
    """Print the stock of a region, t C, by layer and tier, with what methods disagree."""
    assessor = _assessor(region_dir, Options())
    rows = stock_of(assessor.tables, assessor.region, datetime.now(UTC).date())
    if not rows:
        raise click.ClickException(f"{region_dir}: no stands, wetland or grassland in this region")
    if as_json:
        click.echo(msgspec.json.encode({"parameters": assessor.tables.version, "unit": "t C", "rows": rows}))
        return
    click.echo(f"{'layer':<10} {'tier':<10} {'features':>9} {'ha':>14} {'t C':>15} {'other methods':>27}")
    for row in rows:
        span = f"{row.low_t:,.0f}-{row.high_t:,.0f}"
        click.echo(
            f"{row.layer:<10} {row.tier:<10} {row.features:>9,} {row.area_ha:>14,.1f} "
            f"{row.carbon_t:>15,.0f} {span:>27}  {', '.join(row.cautions)}"
        )
    click.echo(f"parameters {assessor.tables.version}")


@command.command(
    "at-risk",
    epilog=examples(
        "carbon at-risk --footprint fire.geojson --region county --wind-ms 8 --wind-to 45",
        "carbon at-risk --footprint fire.geojson --region county --map risk.svg --json",
    ),
)
@click.option(
    "--footprint", required=True, type=click.Path(path_type=Path, exists=True), help="GeoJSON of the fire."
)
@region_option
@click.option("--horizon-h", type=click.FloatRange(0, 72, min_open=True), default=6.0, show_default=True,
              help="Within so many hours.")  # fmt: skip
@click.option("--probability", type=click.FloatRange(0, 1), default=1.0, show_default=True,
              help="That it is a fire.")  # fmt: skip
@click.option("--wind-ms", type=click.FloatRange(0, 80), help="Wind at 10 m, m/s.")
@click.option("--wind-to", type=click.FloatRange(0, 360), help="Bearing towards which it blows.")
@click.option("--temperature", type=click.FloatRange(-60, 60), help="Air temperature, C.")
@click.option("--humidity", type=click.FloatRange(0, 100), help="Relative humidity, %.")
@click.option("--slope", type=click.FloatRange(0, 90), help="Slope, degrees.")
@click.option("--upslope", type=click.FloatRange(0, 360), help="Bearing of the steepest way up.")
@click.option("--map", "map_file", type=click.Path(path_type=Path, dir_okay=False), help="Picture (SVG).")
@json_option
def at_risk_command(
    footprint: Path, region_dir: Path, map_file: Path | None, *, as_json: bool, **given: Any
) -> None:
    """Print the carbon that a fire puts at risk, with its interval and what was missing."""
    shape = _shape(footprint)
    assessor = _assessor(region_dir, Options(horizon_h=given["horizon_h"]))
    plane = plane_of(shape)
    drivers = Drivers(
        temperature_c=given["temperature"], humidity_pct=given["humidity"], wind_ms=given["wind_ms"],
        wind_to_deg=given["wind_to"], slope_deg=given["slope"], upslope_deg=given["upslope"],
    )  # fmt: skip
    seed = seed_of(shapely.to_geojson(shape))
    fire = Fire(shape=plane.to_metres(shape), probability=given["probability"], seed=seed, drivers=drivers)
    answer = assessor.of_fire(fire, plane, datetime.now(UTC))
    if map_file is not None:
        map_file.write_text(picture(assessor, fire, plane), encoding="utf-8")
    if as_json:
        click.echo(msgspec.json.encode(answer.carbon))
        return
    for line in _lines(answer.carbon):
        click.echo(line)


def _lines(carbon: Carbon) -> Iterator[str]:
    if carbon.carbon_t is None:
        why = "" if carbon.reason is None else carbon.reason.detail or carbon.reason.code
        yield f"not known: {why}"
        return
    exposed, co2e = carbon.exposed, carbon.co2e
    assert exposed is not None
    assert co2e is not None
    rows = (
        ("loss if it is a fire", carbon.carbon_t, "t C", f"95 %: {carbon.low_t:,.0f}-{carbon.high_t:,.0f}"),
        ("expected loss", carbon.expected_t, "t C", f"probability {carbon.probability:.0%}"),
        ("CaR95", carbon.car95_t, "t C", ""),
        ("exposed stock", exposed.mean_t, "t C", f"95 %: {exposed.low_t:,.0f}-{exposed.high_t:,.0f}"),
        ("in the footprint now", carbon.standing_t, "t C", ""),
        ("emission", co2e.mean_t, "t CO2e", f"{carbon.gwp_set}, {carbon.accounting}"),
        ("reach", carbon.reach_ha, "ha", f"in {carbon.horizon_h:g} h"),
        ("of which unknown", carbon.unknown_ha, "ha", ""),
    )
    for name, value, unit, more in rows:
        yield f"{name:<22}{value:>14,.0f} {unit:<7} {more}".rstrip()
    yield f"pools      {', '.join(carbon.pools)}"
    yield f"tiers, ha  {', '.join(f'{name} {ha:,.1f}' for name, ha in carbon.tiers_ha.items())}"
    yield f"cautions   {', '.join(carbon.cautions) or 'none'}"
    yield f"parameters {carbon.parameters}, seed {carbon.seed}, {carbon.draws:,} draws"


@command.command(
    "statement",
    epilog=examples(
        "carbon statement alerts.ndjson --project P1 --region county --from 2026-01-01 --to 2027-01-01"
    ),
)
@click.argument("alerts", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--project", "project_id", required=True, help="Id in the layer carbon_projects.")
@region_option
@click.option("--from", "start", required=True, type=click.DateTime(), help="First instant, UTC.")
@click.option("--to", "end", required=True, type=click.DateTime(), help="Up to this instant, UTC.")
@output_option
@json_option
def statement_command(
    alerts: tuple[Path, ...],
    project_id: str,
    region_dir: Path,
    out: Path | None,
    *,
    as_json: bool,
    **given: datetime,
) -> None:
    """Write what fires put at risk in one carbon project: figures, stands, parameters, seeds and hashes.

    ALERTS are files alerts.ndjson, as `fenghuo replay` writes them. The statement is not a credit or
    verified reversal figure, and says so.
    """
    start, end = (given[name].replace(tzinfo=UTC) for name in ("start", "end"))
    try:
        made = statement(
            _assessor(region_dir, Options()), project_id, sources(_told(alerts), start, end),
            start=start, end=end, software=software(),
        )  # fmt: skip
    except (NoProjectError, msgspec.MsgspecError) as error:
        raise click.ClickException(str(error)) from None
    text = msgspec.json.encode(made) if as_json else msgspec.json.format(msgspec.json.encode(made), indent=1)
    if out is None:
        click.echo(text)
    else:
        out.write_bytes(text + b"\n")


@command.command(
    "totals",
    epilog=examples(
        "carbon totals out/alerts.ndjson --region county --by owner",
        "carbon totals out/alerts.ndjson --region county --by township --format geojson",
    ),
)
@click.argument("alerts", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@region_option
@click.option(
    "--by", "level", type=click.Choice(LEVELS), default="county", show_default=True, help="Sum by this."
)
@click.option("--from", "start", type=click.DateTime(), default="2000-01-01", help="First instant, UTC.")
@click.option("--to", "end", type=click.DateTime(), default="2100-01-01", help="Up to this instant, UTC.")
@click.option("--zone", default="Asia/Shanghai", show_default=True, help="IANA time zone of a day.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "geojson"]),
    default="csv",
    show_default=True,
    help="Of the rows.",
)
def totals_command(alerts: tuple[Path, ...], region_dir: Path, level: str, zone: str, **given: Any) -> None:
    """Print what fires put at risk together, t C; a stand under several fires counts once.

    ALERTS are files alerts.ndjson, as `fenghuo replay` writes them. What belongs to none has an empty key.
    """
    start, end = (given[name].replace(tzinfo=UTC) for name in ("start", "end"))
    assessor = _assessor(region_dir, Options())
    try:
        rows = totals(assessor, sources(_told(alerts), start, end), level, zone)
    except (msgspec.MsgspecError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(as_csv(rows) if given["form"] == "csv" else as_geojson(assessor, rows), nl=False)


@command.command(
    "close-out",
    epilog=examples(
        "carbon close-out alerts.ndjson --incident F20260331-AB12CD34 --perimeter out.geojson --region county"
    ),
)
@click.argument("alerts", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--incident", "incident_id", required=True, help="Its id.")
@click.option("--perimeter", required=True, type=click.Path(path_type=Path, exists=True), help="What burnt.")
@click.option("--severity", type=click.Choice(SEVERITIES), help="Mapped severity.")
@region_option
@json_option
def close_out_command(  # noqa: PLR0913 - one argument for each option
    alerts: tuple[Path, ...],
    incident_id: str,
    perimeter: Path,
    severity: Any,
    region_dir: Path,
    *,
    as_json: bool,
) -> None:
    """Print what was exposed, forecast and lost in a fire that is over, as JSON.

    ALERTS are files alerts.ndjson; the forecast is that of the first revision that had one.
    """
    mine = [one for one in _told(alerts) if one.incident_id == incident_id and one.carbon.carbon_t]
    if not mine:
        raise click.ClickException(f"no alert of {incident_id} has carbon at risk")
    shape = _shape(perimeter)
    plane = plane_of(shape)
    fire = Fire(shape=plane.to_metres(shape), probability=1.0, seed=seed_of(incident_id), drivers=Drivers())
    first = min(mine, key=lambda one: one.revision)
    lost = _assessor(region_dir, Options(severity=severity)).burnt(fire, plane, first.issued_at)
    record = close_out(incident_id, first.carbon, lost.carbon)
    made = msgspec.json.encode({"record": record, "skill": skill([record])})
    click.echo(made if as_json else msgspec.json.format(made, indent=1))


def _told(files: tuple[Path, ...]) -> Iterator[Alert]:
    for file in files:
        for line in file.read_bytes().splitlines():
            if line.strip():
                yield msgspec.json.decode(line, type=Alert)


@command.command("verify", epilog=examples("carbon verify statement.json --region county"))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@region_option
@json_option
def verify_command(file: Path, region_dir: Path, *, as_json: bool) -> None:
    """Compute a statement again and say where it differs."""
    try:
        given = msgspec.json.decode(file.read_bytes(), type=Statement)
        made = again(_assessor(region_dir, given.options), given, software())
    except (NoProjectError, msgspec.MsgspecError) as error:
        raise click.ClickException(str(error)) from None
    found = differences(given, made)
    if as_json:
        click.echo(msgspec.json.encode({"holds": not found, "differences": list(found)}))
        raise SystemExit(1 if found else 0)
    for one in found:
        click.echo(one)
    if found:
        raise click.ClickException(f"{file}: the statement does not hold")
    click.echo(f"{file}: holds; {len(given.lines)} fires, {given.total.loss_t:,.0f} t C; {given.notice}")


def _assessor(region_dir: Path, options: Options) -> Assessor:
    try:
        return Assessor(load_tables().carbon, options, load_region(region_dir))
    except ValueError as error:
        raise click.ClickException(str(error)) from None


def _shape(path: Path) -> Any:
    """Return the union of the geometries of a GeoJSON file."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        parts = document.get("features", [document])
        shapes = [shapely.from_geojson(json.dumps(one.get("geometry", one))) for one in parts]
        shape = shapely.union_all(shapely.make_valid(shapes))
    except (ValueError, AttributeError, TypeError, shapely.errors.GEOSException) as error:
        raise click.ClickException(f"{path}: no GeoJSON: {error}") from None
    if shapely.is_empty(shape):
        raise click.ClickException(f"{path}: nothing in it")
    return shape
