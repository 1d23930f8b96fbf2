"""The browser is told at once of everything that the page is made of: it need not find it file by file."""

import re

from streams.web import static_dir


def needed(start: str) -> set[str]:
    """Return the modules that one imports, and those that these import."""
    found, waiting = set(), [start]
    while waiting:
        text = (static_dir() / waiting.pop()).read_text(encoding="utf-8")
        new = set(re.findall(r'^(?:import|export)\b[^;]*?from "\./([^"]+)";', text, re.MULTILINE)) - found
        found |= new
        waiting += new
    return found


def test_every_module_of_the_page_is_asked_for_ahead():
    told = re.findall(r'rel="modulepreload" href="([^"]+)"', (static_dir() / "index.html").read_text("utf-8"))
    assert sorted(told) == sorted(needed("app.mjs"))
