"""Carbon at risk of an incident: what the region's layers say grows around it, and how far it may reach."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import shapely
from msgspec import structs
from numpy.typing import NDArray

from alerts.carbon.at_risk import Answer, Fire, Options, at_risk, in_reach, unknown
from alerts.carbon.caution import Caution, of_rows
from alerts.carbon.ground import LAYERS, Feature, ground_of, growing
from alerts.carbon.horizons import Reached, horizons
from alerts.carbon.plane import Plane, plane_of
from alerts.carbon.radiative import radiative_energy_mj
from alerts.carbon.reach import barrier
from alerts.carbon.scenario import Drivers, seed_of
from alerts.carbon.soon import in_degrees, soon
from alerts.carbon.tables import CarbonTables
from detectors.evidence import Seen
from detectors.region import Region
from detectors.region.incline import slope_of
from streams.hops.growth import barriers_in, features, rows_of, wide_roads


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

    @cached_property
    def knows_spread(self) -> bool:
        """Whether the region says anything of how fires spread."""
        return bool(self.region.terrain or SPREADS & set(self.region.layers))

    def of(self, incident: Placed, now: datetime, weather: Drivers | None = None) -> Answer:
        """Return the carbon at risk of an incident; null with a reason where no layer tells what grows.

        `weather` is what is known of wind and moisture there; slope and fuel are found in the region.
        """
        if incident.kind != "fire":
            return unknown("not_computed", "no fire: what an outbreak puts at risk follows from its pest")
        if not self._layers():
            return unknown("no_carbon_layer", "the region has no stands, wetland or grassland")
        placed = self.fire_of(incident, weather)
        if placed is None:
            return unknown("not_computed", "the footprint is empty, or wider than a fire is")
        fire, plane = placed
        said = Caution(0) if incident.area_ha is None else Caution.EXTENT_IS_PIXELS
        return self.of_fire(fire, plane, now, int(said))

    def energy_mj(self, looks: Iterable[Seen]) -> tuple[float | None, bool]:
        """Return what satellites saw radiated, MJ, and whether they looked too rarely to say it.

        None without two looks, near in time, that tell a power; without such a look nothing is undersampled.
        """
        seen = sorted([(look.seconds, look.frp_mw) for look in looks if look.frp_mw is not None])
        if len(seen) < 2:
            # one look tells no energy, and so too little
            return None, bool(seen)
        hours, power = zip(*((seconds / 3600.0, frp) for seconds, frp in seen), strict=True)
        energy, undersampled = radiative_energy_mj(self.tables.loss, hours, power)
        return round(energy, 1) or None, undersampled

    def fire_of(self, incident: Placed, weather: Drivers | None = None) -> tuple[Fire, Plane] | None:
        """Return the fire in metres of a plane; None where the footprint is empty, or wider than a fire is.

        `weather` is what is known of wind and moisture there; the slope is found in the region.
        """
        shape = shapely.make_valid(shapely.from_geojson(json.dumps(incident.footprint)))
        west, south, east, north = shapely.bounds(shape).tolist()
        if not (east - west < WIDEST_DEG and north - south < WIDEST_DEG):
            return None
        plane = plane_of(shape)
        slope, upslope = slope_of(self.region.terrain, shape)
        fire = Fire(
            shape=plane.to_metres(shape),
            probability=incident.probability,
            seed=seed_of(incident.incident_id),
            drivers=structs.replace(weather or Drivers(), slope_deg=slope, upslope_deg=upslope),
            radius_m=incident.radius_m if incident.area_ha is None else 0.0,
        )
        return fire, plane

    def soon(self, incident: Placed, weather: Drivers | None = None) -> dict[str, Any] | None:
        """Return where a fire may be within the hour, GeoJSON; None where the region says nothing of it."""
        driven = self.driven(incident, weather)
        if driven is None:
            return None
        fire, plane, barriers = driven
        return in_degrees(plane, soon(self.tables.spread, fire, barriers))

    def driven(self, incident: Placed, weather: Drivers | None = None) -> tuple[Fire, Plane, Any] | None:
        """Return a fire with all that drives it, and what holds it, in metres; None as in `soon`."""
        if incident.kind != "fire" or not self.knows_spread:
            return None
        placed = self.fire_of(incident, weather)
        if placed is None:
            return None
        fire, plane = placed
        fire = self._fuelled(fire, plane)
        return fire, plane, self._barriers(fire, plane)

    def reaches(self, fire: Fire, plane: Plane) -> tuple[Reached, ...]:
        """Return where a fire in metres of `plane` may be in 1, 3, 6, 12 and 24 hours."""
        fire = self._fuelled(fire, plane)
        return horizons(self.tables.spread, fire, self._barriers(fire, plane))

    def of_fire(self, fire: Fire, plane: Plane, now: datetime, said: int = 0) -> Answer:
        """Return the carbon at risk of a fire in metres of `plane`."""
        around = plane.to_degrees(shapely.buffer(fire.shape, fire.radius_m + FURTHEST_M))
        if not self.count(around):
            return unknown("no_carbon_layer", "no stand, wetland or grassland within 20 km")
        shapes, cautions = self.spreads(fire, plane)
        everywhere = plane.to_degrees(shapely.union_all([*shapes, fire.shape]))
        if self.count(everywhere) > MOST_FEATURES:
            return unknown("not_computed", f"more than {MOST_FEATURES} stands in reach")
        ground = ground_of(self.tables.stock, self.features(everywhere), plane)
        today, by = now.date(), self.tables.spread
        cautions |= said | int(of_rows((*by.constants, *by.fuels, *by.spotting), today))
        return at_risk(self.tables, ground, fire, today, self.options, shapes=shapes, cautions=cautions)

    def spreads(self, fire: Fire, plane: Plane) -> tuple[NDArray[np.object_], int]:
        """Return where a fire in metres of `plane` may be at the horizon, by scenario, and what lacked."""
        fire = self._fuelled(fire, plane)
        return in_reach(self.tables, fire, self.options, self._barriers(fire, plane))

    def burnt(self, fire: Fire, plane: Plane, now: datetime) -> Answer:
        """Return what a fire lost whose shape is its final perimeter: it reaches nothing beyond."""
        ground = ground_of(self.tables.stock, self.features(plane.to_degrees(fire.shape)), plane)
        final = np.array([fire.shape], object)
        return at_risk(self.tables, ground, fire, now.date(), self.options, shapes=final)

    def _fuelled(self, fire: Fire, plane: Plane) -> Fire:
        """Return the fire in the fuel of what grows over most of its footprint, unless it was told."""
        here = plane.to_degrees(fire.shape)
        count = self.count(here)
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

    def count(self, around: Any) -> int:
        """Return how many features of layers of carbon have a box that meets a geometry's box."""
        return sum(len(rows_of(self.region, name, around)) for name in self._layers())

    def _layers(self) -> list[str]:
        return [name for name in LAYERS if name in self.region.layers]

    def _barriers(self, fire: Fire, plane: Plane) -> Any:
        """Return the barriers within a day's run as one geometry in metres; None where there is none."""
        around = plane.to_degrees(shapely.buffer(fire.shape, FURTHEST_M))
        shapes = [plane.to_metres(shape) for shape in barriers_in(self.region, around)]
        shapes += [
            shapely.buffer(plane.to_metres(shape), width_m / 2, cap_style="flat")
            for shape, width_m in wide_roads(self.tables.spread, self.region, around)
        ]
        return barrier(np.array(shapes, object), self.tables.spread) if shapes else None


SPREADS = {*LAYERS, "barriers", "roads"}
"""Layers that say how a fire spreads."""

WIDEST_DEG = 5.0
"""Wider than any fire; a footprint across the 180th meridian comes out so."""

MOST_FEATURES = 20_000
"""Beyond so many stands in reach an alert would wait for its figure."""

FURTHEST_M = 20_000.0
"""Further away nothing is looked at: no fire runs as far before the next revision of its alert."""
