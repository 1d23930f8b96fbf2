"""`fenghuo tune learn`: what verdicts say of sources, hot places and traps, as proposals to be published."""

import os
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
from msgspec import Struct

from alerts.tuning import trap_learning
from alerts.tuning.baseline_learning import TrapMean, tables, trap_means
from alerts.tuning.known import labels, matched
from alerts.tuning.learning import LEAST, HotPlace, Reliability, document, hot_places, reliabilities
from alerts.tuning.trap_learning import TrapLimit, trap_limits
from schemas.codec import encode
from schemas.observation import AnyObservation, Hotspot, Sighting
from schemas.settings import Settings
from streams.commands.options import examples, json_option
from streams.config import ConfigError, check_tables, load_settings
from streams.files import write_whole
from streams.hops.build import OWNERS
from streams.jurisdiction import in_force
from streams.recorded import NothingReadable, read
from streams.region.manifest import RegionError
from streams.tuning.backtest import Job, compared, files_of
from streams.tuning.evidence import TruthError, read_evidence
from streams.tuning.layers import pests, stations
from streams.tuning.rounds import rounds_of

REFUSED = (ConfigError, NothingReadable, RegionError, TruthError, OSError, ValueError)


class Learned(Struct, frozen=True, kw_only=True):
    """What is proposed, and of how much that is known."""

    verified: int
    unknown: int
    contradicted: int
    sources: tuple[Reliability, ...]
    hot_places: tuple[HotPlace, ...]
    trap_limits: tuple[TrapLimit, ...] = ()
    trap_means: tuple[TrapMean, ...] = ()


@click.command("learn", epilog=examples("tune learn archive --verdicts told.csv --out learned"))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--settings", "settings_file", type=click.Path(path_type=Path), help="Settings file (TOML).")
@click.option(
    "--region", "region_dir", type=click.Path(path_type=Path, exists=True), help="Region to judge in."
)
@click.option(
    "--truth", multiple=True, type=click.Path(path_type=Path), help="Known fires: NDJSON or perimeters."
)
@click.option("--verdicts", multiple=True, type=click.Path(path_type=Path), help="Verdicts: CSV or NDJSON.")
@click.option("--least", type=click.IntRange(1), default=LEAST, show_default=True, help="Verified, at least.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the proposals.")
@json_option
def learn(  # noqa: PLR0913, PLR0917 - one for each option
    files: tuple[Path, ...],
    settings_file: Path | None,
    region_dir: Path | None,
    truth: tuple[Path, ...],
    verdicts: tuple[Path, ...],
    least: int,
    out: Path | None,
    *,
    as_json: bool,
) -> None:
    """Propose how far sources are believed, hot places, limits of traps.

    Also what a trap without a past of its own is to be compared with.

    Nothing is in force until the document is published; hot places go into the list of the region.
    """
    try:
        settings = load_settings(settings_file)
        found, text = _learned(files, settings, region_dir, truth, verdicts, least)
        if out is not None:
            _write(found, text, out)
    except REFUSED as error:
        raise click.ClickException(" ".join(str(error).split())) from None
    if as_json:
        click.echo(encode(found).decode())
        return
    for line in _lines(found, text, out):
        click.echo(line)


def _learned(  # noqa: PLR0913, PLR0917 - what was asked
    files: Sequence[Path],
    settings: Settings,
    region_dir: Path | None,
    truth: Sequence[Path],
    verdicts: Sequence[Path],
    least: int,
) -> tuple[Learned, str]:
    where = None if region_dir is None else str(region_dir)
    names = files_of(files)
    now = datetime.now(UTC)
    job = Job(files=names, base=settings, candidate=settings, region=where, now=now)
    side, _ = compared(job, os.cpu_count() or 1, lambda _done, _total: None)
    evidence = read_evidence(truth, verdicts, side.verdicts, in_force(settings))
    stories = side.run.stories
    said = labels(evidence.known, matched(evidence.known, stories), len(stories))
    seen = read([Path(one) for one in names], now=now).observations
    classes = _classes(seen)
    sources = reliabilities(stories, said, _believed(settings, classes), least)
    rounds = rounds_of(seen, settings)
    means = trap_means(rounds, stories, said)
    found = Learned(
        verified=sum(one is not None for one in said),
        unknown=sum(one is None for one in said),
        contradicted=sum(bool(one.contradicted) for one in evidence.known),
        sources=sources,
        hot_places=hot_places(stories, said, {one.source for one in seen if isinstance(one, Hotspot)}),
        trap_limits=trap_limits(stories, said, _limits(settings), least),
        trap_means=means,
    )
    proposed = tables(means, max((one.ended_at for one in rounds), default=None))
    parts = (document(sources, classes), trap_learning.document(found.trap_limits, proposed))
    return found, "\n".join(part for part in parts if part)


