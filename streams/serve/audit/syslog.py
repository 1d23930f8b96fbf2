"""Audit entries as syslog lines (RFC 5424), for the log server that an office must have beside us."""

import re

from streams.serve.audit.chain import Entry

FACILITY = 13
"""Log audit (RFC 5424 section 6.2.1)."""

NOTICE, WARNING = 5, 4
REFUSED = 400


def line(entry: Entry, host: str) -> str:
    """Return one line; what was refused has severity warning. The number and the seal are structured data."""
    priority = FACILITY * 8 + (WARNING if entry.status >= REFUSED else NOTICE)
    at = entry.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    values = {"number": str(entry.number), "who": entry.who, "address": entry.address, "seal": entry.seal}
    data = " ".join(f'{name}="{_escaped(value)}"' for name, value in values.items())
    text = f"{entry.what} {entry.status} {entry.detail}".strip()
    return f"<{priority}>1 {at} {_word(host)} fenghuo - audit [audit@32473 {data}] {_one_line(text)}"


def _escaped(value: str) -> str:
    return re.sub(r'([\\"\]])', r"\\\1", _one_line(value))


def _one_line(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f\u2028\u2029]", " ", text)


def _word(text: str) -> str:
    return re.sub(r"[^\x21-\x7e]", "", text)[:255] or "-"
