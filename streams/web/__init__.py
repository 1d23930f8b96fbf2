"""The page of the duty officer: plain files that any server may serve."""

from importlib.resources import files
from pathlib import Path


def static_dir() -> Path:
    """Return the folder that holds `index.html` and everything it loads."""
    return Path(str(files("streams.web") / "static"))