def _limits(settings: Settings) -> Callable[[str], tuple[float, float]]:
    """Return what gives the limits of p by which a pest's traps are graded now."""
    own, general = pests(settings), check_tables(settings, OWNERS)["outbreak"]

    def limits(species: str) -> tuple[float, float]:
        options = own.get(species, general).finding.grade
        return options.blue_p, options.yellow_p

    return limits


def _classes(seen: Iterable[AnyObservation]) -> dict[str, str]:
    """Return what kind of source each camera, tower and aircraft is that a document can name."""
    return {
        one.source: one.source_class for one in seen if isinstance(one, Sighting) and " " not in one.source
    }


def _believed(settings: Settings, classes: dict[str, str]) -> dict[str, float]:
    """Return the probability by which each of them is believed now."""
    own, general = stations(settings, OWNERS), check_tables(settings, OWNERS)["detectors.sighting"]
    options = {name: own.get(name, {}).get("sighting", general) for name in classes}
    return {name: getattr(options[name], kind) for name, kind in classes.items()}


def _write(found: Learned, text: str, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    write_whole(out / "learned.json", encode(found) + b"\n")
    write_whole(out / "learned.toml", text.encode())
    spots = [
        {
            "type": "Feature",
            "properties": {"kind": "unknown", "name": f"denied {one.denied} times", "proposed": True},
            "geometry": {"type": "Point", "coordinates": [one.longitude, one.latitude]},
        }
        for one in found.hot_places
    ]
    write_whole(out / "hot-places.geojson", encode({"type": "FeatureCollection", "features": spots}) + b"\n")


def _lines(found: Learned, text: str, out: Path | None) -> Iterable[str]:
    yield (
        f"{found.verified} incidents verified, {found.unknown} unknown and left out, "
        f"{found.contradicted} with answers that contradict each other"
    )
    for one in found.sources:
        now = "" if one.in_force is None else f", in force {one.in_force:g}"
        word = "kept" if one.proposed is None else f"proposed {one.proposed:g}"
        if one.in_force is None:
            word = "counted alone, its word is weighed by ratios"
        span = f"{one.fires} fires of {one.fires + one.others} ({one.low:g} to {one.high:g})"
        yield f"{one.source}: {span}{now}: {word}"
    for limit in found.trap_limits:
        yield _of_traps(limit)
    for mean in found.trap_means:
        yield _of_mean(mean)
    for place in found.hot_places:
        yield f"hot place {place.longitude:g}, {place.latitude:g}: denied {place.denied} times, never a fire"
    if text and out is None:
        yield "\n" + text.rstrip()
    if out is not None:
        yield f"written to {out}; nothing is in force until it is published"


def _of_traps(one: TrapLimit) -> str:
    known = one.confirmed + one.denied
    said = f"{one.confirmed} outbreaks of {known} confirmed ({one.low:g} to {one.high:g})"
    word = "kept"
    if one.proposed is not None:
        word = f"proposed {one.proposed:g}, spares {one.spared} of {one.denied} denied, loses none confirmed"
    others = f"; {one.by_other_signs} on other signs left out" if one.by_other_signs else ""
    return f"{one.species}: {said}, traps told from p {one.in_force:g}: {word}{others}"


def _of_mean(one: TrapMean) -> str:
    span = "" if one.low is None or one.high is None else f" ({one.low:g} to {one.high:g})"
    kept = f"{one.denied} of denied outbreaks and {one.unknown} of unverified ones kept"
    word = f"not proposed: {one.thin}" if one.thin else "proposed for traps without a past"
    return (
        f"{one.species}, month {one.month}: {one.per_trap_week:g}{span} per trap and week, of {one.traps} "
        f"traps and {one.rounds} rounds; {one.confirmed} of confirmed outbreaks left out, {kept}: {word}"
    )
