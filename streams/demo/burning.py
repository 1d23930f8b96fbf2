"""A fire that grows as an ellipse from its origin, and what satellites see of its edge.

The ellipse keeps its shape and its rear focus stays at the origin (as in every ellipse model of wind-driven
spread), so one number, the semi-latus rectum, says how far it has come. Strength follows from area burned:
dry fuel consumed a second over 0.368 kg/MJ of radiated energy (Wooster and others 2005; from memory).
"""

import math
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

import numpy as np

from detectors.geodesy import KM_PER_DEGREE, Floats, destination
from streams.demo.timeline import Burn, Spot, share

FUEL_KG_HA = 7500.0
"""Dry fuel that a hectare gives to the flames, kg (invented: half of 15 t/ha)."""

RADIATED_KG_MJ = 0.368
FLAMING = timedelta(minutes=70)
"""How long the edge stays hot enough for a satellite pixel (invented)."""

SMOULDERING = timedelta(hours=14)
SMOULDERING_SHARE = 0.12
"""Share of pixels burned in the last hours that still glow (invented)."""

HALF_GRID_KM = 7.0
"""Half the side of the square of pixels that is looked at; the whole fire lies within."""

Place = tuple[float, float]


class Pixel(NamedTuple):
    """One hot pixel."""

    longitude: float
    latitude: float
    frp_mw: float


class Ellipse(NamedTuple):
    """One fire: origin, direction of the head, eccentricity and length to breadth."""

    longitude: float
    latitude: float
    towards_deg: float
    length_to_breadth: float

    def reach_km(self, ha: float) -> float:
        """Semi-latus rectum, km, of the ellipse of this area."""
        breadth = math.sqrt(max(ha, 0.0) / 100.0 / (math.pi * self.length_to_breadth))
        return breadth / self.length_to_breadth

    @property
    def eccentricity(self) -> float:
        """0 for a circle, towards 1 for a needle."""
        return math.sqrt(1.0 - self.length_to_breadth**-2)

    def head(self, ha: float) -> Place:
        """The point of the edge furthest from the origin."""
        away = self.reach_km(ha) / (1.0 - self.eccentricity)
        lon, lat = destination(self.longitude, self.latitude, self.towards_deg, away)
        return float(lon), float(lat)

    def reached(self, lon: Floats, lat: Floats) -> Floats:
        """Semi-latus rectum, km, at which the edge comes to each position; the edge is a little ragged."""
        east = (lon - self.longitude) * math.cos(math.radians(self.latitude)) * KM_PER_DEGREE
        north = (lat - self.latitude) * KM_PER_DEGREE
        turn = np.arctan2(east, north) - math.radians(self.towards_deg)
        # The factor keeps the area: a bay takes more from it than a tongue of the same depth adds.
        ragged = 0.966 * (1.0 + 0.1 * np.sin(3 * turn + 1.0) + 0.07 * np.sin(7 * turn + 2.0))
        return np.asarray(np.hypot(east, north) * (1.0 - self.eccentricity * np.cos(turn)) * ragged)


class Fire(NamedTuple):
    """One burning ellipse and how its area, ha, grows."""

    ellipse: Ellipse
    area_ha: Callable[[datetime], float]

    def reach_km(self, at: datetime) -> float:
        """How far the edge has come, as a semi-latus rectum, km."""
        return self.ellipse.reach_km(self.area_ha(at))

    def frp_mw(self, at: datetime) -> float:
        """Radiative power, MW, from the area burned in the last ten minutes."""
        burned = self.area_ha(at) - self.area_ha(at - timedelta(seconds=600))
        return burned / 600.0 * FUEL_KG_HA / RADIATED_KG_MJ


def ellipse_of(burn: Burn) -> Ellipse:
    """The main fire."""
    return Ellipse(burn.longitude, burn.latitude, burn.towards_deg, burn.length_to_breadth)


def area_ha(burn: Burn, at: datetime) -> float:
    """Burned area, ha, straight between the instants of the timeline; 0 before and constant after."""
    times = [point.at.timestamp() for point in burn.area]
    return float(np.interp(at.timestamp(), times, [point.ha for point in burn.area]))


def spot_place(burn: Burn, spot: Spot) -> Place:
    """Where a spot fire fell: ahead of where the head was at that hour."""
    lon, lat = ellipse_of(burn).head(area_ha(burn, spot.at))
    there = destination(lon, lat, burn.towards_deg + spot.turned_deg, spot.ahead_km)
    return float(there[0]), float(there[1])


def spot_ha(spot: Spot, at: datetime) -> float:
    """Area of a spot fire, ha."""
    grown = (at - spot.at).total_seconds() / 3600.0 / spot.hours
    return spot.ha * min(max(grown, 0.0), 1.0) ** 2


def fires(burn: Burn, at: datetime) -> list[Fire]:
    """The main fire, and every spot fire that burns and that it has not yet run over."""
    main = Fire(ellipse_of(burn), partial(area_ha, burn))
    burning = [main]
    for spot in burn.spot:
        place = spot_place(burn, spot)
        own = Ellipse(*place, burn.towards_deg, burn.length_to_breadth)
        run_over = main.ellipse.reached(*np.array([place]).T)[0] <= main.reach_km(at)
        if at > spot.at and not run_over:
            burning.append(Fire(own, partial(spot_ha, spot)))
    return burning


