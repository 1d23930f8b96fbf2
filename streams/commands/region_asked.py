"""`fenghuo region where|find`: what a region says of a position, and where a name is."""

from pathlib import Path
from typing import Any

import click
import msgspec

from schemas.settings import Settings
from streams.commands.options import Measure, examples, json_option
from streams.config import ConfigError
from streams.jurisdiction import in_force
from streams.naming import one_in_language
from streams.region import load_region
from streams.region.asking import LIMIT, MAX_LIMIT, found, where

folder_argument = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))


@click.command(
    "where",
    epilog=examples("region where sichuan 102.22 27.79", "region where county 102.22 27.79 --radius-m 2000"),
)
@folder_argument
@click.argument("lon", type=Measure(-180, 180))
@click.argument("lat", type=Measure(-90, 90))
@click.option(
    "--radius-m",
    type=Measure(0, 50_000),
    default=100.0,
    show_default=True,
    help="Two standard errors.",
)
@click.option("--jurisdiction", default="cn-sichuan", show_default=True, help="Words of the answer.")
@json_option
def where_command(  # noqa: PLR0913 - one argument for each option
    folder: Path, lon: float, lat: float, *, radius_m: float, jurisdiction: str, as_json: bool
) -> None:
    """Say what lies at a position in WGS 84, longitude first.

    Areas, what is near, name and ground.
    """
    try:
        profile = in_force(Settings(jurisdiction=jurisdiction))
        region = one_in_language(load_region(folder), profile.languages[0])
    except (ConfigError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    answer = where(region, profile, lon, lat, radius_m)
    click.echo(msgspec.json.encode(answer) if as_json else "\n".join(_lines(answer)))


def _lines(answer: dict[str, Any]) -> list[str]:
    inside = "inside" if answer["inside"] else "OUTSIDE the boundary"
    lines = [f"{answer['longitude']:.5f} {answer['latitude']:.5f}  {inside}; version {answer['version']}"]
    if answer["in_words"]:
        lines.append(f"in words   {answer['in_words']}")
    lines += [f"{one['level']:<10} {one['name']} ({one['code']})" for one in answer["chain"]]
    for one in answer["places"]:
        much = "" if one.get("probability") is None else f"  {one['probability']:.0%}"
        far = "" if one.get("distance_km") is None else f"  {one['distance_km']:.2f} km"
        lines.append(f"{one['relation']:<16} {one['layer']}: {one['name']}{much}{far}")
    ground = [f"{name} {value:g}" for name, value in answer["ground"].items() if value is not None]
    return [*lines, f"ground     {', '.join(ground) or 'unknown: no elevation model here'}"]


@click.command(
    "find", epilog=examples("region find county cbq", "region find county 长板桥 --near 102.22,27.79 --json")
)
@folder_argument
@click.argument("text")
@click.option("--near", metavar="LON,LAT", help="Nearer names first.")
@click.option(
    "--limit", type=click.IntRange(1, MAX_LIMIT), default=LIMIT, show_default=True, help="Most names to show."
)
@json_option
def find_command(folder: Path, text: str, *, near: str | None, limit: int, as_json: bool) -> None:
    """Find a place by its name, pinyin, initials or a fragment."""
    try:
        names = found(load_region(folder), text, _position(near), limit)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        click.echo(msgspec.json.encode({"names": names}))
        return
    for one in names:
        far = "" if one["distance_m"] is None else f"  {one['distance_m'] / 1000:.1f} km"
        reach = "" if one["radius_m"] is None else f"  within {one['radius_m']:.0f} m"
        click.echo(
            f"{one['longitude']:.5f} {one['latitude']:.5f}  {one['name']} ({one['latin']}){reach}{far}"
        )
    if not names:
        click.echo(f"no name fits {text}")


def _position(text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    try:
        lon, lat = map(float, text.split(","))
    except ValueError:
        raise ValueError(f"--near {text}: LON,LAT is expected") from None
    return lon, lat
