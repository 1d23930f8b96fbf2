"""Errors as JSON problem documents (RFC 9457), with a code by which a page says them in its own language."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from aiohttp import web
from aiohttp.typedefs import LooseHeaders

from schemas.codec import encode

_FIELD = re.compile(r"at `\$\.([^`]+)`")


class Problem(Exception):  # noqa: N818 - the word of RFC 9457
    """What went wrong with one request: an HTTP status and one clear sentence.

    `code` stands in the document's `reason` beside `values`; the page has its words as `refused.CODE`, or as
    the reason of that code. A malformed body names its field.
    """

    def __init__(  # noqa: PLR0913 - what RFC 9457 says of a problem, and our code
        self,
        status: int,
        detail: str,
        headers: LooseHeaders | None = None,
        more: Mapping[str, Any] | None = None,
        *,
        code: str = "",
        values: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        named = _FIELD.search(detail) if code == "malformed" else None
        reason = {"code": code, **({"field": named[1]} if named else {}), **(values or {})}
        self.more = {**(more or {}), **({"reason": reason} if code else {})}
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
