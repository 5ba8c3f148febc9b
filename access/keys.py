"""The public keys that Supabase signs tokens with, fetched when first needed and again when they rotate."""

from __future__ import annotations

import asyncio
import time
from typing import Self

import httpx
import jwt
from pydantic import BaseModel, ValidationError

from access.person import AccessUnavailable
from access.wire import WireClient

ASYMMETRIC = ("ES256", "RS256", "EdDSA")
KEPT_SECONDS = 600.0
SECONDS_BETWEEN_FETCHES = 10.0


class _KeySet(BaseModel):
    keys: list[dict[str, object]]


class PublicKeys:
    """Keys of a JWKS address by `kid`; only asymmetric ones are taken."""

    def __init__(self, address: str, http: httpx.AsyncClient, kept_seconds: float = KEPT_SECONDS) -> None:
        self._address = address
        self._http = http
        self._kept_seconds = kept_seconds
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at: float | None = None
        self._tried_at: float | None = None
        self._lock = asyncio.Lock()

    @classmethod
    def connect(cls, address: str, timeout_seconds: float = 2.0) -> Self:
        return cls(address, WireClient(timeout=timeout_seconds))

    async def close(self) -> None:
        await self._http.aclose()

    async def find(self, kid: str) -> jwt.PyJWK | None:
        """None when there is no such key. Raises AccessUnavailable when no keys were ever got."""
        if kid in self._keys and self._is_fresh():
            return self._keys[kid]
        async with self._lock:
            if (kid not in self._keys or not self._is_fresh()) and self._may_try():
                await self._fetch()
        if self._fetched_at is None:
            raise AccessUnavailable("the signing keys could not be fetched")
        return self._keys.get(kid)

    def _is_fresh(self) -> bool:
        return self._fetched_at is not None and time.monotonic() - self._fetched_at < self._kept_seconds

    def _may_try(self) -> bool:
        return self._tried_at is None or time.monotonic() - self._tried_at >= SECONDS_BETWEEN_FETCHES

    async def _fetch(self) -> None:
        self._tried_at = time.monotonic()
        try:
            response = await self._http.get(self._address)
            response.raise_for_status()
            key_set = _KeySet.model_validate_json(response.content)
        except (httpx.HTTPError, ValidationError) as error:
            if self._fetched_at is None:
                self._tried_at = None
                raise AccessUnavailable("the signing keys could not be fetched") from error
            return
        self._keys = {kid: key for entry in key_set.keys for kid, key in _usable(entry)}
        self._fetched_at = time.monotonic()


def _usable(entry: dict[str, object]) -> list[tuple[str, jwt.PyJWK]]:
    try:
        key = jwt.PyJWK(entry)
    except (jwt.InvalidKeyError, jwt.PyJWKError):
        return []
    return [(key.key_id, key)] if key.key_id and key.algorithm_name in ASYMMETRIC else []
