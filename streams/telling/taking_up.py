"""Takes up who is told, of what and how while the system runs: looks at the settings file every few seconds.

What cannot be taken up is said once and changes nothing.
"""

import asyncio
import hashlib
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from schemas.settings import Settings
from streams.config import ConfigError, check_secrets, load_settings
from streams.telling.versions import Telling, Versions, same_otherwise

LOOK_EVERY_S = 2.0

logger = logging.getLogger(__name__)


class SettingsFollower:
    """Takes new versions of the settings file `path` into `versions`, or says there why one is not in use.

    `made` builds a version from settings, raising ConfigError; `taken` is told of the newest.
    """

    def __init__(
        self,
        versions: Versions,
        path: Path,
        made: Callable[[Settings], Telling],
        taken: Callable[[Telling], None] = lambda _telling: None,
    ) -> None:
        self._versions = versions
        self._path = path
        self._made = made
        self.taken = taken
        self._seen = self._digest()

    async def follow(self) -> None:
        """Look every few seconds until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            found = await asyncio.to_thread(self.look, datetime.now(UTC))
            if found is not None:
                self.taken(found)

    def look(self, now: datetime) -> Telling | None:
        """Return the version that was taken up, None when there is nothing new or it cannot be used."""
        seen = self._digest()
        if seen == self._seen or not seen:
            return None
        self._seen = seen
        try:
            settings = load_settings(self._path)
            check_secrets(settings)
            telling = self._made(settings)
        except ConfigError as error:
            self._versions.trouble = f"the settings cannot be taken up: {error}"
            logger.error("%s", self._versions.trouble)  # noqa: TRY400 - the words say all
            return None
        self._versions.trouble = ""
        if not same_otherwise(settings, self._versions.newest.settings):
            logger.warning("settings changed that need a restart; only who is told was taken up")
        since = settings.effective_at or now
        self._versions.take(since, telling)
        logger.info("receivers=%d taken up, in force from %s", len(settings.receivers), since.isoformat())
        return telling

    def _digest(self) -> str:
        try:
            return hashlib.sha256(self._path.read_bytes()).hexdigest()
        except OSError:
            return ""
