"""What several commands share: the data directory, examples, the log, and a count on the terminal."""

import logging
import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from streams.engine.log_file import DirectoryBusyError

API_KEY = "FENGHUO_API_KEY"
"""Environment variable with the key of the server that is handed to."""

data_dir_option = click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("data"),
    show_default=True,
    help="Where log, history, keys, pictures and archive are.",
)


json_option = click.option("--json", "as_json", is_flag=True, help="For programs: one JSON document.")


class Measure(click.FloatRange):
    """A number in a range; NaN and infinity are refused, which no comparison with the ends would do."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number; `click.BadParameter` for one that is none or is out of range."""
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value} is no number.", param, ctx)
        return number


def examples(*lines: str) -> str:
    """Return the end of a command's help: whole commands to copy, one a line."""
    # The first line tells click to keep the lines as they are.
    return "\b\nExamples:\n" + "\n".join(f"  fenghuo {line}" for line in lines)


def way_in(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say where observations go."""
    for option in (
        click.option(
            "--json", "as_json", is_flag=True, help="With --once: what came of it as one JSON document."
        ),
        click.option("--once", is_flag=True, help="Take what is there now and end; 1 when something failed."),
        click.option(
            "--settings", "settings_file", type=click.Path(path_type=Path), help="Settings file (TOML)."
        ),
        click.option(
            "--data-dir",
            type=click.Path(file_okay=False, path_type=Path),
            default=Path("data"),
            show_default=True,
            help="Where the polling state is; with --broker embedded:// also the log.",
        ),
        click.option(
            "--broker",
            metavar="URL",
            help="Write straight to kafka://HOST:PORT, or embedded:// while no worker holds --data-dir.",
        ),
        click.option(
            "--url",
            default="http://127.0.0.1:8080",
            show_default=True,
            help=f"Server to hand to, with the API key in {API_KEY}.",
        ),
    ):
        function = option(function)
    return function


def log_to_stderr(ours: int = logging.INFO) -> None:
    """Write our own log from level `ours` on, and that of libraries from WARNING on, with time and place."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("streams").setLevel(ours)
    # Faust's services say at INFO that each of them starts and stops, under the names of our modules.
    logging.getLogger("streams.engine").setLevel(logging.WARNING)


def refused(error: Exception) -> click.ClickException:
    """Return the one line that says why a server or worker does not run, and what to do."""
    words = str(error) or type(error).__name__
    if isinstance(error, DirectoryBusyError):
        words += "; stop it, or name another --data-dir"
    # who never asked a broker has not loaded its client either
    kafka = sys.modules.get("aiokafka.errors")
    if kafka is not None and isinstance(error, kafka.KafkaError):
        words = f"the Kafka brokers do not take us: {words}; do they run, and are --broker and [kafka] right?"
    return click.ClickException(" ".join(words.split()))


@contextmanager
def counting(verb: str) -> Iterator[Callable[[str], None]]:
    """Yield a function that counts files on one line of a terminal; elsewhere it says nothing."""
    count = 0
    is_terminal = sys.stderr.isatty()

    def step(name: str) -> None:
        nonlocal count
        count += 1
        if is_terminal:
            click.echo(f"\r{verb} {count}: {name[-60:]:60}", nl=False, err=True)

    try:
        yield step
    finally:
        if is_terminal and count:
            click.echo(err=True)
