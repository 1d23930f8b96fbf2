"""What is to be built: from one TOML file, from the command line, or from both (the command line wins)."""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from streams.region.build.frames import Frame
from streams.region.build.known import layer
from streams.region.build.mapping import ColumnMap
from streams.region.build.source import SourceError

DEM = "dem"
"""The one layer that is no table of rows: elevation models."""

PACKAGES = ("china:",)
"""Sources that are no files."""


class LayerPlan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One source of one layer (`[[layer]]` in the file); several of one name are one layer."""

    name: str
    file: Annotated[str, Meta(description="Path from the TOML file's folder, or `china:CODE`.")]
    crs: Annotated[str | None, Meta(description="e.g. `EPSG:4490`; for files that do not say it.")] = None
    frame: Annotated[Frame | None, Meta(description="Datum of web maps: `gcj02`, `bd09`.")] = None
    encoding: str | None = None
    table: Annotated[str | None, Meta(description="Layer inside a GeoPackage.")] = None
    columns: ColumnMap = {}
    keep_others: Annotated[bool, Meta(description="Keep columns that no attribute is known for.")] = True
    source: str = ""
    licence: str = ""


class Plan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A region to build."""

    layer: tuple[LayerPlan, ...] = ()
    name: str = ""
    zone: str = "Asia/Shanghai"
    jurisdiction: str = ""
    boundary: Annotated[str | None, Meta(description="File of polygons, or `china:CODE`.")] = None
    boundary_crs: str | None = None
    boundary_frame: Frame | None = None
    buffer_km: Annotated[float, Meta(ge=0, le=500)] = 0.0
    effective_at: datetime | None = None
    allow_empty: Annotated[tuple[str, ...], Meta(description="Layers that may come out without a row.")] = ()


def read_plan(path: Path) -> Plan:
    """Return the plan in a TOML file; its files are taken from the file's folder.

    Raises
    ------
    SourceError
        If the file cannot be read, or with the path of what is wrong in it.
    """
    try:
        plan = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Plan)
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise SourceError(f"{path}: {error}") from error
    layers = tuple(replace(one, file=_from(path.parent, one.file)) for one in plan.layer)
    boundary = None if plan.boundary is None else _from(path.parent, plan.boundary)
    return replace(plan, layer=layers, boundary=boundary)


def read_maps(path: Path) -> dict[str, ColumnMap]:
    """Return the column maps in a TOML file: a table for each layer.

    Raises
    ------
    SourceError
        If the file cannot be read, or with the path of what is wrong in it.
    """
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), dict[str, ColumnMap])
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise SourceError(f"{path}: {error}") from error


def labelled(plan: Plan, labels: Mapping[str, Mapping[str, Any]]) -> Plan:
    """Return the plan with labels put on its layers.

    Parameters
    ----------
    labels
        Field of `LayerPlan` (`crs`, `frame`, `columns`, `source`, `licence`, …) to values by the layer's
        name or the file as given; `boundary` names the border.

    Raises
    ------
    SourceError
        If a label belongs to no layer and no file.
    """
    known = {one.name for one in plan.layer} | {one.file for one in plan.layer} | {"boundary"}
    for field, values in labels.items():
        for owner in values:
            if owner not in known:
                raise SourceError(f"--{field} {owner}: no such layer or file among those given")
    layers = tuple(_labelled(one, labels) for one in plan.layer)
    crs = labels.get("crs", {}).get("boundary", plan.boundary_crs)
    frame = labels.get("frame", {}).get("boundary", plan.boundary_frame)
    return msgspec.convert(
        msgspec.to_builtins(replace(plan, layer=layers, boundary_crs=crs, boundary_frame=frame)), Plan
    )


def check(plan: Plan) -> None:
    """Refuse a plan that names no layer, or one that a region does not have.

    Raises
    ------
    SourceError
        With what is wrong.
    """
    if not plan.layer and plan.boundary is None:
        raise SourceError("nothing to build: name layers with --layer NAME=FILE, or a plan with --from")
    for one in plan.layer:
        if one.name == DEM:
            continue
        if one.name == "boundary":
            raise SourceError("the boundary is no layer; name it with --boundary")
        try:
            layer(one.name)
        except ValueError as error:
            raise SourceError(str(error)) from error
    for name in plan.allow_empty:
        if name not in {one.name for one in plan.layer}:
            raise SourceError(f"--allow-empty {name}: no such layer among those given")


def _labelled(one: LayerPlan, labels: Mapping[str, Mapping[str, Any]]) -> LayerPlan:
    found = {
        field: values[owner]
        for field, values in labels.items()
        for owner in (one.name, one.file)
        if owner in values
    }
    return replace(one, **found)


def _from(folder: Path, file: str) -> str:
    return file if file.startswith(PACKAGES) else str(folder / file)
