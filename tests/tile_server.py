"""A tile server on loopback that answers as it is told, and notes who asked what."""

import asyncio

from aiohttp import web
from closing import put_away

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc000000301"
    "0100c9fe92ef0000000049454e44ae426082"
)


class TileServer:
    """`answers` maps the last part of a path to what is said there; all else is a picture."""

    def __init__(self):
        self.asked, self.answers = [], {}

    async def start(self):
        app = web.Application()
        app.router.add_get("/{path:.*}", self._answer)
        self.runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self.runner.addresses[0][1]}"
        return self

    async def stop(self):
        await put_away(self.runner)

    async def _answer(self, request):
        self.asked.append((request.path_qs, request.headers.get("Authorization", "")))
        says = self.answers.get(request.path.rpartition("/")[2], "png")
        match says:
            case "png":
                return web.Response(body=PNG, content_type="image/png")
            case "html":
                return web.Response(text="<html>sign in</html>", content_type="text/html")
            case "html as png":
                return web.Response(text="<html>sign in</html>", content_type="image/png")
            case "large" | "endless":
                return await self._large(request, says == "large")
            case "slow":
                await asyncio.sleep(5)
            case "away":
                raise web.HTTPFound("http://127.0.0.2:9/x.png")
        return web.Response(status=int(says) if str(says).isdigit() else 500)

    async def _large(self, request, honest):
        response = web.StreamResponse(headers={"Content-Type": "image/png"})
        if honest:
            response.content_length = 50_000_000
        await response.prepare(request)
        try:
            for _ in range(50):
                await response.write(PNG + bytes(1_000_000))
        except ConnectionError:
            pass
        return response
