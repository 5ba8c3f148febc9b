"""Who asks, and the two ways in which that question goes wrong."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from domain.values import Instant, Value

RefusalReason = Literal[
    "missing", "malformed", "algorithm", "unknown_key", "signature", "expired", "not_yet_valid", "audience", "subject"
]


class Person(Value):
    """A person whose token was verified, or a machine with a key: then `acts_for` is the id of the key's maker and
    `scopes` are the only actions that it may do. `expires_at` is the end of the token or key."""

    id: UUID
    email: str | None = None
    session_id: str | None = None
    expires_at: Instant
    scopes: frozenset[str] | None = None
    acts_for: str | None = None

    @property
    def person_id(self) -> str:
        return str(self.id)

    @property
    def is_machine(self) -> bool:
        return self.scopes is not None

    def reaches(self, action: str) -> bool:
        """Whether the scopes, where there are any, name this action; the role is asked besides."""
        return self.scopes is None or action in self.scopes


class TokenRefused(Exception):
    """The token does not prove who asks. Carries the reason only, never the token."""

    def __init__(self, reason: RefusalReason) -> None:
        super().__init__(f"token refused: {reason}")
        self.reason: RefusalReason = reason


class AccessUnavailable(Exception):
    """Supabase did not answer, or not as expected; nobody's rights can be told."""
