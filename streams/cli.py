"""`fenghuo`: one command; every sub-command is a module of streams.commands."""

import importlib

import click

from streams.hops.build import software

COMMANDS: dict[str, str] = {
    "demo": "demo",
    "replay": "replay",
    "worker": "worker",
    "serve": "serve",
    "keys": "keys",
    "ingest": "ingest",
    "topics": "topics",
    "dead-letters": "dead_letters",
    "schemas": "schemas",
    "backup": "backup",
    "restore": "restore",
}
"""Sub-command to module; a module is read only when its command is asked for, so that `--help` is quick."""


class Lazy(click.Group):
    """A group that reads a command's module when it is needed."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the names in the order of COMMANDS."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """Return the command of this name, or None."""
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"streams.commands.{COMMANDS[name]}")
        command: click.Command = module.command
        return command


@click.command(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(software(), prog_name="fenghuo")
def main() -> None:
    """Fenghuo 烽火: one graded, explained alert per real forest or grassland fire or outbreak."""


if __name__ == "__main__":
    main()
