"""Alerts as an Atom feed (RFC 4287) with GeoRSS points and one link to the CAP document of each."""

from collections.abc import Sequence
from datetime import UTC, datetime

from alerts.cap import MEDIA, identifier
from alerts.xml import Element, written
from schemas.alert import Alert

NAMESPACES = {"xmlns": "http://www.w3.org/2005/Atom", "xmlns:georss": "http://www.georss.org/georss"}


def feed(alerts: Sequence[Alert], here: str, updated_at: datetime, sender: str) -> str:
    """Return the feed, its address being `here`; one entry an alert, in the order given."""
    base = here.rsplit("/", 1)[0]
    head = [
        Element("id", text=f"urn:fenghuo:{sender}:alerts"),
        Element("title", text="Fenghuo"),
        Element("updated", text=_time(updated_at)),
        Element("author", [Element("name", text=sender)]),
        Element("link", attributes={"rel": "self", "href": here, "type": "application/atom+xml"}),
    ]
    return written(
        Element("feed", [*head, *(_entry(one, base, sender) for one in alerts)], attributes=NAMESPACES)
    )


def _entry(alert: Alert, base: str, sender: str) -> Element:
    titles = list(alert.headline.values()) or [identifier(alert)]
    return Element(
        "entry",
        [
            Element("id", text=f"urn:fenghuo:{sender}:{alert.alert_id}"),
            Element("title", text=titles[0]),
            Element("updated", text=_time(alert.issued_at)),
            Element("summary", text="\n".join(alert.description.values())),
            Element(
                "link",
                attributes={
                    "rel": "alternate",
                    "type": MEDIA,
                    "href": f"{base}/alerts/{alert.alert_id}.cap?revision={alert.revision}",
                },
            ),
            Element("category", attributes={"term": alert.grade}),
            Element("georss:point", text=f"{alert.latitude:.5f} {alert.longitude:.5f}"),
        ],
    )


def _time(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
