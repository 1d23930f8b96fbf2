"""`fenghuo ingest verdicts`: what people found, from an office's table into the one ordered log."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import click
import msgspec
from aiokafka.errors import KafkaError

from alerts.feedback import says
from schemas.codec import encode
from schemas.jurisdiction import Jurisdiction
from schemas.verdict import Verdict
from streams.commands.options import examples, way_in
from streams.config import ConfigError, load_settings
from streams.engine.log_file import LogError
from streams.feeds.verdicts import (
    Answer,
    Fault,
    contradictions,
    identity,
    read_answers,
    wanting,
)
from streams.ingest.post import DirectPost, Door, NotTaken, NotWanted, Post, Taken, idempotency_key
from streams.jurisdiction import in_force

DOOR = Door(path="/v1/verdicts", role="operator", content_type="application/json", by_row=True)


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What a table holds; what says neither fire nor something else is unknown, and never false."""

    fires: int
    others: int
    unknown: int
    refused: tuple[Fault, ...]
    contradictions: tuple[str, ...]


@click.command(
    "verdicts",
    epilog=examples("ingest verdicts answers.csv --check", "ingest verdicts answers.csv"),
)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--check", is_flag=True, help="Say what would become of each row and hand nothing in.")
@way_in
def verdicts(file: Path, *, check: bool, **way: Any) -> None:
    """Hand in what people found: CSV with Chinese or English heads, or NDJSON.

    Feedback codes by number or by name; the same row is one verdict however often it comes. Whoever signs
    for an office needs a key with the role operator.
    """
    try:
        settings = load_settings(way["settings_file"])
        profile = in_force(settings)
        rows = read_answers(profile, settings.zone or profile.zone, file.read_bytes())
    except (ConfigError, ValueError) as error:
        raise click.ClickException(f"{file}: {error}") from None
    good, told = _told(profile, rows)
    _say(told, as_json=way["as_json"] and check, err=way["as_json"] and not check)
    if not check:
        _hand_in(file, good, way)
    if told.refused:
        raise click.ClickException(f"{len(told.refused)} rows were not taken")


def _told(profile: Jurisdiction, rows: Sequence[Answer | Fault]) -> tuple[list[Answer], Told]:
    answers = [one for one in rows if isinstance(one, Answer)]
    lacks = {one.line: why for one in answers if (why := wanting(profile, one))}
    good = [one for one in answers if one.line not in lacks]
    refused = [one for one in rows if isinstance(one, Fault)]
    refused += [Fault(line=line, why=why) for line, why in lacks.items()]
    words = [says(profile, one.code) for one in good]
    return good, Told(
        fires=words.count("fire"),
        others=words.count("other"),
        unknown=len(words) - words.count("fire") - words.count("other"),
        refused=tuple(sorted(refused, key=lambda one: one.line)),
        contradictions=contradictions(profile, good),
    )


def _say(told: Told, *, as_json: bool, err: bool) -> None:
    if as_json:
        click.echo(encode(told).decode())
        return
    for one in told.refused:
        click.echo(f"line {one.line}: {one.why}", err=err)
    for line in told.contradictions:
        click.echo(f"contradiction, both kept for an officer: {line}", err=err)
    click.echo(f"{told.fires} say fire, {told.others} something else, {told.unknown} leave it open", err=err)


def _hand_in(file: Path, good: Sequence[Answer], way: Mapping[str, Any]) -> None:
    from streams.commands.ingest import run, tell  # noqa: PLC0415 - it names this module

    refused: list[str] = []

    async def work(_: aiohttp.ClientSession, post: Post) -> Mapping[str, Taken | str]:
        taken = Taken()
        for one in good:
            try:
                taken += await given_to(post, one)
            except NotWanted as error:
                refused.append(f"line {one.line}: {error}")
                taken += Taken(0, 1)
            except NotTaken as error:
                return {file.name: f"{error}; {taken.accepted} were taken, hand the same file in again"}
        tell(way)(f"{file.name}: {taken.accepted} accepted, {taken.rejected} rejected")
        return {file.name: taken}

    run(work, "verdicts", {**way, "once": True}, DOOR)
    for line in refused:
        click.echo(line, err=way["as_json"])
    if refused:
        raise click.ClickException(f"{len(refused)} rows were not taken")


async def given_to(post: Post, one: Answer) -> Taken:
    """Hand one answer in at a server, or have the log take it; raises `NotTaken` or `NotWanted`."""
    body = encode(_found(one))
    if not isinstance(post, DirectPost):
        return await post(body, idempotency_key("verdicts", body))
    try:
        await post.ingress.hear(msgspec.json.decode(body, type=Verdict))
    except (LogError, KafkaError, OSError, TimeoutError) as error:
        raise NotTaken(f"the log does not take it: {type(error).__name__}") from None
    return Taken(1, 0)


def _found(one: Answer) -> dict[str, Any]:
    """Return the body that the server is given."""
    said = {name: getattr(one, name) for name in ("incident_id", "code", "author", "level", "at", "text")}
    return {**said, "verdict_id": identity(one)}
