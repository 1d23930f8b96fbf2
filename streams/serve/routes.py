"""The route table: every path, who may use it, and what it takes. Data only."""

from dataclasses import dataclass
from typing import Any

from schemas.act import AnyAct
from schemas.alert import Alert
from streams.explain.explanation import Explanation
from streams.serve import (
    acts,
    answering,
    asking,
    carbon,
    contract,
    explaining,
    gateways,
    given_up,
    ingest,
    interchange,
    observed,
    pages,
    permits,
    pictures,
    positions,
    reading,
    releasing,
    replying,
    session,
    state,
    verdicts,
)
from streams.serve.accounts.doors import DOORS as ACCOUNTS
from streams.serve.desk.routes import DOORS
from streams.serve.doors import Handler
from streams.serve.drilling import DOORS as DRILLS
from streams.serve.key_doors import DOORS as KEYS
from streams.serve.map_doors import DOORS as MAP
from streams.serve.pest.routes import DOORS as PESTS
from streams.serve.tuning_doors import DOORS as TUNING

READERS = frozenset({"viewer", "ranger", "operator", "admin", "auditor"})
OVERSEERS = frozenset({"operator", "admin", "auditor"})
GIVERS = frozenset({"ingest", "operator", "admin"})
WITNESSES = GIVERS | {"ranger"}
ANSWERERS = frozenset({"ranger", "operator", "admin"})
OPERATORS = frozenset({"operator", "admin"})
ANYONE = None
"""No key: health, the empty page and the login only."""
PLACED = ("bbox", "datetime", "limit", "before")
PAGED = (*PLACED, "kind")
LISTED = (*PAGED, "status", "grade", "properties")


@dataclass(frozen=True, kw_only=True)
class Route:
    """One door: `roles` None is everyone; `reading` is open to all in the demo."""

    method: str
    path: str
    handler: Handler
    roles: frozenset[str] | None
    about: str
    reading: bool = False
    query: tuple[str, ...] = ()
    media: str = "application/json"
    answer: Any = None
    body: tuple[str, ...] = ()
    given: Any = None
    """Type of a JSON body, described in the OpenAPI document."""
    status: int = 200
    written: bool = True
    scoped: bool = False
    """Whether the answer heeds which areas somebody sees; others are closed to who sees some only."""
    noted: bool = False
    """Whether every answer leaves an entry in the audit log."""


def _get(path: str, handler: Handler, about: str, query: tuple[str, ...] = (), **more: Any) -> Route:
    settled = {"roles": READERS, "reading": True, **more}
    return Route(method="GET", path=path, handler=handler, about=about, query=query, **settled)


GEO: Any = {"media": "application/geo+json", "scoped": True}
SCOPED: Any = {"scoped": True}
WRITES: Any = {"scoped": True, "noted": True}
AGAIN: Any = {"roles": OPERATORS, "about": "Send it again under the same id", "status": 202, "noted": True}

