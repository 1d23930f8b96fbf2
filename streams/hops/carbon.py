"""Carbon at risk of an incident: what the region's layers say grows around it, and how far it may reach."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

import numpy as np
import shapely
from msgspec import structs
from numpy.typing import NDArray

from alerts.carbon.at_risk import Answer, Fire, Options, at_risk, in_reach, unknown
from alerts.carbon.caution import Caution
from alerts.carbon.ground import LAYERS, Feature, ground_of, growing
from alerts.carbon.plane import Plane, plane_of
from alerts.carbon.reach import barrier
from alerts.carbon.scenario import Drivers, seed_of
from alerts.carbon.tables import CarbonTables
from detectors.region import Region
from detectors.region.grid import to_grid
from detectors.region.terrain import Terrain

COLUMNS = (
    "species", "species_code", "cover", "kind", "origin", "volume_m3_ha", "age_a", "peat_depth_m",
)  # fmt: skip
"""What a layer may say of what grows there."""


class Placed(Protocol):
    """What an incident and its alerts say of where it is and how sure that is."""

    @property
    def incident_id(self) -> str:
        """Lasting id."""

    @property
    def kind(self) -> str:
        """Fire, outbreak or blind."""

    @property
    def footprint(self) -> dict[str, Any]:
        """GeoJSON geometry."""

    @property
    def probability(self) -> float:
        """That it is one."""

    @property
    def radius_m(self) -> float:
        """How sure the place is."""

    @property
    def area_ha(self) -> float | None:
        """What the hot pixels cover."""


@dataclass(frozen=True)
class Assessor:
    """Tables, options and region: all that a figure depends on beside the incident."""

    tables: CarbonTables
    options: Options
    region: Region

    def of(self, incident: Placed, now: datetime, weather: Drivers | None = None) -> Answer:
        """Return the carbon at risk of an incident; null with a reason where no layer tells what grows.

        `weather` is what is known of wind and moisture there; slope and fuel are found in the region.
        """
        if incident.kind != "fire":
            return unknown("not_computed", "only of fires yet")
        if not self._layers():
            return unknown("no_carbon_layer", "the region has no stands, wetland or grassland")
        shape = shapely.make_valid(shapely.from_geojson(json.dumps(incident.footprint)))
        west, south, east, north = shapely.bounds(shape).tolist()
        if not (east - west < WIDEST_DEG and north - south < WIDEST_DEG):
            return unknown("not_computed", "the footprint is empty, or wider than a fire is")
        plane = plane_of(shape)
        slope, upslope = slope_of(self.region.terrain, shape)
        fire = Fire(
            shape=plane.to_metres(shape),
            probability=incident.probability,
            seed=seed_of(incident.incident_id),
            drivers=structs.replace(weather or Drivers(), slope_deg=slope, upslope_deg=upslope),
            radius_m=incident.radius_m if incident.area_ha is None else 0.0,
        )
        said = Caution(0) if incident.area_ha is None else Caution.EXTENT_IS_PIXELS
        return self.of_fire(fire, plane, now, int(said))

    def of_fire(self, fire: Fire, plane: Plane, now: datetime, said: int = 0) -> Answer:
        """Return the carbon at risk of a fire in metres of `plane`."""
        around = plane.to_degrees(shapely.buffer(fire.shape, fire.radius_m + FURTHEST_M))
        if not any(len(_rows(self.region, name, around)) for name in self._layers()):
            return unknown("no_carbon_layer", "no stand, wetland or grassland within 20 km")
        fire = self._fuelled(fire, plane)
        barriers = self._barriers(fire, plane)
        shapes, cautions = in_reach(self.tables, fire, self.options, barriers)
        everywhere = plane.to_degrees(shapely.union_all([*shapes, fire.shape]))
        if sum(len(_rows(self.region, name, everywhere)) for name in self._layers()) > MOST_FEATURES:
            return unknown("not_computed", f"more than {MOST_FEATURES} stands in reach")
        ground = ground_of(self.tables.stock, self.features(everywhere), plane)
        return at_risk(
            self.tables, ground, fire, now.date(), self.options, shapes=shapes, cautions=cautions | said
        )

    def burnt(self, fire: Fire, plane: Plane, now: datetime) -> Answer:
        """Return what a fire lost whose shape is its final perimeter: it reaches nothing beyond."""
        ground = ground_of(self.tables.stock, self.features(plane.to_degrees(fire.shape)), plane)
        final = np.array([fire.shape], object)
        return at_risk(self.tables, ground, fire, now.date(), self.options, shapes=final)

    def _fuelled(self, fire: Fire, plane: Plane) -> Fire:
        """Return the fire in the fuel of what grows over most of its footprint, unless it was told."""
        here = plane.to_degrees(fire.shape)
        count = sum(len(_rows(self.region, name, here)) for name in self._layers())
        if fire.drivers.fuel is not None or not 0 < count <= MOST_FEATURES:
            return fire
        ground = ground_of(self.tables.stock, self.features(here), plane)
        kind = growing(self.tables.stock, ground, fire.shape)
        return replace(fire, drivers=structs.replace(fire.drivers, fuel=kind))

    def features(self, around: Any) -> list[Feature]:
        """Return the features of all layers of carbon whose box meets a geometry's box."""
        return [
            Feature(name, one, shape, said)
            for name in self._layers()
            for one, shape, said in features(self.region, name, around)
        ]

    def _layers(self) -> list[str]:
        return [name for name in LAYERS if name in self.region.layers]

    def _barriers(self, fire: Fire, plane: Plane) -> Any:
        """Return the barriers within a day's run as one geometry in metres; None where there is none."""
        if "barriers" not in self.region.layers:
            return None
        around = plane.to_degrees(shapely.buffer(fire.shape, FURTHEST_M))
        shapes = [shape for _, shape, _ in features(self.region, "barriers", around)]
        return barrier(plane.to_metres(np.array(shapes, object)), self.tables.spread) if shapes else None


