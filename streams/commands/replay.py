"""`fenghuo replay`: judge recorded files in event time and write what came of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from schemas.codec import encode
from streams.commands.options import examples, json_option
from streams.config import ConfigError, load_settings
from streams.files import refuse_unwritable
from streams.pipeline import rare_collections
from streams.recorded import NothingReadable, read
from streams.region import load_region
from streams.replay import Progress, replay, usable_cores


@click.command(
    "replay",
    epilog=examples(
        "replay modis_2024.csv --out out",
        "replay data/archive/2026/11/*/observations.ndjson.gz --out out --json",
    ),
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the four files.",
)
@click.option(
    "--region",
    "region_dir",
    type=click.Path(path_type=Path, exists=True),
    help="Region to judge in; without it the whole world.",
)
@click.option("--settings", "settings_file", type=click.Path(path_type=Path), help="Settings file (TOML).")
@json_option
def command(
    files: tuple[Path, ...], out: Path, region_dir: Path | None, settings_file: Path | None, *, as_json: bool
) -> None:
    """Judge recorded files and write what came of them.

    FILES are FIRMS CSV or JSON or our own NDJSON, gzip or not, recognised by content.
    Written are incidents.ndjson, alerts.ndjson, silences.ndjson and summary.json.
    """
    rare_collections()
    try:
        refuse_unwritable(out)
        settings = load_settings(settings_file)
        region = load_region(region_dir)
        recorded = read(files, now=datetime.now(UTC), cores=usable_cores())
        with counting_rows("replay", len(recorded.observations)) as progress:
            summary = replay(recorded, settings, region, out, progress)
    except (ConfigError, NothingReadable, OSError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        click.echo(encode(summary).decode())
    else:
        _tell(summary, out)


@contextmanager
def counting_rows(label: str, total: int) -> Iterator[Progress]:
    """Yield what moves a bar on the terminal to so many of `total` observations."""
    stderr = click.get_text_stream("stderr")
    with click.progressbar(length=total, label=label, file=stderr, show_pos=True) as bar:
        yield lambda judged: bar.update(judged - bar.pos)
        bar.update(total - bar.pos)


def _many(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")


def _tell(summary: dict[str, Any], out: Path) -> None:
    counts = summary["counts"]
    click.echo(
        f"read {counts['read']} · accepted {counts['accepted']} · "
        f"duplicate {sum(counts['duplicate'].values())} · "
        f"rejected {sum(counts['rejected'].values())} · silent {sum(counts['silent'].values())}"
    )
    incidents, alerts = summary["incidents"], summary["alerts"]
    click.echo(
        f"{_many(incidents['opened'], 'incident')} ({incidents['merged']} merged, {incidents['open']} open at"
        f" the end), {_many(alerts['total'], 'alert revision')}, {alerts['paging']} that page"
    )
    click.echo(f"{summary['observations_per_second']:.0f} observations a second; written to {out}")
