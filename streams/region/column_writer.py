"""Writes one column of a layer: its kind and the order of its rows show only when all values are there."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.region.columns import Column, ColumnKind, KindSeen, column
from detectors.region.ragged import Whole, starts_of
from streams.region.manifest import FileEntry
from streams.region.spool import ArrayFile, Spool, write_array


class ColumnWriter:
    """Takes values in chunks; `kind` None: the narrowest that holds them all."""

    def __init__(self, folder: Path, part: str, kind: ColumnKind | None) -> None:
        self._folder, self._part, self._given = folder, part, kind
        self._seen = KindSeen()
        self._kept: ColumnKind = "text" if kind == "text" else "json"
        self._lengths = Spool(folder / f".{part}.lengths", np.int32)
        self._bytes = Spool(folder / f".{part}.bytes", np.uint8)
        self._text_bytes = 0
        self.count = 0

    def add(self, values: Sequence[Any]) -> None:
        """Take values; None: not known."""
        self._seen.add(values)
        arrays = column(self._kept, values).arrays
        self._lengths.add(np.diff(arrays["starts"]))
        self._bytes.add(arrays["bytes"])
        if all(one is None or isinstance(one, str) for one in values):
            self._text_bytes += len(column("text", values).arrays["bytes"])
        self.count += len(values)

    def kept(self) -> Column:
        """Return the values in the order in which they came; nothing can be added any more."""
        starts = starts_of(self._lengths.mapped())
        return Column(self._kept, {"starts": starts, "bytes": self._bytes.mapped()})

    def close(
        self, values: Column, chunks: Sequence[Whole], part: str = ""
    ) -> tuple[ColumnKind, list[FileEntry]]:
        """Write the values (as `kept`) in the order of the rows in `chunks`; return kind and files."""
        self._part = part or self._part
        kind = self._given or self._seen.kind()
        if kind in {"text", "json"}:
            size = len(values.arrays["bytes"]) if kind == self._kept else self._text_bytes
            files = self._ragged((self._as(kind, values, rows) for rows in chunks), size)
        elif kind == "word":
            files = self._words(values, chunks)
        else:
            files = [self._flat(kind, values, chunks)]
        for spool in (self._lengths, self._bytes):
            spool.remove()
        return kind, files

    def _path(self, name: str) -> Path:
        return self._folder / f"{self._part}.{name}.npy"

    def _as(self, kind: ColumnKind, values: Column, rows: Whole) -> Column:
        return values.take(rows) if kind == values.kind else column(kind, values.values(rows))

    def _flat(self, kind: ColumnKind, values: Column, chunks: Sequence[Whole]) -> FileEntry:
        dtype = column(kind, []).arrays["values"].dtype
        with ArrayFile(self._path("values"), dtype, (self.count,)) as file:
            for rows in chunks:
                file.write(column(kind, values.values(rows)).arrays["values"])
            return file.close()

    def _words(self, values: Column, chunks: Sequence[Whole]) -> list[FileEntry]:
        known = sorted(self._seen.words or ())
        blank = column("word", known).arrays
        code = {word: at for at, word in enumerate([*known, None])}
        with ArrayFile(self._path("values"), blank["values"].dtype, (self.count,)) as file:
            for rows in chunks:
                file.write(np.array([code[one] for one in values.values(rows)], dtype=blank["values"].dtype))
            entry = file.close()
        return [entry, *(write_array(self._path(name), blank[name]) for name in ("starts", "bytes"))]

    def _ragged(self, parts: Iterator[Column], size: int) -> list[FileEntry]:
        with (
            ArrayFile(self._path("starts"), np.int64, (self.count + 1,)) as starts,
            ArrayFile(self._path("bytes"), np.uint8, (size,)) as blob,
        ):
            at: NDArray[np.int64] = np.zeros(1, dtype=np.int64)
            starts.write(at)
            for part in parts:
                starts.write(part.arrays["starts"][1:] + at)
                blob.write(part.arrays["bytes"])
                at = at + part.arrays["starts"][-1]
            return [starts.close(), blob.close()]
