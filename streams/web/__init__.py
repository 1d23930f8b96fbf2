"""The page of the duty officer: plain files that any server may serve, or few built of them by `make web`."""

import hashlib
from importlib.resources import files
from pathlib import Path

VENDOR = "vendor"
"""The folder of what `make web` brings and builds; what is in it never changes under its name."""


def static_dir() -> Path:
    """Return the folder that holds `index.html` and everything it loads."""
    return Path(str(files("streams.web") / "static"))


def sources(static: Path) -> list[Path]:
    """Return the files that the built page is made of: modules, style sheets and the page that names them."""
    return sorted((*static.glob("*.mjs"), *static.glob("*.css"), *static.glob("index.html")))


def bundle_name(static: Path) -> str:
    """Return the folder of the built page, named by a digest of what it is built from.

    Of files that have changed since there is no such folder: what is served is never older than its source.
    """
    found = hashlib.sha256()
    for one in sources(static):
        found.update(one.name.encode() + b"\0" + one.read_bytes() + b"\0")
    return f"{VENDOR}/page-{found.hexdigest()[:16]}"
