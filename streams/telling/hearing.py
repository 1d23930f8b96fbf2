"""What gateways, links and telephones bring in, matched with who was told what, and put on `notice.v1`.

A receipt goes to whoever has that telephone or was sent that notice. A message of a person is an answer when
its sender is a receiver and its code one of theirs; else it goes to the officer and is replied to. What comes
from a stranger changes nothing, is answered with nothing, and is counted.
"""

import asyncio
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from alerts import uplink
from alerts.channels.base import Heard
from alerts.roster import Roster
from alerts.ways import ways
from schemas.jurisdiction import Jurisdiction
from schemas.notice import Answer, Note, NoteCode, Receipt, Says, Via
from schemas.receiver import Receiver
from schemas.settings import Settings
from schemas.topics import NOTICE
from streams.engine.writer import Writer
from streams.serve.rows import microseconds
from streams.serve.store import Store

HELD_FOR = timedelta(days=7)
"""How long after a message its code may still be answered."""

HELD = (
    "SELECT json_extract(CAST(r.body AS TEXT), '$.short_code'), n.alert_id, n.receiver, a.seq FROM notice n"
    " JOIN alert a ON a.alert_id = n.alert_id JOIN alert_revision r ON r.seq = a.seq"
    " WHERE n.receiver = ? AND n.at_us >= ? AND n.accepted_us IS NOT NULL"
)


@dataclass(frozen=True)
class Ears:
    """What is needed to make sense of what comes in."""

    store: Store
    writer: Writer
    settings: Settings
    profile: Jurisdiction

    async def take(self, channel: str, heard: Heard, now: datetime) -> str:
        """Take in what was heard; return what it was: receipt, answer, unreadable or stranger."""
        known = by_phone(self.settings.receivers, heard.phone) or in_group(
            self.settings, channel, heard.group
        )
        if heard.kind == "receipt":
            return await self._receipt(heard, known, now)
        via: Via = "voice" if channel == "voice" else "robot" if heard.group else "sms"
        if via == "voice":
            return await self._pressed(heard, now)
        if not known:
            return "stranger"
        codes = await asyncio.to_thread(held_by, self.store, [one.name for one in known], now - HELD_FOR)
        found = uplink.read(heard.text, codes, self.profile)
        if found is None:
            await self._unreadable(channel, known[0], heard.text, now)
            return "unreadable"
        alert_id, names = codes[found[0]]
        for name in names:
            await self.answer(name, alert_id, found[1], via, now)
        return "answer"

    async def answer(self, name: str, alert_id: str, says: Says, via: Via, now: datetime) -> None:
        """Put an answer on the log."""
        said = Answer(receiver=name, alert_id=alert_id, at=now, by=via, says=says, via=via)
        await self.writer.send(NOTICE, name, said)

    async def note(
        self, names: Iterable[str], code: NoteCode, mark: str, values: Mapping[str, str], now: datetime
    ) -> None:
        """Put a note for each of these receivers on the log; the same mark is told once."""
        for name in names:
            note_id = "note_" + hashlib.sha256(f"{len(name)}:{name}{code} {mark}".encode()).hexdigest()[:32]
            note = Note(note_id=note_id, receiver=name, at=now, code=code, values=dict(values))
            await self.writer.send(NOTICE, name, note)

    async def _receipt(self, heard: Heard, known: tuple[Receiver, ...], now: datetime) -> str:
        names = {one.name for one in known}
        if not names and (found := await asyncio.to_thread(sent_as, self.store, heard)):
            names = {found[0]}
        for name in sorted(names):
            said = Receipt(
                receiver=name,
                at=now,
                delivered=heard.delivered,
                notice_id=heard.notice_id,
                ref=heard.ref,
                detail=heard.detail,
            )
            await self.writer.send(NOTICE, name, said)
        return "receipt" if names else "stranger"

    async def _pressed(self, heard: Heard, now: datetime) -> str:
        found = await asyncio.to_thread(sent_as, self.store, heard)
        if found is None:
            return "stranger"
        await self.answer(found[0], found[1], "seen", "voice", now)
        return "answer"

    async def _unreadable(self, channel: str, sender: Receiver, text: str, now: datetime) -> None:
        # a telephone that answers by itself must not be answered without end, nor wake the officer each time
        mark = f"{channel} {sender.name} {now:%Y%m%d%H}"
        said = {"who": sender.name, "text": text}
        groups = {group.name: group for group in self.settings.groups}
        names = self.settings.office.duty or sender.escalate_to
        on_duty = Roster(groups, self.profile.zone).reached(names, now)
        await self.note(on_duty, "unreadable", f"{mark} {text}", said, now)
        await self.note((sender.name,), "how_to_answer", f"{mark} {now.minute // 10}", {}, now)


def by_phone(receivers: Iterable[Receiver], phone: str) -> tuple[Receiver, ...]:
    """Return the receivers that are reached at this number, however it is written."""
    wanted = digits(phone)
    if not wanted:
        return ()
    return tuple(one for one in receivers if wanted in {digits(way.phone) for way in ways(one)})


def in_group(settings: Settings, channel: str, group: str) -> tuple[Receiver, ...]:
    """Return the receiver that is a group of this name on this channel."""
    if not group:
        return ()
    named = (one for one in settings.receivers if one.name == group)
    return tuple(one for one in named if channel in {way.channel for way in ways(one)})


def digits(phone: str) -> str:
    """Return a number without signs and without the country China.

    >>> digits("+86 138-0013-8000"), digits("008613800138000"), digits("+4915112345678")
    ('13800138000', '13800138000', '4915112345678')
    """
    plain = "".join(one for one in phone if one.isascii() and one.isdigit()).removeprefix("00")
    return plain[2:] if plain.startswith("86") and len(plain) == 13 else plain


def held_by(store: Store, names: list[str], since: datetime) -> dict[str, tuple[str, list[str]]]:
    """Return by code the latest alert under it that any of these receivers was told, and who of them was."""
    since_us = microseconds(since)
    rows = [row for name in names for row in store.read(HELD, (name, since_us))]
    found: dict[str, tuple[str, list[str]]] = {}
    for code, alert_id, name, _ in sorted(rows, key=lambda row: (row[3], row[2])):
        told = found.get(code)
        if told is None or told[0] != alert_id:
            found[code] = (alert_id, [])
        if name not in found[code][1]:
            found[code][1].append(name)
    return found


def sent_as(store: Store, heard: Heard) -> tuple[str, str] | None:
    """Return receiver and alert of the notice that a gateway speaks of, None when there is none."""
    by, value = ("notice_id", heard.notice_id) if heard.notice_id else ("ref", heard.ref)
    if not value:
        return None
    rows: list[tuple[Any, ...]] = store.read(
        f"SELECT receiver, alert_id FROM notice WHERE {by} = ? ORDER BY at_us DESC LIMIT 1",  # noqa: S608 - one of two own names
        (value,),
    )
    return (str(rows[0][0]), str(rows[0][1])) if rows else None
