"""Accounts of carbon: what alerts add up to, what a fire took, what an auditor computes again."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
import msgspec
from msgspec import structs

from alerts.carbon.closing import close_out, skill
from alerts.carbon.statement import Statement, differences
from schemas.carbon import LEVELS
from streams.carbon_realised import realised
from streams.carbon_statement import NoProjectError, again, sources, statement
from streams.carbon_totals import as_csv, as_geojson, totals
from streams.commands.carbon_given import (
    SEVERITIES,
    assessor_of,
    counting,
    output_option,
    region_option,
    settings_option,
    shape_of,
    told,
)
from streams.commands.options import examples, json_option
from streams.hops.build import software


@click.command(
    "statement",
    epilog=examples(
        "carbon statement alerts.ndjson --project P1 --region county --from 2026-01-01 --to 2027-01-01"
    ),
)
@click.argument("alerts", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--project", "project_id", required=True, help="Id in the layer carbon_projects.")
@region_option
@settings_option
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
    **given: Any,
) -> None:
    """Write what fires put at risk in one carbon project.

    It holds figures, stands, parameters, seeds and hashes.

    ALERTS are files alerts.ndjson, as `fenghuo replay` writes them. The statement is not a credit or
    verified reversal figure, and says so.
    """
    start, end = _span(given["start"], given["end"])
    assessor = assessor_of(region_dir, counting(given["settings_file"]))
    try:
        made = statement(
            assessor, project_id, sources(told(alerts), start, end), start=start, end=end, software=software()
        )
    except (NoProjectError, msgspec.MsgspecError) as error:
        raise click.ClickException(str(error)) from None
    text = msgspec.json.encode(made) if as_json else msgspec.json.format(msgspec.json.encode(made), indent=1)
    if out is None:
        click.echo(text)
    else:
        out.write_bytes(text + b"\n")


@click.command(
    "totals",
    epilog=examples(
        "carbon totals out/alerts.ndjson --region county --by owner",
        "carbon totals out/alerts.ndjson --region county --by township --format geojson",
    ),
)
@click.argument("alerts", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@region_option
@settings_option
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
@json_option
def totals_command(
    alerts: tuple[Path, ...], region_dir: Path, level: str, zone: str, *, as_json: bool, **given: Any
) -> None:
    """Print what fires put at risk together, t C.

    A stand under several fires counts once.

    ALERTS are files alerts.ndjson, as `fenghuo replay` writes them. What belongs to none has an empty key.
    """
    start, end = _span(given["start"], given["end"])
    _known_zone(zone)
    assessor = assessor_of(region_dir, counting(given["settings_file"]))
    try:
        rows = totals(assessor, sources(told(alerts), start, end), level, zone)
    except (msgspec.MsgspecError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        click.echo(msgspec.json.encode(rows))
        return
    click.echo(as_csv(rows) if given["form"] == "csv" else as_geojson(assessor.region, rows), nl=False)


@click.command(
    "close-out",
    epilog=examples(
        "carbon close-out alerts.ndjson --incident F20260331-AB12CD34 --perimeter out.geojson --region county"
    ),
)
@click.argument("alerts", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--incident", "incident_id", required=True, help="Its id.")
@click.option("--perimeter", required=True, type=click.Path(path_type=Path, exists=True), help="What burnt.")
@click.option("--severity", type=click.Choice(SEVERITIES), help="Mapped severity of a fire.")
@click.option("--pest", help="Of an outbreak: pest/severity as mapped; else as it was told.")
@region_option
@settings_option
@json_option
def close_out_command(
    alerts: tuple[Path, ...],
    incident_id: str,
    perimeter: Path,
    region_dir: Path,
    *,
    as_json: bool,
    **given: Any,
) -> None:
    """Print what a fire or outbreak that is over took, as JSON.

    What was exposed and forecast stands beside it.

    ALERTS are files alerts.ndjson; the forecast is that of the first revision that had one.
    """
    mine = [one for one in told(alerts) if one.incident_id == incident_id]
    mine = [one for one in mine if one.carbon.carbon_t is not None]
    if not mine:
        raise click.ClickException(f"no alert of {incident_id} has carbon at risk")
    first = min(mine, key=lambda one: one.revision)
    options = counting(given["settings_file"], severity=given["severity"])
    lost = realised(assessor_of(region_dir, options), first, shape_of(perimeter), given["pest"])
    why = lost.reason
    record = structs.replace(
        close_out(incident_id, first.carbon, lost),
        severity=lost.severity,
        why="" if why is None else why.detail or why.code,
    )
    made = msgspec.json.encode({"record": record, "skill": skill([record])})
    click.echo(made if as_json else msgspec.json.format(made, indent=1))


@click.command("verify", epilog=examples("carbon verify statement.json --region county"))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@region_option
@json_option
def verify_command(file: Path, region_dir: Path, *, as_json: bool) -> None:
    """Compute a statement again and say where it differs."""
    try:
        given = msgspec.json.decode(file.read_bytes(), type=Statement)
        made = again(assessor_of(region_dir, given.options), given, software())
    except (NoProjectError, msgspec.MsgspecError) as error:
        raise click.ClickException(f"{file}: {error}") from None
    found = differences(given, made)
    if as_json:
        click.echo(msgspec.json.encode({"holds": not found, "differences": list(found)}))
        raise SystemExit(1 if found else 0)
    for one in found:
        click.echo(one)
    if found:
        raise click.ClickException(f"{file}: the statement does not hold")
    count = f"fires and outbreaks: {len(given.lines)}"
    click.echo(f"{file}: holds; {count}; {given.total.loss_t:,.0f} t C; {given.notice}")


def _span(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """Return both in UTC; raises a one-line error where no time lies between them."""
    if not start < end:
        raise click.UsageError(f"--from {start} is not before --to {end}")
    return start.replace(tzinfo=UTC), end.replace(tzinfo=UTC)


def _known_zone(zone: str) -> None:
    """Raise a one-line error where nobody knows this time zone."""
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise click.UsageError(f"--zone {zone}: no time zone of that name") from None


ACCOUNTS = (statement_command, totals_command, close_out_command, verify_command)
"""Commands of `fenghuo carbon` about what happened."""
