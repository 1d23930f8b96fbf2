"""Who asks, and whether this door opens to them."""

import hmac
import ipaddress
from base64 import b64decode
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from aiohttp import web
from yarl import URL

from streams.serve.accounts.account import Asker
from streams.serve.keys import PREFIX, Key
from streams.serve.problems import problem
from streams.serve.services import SERVICES, Services

COOKIE = "fenghuo_session"
CSRF = "X-CSRF-Token"
"""Header in which a page proves that it can read what the session was told; other sites cannot."""

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="fenghuo"'}
SAFE = frozenset({"GET", "HEAD"})

FAILURES_ALLOWED = 10
FAILURES_WITHIN = timedelta(minutes=1)
"""Ten wrong keys a minute and address: a typing error never meets it; 2^256 keys cannot be tried anyway."""

ADDRESSES_KEPT = 10_000

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Failures:
    """Wrong keys by address, over the last minute."""

    def __init__(self) -> None:
        self._at: OrderedDict[str, deque[datetime]] = OrderedDict()

    def add(self, address: str, now: datetime) -> bool:
        """Count one wrong key; True when there have been too many."""
        times = self._at.setdefault(address, deque(maxlen=FAILURES_ALLOWED + 1))
        self._at.move_to_end(address)
        times.append(now)
        while times[0] <= now - FAILURES_WITHIN:
            times.popleft()
        if len(self._at) > ADDRESSES_KEPT:
            self._at.popitem(last=False)
        return len(times) > FAILURES_ALLOWED


FAILURES: web.AppKey[Failures] = web.AppKey("failures", Failures)
ASKER: web.RequestKey[Asker] = web.RequestKey("asker", Asker)


def from_proxy(request: web.Request) -> bool:
    """Say whether the peer is the trusted proxy, whose X-Forwarded headers count."""
    networks = request.app[SERVICES].trusted_proxy
    try:
        peer = ipaddress.ip_address(request.remote or "")
    except ValueError:
        return False
    return any(peer in network for network in networks)


def address(request: web.Request) -> str:
    """Return the client's address, as the trusted proxy tells it or as the socket does."""
    if from_proxy(request):
        # The last entry is the proxy's own word; those before it are the client's.
        told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if told:
            return told
    return request.remote or ""


def is_encrypted(request: web.Request) -> bool:
    """Say whether the client's side of the connection is TLS."""
    told = request.headers.get("X-Forwarded-Proto", "") if from_proxy(request) else ""
    return request.secure or told == "https"


def presented(request: web.Request) -> str | None:
    """Return the API key that a request carries in its headers, None without one.

    For programs that know nothing else, such as QGIS, it may be the password of HTTP Basic, to read alone:
    a browser that was once given a password sends it along with what a page of another site makes it post.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    if scheme.lower() == "basic" and request.method in SAFE:
        password = _password(token)
        if password.startswith(PREFIX):
            return password
    return request.headers.get("X-API-Key") or None


def _password(token: str) -> str:
    """Return the password of HTTP Basic; one that is no key may be meant for the proxy before us."""
    try:
        return b64decode(token, validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


def known_key(request: web.Request, secret: str) -> Key:
    """Return the key in force for a secret; raises 401, or 429 after too many wrong ones."""
    services = request.app[SERVICES]
    now = services.clock()
    key = services.keys.find(secret, now)
    if key is not None:
        return key
    if request.app[FAILURES].add(address(request), now):
        raise problem(
            429, "too many wrong keys from this address", {"Retry-After": "60"}, code="too_many_keys"
        )
    raise problem(401, "this key opens nothing: unknown, expired or revoked", CHALLENGE, code="not_signed_in")


def asker(request: web.Request) -> Asker | None:
    """Return who stands behind a request, by key or by session cookie; None without either."""
    secret = presented(request)
    if secret is not None:
        key = known_key(request, secret)
        return Asker(key.key_id, key.roles, key.areas)
    cookie = request.cookies.get(COOKIE)
    found = in_session(request.app[SERVICES], cookie) if cookie is not None else None
    if cookie is not None and found is not None and request.method not in SAFE:
        if not same_origin(request):
            raise problem(403, "a session writes only from its own page", code="own_page_only")
        if not hmac.compare_digest(request.headers.get(CSRF, "").encode(), csrf_of(cookie).encode()):
            raise problem(
                403,
                f"a session writes only with its token in {CSRF}: see GET /v1/session",
                code="own_page_only",
            )
    return found


def still_admitted(request: web.Request) -> bool:
    """Say whether who asked would be let in now with the same roles and areas, for answers that last."""
    services: Services = request.app[SERVICES]
    who: Asker | None = request.get(ASKER)
    if who is None:
        return services.open_reading
    secret, cookie = presented(request), request.cookies.get(COOKIE, "")
    if secret is None:
        return in_session(services, cookie) == who
    key = services.keys.find(secret, services.clock())
    return key is not None and Asker(key.key_id, key.roles, key.areas) == who


def in_session(services: Services, cookie: str) -> Asker | None:
    """Return who a session cookie stands for: a key, or a person; None when it is over."""
    now = services.clock()
    key = services.keys.find_session(cookie, now)
    if key is not None:
        return Asker(key.key_id, key.roles, key.areas)
    account = services.accounts.find_session(cookie, now) if services.accounts is not None else None
    return account.asker() if account is not None else None


def csrf_of(cookie: str) -> str:
    """Return the token that goes with a session; who cannot read the cookie cannot make it."""
    return hmac.digest(cookie.encode("utf-8", "surrogatepass"), b"csrf", "sha256").hex()


def same_origin(request: web.Request) -> bool:
    """Say whether the browser tells that the request comes from this server's own page."""
    told = request.headers.get("Sec-Fetch-Site")
    if told is not None:
        return told == "same-origin"
    origin = request.headers.get("Origin")
    try:
        return origin is not None and URL(origin).authority == request.host
    except ValueError:
        return False


def admit(request: web.Request, roles: frozenset[str] | None, *, reading: bool, scoped: bool = False) -> None:
    """Let the request pass or raise 401, 403 or 429. `roles` None is everyone.

    Who sees some areas only passes where `scoped` says that the answer heeds it.
    """
    services: Services = request.app[SERVICES]
    if services.trusted_proxy and not from_proxy(request) and not _is_loopback(request):
        raise problem(403, "this server is reached through its proxy")
    if roles is None:
        return
    who = asker(request)
    if who is None:
        if reading and services.open_reading:
            return
        raise problem(401, "a key is needed: Authorization: Bearer KEY", CHALLENGE, code="not_signed_in")
    request[ASKER] = who
    if not (who.roles & roles or (reading and services.open_reading)):
        raise problem(
            403,
            f"this needs one of the roles {', '.join(sorted(roles))}",
            code="needs_role",
            values={"roles": sorted(roles)},
        )
    if who.areas and not scoped:
        raise problem(
            403, "this answers for everywhere; your account sees its own areas", code="beyond_areas"
        )


def _is_loopback(request: web.Request) -> bool:
    try:
        return ipaddress.ip_address(request.remote or "").is_loopback
    except ValueError:
        return False
