"""`fenghuo tune`: what other thresholds would have told of the past, before anybody relies on them."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from schemas.codec import encode
from schemas.settings import Settings
from streams.commands import tune_learn
from streams.commands.options import Measure, examples, json_option
from streams.config import ConfigError, load_settings
from streams.files import refuse_unwritable, write_whole
from streams.hops.build import OWNERS, software
from streams.jurisdiction import in_force
from streams.recorded import NothingReadable
from streams.region import demo_region, load_region, write_region
from streams.region.manifest import RegionError
from streams.tuning.backtest import Job, Progress, compared, files_of
from streams.tuning.document import DocumentError, read
from streams.tuning.evidence import TruthError, read_evidence
from streams.tuning.report.page import page
from streams.tuning.report.places import MOST, Outline, outlines_of
from streams.tuning.said import lines, miss_line
from streams.tuning.season import plain, season, written
from streams.tuning.tuned import Tuned, tuned

REFUSED = (ConfigError, DocumentError, NothingReadable, RegionError, TruthError, OSError, ValueError)

files_argument = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
under = click.option(
    "--base", "base_file", type=click.Path(path_type=Path), help="Settings file under both documents."
)
placed = click.option(
    "--region", "region_dir", type=click.Path(path_type=Path, exists=True), help="Region to judge in."
)


class Default(click.Group):
    """A group that compares when the first word names none of its commands."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the name of the comparison before what is a file or an option of it."""
        if args and args[0] not in self.commands and args[0] not in {"-h", "--help"}:
            args = ["compare", *args]
        return super().parse_args(ctx, args)


@click.group("tune", cls=Default, epilog=examples("tune archive --candidate B.toml --out report"))
def command() -> None:
    """Judge the past anew under other thresholds and compare."""


@command.command(
    "compare", epilog=examples("tune compare archive --candidate B.toml --truth truth.ndjson --out report")
)
@files_argument
@click.option(
    "--candidate",
    "--settings",
    "candidate",
    required=True,
    type=click.Path(path_type=Path),
    help="Document to try.",
)
@click.option(
    "--baseline", "--against", "baseline", type=click.Path(path_type=Path), help="To compare with; the base."
)
@under
@placed
@click.option(
    "--truth", multiple=True, type=click.Path(path_type=Path), help="Known fires: NDJSON or perimeters."
)
@click.option("--verdicts", multiple=True, type=click.Path(path_type=Path), help="Verdicts: CSV or NDJSON.")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder for the report."
)
@click.option("--language", type=click.Choice(["zh", "en"]), help="Of the page; that of the jurisdiction.")
@click.option(
    "--sla-min",
    type=Measure(1.0, 10_000.0),
    default=30.0,
    show_default=True,
    help="A fire told later is late, min.",
)
@click.option(
    "--held-out", "held_out_days", type=click.IntRange(0, 1000), default=0, help="Last days held out."
)
@click.option(
    "--warm-up",
    "warm_up_d",
    type=click.IntRange(0, 400),
    default=0,
    help="First days: judged, not counted.",
)
@click.option("--cores", type=click.IntRange(1, 64), help="Processes; all by default.")
@click.option("--carbon", is_flag=True, help="Draw the carbon at risk of every alert too; slow.")
@json_option
def compare_runs(  # noqa: PLR0913, PLR0917 - one for each option
    files: tuple[Path, ...],
    candidate: Path,
    baseline: Path | None,
    base_file: Path | None,
    region_dir: Path | None,
    truth: tuple[Path, ...],
    verdicts: tuple[Path, ...],
    out: Path,
    language: str | None,
    sla_min: float,
    held_out_days: int,
    warm_up_d: int,
    cores: int | None,
    *,
    carbon: bool,
    as_json: bool,
) -> None:
    """Compare what two settings tell of recorded files; write report.json and report.html.

    FILES are recorded files or folders of the archive. Without --baseline the base is compared with.
    """
    try:
        refuse_unwritable(out)
        base = load_settings(base_file)
        profile = in_force(base)
        pair = (base if baseline is None else laid(baseline, base), laid(candidate, base))
        with counting() as progress:
            sides = compared(
                _job(files, pair, region_dir, warm_up_d=warm_up_d, carbon=carbon),
                cores or os.cpu_count() or 1,
                progress,
            )
        evidence = read_evidence(truth, verdicts, sides[0].verdicts, profile)
        found = tuned(
            sides,
            evidence,
            software=software(),
            region=load_region(region_dir).newest.version,
            zone=base.zone or profile.zone,
            sla_min=sla_min,
            held_out_days=held_out_days,
        )
        outlines = outlines_of(load_region(region_dir).newest, found.comparison.changed[:MOST])
        _write(found, outlines, out, language or ("zh" if profile.languages[0] == "zh" else "en"))
    except REFUSED as error:
        raise click.ClickException(" ".join(str(error).split())) from None
    _tell(found, out, as_json=as_json)


