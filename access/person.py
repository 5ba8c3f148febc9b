"""Who asks, and the two ways in which that question goes wrong."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from domain.values import Instant, Value

RefusalReason = Literal[
    "missing", "malformed", "algorithm", "unknown_key", "signature", "expired", "not_yet_valid", "audience", "subject"
]


class Person(Value):
    """A person whose token was verified. `expires_at` is the end of the token."""

    id: UUID
    email: str | None = None
    session_id: str | None = None
    expires_at: Instant

    @property
    def person_id(self) -> str:
        return str(self.id)


class TokenRefused(Exception):
    """The token does not prove who asks. Carries the reason only, never the token."""

    def __init__(self, reason: RefusalReason) -> None:
        super().__init__(f"token refused: {reason}")
        self.reason: RefusalReason = reason


class AccessUnavailable(Exception):
    """Supabase did not answer, or not as expected; nobody's rights can be told."""