WIDEST_DEG = 5.0
"""Wider than any fire; a footprint across the 180th meridian comes out so."""

MOST_FEATURES = 20_000
"""Beyond so many stands in reach an alert would wait for its figure."""

AROUND_M = 500.0
"""The ground so far around a fire decides how steep it is there."""


def slope_of(terrain: Terrain | None, shape: Any) -> tuple[float | None, float | None]:
    """Return slope and the way up of the ground around a geometry in degrees; None where not known.

    Holes of the elevation model are left out; the slope is that of the mean rise, so a valley is level.
    """
    if terrain is None:
        return None, None
    west, south, east, north = shapely.bounds(shape).tolist()
    rim = AROUND_M / 111_000.0
    grid = np.meshgrid(np.linspace(west - rim, east + rim, 7), np.linspace(south - rim, north + rim, 7))
    lon, lat = (axis.ravel() for axis in grid)
    slope, falls = terrain.slope_deg(lon, lat), terrain.aspect_deg(lon, lat)
    known = ~np.ma.getmaskarray(slope)
    if not known.any():
        return None, None
    # level ground has no way down: it counts with no rise at all
    steep = np.where(np.ma.getmaskarray(falls), 0.0, np.tan(np.radians(slope.filled(0.0))))
    way_up = np.radians(falls.filled(0.0) + 180.0)
    north_up, east_up = (steep * np.cos(way_up))[known].mean(), (steep * np.sin(way_up))[known].mean()
    steepness = float(np.degrees(np.arctan(np.hypot(north_up, east_up))))
    return steepness, float(np.degrees(np.arctan2(east_up, north_up)) % 360.0)


FURTHEST_M = 20_000.0
"""Further away nothing is looked at: no fire runs as far before the next revision of its alert."""


def features(region: Region, name: str, around: Any) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Yield id, geometry and what is said of each feature of a layer whose box meets a geometry's box."""
    layer = region.layers[name]
    rows = _rows(region, name, around)
    said = {label: layer.column(label, rows) for label in COLUMNS if label in layer.columns}
    for at, (one, shape) in enumerate(zip(layer.ids(rows), layer.geometries(rows), strict=True)):
        yield one, shape, {label: values[at] for label, values in said.items()}


def _rows(region: Region, name: str, around: Any) -> NDArray[np.int64]:
    """Return the rows of a layer whose box meets a geometry's box, ascending."""
    _, rows = region.layers[name].tree.meeting(to_grid(shapely.bounds(around))[None])
    return np.unique(rows)
