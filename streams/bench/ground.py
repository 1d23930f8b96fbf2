"""How quick the ground and its names answer: looks placed on an elevation model, names found among 200,000.

Beside each stands the plain way, in the same run: every half cell compared, every name looked at.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import numpy as np
import shapely
from numpy.typing import NDArray

from detectors.geodesy import distance_km
from detectors.located import Looks, located
from detectors.region import Layer
from detectors.region.name_keys import folded
from detectors.region.place_names import PlaceNames, name_index
from detectors.region.ray import Rays, along, rise_m
from detectors.region.terrain import Floats, Terrain
from detectors.sighted import Aim, spots_of
from schemas.observation import Sighting
from streams.bench.figure import Figure, figure

SECTION = "ground"
WEST, NORTH = 102.0, 28.0
REACH_M = 20_000.0
LOOK_US = 100.0
"""10,000 looks a second."""
NAME_MS = 50.0
ASKED = ("长板桥", "cbq", "changban", "村", "号塔", "西昭 87", "xz187", "山")
SIGNS = "长板桥大营农场柳树桩皮家山脊村组沟坪坝梁子垭口寨河石松林西昭线号塔"
SPELLED = (
    "chang ban qiao da ying nong chang liu shu zhuang pi jia shan ji cun zu gou ping ba liang zi ya kou zhai"
    " he shi song lin xi zhao xian hao ta"
)
SYLLABLES = dict(zip(SIGNS, SPELLED.split(), strict=True))


def measure(say: Callable[[str], None], *, quick: bool) -> list[Figure]:
    """Return the figures, by processor time."""
    side, looks, names = (1201, 2_000, 20_000) if quick else (3601, 10_000, 200_000)
    say(f"a degree of mountains, {side} by {side} heights")
    terrain = Terrain.of(mountains(side), WEST, NORTH, 1.0 / (side - 1), 1.0 / (side - 1))
    figures = [_placed(terrain, looks), _sighted(terrain, looks)]
    say(f"{names:,} names")
    places = made_names(names)
    return [*figures, _found(places), _nearest(places)]


def mountains(side: int) -> Floats:
    """Return heights of a made mountain country, m: rough at every size, from 500 m up."""
    noise = np.fft.rfft2(np.random.default_rng(1).standard_normal((side, side)))
    size = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None, :])
    size[0, 0] = np.inf
    field = np.fft.irfft2(noise / size**2, s=(side, side))
    return np.asarray(np.clip(2500.0 + 800.0 * field / field.std(), 500.0, 8000.0))


def _placed(terrain: Terrain, count: int) -> Figure:
    dice = np.random.default_rng(2)
    looks = Looks.of(
        WEST + dice.uniform(0.25, 0.75, count),
        NORTH - dice.uniform(0.25, 0.75, count),
        30.0,
        dice.uniform(0.0, 360.0, count),
        dice.uniform(-6.0, 0.0, count),
        1.0,
        0.1,
        REACH_M,
    )
    located(terrain, looks)
    taken = _seconds(lambda: located(terrain, looks))
    few = max(count // 50, 1)
    eye = terrain.sample(looks.lon[:few], looks.lat[:few])[0] + 30.0
    rays = Rays.of(
        looks.lon[:few], looks.lat[:few], eye, looks.azimuth_deg[:few], looks.tilt_deg[:few], REACH_M
    )
    plain = _seconds(lambda: stepped(terrain, rays))
    return figure(
        SECTION,
        "one look placed with its error",
        taken / count * 1e6,
        "µs",
        peer="µs, the look alone, every half cell compared",
        peer_value=plain / few * 1e6,
        at_most=LOOK_US,
    )


def _sighted(terrain: Terrain, count: int) -> Figure:
    """Return what a sighting costs as the first hop places it: in deliveries, beside one by one."""
    dice, at = np.random.default_rng(5), datetime(2026, 3, 1, 7, tzinfo=UTC)
    seen = [
        Sighting(
            observation_id=f"s{number}",
            source=f"cam-{number}",
            observed_at=at,
            source_class="video",
            frame="wgs84",
            station_longitude=WEST + lon,
            station_latitude=NORTH - lat,
            azimuth_deg=azimuth,
            tilt_deg=tilt,
        )
        for number, (lon, lat, azimuth, tilt) in enumerate(
            dice.uniform((0.25, 0.25, 0.0, -6.0), (0.75, 0.75, 359.9, 0.0), (count, 4)).tolist()
        )
    ]
    aim = Aim(reach_m=REACH_M)
    taken = _seconds(lambda: [spots_of(seen[at : at + 500], aim, terrain) for at in range(0, count, 500)])
    few = seen[: max(count // 50, 1)]
    plain = _seconds(lambda: [spots_of([one], aim, terrain) for one in few])
    return figure(
        SECTION,
        "one sighting placed, in deliveries of 500",
        taken / count * 1e6,
        "µs",
        peer="µs, one by one",
        peer_value=plain / len(few) * 1e6,
        at_most=LOOK_US,
    )


def stepped(terrain: Terrain, rays: Rays) -> Floats:
    """Return where looks first meet the ground the plain way, m; infinity where they do not."""
    step = float(terrain.cell_m(NORTH)) / 2.0
    distance = np.broadcast_to(np.arange(step, REACH_M, step), (len(rays), int(np.ceil(REACH_M / step)) - 1))
    ground, known = terrain.sample(*along(rays, distance))
    slope = np.tan(np.radians(rays.tilt_deg))[:, None]
    met = (rays.eye_m[:, None] + distance * slope + rise_m(distance) <= ground) | ~known
    return np.where(met.any(axis=1), distance[0, np.argmax(met, axis=1)], np.inf)


def made_names(count: int) -> PlaceNames:
    """Return so many made names all over Sichuan, a quarter of them towers of one line."""
    dice, signs = np.random.default_rng(3), list(SYLLABLES)
    names = ["".join(dice.choice(signs, dice.integers(2, 7))) for _ in range(count * 3 // 4)]
    names += [f"西昭线{number}号塔" for number in range(count - len(names))]
    points = shapely.points(dice.uniform(97.0, 108.0, count), dice.uniform(26.0, 34.0, count))
    layer = Layer.of("place_names", points, [f"{number:06d}" for number in range(count)], names)
    spelled = [" ".join(SYLLABLES.get(one, one) for one in name) for name in layer.names()]
    return PlaceNames(layer, name_index(layer, [(one,) for one in spelled]))


def _found(places: PlaceNames) -> Figure:
    here = (102.2, 27.8)
    worst = max(_seconds(partial(places.search, text, near=here)) for text in ASKED)
    names = [folded(name) for name in places.layer.names()]
    plain = max(_seconds(partial(_holding, names, text)) for text in ASKED)
    return figure(
        SECTION,
        f"a name found among {len(names):,}, the slowest of {len(ASKED)}",
        worst * 1e3,
        "ms",
        peer="ms, written text alone, name by name, unranked",
        peer_value=plain * 1e3,
        at_most=NAME_MS,
    )


def _holding(names: list[str], text: str) -> list[str]:
    return [name for name in names if text in name]


def _nearest(places: PlaceNames) -> Figure:
    dice = np.random.default_rng(4)
    asked: NDArray[np.float64] = np.stack(
        [dice.uniform(98.0, 107.0, 50), dice.uniform(27.0, 33.0, 50)], axis=1
    )
    lon, lat = places.arrays["lon"], places.arrays["lat"]
    taken = _seconds(lambda: [places.nearest(x, y) for x, y in asked.tolist()])
    plain = _seconds(lambda: [int(np.argmin(distance_km(x, y, lon, lat))) for x, y in asked.tolist()])
    return figure(
        SECTION,
        "the nearest name with its direction",
        taken / len(asked) * 1e3,
        "ms",
        peer="ms, the distance to every name",
        peer_value=plain / len(asked) * 1e3,
    )


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started
