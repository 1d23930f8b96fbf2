"""The files that people write through the server, opened and closed together: accounts and audit log."""

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from streams.serve.accounts.book import Accounts
from streams.serve.audit.trail import Trail


def open_books(data_dir: Path, stack: AsyncExitStack) -> dict[str, Any]:
    """Return the books by their name in `Services`; raises `StoreTooNewError`. `stack` closes them."""
    accounts = Accounts(data_dir / "accounts.sqlite")
    stack.callback(accounts.close)
    trail = Trail(data_dir / "audit.sqlite")
    stack.callback(trail.close)
    return {"accounts": accounts, "trail": trail}
