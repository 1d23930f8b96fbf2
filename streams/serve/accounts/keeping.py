"""What an administrator does to accounts, by command or in the page: the same rules for both."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from streams.serve.accounts import one_time, passwords
from streams.serve.accounts.account import Account
from streams.serve.accounts.passwords import Cost

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
NAME_RULE = "a name is 2 to 40 of a-z, 0-9, dot, dash and underscore"


def new_account(  # noqa: PLR0913, PLR0917 - what an account is
    name: str,
    person: str,
    roles: Sequence[str],
    areas: Sequence[str],
    days: int | None,
    now: datetime,
    cost: Cost,
) -> tuple[Account, str]:
    """Return a new account and the password for its first sign-in, which is shown only now."""
    made = passwords.one_time_password()
    one = Account(
        name=name,
        person=person or name,
        roles=frozenset(roles),
        areas=tuple(areas),
        password=passwords.hashed(made, cost),
        password_at=None,
        created_at=now,
        expires_at=now + timedelta(days=days) if days is not None else None,
    )
    return one, made


def with_new_password(one: Account, cost: Cost) -> tuple[Account, str]:
    """Return the account with a password for the next sign-in, which is shown only now."""
    made = passwords.one_time_password()
    return replace(one, password=passwords.hashed(made, cost), password_at=None), made


def with_code(one: Account) -> tuple[Account, str]:
    """Return the account with a second factor, and the address for an authenticator, shown only now."""
    secret = one_time.new_secret()
    return replace(one, one_time=secret, one_time_used=-1), one_time.address(secret, one.name)


def shown(one: Account, now: datetime) -> dict[str, Any]:
    """Return what may be seen of an account; never its password or its second factor."""
    state = "locked" if one.locked_at else "in force" if one.in_force(now) else "ended"
    return {
        "name": one.name,
        "person": one.person,
        "state": state,
        "roles": sorted(one.roles),
        "areas": list(one.areas),
        "second_factor": bool(one.one_time),
        "expires_at": one.expires_at.isoformat() if one.expires_at else None,
    }
