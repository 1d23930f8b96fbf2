"""`fenghuo`: one command; every sub-command is a module of streams.commands."""

import difflib
import importlib
import sqlite3
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import click

from streams.files import allow_many_files

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("demo", "Play a season on a live map: the whole system in one program."),
    "replay": ("replay", "Judge recorded files and write what came of them."),
    "tune": ("tune", "Judge the past anew under other thresholds and compare."),
    "explain": ("explain", "Say why something was told, or why not."),
    "recalibrate": ("recalibrate", "Propose likelihood ratios from what people verified."),
    "score": ("score", "Compare what was told with fires that are known."),
    "worker": ("worker", "Judge what comes in and tell people."),
    "settings": ("settings", "Look at thresholds; publish, look up and roll back changes."),
    "serve": ("serve", "Serve history, live alerts and ingest over HTTP."),
    "region": ("region", "Build the map that places are told from, and show it."),
    "carbon": ("carbon", "Say what carbon stands in a region and what fire puts at risk."),
    "ingest": ("ingest", "Fetch observations or read them from files; hand them in."),
    "pests": ("pests", "Judge tables of trap rounds and surveys; nothing is sent."),
    "watch": ("watch", "Watch a running system from outside; tell when it is unready."),
    "keys": ("keys", "Create, list and revoke API keys."),
    "report": ("report", "Write the report upward on one incident."),
    "accounts": ("accounts", "Add, lock and list people who sign in by name."),
    "audit": ("audit", "Check the audit log, or write it out."),
    "ledger": ("ledger", "Say of each raise and receiver what became of it."),
    "drill": ("drill", "Begin a mock fire now, and list those held."),
    "topics": ("topics", "Create and check the topics of a Kafka cluster."),
    "dead-letters": ("dead_letters", "List, show and send in again what could not be read or judged."),
    "backup": ("backup", "Copy the data directory while the system runs."),
    "restore": ("restore", "Put a backup in place as the data directory."),
    "schemas": ("schemas", "Export the message formats for other programs."),
    "bench": ("bench", "Measure region, replay, both engines and the alert stream."),
}
"""Sub-command to module and first line of its help: from seeing, to running, to looking after.

A module is read only when its command is asked for, so that `--help` is quick.
"""

DISK = (OSError, sqlite3.OperationalError)
"""What a directory that cannot be used, a full disk or a taken port raises."""


class Lazy(click.Group):
    """A group that reads a command's module when it is needed; what the machine refuses ends in one line."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the names in the order of COMMANDS."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """Return the command of this name, or None."""
        if name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"streams.commands.{COMMANDS[name][0]}").command
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table of commands, without reading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command asked for; for a typo the nearest name is told."""
        if args and args[0] not in COMMANDS:
            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f"did you mean {near[0]}?" if near else "see `fenghuo --help`"
            raise click.UsageError(f"no command {args[0]!r}; {hint}", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what the disk or the network refuses is one line, not a trace."""
        allow_many_files()
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise
        except DISK as error:
            raise click.ClickException(_said(error)) from error


def _said(error: Exception) -> str:
    place = getattr(error, "filename", None)
    words = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return f"{place}: {words}" if place else words


def _show_version(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click's own
    if not wanted or ctx.resilient_parsing:
        return
    try:
        click.echo(f"fenghuo, version {version('fenghuo')}")
    except PackageNotFoundError:
        click.echo("fenghuo, not installed as a package")
    ctx.exit()


@click.command(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_show_version,
    help="Show the version and exit.",
)
def main() -> None:
    """Fenghuo 烽火: one graded, explained alert per real forest or grassland fire or outbreak."""


if __name__ == "__main__":
    main()
