"""`GET /v1/incidents/{id}/report`: the 即报, 续报 or 终报 as a page for A4 or a Word document."""

import asyncio
from typing import cast, get_args

from aiohttp import web

from alerts.fire_report import FormError, fire_report
from alerts.fire_report_page import page
from schemas.report_form import Stage
from streams.jurisdiction import in_force
from streams.reports.facts import facts_of
from streams.reports.word import NoWordError, document
from streams.serve.audited import DETAIL
from streams.serve.desk.queueing import present
from streams.serve.problems import problem
from streams.serve.scoping import sees_of
from streams.serve.services import SERVICES

LINK = '<link rel="stylesheet" href="../../../report.css">'
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FORMS = ("html", "docx")


async def report(request: web.Request) -> web.Response:
    """Answer with the report of a stage; that it was made is in the audit log."""
    services, query = request.app[SERVICES], request.query
    stage, form = query.get("stage", "first"), query.get("form", "html")
    if stage not in get_args(Stage) or form not in FORMS:
        raise problem(400, f"stage takes {', '.join(get_args(Stage))}; form takes {', '.join(FORMS)}")
    asked = request.match_info["incident_id"]
    now = await asyncio.to_thread(present, services)
    known = (services.store, services.desk, services.settings)
    facts = await asyncio.to_thread(facts_of, *known, asked, now, sees_of(request))
    if facts is None:
        raise problem(404, "no such incident", code="no_such_incident")
    request[DETAIL] = f"incident {facts.incident.incident_id} {stage} {form}"
    try:
        made = fire_report(facts, in_force(services.settings), cast("Stage", stage), query.get("lang", ""))
        if form == "html":
            return web.Response(text=page(made, LINK), content_type="text/html", headers=HEADERS)
        body = await asyncio.to_thread(document, made, now)
    except FormError as error:
        raise problem(400, str(error)) from error
    except NoWordError as error:
        raise problem(501, str(error)) from error
    name = f"{facts.incident.short_code}-{stage}.docx"
    return web.Response(
        body=body,
        content_type=WORD,
        headers={**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'},
    )


HEADERS = {"Cache-Control": "no-store"}
