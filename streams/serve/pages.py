"""The web page: static files and the headers that keep it to itself."""

import pathlib

from aiohttp import web

from streams.jurisdiction import in_force
from streams.serve.manners import check_method
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

TYPES = {".mjs": "text/javascript", ".js": "text/javascript", ".geojson": "application/geo+json"}
"""Types that must not depend on the machine's own table, as modules with another type do not run."""


INDEX = "index.html"

_LANGUAGE = '<html lang="zh-CN">'
"""How the file opens; what is served says the languages of the jurisdiction in its place."""


async def set_security_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Set on every answer what a browser must hold to."""
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)


async def static_file(request: web.Request) -> web.StreamResponse:
    """Answer with one file of the page, `index.html` for the root."""
    root = request.app[SERVICES].static
    path = _inside(root, request.match_info.get("path") or INDEX)
    if path is None:
        await check_method(request)
        raise problem(404, "no such page")
    if path.suffix == ".html":
        return _opened(path, in_force(request.app[SERVICES].settings).languages)
    # Versioned folders never change; everything else is asked for again.
    lasting = "vendor" in path.relative_to(root.resolve()).parts
    headers = {"Cache-Control": "public, max-age=31536000, immutable" if lasting else "no-cache"}
    if path.suffix in TYPES:
        headers["Content-Type"] = TYPES[path.suffix]
    return web.FileResponse(path, headers=headers)


def _opened(path: pathlib.Path, languages: tuple[str, ...]) -> web.Response:
    """Return the page as it opens here: in the first language, offering the others, also before any login."""
    opens = f'<html lang="{languages[0]}" data-languages="{" ".join(languages)}">'
    text = path.read_text(encoding="utf-8").replace(_LANGUAGE, opens, 1)
    return web.Response(text=text, content_type="text/html", headers={"Cache-Control": "no-cache"})


def _inside(root: pathlib.Path, name: str) -> pathlib.Path | None:
    if "\0" in name or any(part.startswith(".") for part in pathlib.PurePosixPath(name).parts):
        return None
    path = (root / name).resolve()
    return path if path.is_relative_to(root.resolve()) and path.is_file() else None
