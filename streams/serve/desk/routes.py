"""The doors of the desk: a part of the route table."""

from typing import Any

from streams.serve.desk import calls, handover, queueing, reporting, tasks

OFFICERS = frozenset({"operator", "admin"})
JSON = ("application/json",)

DOORS: tuple[dict[str, Any], ...] = (
    {
        "method": "POST",
        "path": "/v1/calls",
        "handler": calls.call,
        "roles": OFFICERS,
        "about": "A telephone report, kept while it lasts",
        "body": JSON,
        "status": 202,
        "scoped": True,
        "noted": True,
    },
    {
        "method": "GET",
        "path": "/v1/calls",
        "handler": calls.calls,
        "roles": OFFICERS,
        "about": "The last calls, numbers masked",
        "noted": True,
    },
    {
        "method": "GET",
        "path": "/v1/calls/{call_id}",
        "handler": calls.caller,
        "roles": OFFICERS,
        "about": "Number and name of one caller; the asking is noted",
        "noted": True,
    },
    {
        "method": "POST",
        "path": "/v1/tasks",
        "handler": tasks.task,
        "roles": OFFICERS,
        "about": "Seen by an officer, or a receiver sent",
        "body": JSON,
        "status": 202,
        "scoped": True,
        "noted": True,
    },
    {
        "method": "GET",
        "path": "/v1/receivers",
        "handler": tasks.receivers,
        "roles": OFFICERS,
        "about": "Whom an officer can send or ring",
        "scoped": True,
    },
    {
        "method": "GET",
        "path": "/v1/queue",
        "handler": queueing.waiting,
        "roles": frozenset({"viewer", "ranger", "operator", "admin", "auditor"}),
        "about": "What waits for an answer, overdue first",
        "reading": True,
        "scoped": True,
    },
    {
        "method": "GET",
        "path": "/v1/feedback-rate",
        "handler": queueing.feedback_rate,
        "roles": frozenset({"viewer", "ranger", "operator", "admin", "auditor"}),
        "about": "Share answered by an hour, county by county",
        "query": ("day", "hour"),
        "reading": True,
        "scoped": True,
    },
    {
        "method": "GET",
        "path": "/v1/incidents/{incident_id}/report",
        "handler": reporting.report,
        "roles": frozenset({"viewer", "ranger", "operator", "admin", "auditor"}),
        "about": "Report upward, for A4 or as a Word document",
        "query": ("stage", "form", "lang"),
        "media": "text/html",
        "reading": True,
        "scoped": True,
        "noted": True,
    },
    {
        "method": "POST",
        "path": "/v1/handovers",
        "handler": handover.hand_over,
        "roles": OFFICERS,
        "about": "Hand over the shift",
        "body": JSON,
        "status": 201,
        "noted": True,
    },
    {
        "method": "GET",
        "path": "/v1/handovers",
        "handler": handover.handovers,
        "roles": OFFICERS | {"auditor"},
        "about": "The last handovers",
    },
    {
        "method": "POST",
        "path": "/v1/handovers/{number}",
        "handler": handover.take_over,
        "roles": OFFICERS,
        "about": "Take over: the second signature",
        "noted": True,
    },
)
