"""The form of a trap round: the table that offices fill in, as `fenghuo ingest traps` reads it."""

from aiohttp import web

from streams.feeds.pest_columns import template


async def form(_request: web.Request) -> web.Response:
    """Answer with the empty table, CSV with its mark, so that spreadsheets open it rightly."""
    headers = {"Content-Disposition": 'attachment; filename="traps.csv"', "Cache-Control": "no-store"}
    return web.Response(body=template(), content_type="text/csv", charset="utf-8", headers=headers)
