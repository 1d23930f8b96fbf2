"""`fenghuo bench`: how quick Fenghuo is on this machine, each figure beside a peer of the same run."""

import time
from pathlib import Path

import click
import msgspec

from schemas.settings import Kafka
from streams.bench.figure import Report, table
from streams.bench.run import SECTIONS, Asked, benchmark
from streams.commands.options import examples
from streams.config import ConfigError
from streams.files import write_whole


@click.command("bench", epilog=examples("bench --quick", "bench --only replay --json"))
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--only", multiple=True, type=click.Choice(list(SECTIONS)), help="Only this section.")
@click.option(
    "--broker", help="kafka://127.0.0.1:PORT; without it a broker is started, where Java and Maven are."
)
@click.option(
    "--partitions",
    type=click.IntRange(1, 64),
    default=Kafka().partitions,
    show_default=True,
    help="Kafka: of each topic; a lone broker flushes every partition it writes to.",
)
@click.option("--quick", is_flag=True, help="Less of everything, under a minute.")
@click.option("--large", is_flag=True, help="Ten million stands; with --only sse 1,000 clients for an hour.")
@click.option(
    "--hotspots",
    "hotspots",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Replay this file in place of a made global day.",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Also write the JSON there.")
def command(  # noqa: PLR0913 - one argument for each option
    *,
    as_json: bool,
    only: tuple[str, ...],
    broker: str | None,
    quick: bool,
    large: bool,
    partitions: int,
    hotspots: tuple[Path, ...],
    out: Path | None,
) -> None:
    """Measure region, replay, both engines and the alert stream.

    It takes about five minutes and leaves nothing behind.
    """
    started = time.monotonic()
    try:
        asked = Asked(
            only=only, broker=broker, quick=quick, large=large, hotspots=hotspots, partitions=partitions
        )
        report = benchmark(
            asked, lambda what: click.echo(f"{time.monotonic() - started:5.0f} s  {what}", err=True)
        )
    except ConfigError as error:
        raise click.ClickException(str(error)) from error
    text = msgspec.json.format(msgspec.json.encode(report), indent=1)
    if out is not None:
        write_whole(out, text + b"\n")
    if as_json:
        click.echo(text.decode())
        return
    click.echo(_head(report))
    for line in table(report.figures):
        click.echo(line)


def _head(report: Report) -> str:
    """Return the lines above the table: the machine and how busy it was."""
    machine = report.machine
    before, after = report.load_before[0], report.load_after[0]
    return (
        f"{machine['processors']} processors · {machine['system']} · Python {machine['python']} · "
        f"Faust {machine['faust-streaming']} · fsync {machine['fsync_ms']} ms\n"
        f"load {before:.1f} before, {after:.1f} after · {report.seconds:.0f} s"
        f"{' · quick: too short to judge by' if report.quick else ''}\n"
        "value · ratio to its peer · peer · aim"
    )
