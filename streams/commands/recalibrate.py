"""`fenghuo recalibrate`: ratios that verdicts speak for, with counts and intervals, to be published."""

from datetime import UTC, datetime
from pathlib import Path

import click

from detectors.proposal import LEAST_LOOKS, document, is_due
from detectors.recalibration import Proposal
from schemas.codec import encode
from schemas.settings import Setting
from streams.commands.options import examples, json_option
from streams.commands.replay import counting_rows
from streams.config import ConfigError, load_settings
from streams.files import write_whole
from streams.pipeline import rare_collections
from streams.recalibrate.collect import Verified, collect
from streams.recorded import NothingReadable, Recorded, deliveries, read
from streams.region import load_region
from streams.said import with_said


@click.command(
    "recalibrate",
    epilog=examples(
        "recalibrate data/archive/2026/*/*/*.ndjson.gz --region sichuan",
        "recalibrate seen.ndjson verdicts.ndjson --out ratios.toml --json",
    ),
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the proposal (TOML).")
@click.option(
    "--least", type=click.IntRange(1), default=LEAST_LOOKS, show_default=True, help="Looks a cell needs."
)
@click.option(
    "--region",
    "region_dir",
    type=click.Path(path_type=Path, exists=True),
    help="Region to judge in; without it no land class is known.",
)
@click.option("--settings", "settings_file", type=click.Path(path_type=Path), help="Settings file (TOML).")
@json_option
def command(  # noqa: PLR0913 - one for each option
    files: tuple[Path, ...],
    out: Path | None,
    least: int,
    region_dir: Path | None,
    settings_file: Path | None,
    *,
    as_json: bool,
) -> None:
    """Propose likelihood ratios from what people verified.

    FILES are observations and verdicts, as the archive keeps them. Nothing is taken up: publish the proposal,
    or put it into the settings file.
    """
    rare_collections()
    try:
        recorded = read(files, now=datetime.now(UTC))
        settings, region = load_settings(settings_file), load_region(region_dir)
        given = with_said(deliveries((*recorded.observations, *recorded.besides)), recorded.verdicts)
        with counting_rows("recalibrate", len(recorded.observations)) as progress:
            found = collect(given, settings, region, progress)
        proposed = document(found.report, _version(recorded, found), least)
        if out is not None and proposed is not None:
            write_whole(out, proposed.encode())
    except (ConfigError, NothingReadable, OSError, ValueError) as error:
        raise click.ClickException(" ".join(str(error).split())) from None
    if not found.report.looks:
        raise click.ClickException("no incident that an office ruled on: nothing can be said of the ratios")
    if as_json:
        click.echo(encode(found).decode())
        return
    for line in _lines(found, least):
        click.echo(line)
    click.echo(_last(out, proposed))


def _version(recorded: Recorded, found: Verified) -> str:
    """Return what names a proposal: the day of its newest answer and how many looks it counts."""
    said = [one for one in recorded.verdicts if not isinstance(one, Setting)]
    newest = max((one.received_at or one.at for one in said), default=None)
    return f"verdicts-{newest:%Y%m%d}-{found.report.looks}" if newest else "verdicts"


def _lines(found: Verified, least: int) -> list[str]:
    """Return the counts for people, then every cell that was looked at."""
    head = (
        f"{found.fires} fires and {found.others} others that offices ruled on, {found.report.looks} looks; "
        f"{found.unsettled} left out: their answers contradict each other or the evidence"
    )
    return [head, *(_line(one, least) for one in found.report.proposals if one.fires + one.others)]


def _line(one: Proposal, least: int) -> str:
    cell = f"{one.source} · {one.land} · {'day' if one.is_day else 'night'}"
    counts = f"{one.fires} of fires, {one.others} of others"
    ratio = f"{one.ratio:g} ({one.low:g} to {one.high:g}), in force {one.in_force:g}"
    few = one.fires + one.others < least
    verdict = (
        "proposed" if is_due(one, least) else f"kept: fewer than {least} looks" if few else "kept: inside"
    )
    return f"{cell:32} {counts:28} {ratio}: {verdict}"


def _last(out: Path | None, proposed: str | None) -> str:
    if proposed is None:
        return "nothing is proposed: no ratio in force lies outside what enough looks say"
    if out is None:
        return "\n" + proposed.rstrip()
    return f"written to {out}; nothing is in force until it is published or put into the settings file"
