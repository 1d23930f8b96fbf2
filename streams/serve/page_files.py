"""The files of the page in memory, compressed once; whoever has one by its digest is answered with 304."""

import gzip
import hashlib
import json
import mimetypes
import pathlib
import re
from dataclasses import dataclass, field

from aiohttp import web

from streams.web import VENDOR, bundle_name, sources

TYPES = {
    ".css": "text/css",
    ".geojson": "application/geo+json",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".mjs": "text/javascript",
    ".svg": "image/svg+xml",
}
"""Types that must not depend on the machine's own table, as modules with another type do not run."""

LASTING = "public, max-age=31536000, immutable"
"""Of versioned folders, which never change; everything else is asked for again."""

LEAST_PACKED = 1_000
"""Bytes; below that compressing saves no packet."""

_LOADED = re.compile(r'(?:[ ]*<(?:link rel="(?:stylesheet|modulepreload)"|script type="module")[^\n]*\n)+')
"""What a page is made of, line by line; of a built one a few lines are left."""

_IMPORTED = re.compile(r"""(?:from|import)\s*["']\./(chunk-[^"']+\.js)["']""")
"""What a built module imports; what it loads later is called, with a bracket."""

ENTRY = "app.js"

WORDS = ("", "desk-", "map-", "pests-")
"""Parts of the catalogues of words that come within the page, so that nothing of it waits for them."""

_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")

_LANGUAGE = '<html lang="zh-CN">'
"""How the file opens; what is served says the languages of the jurisdiction in its place."""

Stamp = tuple[str, int, int]


@dataclass(frozen=True)
class Held:
    """One file as it is sent."""

    body: bytes
    media: str
    tag: str
    lasts: bool
    packed: bytes | None


def held(body: bytes, media: str, *, lasts: bool = False) -> Held:
    """Return a body ready to be sent, with its tag, compressed where that is less."""
    text = media.startswith("text/") or media.endswith(("json", "javascript", "xml"))
    packed = gzip.compress(body, 6, mtime=0) if text and len(body) >= LEAST_PACKED else None
    return Held(body, media, f'"{hashlib.sha256(body).hexdigest()[:24]}"', lasts, packed)


@dataclass
class PageFiles:
    """The files under one folder, each read anew only once it has changed on the disk."""

    root: pathlib.Path
    _kept: dict[Stamp, Held] = field(default_factory=dict)
    _bundle: tuple[tuple[Stamp, ...], str] = ((), "")

    def file(self, path: pathlib.Path) -> Held:
        """Return a file that is there."""
        stamp = _stamp(path)
        if stamp not in self._kept:
            media = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            lasts = VENDOR in path.relative_to(self.root.resolve()).parts
            self._kept[stamp] = held(path.read_bytes(), media, lasts=lasts)
        return self._kept[stamp]

    def page(self, path: pathlib.Path, languages: tuple[str, ...]) -> Held:
        """Return a page in the first language, offering the others; the first page brings its words."""
        first = path.name == "index.html"
        bundle, words = (self.bundle(), self._words(languages)) if first else ("", ())
        stamp = (f"{path} {bundle} {' '.join(languages)} {words}", *_stamp(path)[1:])
        if stamp not in self._kept:
            opens = f'<html lang="{languages[0]}" data-languages="{" ".join(languages)}">'
            text = path.read_text(encoding="utf-8").replace(_LANGUAGE, opens, 1)
            text = _built(text, self.root, bundle) if bundle else text
            self._kept[stamp] = held(_spoken(text, words).encode(), TYPES[".html"])
        return self._kept[stamp]

    def warm(self, languages: tuple[str, ...]) -> None:
        """Read and compress what the first page is made of: its first visitor need not wait for that."""
        index = self.root / "index.html"
        if index.is_file():
            self.page(index, languages)
        for one in (self.root / self.bundle()).glob("*.[cj]s*") if self.bundle() else ():
            self.file(one)

    def _words(self, languages: tuple[str, ...]) -> tuple[Stamp, ...]:
        """Return the catalogues that speak these languages, the English one for what there is no file of."""
        i18n = self.root / "i18n"
        names = dict.fromkeys(one if (i18n / f"{one}.json").is_file() else "en" for one in languages)
        files = (i18n / f"{part}{name}.json" for name in names for part in WORDS)
        return tuple(_stamp(one) for one in files if one.is_file())

    def bundle(self) -> str:
        """Return the folder of the page built from the files as they are now; empty: it was not built."""
        stamps = tuple(_stamp(one) for one in sources(self.root))
        if self._bundle[0] != stamps:
            self._bundle = stamps, bundle_name(self.root)
        name = self._bundle[1]
        return name if (self.root / name / ENTRY).is_file() else ""


def _stamp(path: pathlib.Path) -> Stamp:
    told = path.stat()
    return str(path), told.st_mtime_ns, told.st_size


def _built(text: str, root: pathlib.Path, bundle: str) -> str:
    """Return a page that loads what was built, and asks at once for what its modules will ask for."""
    parts = _IMPORTED.findall((root / bundle / ENTRY).read_text("utf-8"))
    lines = (
        f'<link rel="stylesheet" href="{bundle}/app.css">',
        *(f'<link rel="modulepreload" href="{bundle}/{one}">' for one in dict.fromkeys(parts)),
        f'<script type="module" src="{bundle}/{ENTRY}"></script>',
    )
    return _LOADED.sub("".join(f"  {line}\n" for line in lines), text, count=1)


def _spoken(text: str, words: tuple[Stamp, ...]) -> str:
    """Return a page with its words by language in a block of data, which nothing runs."""
    said = dict[str, dict[str, str]]()
    for name, *_ in words:
        file = pathlib.Path(name)
        said.setdefault(file.stem.rsplit("-")[-1], {}).update(json.loads(file.read_text(encoding="utf-8")))
    block = json.dumps(said, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return text.replace(
        "</head>", f'  <script id="words" type="application/json">{block}</script>\n</head>', 1
    )


def answer(request: web.Request, one: Held) -> web.Response:
    """Return a file, compressed for whoever takes that; nothing but its tag for whoever has it."""
    headers = {
        "Cache-Control": LASTING if one.lasts else "no-cache",
        "ETag": one.tag,
        "Vary": "Accept-Encoding",
    }
    if one.tag in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    body = one.body
    if one.packed is not None and _GZIP.search(request.headers.get("Accept-Encoding", "")):
        headers["Content-Encoding"], body = "gzip", one.packed
    charset = "utf-8" if one.media.startswith("text/") else None
    return web.Response(body=body, content_type=one.media, charset=charset, headers=headers)
