"""Arrays that grow on the disk: plain ones while rows come in, `.npy` files of known shape as they go out."""

import hashlib
import os
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.lib import format as npy
from numpy.typing import DTypeLike, NDArray

from streams.region.manifest import FileEntry


class Spool:
    """A plain array to which rows are added; it is read back as a mapped file.

    The file is open only while rows are written: a build that breaks off leaves nothing open.
    """

    def __init__(self, path: Path, dtype: DTypeLike, width: int = 1) -> None:
        self._path, self._dtype, self._width = path, np.dtype(dtype), width
        path.write_bytes(b"")
        self.count = 0

    def add(self, rows: NDArray[Any]) -> None:
        """Add rows."""
        self.count += len(rows)
        with self._path.open("ab") as file:
            file.write(np.ascontiguousarray(rows, dtype=self._dtype).tobytes())

    def mapped(self) -> NDArray[Any]:
        """Return everything that was added."""
        shape = (self.count,) if self._width == 1 else (self.count, self._width)
        if not self.count:
            return np.empty(shape, dtype=self._dtype)
        return np.asarray(np.memmap(self._path, dtype=self._dtype, mode="r", shape=shape))

    def remove(self) -> None:
        """Remove the file."""
        self._path.unlink(missing_ok=True)


class ArrayFile:
    """A `.npy` file of known shape that is written row by row; as a context it is synced at the end."""

    def __init__(self, path: Path, dtype: DTypeLike, shape: tuple[int, ...]) -> None:
        self._path, self._dtype = path, np.dtype(dtype)
        self._file = path.open("w+b")
        self._digest = hashlib.sha256()
        head = {"descr": npy.dtype_to_descr(self._dtype), "fortran_order": False, "shape": shape}
        npy.write_array_header_1_0(self._file, head)
        self._file.seek(0)
        self._digest.update(self._file.read())

    def write(self, rows: NDArray[Any]) -> None:
        """Write further rows."""
        content = np.ascontiguousarray(rows, dtype=self._dtype).tobytes()
        self._digest.update(content)
        self._file.write(content)

    def close(self) -> FileEntry:
        """Return the entry of the finished file, which is on the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())
        size = self._file.tell()
        self._file.close()
        path = f"{self._path.parent.name}/{self._path.name}"
        return FileEntry(path=path, bytes=size, sha256=self._digest.hexdigest())

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._file.close()


def write_array(path: Path, array: NDArray[Any]) -> FileEntry:
    """Write a whole array as a `.npy` file, and return its entry."""
    with ArrayFile(path, array.dtype, array.shape) as file:
        file.write(array)
        return file.close()
