"""The figures of a backtest worked out anew from files alone: none of the code of the comparison is used.

It reads what `fenghuo replay` writes (`incidents.ndjson`, `alerts.ndjson`) and `truth.ndjson`.
"""

import collections
import datetime as dt
import json
import math
import statistics

HOUR = dt.timedelta(hours=1)
SAYING = {"new", "update", "upgrade", "downgrade", "confirm"}


def rows(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def instant(text):
    return dt.datetime.fromisoformat(text)


def heirs(incidents):
    """Each id, and the incident that it leads to in the end."""
    into = {one["incident_id"]: one["merged_into"] for one in incidents}

    def follow(name):
        while into.get(name):
            name = into[name]
        return name

    return {name: follow(name) for name in into}


def told(folder):
    """Each incident that was not merged, with the revisions that tell of it."""
    incidents = rows(folder / "incidents.ndjson")
    leads = heirs(incidents)
    said = collections.defaultdict(list)
    for alert in rows(folder / "alerts.ndjson"):
        if alert["action"] in SAYING:
            said[leads[alert["incident_id"]]].append(alert)
    return [(one, said[one["incident_id"]]) for one in incidents if one["merged_into"] is None]


def is_of(thing, incident):
    """Whether an incident is of a known thing: near enough, and seen within its time."""
    east = (incident["longitude"] - thing["longitude"]) * math.cos(math.radians(thing["latitude"]))
    km = 111.195 * math.hypot(east, incident["latitude"] - thing["latitude"])
    near = km <= thing.get("radius_km", 0.0) + round(incident["radius_m"], 1) / 1000.0 + 1.5
    begun = instant(incident["opened_at"]) <= instant(thing["to_at"]) + 24 * HOUR
    lasted = instant(incident["last_observed_at"]) >= instant(thing["from_at"]) - HOUR
    return near and begun and lasted


def figures(folder, truth, days):
    """Recall, minutes to the first word, incidents a fire, false tasks and alerts a day, precision."""
    stories, things = told(folder), rows(truth)
    fires = [one for one in things if one["is_fire"]]
    others = [one for one in things if one["is_fire"] is False]
    caught, alerted, minutes, counts = [], [], [], []
    for fire in fires:
        mine = [said for incident, said in stories if said and is_of(fire, incident)]
        first = min((instant(alert["issued_at"]) for said in mine for alert in said), default=None)
        caught.append(first is not None)
        alerted.append(any(alert["grade"] != "task" for said in mine for alert in said))
        if first is not None:
            minutes.append(round((first - instant(fire["from_at"])) / (HOUR / 60), 2))
            counts.append(len(mine))
    false_tasks = false_alerts = right = wrong = 0
    for incident, said in stories:
        is_fire = any(is_of(one, incident) for one in fires)
        is_other = not is_fire and any(is_of(one, incident) for one in others)
        graded = any(alert["grade"] != "task" for alert in said)
        right += bool(said) and is_fire
        wrong += bool(said) and is_other
        false_tasks += bool(said) and is_other and not graded
        false_alerts += is_other and graded
    return {
        "recall_task": sum(caught) / len(fires),
        "recall_alert": sum(alerted) / len(fires),
        "incidents_per_fire": statistics.fmean(counts),
        "minutes_to_task": statistics.median(minutes),
        "false_tasks_per_day": false_tasks / days,
        "false_alerts_per_day": false_alerts / days,
        "precision": right / (right + wrong),
    }
