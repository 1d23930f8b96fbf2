"""A gateway described in settings: method, address, body, charset and what counts as taken.

Domestic SMS and voice gateways differ in little else. `{phone}`, `{text}`, `{id}`, `{code}`, `{user}`,
`{password}`, `{time}` (local, YYYYMMDDhhmmss), `{unix}`, `{text_hex}` (UCS-2, big-endian, as CMPP carries it)
and `{digest}` are filled in, each encoded as the body's media type asks, so that no text can break out of it.
"""

import hashlib
import re
from typing import Annotated, Any, Literal
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from alerts.channels.base import (
    ACCEPTED,
    Given,
    HttpPost,
    Message,
    Response,
    Ruling,
    Stamp,
    answered,
    refused,
    retried,
)
from alerts.channels.described_hearing import Told, check_rules
from alerts.masking import masked
from schemas.receiver import Receiver

Charset = Literal["utf-8", "gbk"]
Media = Literal["form", "json", "xml"]
MEDIA = {"form": "application/x-www-form-urlencoded", "json": "application/json", "xml": "text/xml"}
_GAP = re.compile(r"\{([a-z_]+)\}")
FILLED = ("phone", "text", "text_hex", "id", "code", "prompt", "user", "password", "time", "unix")


class Described(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a gateway is asked and what its answers mean."""

    secret_env: Annotated[str, Meta(description="Variable with user and password, a space between.")] = ""
    url: Annotated[str, Meta(description="May hold gaps, each percent-encoded.")] = ""
    method: Literal["POST", "GET"] = "POST"
    media: Media = "form"
    charset: Charset = "utf-8"
    body: str = "user={user}&password={password}&mobile={phone}&content={text}"
    headers: dict[str, str] = {}
    digest: Literal["", "md5", "sha1", "sha256"] = ""
    digest_of: Annotated[str, Meta(description="What `{digest}` is taken of, gaps filled in plainly.")] = ""
    taken_field: Annotated[str, Meta(description="Field of a JSON answer, `a.b`; empty: the text.")] = ""
    taken: Annotated[str, Meta(description="Regular expression that what was taken matches whole.")] = ""
    refused: Annotated[str, Meta(description="Regular expression of what is never taken.")] = ""
    ref_field: Annotated[str, Meta(description="Field of the answer with the gateway's own id.")] = ""
    callback_env: Annotated[str, Meta(description="Variable with the WORD of its callback address.")] = ""
    hears: Told = Told()

    def __post_init__(self) -> None:
        """Refuse a rule that is no regular expression, and a gap that nothing fills; raises ValueError."""
        check_rules(self.taken, self.refused)
        known = (*FILLED, "digest") if self.digest else FILLED
        texts = (self.url, self.body, *self.headers.values(), self.hears.url, self.hears.body)
        gaps = [(gap, known) for text in texts for gap in _GAP.findall(text)]
        gaps += [(gap, FILLED) for gap in _GAP.findall(self.digest_of)]
        for gap in (gap for gap, fills in gaps if gap not in fills):
            raise ValueError(f"unknown gap {{{gap}}}")


def described(given: Given, message: Message, receiver: Receiver, stamp: Stamp) -> HttpPost:
    """Return the request; raises ValueError for a secret that is not two words, or an unknown gap."""
    options = given.options
    plain = _values(given, message, receiver.phone, stamp)
    encoded = {name: _encoded(value, options.media, options.charset) for name, value in plain.items()}
    in_url = {name: quote(value, "", encoding=options.charset) for name, value in plain.items()}
    body = "" if options.method == "GET" else _fill(options.body, encoded)
    headers = {"content-type": f"{MEDIA[options.media]}; charset={options.charset}", **options.headers}
    headers = {name: _fill(value, in_url) for name, value in headers.items()}
    return HttpPost(
        _fill(options.url, in_url), headers, body.encode(options.charset, "replace"), options.method
    )


def asks(given: Given, stamp: Stamp) -> tuple[HttpPost, ...]:
    """Return the request that asks what became of messages and what people sent; none for a callback."""
    options = given.options
    if options.hears.by != "poll" or not options.hears.url:
        return ()
    plain = _values(given, Message(""), "", stamp)
    encoded = {name: _encoded(value, options.media, options.charset) for name, value in plain.items()}
    in_url = {name: quote(value, "", encoding=options.charset) for name, value in plain.items()}
    headers = {"content-type": f"{MEDIA[options.media]}; charset={options.charset}"}
    body = "" if options.method == "GET" else _fill(options.hears.body, encoded)
    url = _fill(options.hears.url, in_url)
    return (HttpPost(url, headers, body.encode(options.charset, "replace"), options.method),)


def _values(given: Given, message: Message, phone: str, stamp: Stamp) -> dict[str, str]:
    options = given.options
    if options.secret_env and len(stamp.secrets) != 2:
        raise ValueError("the secret is not two words: user and password")
    user, password = stamp.secrets if options.secret_env else ("", "")
    values = {
        "phone": phone,
        "text": message.body,
        "text_hex": message.body.encode("utf-16-be").hex().upper(),
        "id": stamp.notice_id,
        "code": message.headers.get("code", ""),
        "prompt": message.headers.get("prompt", ""),
        "user": user,
        "password": password,
        "time": f"{stamp.at.astimezone(ZoneInfo(given.zone)):%Y%m%d%H%M%S}",
        "unix": str(int(stamp.at.timestamp())),
    }
    if options.digest:
        digested = _fill(options.digest_of, values).encode(options.charset, "replace")
        values["digest"] = hashlib.new(options.digest, digested, usedforsecurity=False).hexdigest()
    return values


def _encoded(value: str, media: Media, charset: Charset) -> str:
    if media == "form":
        return quote_plus(value, encoding=charset, errors="replace")
    if media == "json":
        return msgspec.json.encode(value).decode()[1:-1]
    return escape(value, {'"': "&quot;"})


def _fill(pattern: str, values: dict[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        if found[1] not in values:
            raise ValueError(f"unknown gap {found[0]}")
        return values[found[1]]

    return _GAP.sub(value, pattern)


def ruled(given: Given, response: Response) -> Ruling:
    """Return what the described rules make of an answer; without any, a 2xx is taken."""
    options = given.options
    if not 200 <= response.status < 300:
        return retried(value=float(response.status))
    said = _said(options, response)
    if said is None:
        return retried(detail=f"no {options.taken_field} in the answer")
    if not options.taken or re.fullmatch(options.taken, said, re.DOTALL):
        ref = _field(options, options.ref_field, response) if options.ref_field else None
        return replace(ACCEPTED, ref=ref or "")
    detail = masked(said)
    if options.refused and re.fullmatch(options.refused, said, re.DOTALL):
        return refused(detail=detail)
    return retried(detail=detail)


def _said(options: Any, response: Response) -> str | None:
    if not options.taken_field:
        return response.body.decode(options.charset, "replace").strip()
    return _field(options, options.taken_field, response)


def _field(options: Any, path: str, response: Response) -> str | None:
    found: Any = answered(response, options.charset)
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return None if found is None else str(found)
