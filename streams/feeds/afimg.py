"""CSPP active fires of VIIRS as text (`AFIMG_*.txt`): satellite and time stand in the `# source:` line alone.

    # source: AFIMG_j01_d20240712_t0720206_e0721452_b34447_c20240712073948953196_cspp_dev.nc
      26.5813, 101.6712,  341.180,  0.375,  0.375,    8,    7.10289335,    1

Seven columns, or eight since CSPP 2.1 (persistent anomaly); a file with a row of any other width is refused
whole: its columns do not mean what we think. Reference: the column list in the files' own heads (SSEC CSPP).
"""

import re
from collections.abc import Mapping, Sequence

from streams.feeds.base import Feed, Limits, Parsed, refusal
from streams.feeds.pixels import Columns, data_lines, read_pixels
from streams.feeds.text import lines_of, text_of, texts_of

NAME = "afimg"

COLUMNS = ("latitude", "longitude", "bright_ti4", "scan", "track", "confidence", "frp", "anomaly")
"""The eighth, the persistent anomaly, came with CSPP 2.1."""

CONFIDENCE = {"7": "low", "8": "nominal", "9": "high"}

LAND_TYPES = {"0": "0", "1": "2", "2": "1", "3": "2"}
"""Persistent anomaly as FIRMS `type`: oil or gas and solar panels are static land sources, 2 is a volcano.

Urban (not in use) and unclassified anomalies say nothing: what was never looked into hides no fire.
"""

_SOURCE = re.compile(r"^#\s*source:\s*(AFIMG_\S*)")
_NAME = re.compile(r"^AFIMG_(npp|j\d\d)_d(\d{4})(\d\d)(\d\d)_t(\d\d)(\d\d)\d*_")


def recognise(head: bytes) -> bool:
    """Return whether the first lines name an AFIMG file as their source."""
    return any(_SOURCE.match(text_of(line) or "") for line in lines_of(head)[:40])


def parse(data: bytes, limits: Limits) -> Parsed:
    """Return every pixel as a hotspot or a refusal; of unknown width or without its source, nothing."""
    lines = lines_of(data)
    texts = texts_of(lines)
    sources = {found[1] for text in texts if (found := _SOURCE.match(text or ""))}
    rows = data_lines(lines, texts)
    widths = {text.count(",") + 1 for _, _, text in rows if text is not None}
    named = _NAME.match(next(iter(sources), "")) if len(sources) == 1 else None
    if named is None:
        return Parsed(
            NAME, refused=refusal("unreadable", f"{len(sources)} sources that give no satellite and time")
        )
    if not widths <= {7} and not widths <= {8}:
        return Parsed(
            NAME, refused=refusal("unreadable", f"rows of {sorted(widths)} columns, not all 7 or all 8")
        )
    satellite, year, month, day, hour, minute = named.groups()
    whole = {"satellite": satellite, "instrument": "VIIRS", "acq_time": hour + minute, "feed": NAME}
    whole["acq_date"] = f"{year}-{month}-{day}"

    def translate(columns: Mapping[str, Sequence[str]], count: int) -> Columns:
        return _firms(columns, count) | {name: [word] * count for name, word in whole.items()}

    head = f"# source: {next(iter(sources))}".encode()
    return read_pixels(COLUMNS[: max(widths, default=7)], rows, translate, limits, head).parsed(NAME)


def _firms(columns: Mapping[str, Sequence[str]], count: int) -> Columns:
    table = {name: list(cells) for name, cells in columns.items() if name != "anomaly"}
    table["confidence"] = [CONFIDENCE.get(word, "unknown") for word in columns["confidence"]]
    table["type"] = [LAND_TYPES.get(word, "") for word in columns.get("anomaly", [""] * count)]
    return table


AFIMG = Feed(NAME, recognise, parse)