def himawari_pixels(burn: Burn, at: datetime, cell_deg: float, least_mw: float) -> list[Pixel]:
    """Cells of a fixed grid that hold the burning edge, each with its part of the fire's power."""
    power: dict[Place, float] = defaultdict(float)
    for fire in fires(burn, at):
        edge = _edge(fire, at)
        part = fire.frp_mw(at) / len(edge)
        for lon, lat in edge:
            cell = (round(round(lon / cell_deg) * cell_deg, 5), round(round(lat / cell_deg) * cell_deg, 5))
            power[cell] += part
    for cell in power:
        # Flames rise and fall from slot to slot.
        power[cell] *= 0.75 + 0.5 * share("slot", at.isoformat(), cell)
    hot = {cell: part for cell, part in power.items() if part >= least_mw}
    total = math.fsum(power.values())
    if not hot and total >= least_mw:
        hot = {max(power, key=lambda cell: (power[cell], cell)): total}
    return [Pixel(*cell, round(part, 2)) for cell, part in sorted(hot.items())]


def _edge(fire: Fire, at: datetime) -> list[Place]:
    """Points round the edge, closer together where it runs faster: at the head."""
    turns = np.linspace(-180, 180, 96, endpoint=False)
    turns = np.repeat(turns, 1 + (2.5 * (1.0 + np.cos(np.radians(turns)))).astype(int))
    away = fire.reach_km(at) / (1.0 - fire.ellipse.eccentricity * np.cos(np.radians(turns)))
    ellipse = fire.ellipse
    lon, lat = destination(ellipse.longitude, ellipse.latitude, ellipse.towards_deg + turns, away)
    return list(zip(lon.tolist(), lat.tolist(), strict=True))


def polar_pixels(burn: Burn, at: datetime, scan_km: float, track_km: float) -> list[Pixel]:
    """Pixels of one polar pass that hold burning edge or embers; the grid of pixels falls anew every pass."""
    lon, lat = _grid(burn, at, scan_km, track_km)
    alive = np.array([share("alive", at.isoformat(), n) for n in range(len(lon))])
    hot, ember = np.zeros(len(lon), dtype=bool), np.zeros(len(lon), dtype=bool)
    for fire in fires(burn, at):
        reached = fire.ellipse.reached(lon, lat)
        now, before = fire.reach_km(at), fire.reach_km(at - FLAMING)
        # Half a pixel, as the edge counts: a semi-latus rectum is shorter than the way to the head.
        half = max(scan_km, track_km) / 4.0 * (1.0 - fire.ellipse.eccentricity) + 0.02
        hot |= (reached >= before - half) & (reached <= now + half) & (alive < _vigour(burn, at)) & (now > 0)
        long_ago = fire.reach_km(at - SMOULDERING)
        ember |= (reached < before) & (reached >= long_ago) & (alive < SMOULDERING_SHARE)
    rows = np.flatnonzero(hot | ember)
    weights = [(1.0 if hot[n] else 0.08) * (0.15 + share("power", at.isoformat(), int(n)) ** 2) for n in rows]
    total = fires(burn, at)[0].frp_mw(at) * 0.7 + 2.0 * len(rows)
    scale = total / math.fsum(weights) if weights else 0.0
    return [
        Pixel(round(float(lon[n]), 5), round(float(lat[n]), 5), round(max(0.6, weight * scale), 2))
        for n, weight in zip(rows, weights, strict=True)
    ]


def _vigour(burn: Burn, at: datetime) -> float:
    """Share of the edge that flames: most of it on the first evening, little on the last day."""
    an_hour = area_ha(burn, at) - area_ha(burn, at - timedelta(hours=1))
    return 0.1 + 0.8 * min(an_hour / 45.0, 1.0)


def _grid(burn: Burn, at: datetime, scan_km: float, track_km: float) -> tuple[Floats, Floats]:
    """Pixel centres round the fire: rows along the scan of an orbit that leans ten degrees."""
    head_lon, head_lat = ellipse_of(burn).head(area_ha(burn, at) + 200.0)
    middle_lon, middle_lat = (burn.longitude + head_lon) / 2, (burn.latitude + head_lat) / 2
    scan = np.arange(-HALF_GRID_KM, HALF_GRID_KM, scan_km) + scan_km * share("scan", at.isoformat())
    track = np.arange(-HALF_GRID_KM, HALF_GRID_KM, track_km) + track_km * share("track", at.isoformat())
    x, y = np.meshgrid(scan, track)
    lean = math.radians(10.0)
    east, north = x * math.cos(lean) - y * math.sin(lean), x * math.sin(lean) + y * math.cos(lean)
    squeeze = math.cos(math.radians(middle_lat))
    return (middle_lon + east / KM_PER_DEGREE / squeeze).ravel(), (middle_lat + north / KM_PER_DEGREE).ravel()
