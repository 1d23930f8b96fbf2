"""What several commands share: the data directory, and a count on the terminal while they work."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

data_dir_option = click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("data"),
    show_default=True,
    help="Where log, history, keys, pictures and archive are.",
)


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
