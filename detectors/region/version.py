"""The version of a region is a hash of its content: the same inputs give it on every machine, at any time."""

import hashlib
import io
from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from detectors.region.layer import Layer

FORMAT = 1
"""Format of a region on disk; part of every version."""


def array_bytes(array: NDArray[Any]) -> bytes:
    """The array as the bytes of a .npy file."""
    sink = io.BytesIO()
    npy.write_array(sink, np.ascontiguousarray(array), version=(1, 0), allow_pickle=False)
    return sink.getvalue()


def array_digests(part: Layer) -> dict[str, str]:
    """SHA-256 of each array of a layer, by name."""
    return {
        name: hashlib.sha256(array_bytes(array)).hexdigest() for name, array in sorted(part.arrays.items())
    }


def columns_said(part: Layer) -> tuple[tuple[str, str], ...]:
    """Name and kind of each column."""
    return tuple((label, one.kind) for label, one in part.columns.items())


def content_version(
    head: tuple[str, str, str],
    columns: Mapping[str, tuple[tuple[str, str], ...]],
    files: Mapping[str, str],
) -> str:
    """First 16 hex digits of the SHA-256 of the content.

    Parameters
    ----------
    head
        Name of the region, its time zone and its jurisdiction.
    columns
        Name and kind of the columns of each layer.
    files
        SHA-256 of each file, by its path: `<layer>/<array>.npy`.
    """
    said = (FORMAT, head, columns, files)
    return hashlib.sha256(msgspec.json.encode(said, order="deterministic")).hexdigest()[:16]


def version_of(head: tuple[str, str, str], layers: Mapping[str, Layer]) -> str:
    """Version of layers in memory; the border is the layer `boundary`."""
    files = {
        f"{name}/{array}.npy": digest
        for name, part in layers.items()
        for array, digest in array_digests(part).items()
    }
    return content_version(head, {name: columns_said(part) for name, part in layers.items()}, files)
