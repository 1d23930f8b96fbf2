"""The web page: static files and the headers that keep it to itself."""

import pathlib

from aiohttp import web

from streams.jurisdiction import in_force
from streams.serve.manners import check_method
from streams.serve.page_files import PageFiles, answer
from streams.serve.problems import problem
from streams.serve.services import SERVICES

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; worker-src 'self' blob:; style-src 'self'; "
        "img-src 'self' data: blob:; connect-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

INDEX = "index.html"

PAGE_FILES: web.AppKey[PageFiles] = web.AppKey("page_files", PageFiles)


async def set_security_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Set on every answer what a browser must hold to."""
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)


async def static_file(request: web.Request) -> web.Response:
    """Answer with one file of the page, `index.html` for the root."""
    root = request.app[SERVICES].static
    path = _inside(root, request.match_info.get("path") or INDEX)
    if path is None:
        await check_method(request)
        raise problem(404, "no such page")
    kept = request.app[PAGE_FILES]
    languages = in_force(request.app[SERVICES].settings).languages
    return answer(request, kept.page(path, languages) if path.suffix == ".html" else kept.file(path))


def warm(app: web.Application) -> None:
    """Have the first page ready before anybody asks for it."""
    app[PAGE_FILES].warm(in_force(app[SERVICES].settings).languages)


def _inside(root: pathlib.Path, name: str) -> pathlib.Path | None:
    if "\0" in name or any(part.startswith(".") for part in pathlib.PurePosixPath(name).parts):
        return None
    path = (root / name).resolve()
    return path if path.is_relative_to(root.resolve()) and path.is_file() else None
