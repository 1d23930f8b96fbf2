"""Errors as JSON problem documents (RFC 9457)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from aiohttp import web
from aiohttp.typedefs import LooseHeaders

from schemas.codec import encode


class Problem(Exception):  # noqa: N818 - the word of RFC 9457
    """What went wrong with one request: an HTTP status and one clear sentence."""

    def __init__(
        self,
        status: int,
        detail: str,
        headers: LooseHeaders | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.more = more or {}
        self.status = status
        self.detail = detail
        self.headers = headers


problem = Problem


def problem_response(
    status: int, detail: str, headers: LooseHeaders | None = None, more: Mapping[str, Any] | None = None
) -> web.Response:
    """Return the answer that tells of an error; `more` are members of its own (RFC 9457 section 3.2)."""
    document = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        **(more or {}),
    }
    response = web.Response(
        status=status, body=encode(document), content_type="application/problem+json", headers=headers
    )
    if response.headers.get("Connection") == "close":
        response.force_close()
    return response
