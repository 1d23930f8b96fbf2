"""Who answers for a permitted burn: name and telephone, at the desk until their date and nowhere else."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from schemas.observation import Permit
from streams.serve.desk.book import Desk, text_of
from streams.serve.desk.placing import masked
from streams.unnamed import COVER, without_numbers

ASKED_AT_ONCE = 500
"""Permits in one question to the file."""


_COLUMNS = "permit_id, contact, phone, text"


class Person(Struct, frozen=True, kw_only=True):
    """What the office wrote of somebody; `text` is its remark where that holds a number, else empty."""

    contact: str
    phone: str
    text: str = ""


def keep_people(desk: Desk, permits: Iterable[Permit], now: datetime, days: int) -> None:
    """Keep who answers for permits until `days` after each ends; an older revision changes nothing.

    A permit over for longer names nobody, and neither does one whose name is covered (a letter sent again).
    """
    for one in permits:
        erase_at = one.ends_at + timedelta(days=days)
        contact, phone = one.contact.strip(COVER + " "), one.phone.strip(COVER + " ")
        text = one.text if without_numbers(one.text) != one.text else ""
        if (contact or phone or text) and erase_at > now:
            desk.write(
                "INSERT INTO permit_person VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (permit_id) DO UPDATE SET"
                " revision = excluded.revision, contact = excluded.contact, phone = excluded.phone,"
                " text = excluded.text, erase_at = excluded.erase_at WHERE excluded.revision >= revision",
                *(one.observation_id, one.revision, contact, phone, text, text_of(erase_at)),
            )


def people(desk: Desk | None, permit_ids: Iterable[str], now: datetime) -> Mapping[str, Person]:
    """Return who answers for permits, by the permit's id; nobody once their date has come."""
    every = [*permit_ids]
    found: dict[str, Person] = {}
    for at in range(0, 0 if desk is None else len(every), ASKED_AT_ONCE):
        part = every[at : at + ASKED_AT_ONCE]
        marks = ", ".join("?" * len(part))
        sql = f"SELECT {_COLUMNS} FROM permit_person WHERE erase_at > ? AND permit_id IN ({marks})"  # noqa: S608 - our own names
        rows = () if desk is None else desk.read(sql, text_of(now), *part)
        found |= {name: Person(contact=who, phone=phone, text=text) for name, who, phone, text in rows}
    return found


def shown(person: Person, *, plain: bool) -> dict[str, str]:
    """Return what somebody reads of a person: all of it, or the first letter and a masked number."""
    if not plain:
        return {"contact": person.contact[:1], "phone": masked(person.phone)}
    said = {"contact": person.contact, "phone": person.phone}
    return {**said, "text": person.text} if person.text else said