ROUTES: tuple[Route, ...] = (
    _get("/v1/alerts", reading.alerts, "Latest revision of each alert", LISTED, **GEO),
    _get("/v1/alerts/stream", reading.stream, "Live alerts", ("after",), media="text/event-stream", **SCOPED),
    _get(
        "/v1/alerts.atom",
        interchange.feed,
        "Latest revision of each alert",
        (*PAGED, "status", "grade"),
        media=interchange.ATOM,
        **SCOPED,
    ),
    _get(
        "/v1/alerts/{alert_id}",
        reading.alert,
        "One alert (.json, .geojson, .cap)",
        ("revision",),
        answer=Alert,
        **SCOPED,
    ),
    _get("/v1/incidents", reading.incidents, "Incidents", LISTED, **GEO),
    _get(
        "/v1/incidents/{incident_id}",
        reading.incident,
        "One incident, by any id it had, with its timeline",
        **SCOPED,
    ),
    _get("/v1/detections", reading.detections, "Detections", (*PAGED, "properties"), **GEO),
    _get("/v1/explain/{what}", explaining.explain, "Why it was told, or not", answer=Explanation, **SCOPED),
    _get("/v1/silences", reading.silences, "Why not", ("observation_id", "code", "limit"), roles=OVERSEERS),
    _get("/v1/dead-letters", reading.dead_letters, "Unread messages", ("limit", "before"), roles=OVERSEERS),
    _get("/v1/dead-letters/{letter_id}", reading.dead_letter, "One of them", roles=OVERSEERS),
    _get("/v1/given-up", given_up.listed, "Notices given up", ("limit",), roles=OVERSEERS),
    Route(method="POST", path="/v1/given-up/{notice_id}/replay", handler=given_up.replay, **AGAIN),
    _get("/v1/pictures/{sha256}", pictures.show, "One picture", media="image/jpeg", **SCOPED),
    _get(
        "/v1/carbon",
        carbon.carbon,
        "Carbon at risk by a level, or close-outs (JSON, CSV, GeoJSON)",
        ("by", "format"),
        **SCOPED,
    ),
    _get("/v1/about", state.about, "This installation", **SCOPED),
    _get("/v1/where", asking.place, "What lies at a position", ("lon", "lat", "radius_m"), **SCOPED),
    _get("/v1/place-names", asking.names, "Where a name is", ("q", "near", "limit"), **SCOPED),
    _get("/v1/permits", permits.permits, "Permits to burn", (*PLACED, "status"), **GEO),
    _get("/v1/observed", observed.observed, "Who observes, and since when nobody looked", **SCOPED),
    _get("/metrics", state.metrics, "Prometheus metrics", media="text/plain"),
    _get("/openapi.json", contract.openapi, "This interface", roles=READERS | GIVERS),
    _get("/asyncapi.json", contract.asyncapi, "The topics", roles=READERS | GIVERS),
    _get("/livez", state.livez, "Is the server alive", roles=ANYONE),
    _get("/readyz", state.readyz, "Is it ready, and if not why", roles=ANYONE),
    Route(
        method="POST",
        path="/v1/observations",
        handler=ingest.observations,
        roles=WITNESSES,
        about="Take observations in",
        query=("map",),
        body=("application/json", "application/x-ndjson", "text/csv", "application/xml"),
        status=202,
    ),
    Route(
        method="POST",
        path="/v1/permits",
        handler=ingest.permits,
        roles=OPERATORS,
        about="Take permits to burn in",
        body=("application/json", "application/x-ndjson", "text/csv"),
        status=202,
        noted=True,
    ),
    Route(
        method="POST",
        path="/v1/positions",
        handler=positions.place,
        roles=ANSWERERS,
        about="Where somebody is, whom they are sent to, or that they are back",
        body=("application/json",),
        given=positions.Placed,
        status=202,
        **WRITES,
    ),
    Route(
        method="POST",
        path="/v1/answers",
        handler=answering.answer,
        roles=ANSWERERS,
        about="A receiver has answered an alert",
        body=("application/json",),
        given=answering.Answered,
        status=202,
        **WRITES,
    ),
    _get("/v1/reply/{token}", replying.ask, "The page of a one-tap link", roles=ANYONE, media="text/html"),
    Route(
        method="POST",
        path="/v1/reply/{token}",
        handler=replying.answer,
        roles=ANYONE,
        about="Answer by a signed link; it is its own key",
        body=("application/x-www-form-urlencoded",),
        media="text/html",
    ),
    Route(
        method="POST",
        path="/v1/gateways/{channel}/{word}",
        handler=gateways.hear,
        roles=ANYONE,
        about="Receipts and replies from a gateway; the word is its key",
        body=("application/json", "application/x-www-form-urlencoded"),
    ),
    _get(
        "/v1/gateways/{channel}/{word}",
        gateways.hear,
        "The same from a gateway that calls by GET",
        roles=ANYONE,
    ),
    Route(
        method="POST",
        path="/v1/verdicts",
        handler=verdicts.verdict,
        roles=ANSWERERS,
        about="What a person found at an incident",
        body=("application/json",),
        given=verdicts.Found,
        status=202,
        **WRITES,
    ),
    Route(
        method="POST",
        path="/v1/releases",
        handler=releasing.release,
        roles=ANSWERERS - {"ranger"},
        about="Let one revision of an alert out to the public",
        body=("application/json",),
        status=202,
        **WRITES,
    ),
    _get(
        "/v1/public/alerts.atom",
        releasing.feed,
        "What officers let out to the public",
        media=interchange.ATOM,
    ),
    _get(
        "/v1/public/alerts/{alert_id}.cap",
        releasing.document,
        "One of these as a CAP document",
        ("revision",),
        media=releasing.CAP,
    ),
    Route(
        method="POST",
        path="/v1/acts",
        handler=acts.act,
        roles=ANSWERERS - {"ranger"},
        about="Split, merge, relabel or move an incident, or enter what it cost",
        body=("application/json",),
        given=AnyAct,
        status=202,
        **WRITES,
    ),
    Route(
        method="POST",
        path="/v1/pictures",
        handler=pictures.keep,
        roles=WITNESSES,
        about="Take in a picture that an observation will name",
        body=("image/jpeg",),
        answer=pictures.Kept,
        status=201,
    ),
    _get("/v1/session", session.session, "Who the session is, and its token", roles=ANYONE),
    Route(
        method="POST",
        path="/v1/session",
        handler=session.open_session,
        roles=ANYONE,
        about="Exchange a key, or a name with its password, for a session cookie",
        body=("application/json",),
        given=session.SignIn,
        status=201,
    ),
    Route(
        method="DELETE",
        path="/v1/session",
        handler=session.end_session,
        roles=ANYONE,
        about="End the session",
        status=204,
    ),
    *(Route(**door) for door in (*DOORS, *ACCOUNTS, *KEYS, *MAP, *TUNING, *PESTS, *DRILLS)),
    _get("/{path:.*}", pages.static_file, "The page", roles=ANYONE, media="text/html", written=False),
)
