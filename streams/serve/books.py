"""The files that people write through the server, opened and closed together: accounts, audit log, desk."""

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from streams.serve.accounts.book import Accounts
from streams.serve.audit.trail import Trail
from streams.serve.desk.book import Desk


def open_books(data_dir: Path, stack: AsyncExitStack) -> dict[str, Any]:
    """Return the books by their name in `Services`; raises `StoreTooNewError`. `stack` closes them."""
    accounts = Accounts(data_dir / "accounts.sqlite")
    stack.callback(accounts.close)
    trail = Trail(data_dir / "audit.sqlite")
    stack.callback(trail.close)
    desk = Desk(data_dir / "desk.sqlite")
    stack.callback(desk.close)
    return {"accounts": accounts, "trail": trail, "desk": desk}
