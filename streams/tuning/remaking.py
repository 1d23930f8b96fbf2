"""What a published document makes of the options of a step: worked out once for each document.

A document that this software cannot use was refused when it was published; should one come nonetheless,
from a later software, it changes nothing and is said loudly once.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from schemas.settings import Setting, Settings
from streams.toml_file import ConfigError
from streams.tuning.document import DocumentError, read
from streams.tuning.naming import named

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Remade:
    """Makes the given of a step from the settings file with a document over it, and the name of both."""

    base: Settings
    owners: tuple[tuple[str, type[Any]], ...]
    make: Callable[[Settings, str], tuple[Any, ...]]
    _known: dict[tuple[int, str], tuple[Any, ...] | None] = field(default_factory=dict)

    def part(self, setting: Setting, place: int) -> Any:
        """Return what the step at this place is given under a document; None when it cannot be used."""
        made = self(setting)
        return None if made is None else made[place]

    def __call__(self, setting: Setting) -> tuple[Any, ...] | None:
        """Return what the steps are given under a document; None when it cannot be used."""
        key = (setting.version, setting.document)
        if key not in self._known:
            self._known[key] = self._made(setting)
        return self._known[key]

    def _made(self, setting: Setting) -> tuple[Any, ...] | None:
        try:
            laid = read(setting.document, self.base, self.owners)
            return self.make(laid, named(self.base, setting.version, setting.document))
        except (DocumentError, ConfigError) as error:
            logger.error("settings version %d changes nothing: %s", setting.version, error)  # noqa: TRY400 - the words say all
            return None
