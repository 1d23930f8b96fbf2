"""Who asks: a key of a program, or a person with a name, roles, and the areas they see."""

from dataclasses import dataclass
from datetime import datetime, timedelta

PASSWORD_LASTS = timedelta(days=90)
"""How long a password may be used (GB/T 22239-2019, 8.1.4.1: changed regularly; days: ours)."""


@dataclass(frozen=True)
class Asker:
    """Who stands behind a request. `areas` empty is everywhere; `person` signs what they say."""

    key_id: str
    roles: frozenset[str]
    areas: tuple[str, ...] = ()
    person: str = ""


@dataclass(frozen=True, kw_only=True)
class Account:
    """One person as kept. `password_at` None: to be changed at the next sign-in."""

    name: str
    person: str
    roles: frozenset[str]
    areas: tuple[str, ...]
    password: str
    password_at: datetime | None
    one_time: str = ""
    one_time_used: int = -1
    created_at: datetime
    expires_at: datetime | None = None
    locked_at: datetime | None = None

    def asker(self) -> Asker:
        """Return how this person stands behind a request."""
        return Asker(f"user/{self.name}", self.roles, self.areas, self.person)

    def in_force(self, now: datetime) -> bool:
        """Say whether the account opens anything at `now`."""
        return self.locked_at is None and (self.expires_at is None or now < self.expires_at)

    def password_is_old(self, now: datetime) -> bool:
        """Say whether the password must be changed before anything else."""
        return self.password_at is None or now >= self.password_at + PASSWORD_LASTS
