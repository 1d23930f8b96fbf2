"""`fenghuo score`: what would have been told of recorded detections, against fires that are known."""

from datetime import UTC, datetime
from pathlib import Path

import click

from schemas.codec import encode
from streams.commands.options import Measure, examples, json_option
from streams.commands.replay import counting_rows
from streams.config import ConfigError, load_settings
from streams.pipeline import rare_collections
from streams.recorded import NothingReadable, read
from streams.region import load_region
from streams.score.measure import Fire
from streams.score.run import Score, score
from streams.score.truth import TruthError, read_truth

HEAD = (
    f"{'fire':20} {'acres':>9} {'rows':>6} {'task':>9} {'alert':>9}"
    f" {'incidents':>9} {'pages/d':>8} {'rule/d':>8}"
)


@click.command(
    "score",
    epilog=examples(
        "score hms.csv.gz --truth perimeters.geojson.gz", "score viirs.csv --truth fires.geojson --json"
    ),
)
@click.argument("detections", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--truth", "truth_file", required=True, type=click.Path(path_type=Path), help="Perimeters (GeoJSON)."
)
@click.option("--acres", type=Measure(0), default=100.0, show_default=True, help="Smallest fire.")
@click.option(
    "--within-km", type=Measure(0.0, 50.0), default=1.0, show_default=True, help="How near is on it."
)
@click.option(
    "--region",
    "region_dir",
    type=click.Path(path_type=Path, exists=True),
    help="Region to judge in; without it the whole world.",
)
@click.option("--settings", "settings_file", type=click.Path(path_type=Path), help="Settings file (TOML).")
@json_option
def command(  # noqa: PLR0913, PLR0917 - one for each option
    detections: tuple[Path, ...],
    truth_file: Path,
    acres: float,
    within_km: float,
    region_dir: Path | None,
    settings_file: Path | None,
    *,
    as_json: bool,
) -> None:
    """Compare what was told with fires that are known.

    A fire counts when a row lies on it from 6 h before to 72 h after its official discovery.
    """
    rare_collections()
    try:
        truth, left_out = read_truth(truth_file)
        settings, region = load_settings(settings_file), load_region(region_dir)
        recorded = read(detections, now=datetime.now(UTC))
        with counting_rows("score", len(recorded.observations)) as progress:
            found = score(
                recorded, truth, settings, region, acres=acres, within_km=within_km, progress=progress
            )
    except (ConfigError, NothingReadable, TruthError, OSError, ValueError) as error:
        raise click.ClickException(" ".join(str(error).split())) from None
    if as_json:
        click.echo(encode(found).decode())
        return
    for why, number in sorted(left_out.items()):
        click.echo(f"left out: {number} perimeters with {why}", err=True)
    for line in lines(found):
        click.echo(line)


def lines(found: Score) -> list[str]:
    """Return the score for people: what was compared, the fires one by one, then all of them."""
    head = (
        f"{found.rows} rows; {found.fires} fires of at least {found.acres:g} acres: {found.outside} outside "
        f"the time of the rows, {found.unseen} with no row within {found.within_km:g} km, n = {found.n}"
    )
    recall = f"recall: task or alert {_percent(found.recall_task)}, alert {_percent(found.recall_alert)}"
    first = f"first row to first: task {_min(found.task_min)}, alert {_min(found.alert_min)}"
    official = f"discovery to first: task {_min(found.discovery_task_min)}"
    beside = "one alarm a cluster (0.8 km, 6 h):"
    return [
        head,
        HEAD,
        *(_line(one) for one in found.each),
        recall,
        f"{first}; one alarm a cluster {_min(found.cluster_min)} (medians)",
        f"{official}, alert {_min(found.discovery_alert_min)} (medians; negative: before it)",
        f"incidents a fire: {found.incidents_per_fire}",
        f"pages a fire and day: {found.pages_per_fire_day}; {beside} {found.cluster_pages_per_fire_day}",
        f"pages in all, whatever burned: {found.pages}; one alarm a cluster: {found.cluster_pages}",
    ]


def _line(one: Fire) -> str:
    times = f"{_min(one.task_min):>9} {_min(one.alert_min):>9}"
    told = f"{one.incidents:>9} {one.pages_per_day:>8} {one.cluster_pages_per_day:>8}"
    return f"{one.name[:20]:20} {one.acres:>9.0f} {one.rows:>6} {times} {told}"


def _min(minutes: float | None) -> str:
    return "never" if minutes is None else f"{minutes:.0f} min"


def _percent(share: float | None) -> str:
    return "unknown" if share is None else f"{100.0 * share:.0f} %"
