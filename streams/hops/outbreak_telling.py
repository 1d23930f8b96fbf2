"""The alert revision that an outbreak's revision calls for, put out and kept."""

from alerts import outbreak as telling
from alerts.answered import heard
from alerts.lifecycle import Issued
from schemas.incident import Incident
from streams.hops.desk import FireRow
from streams.hops.outbreak_board import OutbreakRow
from streams.hops.sitting import Sitting
from streams.hops.telling import tell


def say(
    sitting: Sitting, incident: Incident, issued: Issued | None, signs: tuple[str, ...], *, may_page: bool
) -> None:
    """Put out the alert revision that is due, if any, and keep what was last said."""
    options = sitting.given.pests.of_incident(incident).telling
    ordinary = telling.turn(options, issued, incident, sitting.now, may_page=may_page)
    turn = heard(ordinary, issued, incident)
    row = FireRow(incident=incident, issued=issued)
    if turn is not None:
        row = tell(sitting, row, turn, ())
    keep(sitting, OutbreakRow(incident=incident, signs=signs, issued=row.issued))


def keep(sitting: Sitting, row: OutbreakRow) -> None:
    """Keep what was last said of an outbreak."""
    name = row.incident.incident_id
    if sitting.desk.pests.outbreaks.get(name) != row:
        sitting.desk.pests.outbreaks[name] = row
        sitting.result.rows[f"x/{name}"] = row
