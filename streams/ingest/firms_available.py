"""Up to which day FIRMS has data of a source: that its satellite looked, also where nothing burns.

The answer of `/api/data_availability/csv/KEY/SOURCE` has a head and one row: `data_id,min_date,max_date`. It
knows days and no passes, so the look counts from the beginning of the last day and speaks against no fire.
"""

from datetime import UTC, date, datetime, time

from schemas.codec import encode
from schemas.observation import Pass
from streams.feeds.text import lines_of, text_of
from streams.ingest.firms_request import Options

SATELLITES = {
    "MODIS": ("Terra/MODIS", "Aqua/MODIS"),
    "VIIRS_SNPP": ("NPP/VIIRS",),
    "VIIRS_NOAA20": ("N20/VIIRS",),
    "VIIRS_NOAA21": ("N21/VIIRS",),
}
"""Sources of observations by the beginning of the name of a FIRMS source; MODIS does not tell its two."""


def available_address(options: Options, key: str, source: str) -> str:
    """Return the address of the request; it holds the key and must never be shown."""
    return f"{options.base_url.rstrip('/')}/api/data_availability/csv/{key}/{source}"


def passes_of(options: Options, source: str, body: bytes, now: datetime) -> bytes:
    """Return NDJSON of the passes that an answer tells of; nothing when it is not what is expected."""
    rows = [(text_of(line) or "").strip().split(",") for line in lines_of(body)]
    last = next((row[2] for row in rows if len(row) == 3 and row[0] == source), "")
    try:
        at = datetime.combine(date.fromisoformat(last.strip()), time(), UTC)
    except ValueError:
        return b""
    names = next((names for start, names in SATELLITES.items() if source.startswith(start)), ())
    told = [
        Pass(
            observation_id=f"{name}/{at:%Y%m%d}/available",
            source=name,
            observed_at=at,
            looked=True,
            could_see=False,
            west=options.west,
            south=options.south,
            east=options.east,
            north=options.north,
        )
        for name in names
        if at <= now
    ]
    return b"".join(encode(one) + b"\n" for one in told)
