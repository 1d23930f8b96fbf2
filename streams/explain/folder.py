"""What a replay wrote, as a place to look up why: incidents, alerts and silences of one folder."""

import json
from collections.abc import Collection, Iterator
from datetime import datetime
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

from streams.explain.explanation import CANDIDATE, Record, nearest

REACH_DEG = 0.02
"""About 2 km: pixels lie on or beside the footprint."""


class FolderError(Exception):
    """The folder is not what a replay writes; the message says so in one line."""


class Folder:
    """The four files of one replay; raises FolderError when they are not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        if not (folder / "incidents.ndjson").is_file():
            raise FolderError(f"{folder}: no incidents.ndjson; name the --out folder of a replay")

    @cached_property
    def _incidents(self) -> dict[str, Record]:
        return {one["incident_id"]: one for one in self._lines("incidents.ndjson")}

    @cached_property
    def _alerts(self) -> list[dict[str, Any]]:
        return list(self._lines("alerts.ndjson"))

    def _lines(self, name: str) -> Iterator[dict[str, Any]]:
        try:
            with (self._folder / name).open("rb") as lines:
                for number, line in enumerate(lines, 1):
                    try:
                        yield json.loads(line)
                    except ValueError as error:
                        raise FolderError(f"{self._folder / name}:{number}: no JSON") from error
        except OSError as error:
            raise FolderError(f"{self._folder / name}: {error.strerror}") from error

    def incident(self, name: str) -> Record | None:
        """Return the incident that an id, an alert id or an answer code leads to, through every merge."""
        found = self._incidents.get(name)
        if found is None:
            said = next((one for one in reversed(self._alerts) if one["alert_id"] == name), None)
            found = None if said is None else self._incidents.get(said["incident_id"])
        if found is None:
            found = next((one for one in self._incidents.values() if name in one.get("witnesses", ())), None)
        if found is None:
            coded = [one for one in self._incidents.values() if one["short_code"] == name.upper()]
            living = [one for one in coded if one["status"] != "merged"]
            found = next(iter(living or coded), None)
        for _ in range(len(self._incidents)):
            if found is None or not found["merged_into"]:
                break
            found = self._incidents.get(found["merged_into"])
        return found

    def alert(self, incident_id: str, asked: Collection[str] = ()) -> Record | None:
        """Return the newest alert revision of an incident: its own, or of the candidate that is asked for."""
        every = [one for one in reversed(self._alerts) if one["incident_id"] == incident_id]
        tasks = [one for one in every if one.get("relation") == CANDIDATE]
        named = (one for one in tasks if {one["alert_id"], one["short_code"]} & {*asked})
        own = (one for one in every if one not in tasks)
        return next(chain(named, own, tasks), None)

    def silence(self, name: str) -> Record | None:
        """Return why an observation, or a row `file:line`, leads to no alert."""
        found = None
        for one in self._lines("silences.ndjson"):
            row = f"{one.get('file')}:{one.get('line')}"
            if name in {one.get("observation_id"), row}:
                found = one
                if one["outcome"] != "duplicate":
                    break
        return found

    def detection(self, _name: str) -> Record | None:
        """Return nothing: a replay writes no claims."""
        return None

    def called(self, name: str) -> list[str]:
        """Return the lasting ids of what sources call so, two at most."""
        told = (one for each in self._incidents.values() for one in each.get("witnesses", ()))
        silent = (one.get("observation_id") or "" for one in self._lines("silences.ndjson"))
        found = dict.fromkeys(one for one in chain(told, silent) if one.endswith("~" + name))
        return list(found)[:2]

    def incident_at(self, longitude: float, latitude: float, at: datetime, name: str = "") -> Record | None:
        """Return the incident that was observed there and then."""
        from shapely import box  # noqa: PLC0415 - only who asks by place pays for it
        from shapely.geometry import shape  # noqa: PLC0415 - the same

        near = box(longitude - REACH_DEG, latitude - REACH_DEG, longitude + REACH_DEG, latitude + REACH_DEG)
        found = [
            one
            for one in self._incidents.values()
            if _instant(one["opened_at"]) <= at <= _instant(one["last_observed_at"])
            and shape(one["footprint"]).intersects(near)
        ]
        return nearest(found, longitude, latitude, name)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
