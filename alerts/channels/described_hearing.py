"""How a described gateway tells what became of messages, and what people sent: by callback or when asked."""

import re
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from alerts.channels.base import Given, Heard, Hearing, Incoming
from alerts.hearing import rows_of, word


def check_rules(*rules: str) -> None:
    """Refuse what is no regular expression before anything is sent; raises ValueError with the rule."""
    for rule in rules:
        try:
            re.compile(rule)
        except re.error as error:
            raise ValueError(f"{rule!r} is no regular expression: {error}") from error


class Told(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[channels.NAME.hears]`: the fields of what a gateway says later; empty: it does not say that."""

    by: Annotated[
        Literal["", "callback", "poll"],
        Meta(description="Empty: nothing is heard of it. callback: it calls /v1/gateways/NAME/WORD."),
    ] = ""
    url: Annotated[str, Meta(description="Where it is asked, gaps as in the request.")] = ""
    body: str = "user={user}&password={password}"
    rows: Annotated[str, Meta(description="Where the list stands in a JSON answer, `a.b`.")] = ""
    phone: str = "mobile"
    ref: Annotated[str, Meta(description="Field of the gateway's own id of a message.")] = ""
    id: Annotated[str, Meta(description="Field of `{id}`, our own, where it is given back.")] = ""
    status: Annotated[str, Meta(description="Field that says what became of it.")] = ""
    delivered: Annotated[str, Meta(description="Regular expression of what arrived.")] = "DELIVRD|0"
    pending: Annotated[str, Meta(description="Regular expression of what is not known yet.")] = ""
    text: Annotated[str, Meta(description="Field of what a person sent, or of the key pressed.")] = ""
    reply: Annotated[str, Meta(description="What the gateway wants to hear in return.")] = "0"

    def __post_init__(self) -> None:
        """Refuse a rule that is no regular expression; raises ValueError."""
        check_rules(self.delivered, self.pending)


def hears(given: Given, incoming: Incoming) -> Hearing:
    """Return what a described gateway says; raises ValueError for what cannot be read."""
    told = given.options.hears
    rows = rows_of(incoming, given.options.charset, told.rows)
    found = [one for row in rows for one in _heard(told, row)]
    return Hearing(tuple(found), told.reply.encode())


def _heard(told: Told, row: dict[str, Any]) -> list[Heard]:
    phone, notice_id, ref = word(row, told.phone), word(row, told.id), word(row, told.ref)
    status, text = word(row, told.status), word(row, told.text)
    found = []
    if status and not (told.pending and re.fullmatch(told.pending, status)):
        delivered = bool(re.fullmatch(told.delivered, status))
        found.append(
            Heard(
                kind="receipt",
                phone=phone,
                notice_id=notice_id,
                ref=ref,
                delivered=delivered,
                detail=status[:100],
            )
        )
    if text:
        found.append(Heard(kind="uplink", phone=phone, notice_id=notice_id, ref=ref, text=text))
    return found


def receipts(given: Given) -> bool:
    """Return whether the gateway says what became of a message."""
    told = given.options.hears
    return bool(told.by and told.status and (told.ref or told.id))
