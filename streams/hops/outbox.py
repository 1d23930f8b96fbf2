"""What one partition of deliveries remembers: what each receiver was told and what is on its way."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count, islice
from typing import TypeVar

from msgspec import Struct

from alerts.digest import Listed
from alerts.policy import Told
from alerts.pull_back import Afield
from schemas.codec import decode
from schemas.hop import Result
from schemas.units import UtcTime
from streams.hops.pending import Living, Pending, Spent

__all__ = ["Living", "Outbox", "Pending", "Spent", "notice_id", "open_outbox", "outbox_key", "rows_written"]

Row = TypeVar("Row", bound=Struct)

REMEMBERED = timedelta(days=30)
"""How long after its last revision an alert is remembered that the receiver does not hold."""

HELD = timedelta(days=365)
"""How long one is remembered that the receiver holds: its end must still find whom to tell."""

DIGESTS = ""
"""Where rows without an alert of their own stand in the index."""

SWEPT = 8
"""How many remembered alerts are looked at with each new one, so that no step takes long."""


@dataclass
class Outbox:
    """The rows of one partition, by receiver. A cache: the rows are what counts."""

    told: dict[str, dict[str, Told]] = field(default_factory=dict)
    pending: dict[str, dict[str, Pending]] = field(default_factory=dict)
    carries: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    lines: dict[str, dict[str, Listed]] = field(default_factory=dict)
    open: dict[str, str] = field(default_factory=dict)
    spent: dict[tuple[str, str], Spent] = field(default_factory=dict)
    afield: dict[str, Afield] = field(default_factory=dict)
    living: dict[str, Living] = field(default_factory=dict)
    silent: dict[str, set[str]] = field(default_factory=dict)
    """By receiver, the rows that a silence holds back."""
    _by_alert: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    _order: dict[tuple[str, str], int] = field(default_factory=dict)
    _count: Iterator[int] = field(default_factory=count)
    unreadable: dict[str, str] = field(default_factory=dict)
    """Keys of rows that could not be read, with the reason; the engine tells of them."""

    def rows(self) -> Iterable[Pending]:
        """Return every row on its way, oldest first within a receiver."""
        return [row for rows in self.pending.values() for row in rows.values()]

    def related(self, receiver: str, ids: Iterable[str]) -> list[Pending]:
        """Return the receiver's rows that share an alert with `ids`, without a digest that is still open."""
        wanted, mine = set(ids), self.pending.get(receiver, {})
        names = {name for one in (*wanted, DIGESTS) for name in self._by_alert.get((receiver, one), ())}
        rows = (mine[name] for name in sorted(names, key=lambda name: self._order[receiver, name]))
        return [row for row in rows if row.ends_at is None and self._shares(row, wanted)]

    def _find_again(self, before: Pending | None, after: Pending | None) -> None:
        """Keep the index of `related`: by alert, in the order in which rows were first written."""
        if before is not None:
            for one in before.covers or (DIGESTS,):
                names = self._by_alert[before.receiver, one]
                names.discard(before.notice_id)
                if not names:
                    del self._by_alert[before.receiver, one]
        if after is not None:
            for one in after.covers or (DIGESTS,):
                self._by_alert.setdefault((after.receiver, one), set()).add(after.notice_id)
            self._order.setdefault((after.receiver, after.notice_id), next(self._count))
        elif before is not None:
            del self._order[before.receiver, before.notice_id]

    def _shares(self, row: Pending, wanted: set[str]) -> bool:
        if not row.digest:
            return not wanted.isdisjoint(row.covers)
        lines = self.lines.get(row.notice_id, {})
        return any(one in lines for one in wanted)

    def is_over(self, row: Pending) -> bool:
        """Return whether the alert of this row has ended since: nothing more is waited for."""
        told = self.told.get(row.receiver, {}).get(row.alert_id)
        return told is not None and told.ended > row.revision

    def collecting(self, receiver: str) -> Pending | None:
        """Return the receiver's open digest."""
        return self.pending.get(receiver, {}).get(self.open.get(receiver, ""))

    def add_line(self, line: Listed, result: Result) -> None:
        """Write one line of a digest; a later one of the same alert takes its place."""
        self.lines.setdefault(line.digest_id, {})[line.alert_id] = line
        result.rows[line_key(line)] = line

    def drop_line(self, line: Listed, result: Result) -> None:
        """Delete one line of a digest."""
        del self.lines[line.digest_id][line.alert_id]
        result.rows[line_key(line)] = None

    def remember(self, told: Told, result: Result) -> None:
        """Write what a receiver holds of one alert; the latest touched stands last."""
        mine = self.told.setdefault(told.receiver, {})
        self._move(mine.pop(told.alert_id, None), told)
        mine[told.alert_id] = told
        result.rows[told_key(told)] = told

    def spend(self, spent: Spent, result: Result) -> None:
        """Write when a receiver was sent something."""
        self.spent[spent.receiver, spent.channel] = spent
        result.rows[f"spent/{spent.receiver}/{spent.channel}"] = spent

    def go(self, afield: Afield, result: Result) -> None:
        """Write who is out."""
        self.afield[afield.receiver] = afield
        result.rows[f"afield/{afield.receiver}"] = afield

    def live(self, living: Living, result: Result) -> None:
        """Write the newest revision of a fire."""
        self.living[living.alert_id] = living
        result.rows[f"living/{living.alert_id}"] = living

    def carried(self, receiver: str, alert_id: str) -> frozenset[str]:
        """Return the alerts that go on in this one for this receiver."""
        return frozenset(self.carries.get((receiver, alert_id), ()))

    def same_fire(self, receiver: str, alert_id: str) -> frozenset[str]:
        """Return this alert, the one that it goes on in for this receiver, and all that go on in either."""
        known = self.told.get(receiver, {}).get(alert_id)
        ids = {alert_id, known.into} - {""} if known is not None else {alert_id}
        return frozenset(ids.union(*(self.carried(receiver, one) for one in ids)))

    def _move(self, before: Told | None, after: Told | None) -> None:
        """Keep the index of `carried`."""
        if before is not None and before.into:
            self.carries.get((before.receiver, before.into), set()).discard(before.alert_id)
        if after is not None and after.into:
            self.carries.setdefault((after.receiver, after.into), set()).add(after.alert_id)

    def put(self, row: Pending, result: Result) -> None:
        """Write a row of the outbox."""
        mine = self.pending.setdefault(row.receiver, {})
        self._find_again(mine.get(row.notice_id), row)
        mine[row.notice_id] = row
        if row.silent_until is not None:
            self.silent.setdefault(row.receiver, set()).add(row.notice_id)
        if row.collects_until is not None:
            self.open[row.receiver] = row.notice_id
        elif self.open.get(row.receiver) == row.notice_id:
            del self.open[row.receiver]
        result.rows[outbox_key(row)] = row

    def drop(self, row: Pending, result: Result) -> None:
        """Delete a row of the outbox, and the lines of a digest with it."""
        self._find_again(self.pending.get(row.receiver, {}).pop(row.notice_id, None), None)
        result.rows[outbox_key(row)] = None
        if row.receiver in self.silent:
            self.silent[row.receiver].discard(row.notice_id)
        if self.open.get(row.receiver) == row.notice_id:
            del self.open[row.receiver]
        for line in self.lines.pop(row.notice_id, {}).values():
            result.rows[line_key(line)] = None

    def forget(self, receiver: str, now: UtcTime, result: Result) -> None:
        """Delete what was told so long ago that nothing more will come of it."""
        mine = self.told.get(receiver, {})
        for oldest in list(islice(mine.values(), SWEPT)):
            age = now - oldest.touched_at
            if age <= REMEMBERED:
                return
            del mine[oldest.alert_id]
            if oldest.heard is not None and age <= HELD:
                mine[oldest.alert_id] = oldest
                continue
            self._move(oldest, None)
            self.carries.pop((receiver, oldest.alert_id), None)
            result.rows[told_key(oldest)] = None


