"""Dead letters from outside: read from a log that nobody holds or from a server, and sent in again."""

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from msgspec.structs import replace

from schemas.codec import Unreadable, decode, encode
from schemas.dead_letter import DeadLetter
from schemas.observation import Delivery
from schemas.topics import DEAD_LETTER
from streams.engine.log import Log, read_all
from streams.engine.log_file import LogError
from streams.unnamed import covered

TIMEOUT_S = 30.0
PAGE = 50
"""Letters asked for at once; each may carry 64 KiB."""
MOST_ANSWER = 64 * 1024 * 1024

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class LetterError(Exception):
    """What was asked for cannot be done; the message says why, and nothing was sent."""


def letters_in(data_dir: Path) -> list[DeadLetter]:
    """Return the dead letters of an embedded log, newest first, each once.

    Raises `LetterError` when there is no log, or a program holds it (ask its server instead).
    """
    if not (data_dir / "log.sqlite").is_file():
        raise LetterError(f"{data_dir} holds no log; name another --data-dir, or a server with --url")
    try:
        log = Log(data_dir)
    except LogError as error:
        raise LetterError(f"{error}; ask its server with --url") from error
    try:
        topics = [name for name in log.topics() if name.endswith(DEAD_LETTER.name)]
        stored = [one for topic in topics for part in read_all(log, topic).values() for one in part]
    finally:
        log.close()
    found: dict[str, DeadLetter] = {}
    for one in sorted(stored, key=lambda one: one.at, reverse=True):
        letter = decode(one.value, DeadLetter)
        if not isinstance(letter, Unreadable):
            found.setdefault(letter.letter_id, replace(letter, raw=covered(letter.raw)))
    return list(found.values())


def payload_of(letter: DeadLetter) -> bytes:
    """Return the bytes to send in again; raises `LetterError` when they would not be what was received."""
    if letter.length > len(letter.raw):
        kept = f"{len(letter.raw)} of {letter.length} bytes were kept"
        raise LetterError(f"{letter.letter_id}: cut off ({kept}); send the original in again")
    if not letter.raw:
        raise LetterError(f"{letter.letter_id}: nothing was kept of it")
    delivery = decode(letter.raw, Delivery)
    if not isinstance(delivery, Unreadable) and delivery.observations:
        return b"".join(encode(observation) + b"\n" for observation in delivery.observations)
    if letter.stage != "ingest":
        raise LetterError(
            f"{letter.letter_id}: refused at {letter.stage}, no observation; it cannot be sent in"
        )
    return letter.raw


class Server:
    """A running `fenghuo` at `url`, asked with an API key; nothing is ever redirected."""

    def __init__(self, url: str, key: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise LetterError(f"{url} is no address such as http://127.0.0.1:8080")
        if not key.isascii() or not key.isprintable():
            raise LetterError("this is no key: one begins with fh_ and has letters and digits of ASCII alone")
        if key and parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            raise LetterError(f"{url}: a key goes to another machine only by https")
        self._is_tls = parts.scheme == "https"
        self._place = parts.netloc.rpartition("@")[2]
        self._base = parts.path.rstrip("/")
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}

    def letters(self) -> Iterator[DeadLetter]:
        """Yield the dead letters, newest first, page by page."""
        path: str | None = f"/v1/dead-letters?limit={PAGE}"
        while path is not None:
            page = self._ask("GET", path)
            yield from (_letter(one) for one in page["dead_letters"])
            path = _next(page)

    def letter(self, letter_id: str) -> DeadLetter:
        """Return one letter; raises `LetterError` when there is none."""
        try:
            return _letter(self._ask("GET", f"/v1/dead-letters/{quote(letter_id, safe='')}"))
        except _NotFoundError:
            # A server without this address still has the list.
            for letter in self.letters():
                if letter.letter_id == letter_id:
                    return letter
        raise LetterError(f"{letter_id}: no such dead letter")

    def post(self, payload: bytes) -> dict[str, Any]:
        """Send bytes in as observations and return the answer: `counts`, and `lines` with their reasons."""
        answer: dict[str, Any] = self._ask("POST", "/v1/observations", payload)
        return answer

    def given_up(self, limit: int) -> list[dict[str, Any]]:
        """Return the notices that were given up, newest first, each with what hinders a replay."""
        found: list[dict[str, Any]] = self._ask("GET", f"/v1/given-up?limit={limit}")["notices"]
        return found

    def replay(self, notice_id: str) -> dict[str, Any]:
        """Send a notice again that was given up; raises `LetterError` with the reason when it may not be."""
        answer: dict[str, Any] = self._ask("POST", f"/v1/given-up/{quote(notice_id, safe='')}/replay")
        return answer

    def send(self, path: str, document: dict[str, Any]) -> dict[str, Any]:
        """Return what the server answers to a document handed in; raises `LetterError` when it refuses it."""
        answer: dict[str, Any] = self._ask("POST", path, encode(document))
        return answer

    def put(self, path: str, payload: bytes) -> dict[str, Any]:
        """Return what the server answers to a document; raises `LetterError` when it refuses it."""
        answer: dict[str, Any] = self._ask("PUT", path, payload)
        return answer

    def ask(self, path: str) -> Any:
        """Return what the server answers to a question, None when it knows nothing of it."""
        try:
            return self._ask("GET", path)
        except _NotFoundError:
            return None

    def _ask(self, method: str, path: str, body: bytes | None = None) -> Any:
        kind = http.client.HTTPSConnection if self._is_tls else http.client.HTTPConnection
        connection = kind(self._place, timeout=TIMEOUT_S)
        headers = self._headers | ({"Content-Type": _content_type(body)} if body else {})
        try:
            connection.request(method, self._base + path, body, headers)
            response = connection.getresponse()
            content = response.read(MOST_ANSWER)
        except (OSError, http.client.HTTPException) as error:
            raise LetterError(f"{self._place} does not answer: {error or type(error).__name__}") from error
        finally:
            connection.close()
        return _read(response.status, content, self._place)


class _NotFoundError(LetterError):
    """404."""


def _read(status: int, content: bytes, place: str) -> Any:
    try:
        answer = json.loads(content)
    except ValueError:
        answer = {}
    if status < 300 and answer:
        return answer
    detail = answer.get("detail", "no words of its own") if isinstance(answer, dict) else ""
    kind = _NotFoundError if status == 404 else LetterError
    raise kind(f"{place} answered {status}: {detail}")


def _letter(document: Any) -> DeadLetter:
    letter = decode(json.dumps(document).encode(), DeadLetter)
    if isinstance(letter, Unreadable):
        raise LetterError(f"the server sent no dead letter: {letter.why}")
    found: DeadLetter = letter
    return found


def _next(page: dict[str, Any]) -> str | None:
    """Return path and query of the next page; the place stays ours, whatever the link says."""
    for link in page.get("links", []):
        if link.get("rel") == "next":
            parts = urlsplit(link["href"])
            return f"{parts.path}?{parts.query}"
    return None


def _content_type(body: bytes) -> str:
    start = body.lstrip()[:1]
    if start not in {b"{", b"["}:
        return "text/csv"
    return "application/x-ndjson" if b"\n" in body.strip() else "application/json"
