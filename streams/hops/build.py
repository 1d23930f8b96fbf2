"""Build the hops from settings, region and tables; every engine runs what is built here."""

import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache, lru_cache, partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from alerts import digest, feedback, grade, lifecycle, report_duty
from alerts.carbon import at_risk
from alerts.channels import CHANNELS, Exit, exits
from alerts.roster import Roster
from detectors import DETECTORS, association, crossing, permits, ratios, spotting, static_heat
from detectors.region import AnyRegion
from detectors.shape import Sketch
from detectors.trust.expected import Expecting
from schemas.hop import Hop
from schemas.settings import Setting, Settings
from streams.config import ConfigError, check_tables, settings_version
from streams.hops import (
    deliver,
    documents,
    forecast,
    judge,
    limits,
    observe,
    outbreak_given,
    outbreak_record,
    route,
    watching,
)
from streams.hops.carbon import Assessor
from streams.hops.desk import Judge
from streams.hops.whom import in_service
from streams.jurisdiction import in_force, version_of
from streams.naming import in_language
from streams.tables import load_fire_weather, load_rhythms, load_sensors, load_tables
from streams.telling.prompts import with_prompts
from streams.telling.versions import EVER, Telling, Versions, followed
from streams.tuning.document import DocumentError, read
from streams.tuning.layers import checked_layers, claiming, pests
from streams.tuning.remaking import Remade

OWNERS: tuple[tuple[str, type[Any]], ...] = (
    ("observe", observe.Options),
    ("association", association.Options),
    ("crossing", crossing.Options),
    ("permits", permits.Options),
    ("static_heat", static_heat.Options),
    ("spotting", spotting.Options),
    ("judge", limits.Options),
    ("evidence", ratios.Options),
    ("lifecycle", lifecycle.Options),
    ("grade", grade.Options),
    ("report_duty", report_duty.Options),
    ("feedback", feedback.Options),
    ("carbon", at_risk.Options),
    ("blind", watching.Options),
    ("outbreak", outbreak_given.PestSettings),
    ("weather", forecast.Options),
    ("tell", digest.Options),
    *((f"detectors.{detector.name}", detector.options) for detector in DETECTORS),
    *((f"channels.{channel.name}", channel.options) for channel in CHANNELS),
)
"""Every table of the settings file that a part of the house owns, with the Struct of its options."""


logger = logging.getLogger(__name__)


@cache
def software() -> str:
    """Return the version of the installed software."""
    try:
        return version("fenghuo")
    except PackageNotFoundError:
        return "0+unknown"


def ways_out(settings: Settings) -> dict[str, Exit]:
    """Return every channel as the settings set it up; raises ConfigError for a typo."""
    return exits(in_force(settings), settings, check_tables(settings, OWNERS))


def build_hops(
    settings: Settings,
    region: AnyRegion,
    *,
    origins: int = 1,
    outage_s: float | None = None,
    versions: Versions | None = None,
) -> tuple[Hop, ...]:
    """Return the hops in the order of the flow.

    `origins` is how many partitions `observation.v1` has. Live, what was received more than `outage_s` after
    the last tick waited for a worker: it is told only once all of it has been read.

    Raises ConfigError for a typo.
    """
    versions = _first(versions or Versions(), settings, region)
    _warn_of_blind(settings, check_tables(settings, OWNERS)["blind"])
    make = partial(_given, region=region, origins=origins, outage_s=outage_s)
    observing, verdict = make(settings, f"{settings.name}@{settings_version(settings)}")
    remade = Remade(settings, OWNERS, make)
    hops = (
        documents.followed(observe.observing(observing), lambda one: remade.part(one, 0)),
        documents.followed(judge.judging(verdict), lambda one: remade.part(one, 1)),
    )
    return (*hops, followed(versions, "route"), followed(versions, "deliver"))


def unsaid(hops: Sequence[Hop]) -> tuple[Hop, ...]:
    """Return the same hops with alerts that have no headline and no description: what they are stays.

    A backtest compares what alerts are and not what they say. A settings document that comes on the way
    makes them speak again.
    """
    return tuple(
        replace(hop, options=replace(hop.options, says=False, draw=Sketch.rough))
        if isinstance(hop.options, Judge)
        else hop
        for hop in hops
    )


