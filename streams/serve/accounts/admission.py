"""Who may come in: the right password and code of an account in force, after few enough wrong ones."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from streams.serve.accounts.account import Account

Refusal = Literal["wrong", "too_many", "code_needed", "password_old"]

WRONG_ALLOWED = 5
SHUT_FOR = timedelta(minutes=15)
"""After five wrong sign-ins in a row a name is shut for a quarter of an hour, whether it exists or not."""


@dataclass(frozen=True)
class Tries:
    """Wrong sign-ins in a row under one name, and when the last was."""

    wrong: int = 0
    last_at: datetime | None = None

    def again_at(self, now: datetime) -> datetime | None:
        """Return until when the name is shut, None when it is not."""
        if self.wrong < WRONG_ALLOWED or self.last_at is None:
            return None
        ends = self.last_at + SHUT_FOR
        return ends if now < ends else None

    def after(self, now: datetime) -> "Tries":
        """Return the tries after one more wrong one; the count starts anew once a shut name opened again."""
        opened = self.wrong >= WRONG_ALLOWED and self.again_at(now) is None
        return Tries(1 if opened else self.wrong + 1, now)


@dataclass(frozen=True)
class Shown:
    """What was found out of a sign-in: whether password and code fit; `has_code` whether one was given."""

    password_fits: bool
    has_code: bool = False
    code_fits: bool = False


def refusal(account: Account | None, tries: Tries, shown: Shown, now: datetime) -> Refusal | None:
    """Return why nobody comes in, None when they do.

    A name that does not exist, a locked or ended account and a wrong password are one and the same answer.
    """
    if tries.again_at(now) is not None:
        return "too_many"
    if account is None or not account.in_force(now) or not shown.password_fits:
        return "wrong"
    if account.one_time and not shown.has_code:
        return "code_needed"
    if account.one_time and not shown.code_fits:
        return "wrong"
    return "password_old" if account.password_is_old(now) else None
