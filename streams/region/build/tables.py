"""Shapefile, GeoPackage, FlatGeobuf and GeoParquet, streamed as Arrow batches (extra `[region]`)."""

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from streams.region.build.dbf import text_encoding
from streams.region.build.shapefile import check_shapefile
from streams.region.build.source import CHUNK, Chunk, Source, SourceError, objects

SUFFIXES = (".shp", ".gpkg", ".fgb", ".parquet", ".geoparquet", ".zip", ".gdb")
"""Files that are read here; GeoJSON is read without any extra."""

EXTRA = "pip install 'fenghuo[region]'"


def open_table(path: Path, encoding: str | None = None, table: str | None = None) -> Source:
    """Source of a file that GDAL or Arrow reads; `table` names the layer inside a GeoPackage.

    Raises
    ------
    SourceError
        If the extra is not installed, the file is none of these formats, or a Shapefile lacks a part.
    """
    if path.suffix in {".parquet", ".geoparquet"}:
        return _open_parquet(path)
    pyogrio = _needed("pyogrio", path)
    check_shapefile(path)
    remarks: list[tuple[str, str]] = []
    try:
        table = table or _only_table(pyogrio, path)
        encoding = encoding or _guessed(path, remarks)
        info = pyogrio.read_info(path, layer=table, encoding=encoding, force_total_bounds=False)
    except pyogrio.errors.DataSourceError as error:
        raise SourceError(f"{path.name}: cannot be read: {error}") from error
    except pyogrio.errors.DataLayerError as error:
        raise SourceError(f"{path.name}: no layer {table}: {error}") from error
    rows = int(info["features"])
    return Source(
        name=path.name,
        crs=info["crs"],
        rows=rows if rows >= 0 else None,
        chunks=_chunks(pyogrio, path, encoding, table),
        fields=tuple(str(field) for field in info["fields"]),
        remarks=tuple(remarks),
    )


def _needed(module: str, path: Path) -> Any:
    try:
        found = importlib.import_module(module)
        importlib.import_module(f"{module}.raw" if module == "pyogrio" else f"{module}.parquet")
        importlib.import_module("pyarrow")
    except ImportError as error:
        raise SourceError(
            f"{path.name}: {path.suffix} needs the extra `region`: {EXTRA}, or convert it to GeoJSON"
        ) from error
    return found


def _only_table(pyogrio: Any, path: Path) -> str | None:
    names = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
    if len(names) > 1:
        raise SourceError(f"{path.name}: holds several layers; name one with `table`: {', '.join(names)}")
    return names[0] if names else None


def _guessed(path: Path, remarks: list[tuple[str, str]]) -> str | None:
    """Return the encoding of a Shapefile's table where the file does not say it; None where it does."""
    if path.suffix.lower() != ".shp":
        return None
    found = text_encoding(path.with_suffix(".dbf"))
    if found not in {None, "utf-8"}:
        remarks.append(("encoding", f"the table says no encoding (no .cpg); read as {found}"))
    return found


def _chunks(pyogrio: Any, path: Path, encoding: str | None, table: str | None) -> Iterator[Chunk]:
    opened = pyogrio.raw.open_arrow(
        path, layer=table, encoding=encoding, batch_size=CHUNK, use_pyarrow=True, datetime_as_string=True
    )
    try:
        with opened as (about, reader):
            geometry = about["geometry_name"] or "wkb_geometry"
            yield from _batches(reader, geometry)
    except (OSError, RuntimeError, pyogrio.errors.DataSourceError) as error:
        raise SourceError(f"{path.name}: breaks off: {error}") from error


def _open_parquet(path: Path) -> Source:
    pyarrow = _needed("pyarrow", path)
    try:
        file = pyarrow.parquet.ParquetFile(path)
        about = json.loads((file.schema_arrow.metadata or {})[b"geo"])
        geometry = about["primary_column"]
        column = about["columns"][geometry]
    except (OSError, KeyError, ValueError, pyarrow.ArrowInvalid) as error:
        raise SourceError(f"{path.name}: no GeoParquet file: {error}") from error
    if column.get("encoding", "WKB") != "WKB":
        raise SourceError(f"{path.name}: geometries as {column['encoding']}; only WKB is read")
    # GeoParquet 1.1: an absent `crs` is OGC:CRS84, `null` is unknown.
    crs = column.get("crs", "OGC:CRS84")
    return Source(
        name=path.name,
        crs=crs if crs is None or isinstance(crs, str) else json.dumps(crs),
        rows=file.metadata.num_rows,
        chunks=_batches(file.iter_batches(CHUNK), geometry),
        fields=tuple(name for name in file.schema_arrow.names if name != geometry),
    )


def _batches(reader: Any, geometry: str) -> Iterator[Chunk]:
    for batch in reader:
        if not batch.num_rows:
            continue
        names = [name for name in batch.schema.names if name != geometry]
        columns = {name: _column(batch.column(name)) for name in names}
        shapes, flaws = _shapes(batch.column(geometry))
        yield Chunk(shapes, columns, None, flaws)


def _column(values: Any) -> NDArray[Any]:
    """Return an Arrow column as floats (missing: not-a-number), whole numbers, or objects (missing: None)."""
    kind = str(values.type)
    if kind.startswith(("int", "uint", "float", "double", "halffloat")):
        return np.asarray(values.to_numpy(zero_copy_only=False))
    if kind.startswith(("date", "timestamp", "decimal", "time")):
        return objects([None if value is None else str(value) for value in values.to_pylist()])
    return objects(values.to_pylist())


def _shapes(column: Any) -> tuple[NDArray[np.object_], list[tuple[int, str, str]]]:
    raw = np.asarray(column.to_numpy(zero_copy_only=False), dtype=object)
    shapes = shapely.from_wkb(raw, on_invalid="ignore")
    flaws = []
    for row in np.flatnonzero(shapely.is_missing(shapes) & np.array([one is not None for one in raw])):
        mended = shapely.from_wkb(raw[row], on_invalid="fix")
        shapes[row] = mended
        code = "bad_coordinates" if mended is None else "unclosed"
        flaws.append((int(row), code, "a geometry that was not well formed"))
    return shapes, flaws