def _given(
    settings: Settings, name: str, *, region: AnyRegion, origins: int, outage_s: float | None
) -> tuple[observe.Observe, Judge]:
    """Return what the two steps that judge are given under these settings, which alerts call `name`."""
    options = check_tables(settings, OWNERS)
    tables, profile = load_tables(), in_force(settings)
    named = in_language(region, profile.languages[0])
    outbreak_record.check_records(options["outbreak"], named.newest)
    observing = observe.Observe(
        options=options["observe"],
        detectors={one.name: options[f"detectors.{one.name}"] for one in DETECTORS},
        region=named,
        origins=origins,
        satellites=tables.satellites,
        sensors=load_sensors().by_name(),
        claiming=claiming(settings, OWNERS),
    )
    verdict = Judge(
        association=options["association"],
        crossing=options["crossing"],
        permits=options["permits"],
        static_heat=options["static_heat"],
        sparks=options["spotting"],
        layers=checked_layers(settings),
        heat_kinds=tables.heat_kinds,
        lifecycle=options["lifecycle"],
        evidence=ratios.overridden(tables.evidence, options["evidence"]),
        grades=grade.overridden(tables.grades, options["grade"]),
        grading=options["grade"],
        region=named,
        software=software(),
        settings=name,
        tables=tables.version,
        jurisdiction=version_of(profile),
        profile=profile,
        watching=_expected(options["blind"]),
        pests=outbreak_given.Pests.of(options["outbreak"], pests(settings)),
        weather=forecast.Given(options["weather"], load_fire_weather()),
        counting=options["carbon"],
        carbon=lru_cache(maxsize=2)(partial(Assessor, tables.carbon, options["carbon"])),
        issuer=settings.issuer,
        outage_s=outage_s,
        ticks=origins,
        duty=options["report_duty"],
        reported_pixels=report_duty.least_pixels(profile),
        answers=options["feedback"],
        limits=options["judge"],
    )
    return observing, verdict


def _first(versions: Versions, settings: Settings, region: AnyRegion) -> Versions:
    versions.take(EVER, telling(settings, region))
    return versions


def _warn_of_blind(settings: Settings, blind: watching.Options) -> None:
    receivers = settings.receivers
    if blind.expected and receivers and not any("blind" in one.kinds for one in receivers):
        logger.warning("[blind] expects sources, but no receiver names blind in its kinds")


def telling(settings: Settings, region: AnyRegion) -> Telling:
    """Return who is told, of what and how, checked; raises ConfigError for a typo."""
    options, profile = check_tables(settings, OWNERS), in_force(settings)
    roster = Roster({group.name: group for group in settings.groups}, profile.zone, settings.office.duty)
    receivers = in_service(settings, in_language(region, profile.languages[0]).newest, options)
    voice = with_prompts(options["channels.voice"], receivers)
    ways = exits(profile, settings, {**options, "channels.voice": voice})
    hops = (
        route.route(receivers, roster),
        deliver.deliver(receivers, ways, options["tell"], settings.silences, roster),
    )
    return Telling(settings, ways, {hop.name: hop for hop in hops})


def expecting_of(settings: Settings) -> Expecting:
    """Return who is expected by these settings; raises ConfigError for a source whose rhythm nobody knows."""
    return _expected(check_tables(settings, OWNERS)["blind"]).expecting


def is_expecting(settings: Settings, region: AnyRegion) -> bool:
    """Return whether any source is expected, so that silence can be missed while nothing arrives."""
    expecting = expecting_of(settings)
    return bool(expecting.lines or expecting.placed(region.newest))


def expects_ever(settings: Settings, region: AnyRegion, published: Iterable[Setting]) -> bool:
    """Return whether any source is expected by the settings file, or with any of these documents over it."""
    found = [settings]
    for one in published:
        # what cannot be used changes nothing, and is said where it would have been used
        with suppress(DocumentError):
            found.append(read(one.document, settings, OWNERS))
    return any(is_expecting(one, region) for one in found)


def _expected(options: watching.Options) -> watching.Watching:
    """Return who is expected; raises ConfigError for a source whose rhythm nobody knows."""
    try:
        return watching.Watching.of(options, load_rhythms())
    except ValueError as error:
        raise ConfigError(f"settings: $.blind.expected: {error}") from error