def notice_id(receiver: str, alert_id: str, revision: int, instead_of: str = "") -> str:
    """Return the lasting id of one revision for one receiver: the same after every restart and replay.

    In somebody's place it is told under an id of its own: no gateway may take it for a repeat.
    """
    words = f"{len(receiver)}:{receiver}{len(alert_id)}:{alert_id}{revision}"
    words += f" {instead_of}" if instead_of else ""
    return "notice_" + hashlib.sha256(words.encode()).hexdigest()[:32]


def told_key(told: Told) -> str:
    """Return the row key of what a receiver was told."""
    return f"told/{told.receiver}/{told.alert_id}"


def outbox_key(row: Pending) -> str:
    """Return the row key of what is on its way."""
    return f"outbox/{row.receiver}/{row.notice_id}"


def line_key(line: Listed) -> str:
    """Return the row key of one line of a digest."""
    return f"line/{line.receiver}/{line.digest_id}/{line.alert_id}"


def open_outbox(rows: Mapping[str, bytes]) -> Outbox:
    """Return the state that these rows keep; a row that cannot be read is left where it is, and named."""
    outbox, written = Outbox(), Result()
    lost = outbox.unreadable
    for told in sorted(_read(rows, "told/", Told, lost), key=lambda told: told.touched_at):
        outbox.remember(told, written)
    for row in sorted(_read(rows, "outbox/", Pending, lost), key=lambda row: (row.due_at, row.revision)):
        outbox.put(row, written)
    for line in _read(rows, "line/", Listed, lost):
        outbox.add_line(line, written)
    for afield in _read(rows, "afield/", Afield, lost):
        outbox.go(afield, written)
    for living in _read(rows, "living/", Living, lost):
        outbox.live(living, written)
    for spent in _read(rows, "spent/", Spent, lost):
        outbox.spend(spent, written)
    return outbox


def rows_written(outbox: Outbox, before: Mapping[str, bytes | None]) -> list[Pending]:
    """Return the rows on their way as they are on the disk: those in `before` are still as it says."""
    rows = list(outbox.rows())
    if not before:
        return rows
    rows = [row for row in rows if outbox_key(row) not in before]
    return rows + _read({key: raw for key, raw in before.items() if raw is not None}, "outbox/", Pending, {})


def _read(rows: Mapping[str, bytes], prefix: str, kind: type[Row], lost: dict[str, str]) -> list[Row]:
    """Return the rows of one kind, and put into `lost` which of them cannot be read and why."""
    found: list[Row] = []
    for key, raw in rows.items():
        if not key.startswith(prefix):
            continue
        row = decode(raw, kind)
        if isinstance(row, kind):
            found.append(row)
        else:
            lost[key] = row.why
    return found
