"""Recorded prompts that a voice call plays: of those whose file is there; what is missing is said once."""

import logging
from collections.abc import Iterable
from pathlib import Path

from msgspec.structs import replace

from alerts.channels.voice import NEEDED, Options
from alerts.ways import ways
from schemas.receiver import Receiver

logger = logging.getLogger(__name__)


def with_prompts(options: Options, receivers: Iterable[Receiver]) -> Options:
    """Return the options with the prompts whose files are there; without one the text is read out."""
    folder = options.prompts_dir
    found = {
        language: {key: name for key, name in prompts.items() if _is_there(folder, language, name)}
        for language, prompts in options.prompts.items()
    }
    called = {one.language for one in receivers if any(way.channel == "voice" for way in ways(one))}
    for language in sorted(called & set(options.prompts)):
        missing = [key for key in NEEDED if key not in found[language]]
        if missing:
            names = ", ".join(missing)
            logger.warning("prompts in %s are missing, the text is read out instead: %s", language, names)
    return replace(options, prompts=found)


def _is_there(folder: str, language: str, name: str) -> bool:
    return not folder or (Path(folder) / language / name).is_file()
