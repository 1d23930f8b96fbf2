"""What is asked wrongly is said: a parameter that nobody knows, a method that a path does not take."""

from aiohttp import web

from streams.serve.problems import problem


def check_query(request: web.Request, known: tuple[str, ...]) -> None:
    """Refuse a parameter that this door does not take: a misspelt filter would answer with everything."""
    unknown = sorted(set(request.query) - set(known))
    if unknown:
        takes = f"it takes {', '.join(known)}" if known else "it takes none"
        raise problem(400, f"no parameter {unknown[0][:40]!r} here: {takes}")


async def check_method(request: web.Request) -> None:
    """Refuse a method of a path that is there for others: 405 with those in `Allow`, not 404."""
    allowed: set[str] = set()
    for resource in request.app.router.resources():
        if resource is not request.match_info.route.resource:
            _, methods = await resource.resolve(request)
            allowed |= methods
    if allowed:
        raise problem(405, "this path does not take this method", {"Allow": ", ".join(sorted(allowed))})
