"""How many pages went out in each county within the hour: the judge sees all of them, so it keeps count."""

from datetime import timedelta

from alerts.county import budgeted, county_of, within_hour
from alerts.lifecycle import Turn
from alerts.quiet import NEVER_HELD
from schemas.incident import Incident
from streams.hops.desk_rows import Paged
from streams.hops.sitting import Sitting


def within_budget(sitting: Sitting, incident: Incident, turn: Turn) -> Turn:
    """Return the turn, or one that pages nobody: the pages of this hour are used up in its county.

    What pages is counted. Grades I and II neither ask the budget nor use it up.
    """
    county = county_of(incident.places)
    if not turn.pages or not county or incident.grade in NEVER_HELD:
        return turn
    desk, known = sitting.desk, sitting.desk.paged.get(county)
    spent = within_hour(() if known is None else known.times, sitting.now)
    most = sitting.given.local.at(incident.places).lifecycle.county_pages
    turn = budgeted(turn, incident, county, spent, most)
    if turn.pages:
        desk.paged[county] = Paged(times=(*spent, sitting.now))
        sitting.result.rows[f"p/{county}"] = desk.paged[county]
    return turn


def forget_pages(sitting: Sitting) -> None:
    """Drop the counts that are a day old."""
    desk, oldest = sitting.desk, sitting.now - timedelta(days=1)
    for county in [county for county, paged in desk.paged.items() if max(paged.times) < oldest]:
        del desk.paged[county]
        sitting.result.rows[f"p/{county}"] = None
