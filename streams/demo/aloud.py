"""What the demo says on the terminal: the first alerts that page, one line each."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

import msgspec

from schemas.alert import Alert
from streams.serve.broadcast import Broadcast

MOST = 8
"""A terminal is no list: what comes after so many lines is on the page."""
FIRST = "  首个定级火情，页面可见理由 · the first graded alert: the page has it, with its reasons"
_DATA = b"\ndata: "


async def say_aloud(broadcast: Broadcast, zone: str, say: Callable[[str], None], most: int = MOST) -> None:
    """Say each alert that pages until `most` have been said; tasks and updates are left to the page."""
    listener = broadcast.join(lambda: None)
    said = 0
    try:
        while said < most and (item := await listener.queue.get()) is not None:
            told = msgspec.json.decode(item[1].partition(_DATA)[2], type=Alert)
            if told.pages:
                say(line_of(told, zone))
                said += 1
                if said == 1:
                    say(FIRST)
    finally:
        broadcast.leave(listener)


def line_of(told: Alert, zone: str) -> str:
    """Return one line: when it was issued, the headline, the grade in English, how sure."""
    at = told.issued_at.astimezone(ZoneInfo(zone))
    sure = f"{told.probability:.0%}"
    words = told.headline.get("zh", told.alert_id)
    return f"{at:%Y-%m-%d %H:%M}  {words} · {told.action}, grade {told.grade}, {sure}"
