"""A CAP 1.2 document by HTTPS POST, as OASIS defines it or in the Chinese profile.

Config::

    [channels.cap]
    profile = "oasis"                     # or "cn": severity by colour, 31-character identifier
    hazard_code = ""                      # from your own code table; none is invented here

A receiver::

    [[receivers]]
    name = "province"
    channel = "cap"
    url = "https://cap.example.cn/in"
    secret_env = "CAP_BEARER"             # sent as `Authorization: Bearer`; leave it out for none

Scope is *Restricted* always and status *Exercise* until an office is set that may issue (`issuer`).
"""

from alerts.cap import Options, document
from alerts.cap_digest import digest_document
from alerts.channels.base import Channel, Given, HttpPost, Message, Stamp, by_status
from alerts.digest import Listed
from schemas.alert import Alert
from schemas.receiver import Receiver

HEADERS = {"content-type": "application/cap+xml"}


def render(given: Given, alert: Alert, _receiver: Receiver) -> Message:
    """Return the document of one revision; an update or cancel refers to the revision before it."""
    return Message(document(given.options, alert, given.office, given.profile), HEADERS)


def digest(given: Given, lines: tuple[Listed, ...], _receiver: Receiver) -> Message:
    """Return one document for what is told together: an info for each, none of which pages."""
    return Message(digest_document(given.options, lines, given.office, given.profile, given.issuer), HEADERS)


def request(_given: Given, message: Message, receiver: Receiver, stamp: Stamp) -> HttpPost:
    """Return the request with its id, and the bearer token where there is one."""
    headers = {**message.headers, "idempotency-key": stamp.notice_id}
    if stamp.secrets:
        headers["authorization"] = f"Bearer {stamp.secrets[0]}"
    return HttpPost(receiver.url, headers, message.body.encode())


CAP = Channel(
    name="cap",
    options=Options,
    render=render,
    digest=digest,
    request=request,
    accepted=by_status,
    needs=("url",),
)
