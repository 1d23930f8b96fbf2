"""`fenghuo carbon`: what stands, what may burn, what it adds up to, what an auditor asks."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec
import shapely

from alerts.carbon.at_risk import Fire, Options
from alerts.carbon.horizons import Reached
from alerts.carbon.plane import plane_of
from alerts.carbon.scenario import Drivers, seed_of
from detectors.region.incline import slope_of
from schemas.alert import Carbon
from streams.carbon_picture import picture
from streams.carbon_stock import stock_of
from streams.commands.carbon_accounts import ACCOUNTS
from streams.commands.carbon_given import assessor_of, counting, region_option, settings_option, shape_of
from streams.commands.carbon_pest import of_find, pest_lines
from streams.commands.options import Measure, examples, json_option


@click.group("carbon")
def command() -> None:
    """Say what carbon stands in a region and what fire puts at risk.

    A statement for an auditor can be computed again.
    """


@command.command("stock", epilog=examples("carbon stock county", "carbon stock county --json"))
@click.argument("region_dir", metavar="REGION", type=click.Path(path_type=Path, exists=True, file_okay=False))
@json_option
def stock_command(region_dir: Path, *, as_json: bool) -> None:
    """Print the stock of a region, t C, by layer and tier.

    Where other methods give another figure, their range stands beside it.
    """
    assessor = assessor_of(region_dir, Options())
    rows = stock_of(assessor.tables, assessor.region, datetime.now(UTC).date())
    if not rows:
        raise click.ClickException(f"{region_dir}: no stands, wetland or grassland in this region")
    if as_json:
        click.echo(msgspec.json.encode({"parameters": assessor.tables.version, "unit": "t C", "rows": rows}))
        return
    click.echo(f"{'layer':<10} {'tier':<10} {'features':>9} {'ha':>14} {'t C':>15} {'other methods':>27}")
    for row in rows:
        span = "-" if row.low_t is None or row.high_t is None else f"{row.low_t:,.0f}-{row.high_t:,.0f}"
        carbon = "unknown" if row.carbon_t is None else f"{row.carbon_t:,.0f}"
        click.echo(
            f"{row.layer:<10} {row.tier:<10} {row.features:>9,} {row.area_ha:>14,.1f} "
            f"{carbon:>15} {span:>27}  {', '.join(row.cautions)}"
        )
    click.echo(f"parameters {assessor.tables.version}")


@command.command(
    "at-risk",
    epilog=examples(
        "carbon at-risk --footprint fire.geojson --region county --wind-ms 8 --wind-to 45",
        "carbon at-risk --footprint fire.geojson --region county --map risk.svg --json",
        "carbon at-risk --footprint find.geojson --region county --pest pine_wilt/uncontrolled_year",
    ),
)
@click.option(
    "--footprint", required=True, type=click.Path(path_type=Path, exists=True), help="GeoJSON of the fire."
)
@region_option
@settings_option
@click.option("--horizon-h", type=Measure(0, 72, min_open=True),
              help="Within so many hours; as the settings say (6).")  # fmt: skip
@click.option("--probability", type=Measure(0, 1), default=1.0, show_default=True,
              help="That it is a fire.")  # fmt: skip
@click.option("--wind-ms", type=Measure(0, 80), help="Wind at 10 m, m/s.")
@click.option("--wind-to", type=Measure(0, 360), help="Bearing towards which it blows.")
@click.option("--temperature", type=Measure(-60, 60), help="Air temperature, C.")
@click.option("--humidity", type=Measure(0, 100), help="Relative humidity, %.")
@click.option("--slope", type=Measure(0, 90), help="Slope, degrees.")
@click.option("--upslope", type=Measure(0, 360), help="Bearing of the steepest way up.")
@click.option("--pest", help="Of an outbreak: pest/severity, as tomicus/severe.")
@click.option("--map", "map_file", type=click.Path(path_type=Path, dir_okay=False), help="Picture (SVG).")
@json_option
def at_risk_command(
    footprint: Path, region_dir: Path, map_file: Path | None, *, as_json: bool, **given: Any
) -> None:
    """Print the carbon that a fire or pest puts at risk.

    With its interval and what was missing.
    """
    shape = shape_of(footprint)
    assessor = assessor_of(region_dir, counting(given["settings_file"], horizon_h=given["horizon_h"]))
    if given["pest"] is not None:
        carbon = of_find(assessor, shape, given["pest"], given["probability"])
        click.echo(msgspec.json.encode(carbon) if as_json else "\n".join(pest_lines(carbon)))
        return
    plane = plane_of(shape)
    slope, upslope = slope_of(assessor.region.terrain, shape)
    if given["slope"] is not None:
        slope, upslope = given["slope"], given["upslope"]
    drivers = Drivers(
        temperature_c=given["temperature"], humidity_pct=given["humidity"], wind_ms=given["wind_ms"],
        wind_to_deg=given["wind_to"], slope_deg=slope, upslope_deg=upslope,
    )  # fmt: skip
    seed = seed_of(shapely.to_geojson(shape))
    fire = Fire(shape=plane.to_metres(shape), probability=given["probability"], seed=seed, drivers=drivers)
    answer = assessor.of_fire(fire, plane, datetime.now(UTC))
    reaches = assessor.reaches(fire, plane)
    if map_file is not None:
        map_file.write_text(picture(assessor, fire, plane, reaches), encoding="utf-8")
    if as_json:
        areas = [{"hours": one.hours, **one.areas_ha()} for one in reaches]
        click.echo(msgspec.json.encode({**msgspec.to_builtins(answer.carbon), "reaches": areas}))
        return
    for line in (*_lines(answer.carbon), *_reach_lines(reaches)):
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


for _one in ACCOUNTS:
    command.add_command(_one)


def _reach_lines(reaches: Iterable[Reached]) -> Iterator[str]:
    """Yield how far the fire may be at each horizon, whether or not it is known what grows there."""
    yield "reach, ha         mean      least       most of the scenarios"
    for one in reaches:
        yield f"  in {one.hours:>2g} h {one.mean_ha:>13,.0f} {one.least_ha:>10,.0f} {one.most_ha:>10,.0f}"
