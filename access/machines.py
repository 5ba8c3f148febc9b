"""Keys of machines. A key stands for the person who made it, in one organisation, within its scopes."""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from pydantic import TypeAdapter

from access.connection import Connection, Json, Row, Timestamp
from access.invitations import SECRET_BYTES, hash_of
from access.person import Person, TokenRefused
from access.tokens import TokenVerifier

KEY_PREFIX = "brk_"
SHOWN_LETTERS = 10
_KEY = re.compile(r"brk_[A-Za-z0-9_-]{43}")


class ApiKey(Row):
    """What is known of a key; `prefix` is how it begins."""

    id: UUID
    org_id: UUID
    name: str
    prefix: str
    scopes: tuple[str, ...]
    created_by: UUID
    created_at: Timestamp
    expires_at: Timestamp
    revoked_at: Timestamp | None
    last_used_at: Timestamp | None


class _Holder(Row):
    key_id: UUID
    org_id: UUID
    user_id: UUID
    scopes: frozenset[str]
    expires_at: Timestamp


_KEYS = TypeAdapter(list[ApiKey])
_HOLDERS = TypeAdapter(list[_Holder])


class ApiKeys:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def create(
        self, org_id: str, name: str, scopes: Sequence[str], created_by: str, expires_at: datetime
    ) -> tuple[ApiKey, str]:
        """What is known of the key from now on, and the key itself, which nobody can tell again."""
        key = f"{KEY_PREFIX}{secrets.token_urlsafe(SECRET_BYTES)}"
        row: dict[str, Json] = {
            "id": str(uuid.uuid4()),
            "org_id": org_id,
            "name": name,
            "prefix": key[:SHOWN_LETTERS],
            "key_hash": hash_of(key),
            "scopes": sorted(set(scopes)),
            "created_by": created_by,
            "expires_at": expires_at.isoformat(),
        }
        return (await self._connection.put("api_keys", _KEYS, row))[0], key

    async def of(self, org_id: str) -> Sequence[ApiKey]:
        """The oldest first; at most 1000."""
        return await self._connection.rows("api_keys", _KEYS, org_id=org_id)

    async def revoke(self, org_id: str, key_id: str) -> None:
        now = datetime.now(UTC).isoformat()
        await self._connection.change("api_keys", _KEYS, {"revoked_at": now}, org_id=org_id, id=key_id)

    async def holder(self, key: str) -> Person:
        """Raises TokenRefused for a key that is unknown, revoked, expired, or whose maker has left."""
        if _KEY.fullmatch(key) is None:
            raise TokenRefused("malformed")
        found = await self._connection.call("holder_of_key", _HOLDERS, wanted_hash=hash_of(key))
        if not found:
            raise TokenRefused("unknown_key")
        holder = found[0]
        return Person(
            id=holder.key_id, expires_at=holder.expires_at, scopes=holder.scopes, acts_for=str(holder.user_id)
        )


class CallerVerifier:
    """Tells who asks, from the token of a person or the key of a machine."""

    def __init__(self, tokens: TokenVerifier, keys: ApiKeys) -> None:
        self._tokens = tokens
        self._keys = keys

    async def verify(self, token: str | None) -> Person:
        """Raises TokenRefused, or AccessUnavailable when it cannot be told."""
        if token is not None and token.startswith(KEY_PREFIX):
            return await self._keys.holder(token)
        return await self._tokens.verify(token)