def laid(path: Path, base: Settings) -> Settings:
    """Return a document laid over the base; raises DocumentError with every fault, and names the file."""
    try:
        return read(path.read_text(encoding="utf-8-sig"), base, OWNERS)
    except DocumentError as error:
        raise DocumentError([f"{path}: {one}" for one in error.faults]) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 text (byte {error.start})") from error


def _job(
    files: tuple[Path, ...],
    pair: tuple[Settings, Settings],
    region_dir: Path | None,
    *,
    warm_up_d: int = 0,
    carbon: bool = False,
) -> Job:
    found = files_of(files)
    if not found:
        raise NothingReadable("nothing readable: no observations in the folders given")
    where = None if region_dir is None else str(region_dir)
    return Job(
        files=found,
        base=pair[0],
        candidate=pair[1],
        region=where,
        now=datetime.now(UTC),
        warm_up_d=warm_up_d,
        carbon=carbon,
    )


@contextmanager
def counting() -> Iterator[Progress]:
    """Yield what moves the bar."""
    stderr = click.get_text_stream("stderr")
    with click.progressbar(length=1000, label="tune", file=stderr) as bar:

        def step(done: int, total: int) -> None:
            bar.update(max(int(1000 * done / max(total, 1)) - bar.pos, 0))

        yield step
        bar.update(1000 - bar.pos)


def _write(found: Tuned, outlines: Sequence[Outline], out: Path, language: str) -> None:
    out.mkdir(parents=True, exist_ok=True)
    write_whole(out / "report.json", encode(found) + b"\n")
    write_whole(out / "report.html", page(found, language, outlines).encode())


def _tell(found: Tuned, out: Path, *, as_json: bool) -> None:
    if as_json:
        click.echo(encode(found).decode())
        return
    for line in lines(found):
        click.echo(line)
    click.echo(f"written to {out}")


@command.command("nearest", epilog=examples("tune nearest archive --settings my.toml --most 20"))
@files_argument
@click.option("--settings", "settings_file", type=click.Path(path_type=Path), help="Settings file (TOML).")
@placed
@click.option("--most", type=click.IntRange(1, 200), default=20, show_default=True, help="So many at most.")
@json_option
def nearest_misses(
    files: tuple[Path, ...], settings_file: Path | None, region_dir: Path | None, most: int, *, as_json: bool
) -> None:
    """List the silences that were nearest to their threshold."""
    try:
        settings = load_settings(settings_file)
        with counting() as progress:
            _, side = compared(_job(files, (settings, settings), region_dir), os.cpu_count() or 1, progress)
    except REFUSED as error:
        raise click.ClickException(" ".join(str(error).split())) from None
    if as_json:
        click.echo(encode(side.misses[:most]).decode())
        return
    for one in side.misses[:most]:
        click.echo(miss_line(one))
    if not side.misses:
        click.echo("nothing was silent for want of a threshold")


@command.command("season", epilog=examples("tune season play --days 56"))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--seed", type=click.IntRange(0, 1_000_000), default=1, show_default=True, help="Of the dice.")
@click.option("--days", type=click.IntRange(7, 366), default=56, show_default=True, help="How long it is.")
@json_option
def make_season(folder: Path, seed: int, days: int, *, as_json: bool) -> None:
    """Write a made-up season whose truth is known, to learn with.

    In FOLDER: observations.ndjson.gz, truth.ndjson and a region. Nothing in it happened.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found = season(seed, days)
    for name, content in written(found):
        write_whole(folder / name, content)
    if not (folder / "region").exists():
        write_region(folder / "region", plain(demo_region()))
    counts = {"observations": len(found.observations), "known": len(found.known)}
    if as_json:
        click.echo(encode({**counts, "folder": str(folder), "illustrative": True}).decode())
        return
    told = f"{counts['observations']} observations, {counts['known']} known things"
    click.echo(f"{told}: {folder} (illustrative)")


command.add_command(tune_learn.learn)
