"""`fenghuo report INCIDENT`: the report upward as a file, from a server or a data directory."""

from datetime import UTC, datetime
from pathlib import Path
from typing import cast, get_args

import click

from alerts.fire_report import FireReport, FormError, fire_report
from alerts.fire_report_page import page
from schemas.codec import encode
from schemas.report_form import Stage
from streams.commands.options import data_dir_option, examples, json_option
from streams.config import ConfigError, load_settings
from streams.files import write_whole
from streams.jurisdiction import in_force
from streams.reports.word import NoWordError, document


@click.command(
    "report",
    epilog=examples("report F20240301-7K2M0Q4T", "report 7K2M --stage final --out final.docx"),
)
@click.argument("incident")
@click.option(
    "--stage", type=click.Choice(get_args(Stage)), default="first", show_default=True, help="Which."
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="File, .html or .docx.")
@click.option("--lang", default="", help="Language of the jurisdiction; its first without it.")
@data_dir_option
@click.option("--settings", "settings_file", type=click.Path(path_type=Path), help="Settings file (TOML).")
@json_option
def command(  # noqa: PLR0913, PLR0917 - one for each option
    incident: str,
    stage: str,
    out: Path | None,
    lang: str,
    data_dir: Path,
    settings_file: Path | None,
    *,
    as_json: bool,
) -> None:
    """Write the report upward on one incident.

    INCIDENT is an id it ever had, that of its alert, or its code. Also while the server runs; what nobody
    has told stands as unknown. Without --out the page goes to standard output.
    """
    try:
        made = _made(incident, cast("Stage", stage), lang, data_dir, settings_file)
        if as_json:
            click.echo(encode(made).decode())
        if out is not None:
            write_whole(out, _file(made, out.suffix.lower()))
            click.echo(f"{out}: {made.title}", err=True)
        elif not as_json:
            click.echo(_html(made), nl=False)
    except (ConfigError, FormError, NoWordError, OSError) as error:
        raise click.ClickException(" ".join(str(error).split())) from None


def _made(incident: str, stage: Stage, lang: str, data_dir: Path, settings_file: Path | None) -> FireReport:
    from streams.reports.facts import facts_of  # noqa: PLC0415 - brings the server, which help does not need
    from streams.serve.desk.book import Desk  # noqa: PLC0415 - the same
    from streams.serve.store import Store  # noqa: PLC0415 - the same

    settings = load_settings(settings_file)
    path = data_dir / "history.sqlite"
    if not path.is_file():
        raise click.ClickException(f"{path}: no history here; name --data-dir")
    store, desk = Store(path), Desk(data_dir / "desk.sqlite")
    try:
        facts = facts_of(store, desk, settings, incident, datetime.now(UTC))
    finally:
        store.close()
        desk.close()
    if facts is None:
        raise click.ClickException(f"{incident}: no such incident in {data_dir}, or several go by this code")
    return fire_report(facts, in_force(settings), stage, lang)


def _file(made: FireReport, suffix: str) -> bytes:
    if suffix == ".docx":
        return document(made, datetime.now(UTC))
    return _html(made).encode()


def _html(made: FireReport) -> str:
    from streams.web import static_dir  # noqa: PLC0415 - only for a page

    style = (static_dir() / "report.css").read_text(encoding="utf-8")
    return page(made, f"<style>{style}</style>")
