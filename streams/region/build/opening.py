"""Opens a source by what it is: a package, GeoJSON and CSV without any extra, the rest through GDAL."""

from pathlib import Path

from streams.region.build import china, geojson, points, tables
from streams.region.build.plan import LayerPlan
from streams.region.build.source import Source, SourceError

GEOJSON = (".geojson", ".json")
CSV = (".csv", ".tsv")


def open_source(wanted: LayerPlan) -> Source:
    """Return the opened source of a layer.

    Raises
    ------
    SourceError
        If it is not there, is of no known format, or cannot be read; it is named.
    """
    if wanted.file.startswith(china.PREFIX):
        return china.open_china(wanted.file)
    path = Path(wanted.file)
    if not path.exists():
        raise SourceError(f"{path}: no such file")
    if path.suffix.lower() in GEOJSON:
        return geojson.open_geojson(path, wanted.encoding)
    if path.suffix.lower() in CSV:
        return points.open_csv(path, wanted.encoding)
    if path.suffix.lower() in tables.SUFFIXES:
        return tables.open_table(path, wanted.encoding, wanted.table)
    known = ", ".join((*GEOJSON, *CSV, *tables.SUFFIXES))
    raise SourceError(f"{path}: unknown format {path.suffix or '(no suffix)'}; known are {known}")
