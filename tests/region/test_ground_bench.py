import numpy as np

from detectors.region.ray import Rays, first_hits
from detectors.region.terrain import Terrain
from streams.bench import ground


def test_the_plain_way_of_the_bench_finds_the_same_places():
    terrain = Terrain.of(ground.mountains(601), ground.WEST, ground.NORTH, 1 / 600, 1 / 600)
    dice = np.random.default_rng(1)
    lon, lat = ground.WEST + dice.uniform(0.3, 0.7, 60), ground.NORTH - dice.uniform(0.3, 0.7, 60)
    eye = terrain.sample(lon, lat)[0] + 30.0
    rays = Rays.of(lon, lat, eye, dice.uniform(0, 360, 60), dice.uniform(-6, 0, 60), ground.REACH_M)
    quick, plain = first_hits(terrain, rays).distance_m, ground.stepped(terrain, rays)
    step = float(terrain.cell_m(ground.NORTH)) / 2
    agree = np.abs(np.where(np.isinf(plain), ground.REACH_M, plain) - quick) <= 1.1 * step
    assert np.count_nonzero(agree) >= 58


def test_every_figure_of_the_ground_has_its_peer(monkeypatch):
    monkeypatch.setattr(ground, "mountains", lambda _: np.full((61, 61), 1000.0))
    monkeypatch.setattr(ground, "made_names", lambda _: NAMES)
    figures = ground.measure(lambda _: None, quick=True)
    assert [one.section for one in figures] == ["ground"] * 4
    assert all(one.value is not None and one.peer_value is not None for one in figures)


NAMES = ground.made_names(400)
