"""Supabase access tokens, verified locally."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
from pydantic import BaseModel, Field, ValidationError

from access.kept import Kept
from access.keys import ASYMMETRIC, PublicKeys
from access.person import Person, RefusalReason, TokenRefused

AUDIENCE = "authenticated"
LEEWAY_SECONDS = 10
LONGEST_TOKEN = 8_192
REMEMBERED_SECONDS = 60.0
MOST_REMEMBERED = 10_000


class _Claims(BaseModel):
    sub: UUID
    exp: int = Field(gt=0, lt=253_402_300_800)
    email: str | None = None
    session_id: str | None = None


class TokenVerifier:
    """Checks signature, expiry, audience and subject; the signature of a token that was good, once a minute.

    HS256 is checked with the secret only, asymmetric algorithms with the public keys only; so a public key can never
    pass for a secret. Where neither is given, every token is refused.
    """

    def __init__(self, secret: str | None = None, public_keys: PublicKeys | None = None) -> None:
        self._secret = secret or None
        self._public_keys = public_keys
        self._people = Kept[str, Person](
            self._checked, lambda _: REMEMBERED_SECONDS, MOST_REMEMBERED, lambda: time.monotonic()
        )

    async def verify(self, token: str | None) -> Person:
        """Raises TokenRefused, or AccessUnavailable when the signing keys cannot be fetched."""
        if not token:
            raise TokenRefused("missing")
        if len(token) > LONGEST_TOKEN:
            raise TokenRefused("malformed")
        person = await self._people.get(token)
        if datetime.now(UTC) >= person.expires_at + timedelta(seconds=LEEWAY_SECONDS):
            raise TokenRefused("expired")
        return person

    async def _checked(self, token: str) -> Person:
        algorithm, key = await self._key_for(token)
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                audience=AUDIENCE,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "aud", "sub"]},
            )
            known = _Claims.model_validate(claims)
        except jwt.PyJWTError as error:
            raise TokenRefused(_reason(error)) from None
        except ValidationError:
            raise TokenRefused("subject") from None
        return Person(
            id=known.sub,
            email=known.email,
            session_id=known.session_id,
            expires_at=datetime.fromtimestamp(known.exp, UTC),
        )

    async def _key_for(self, token: str) -> tuple[str, str | jwt.PyJWK]:
        try:
            header = jwt.get_unverified_header(token)
        except jwt.PyJWTError:
            raise TokenRefused("malformed") from None
        algorithm, kid = header.get("alg"), header.get("kid")
        if algorithm == "HS256" and self._secret is not None:
            return "HS256", self._secret
        if algorithm not in ASYMMETRIC or self._public_keys is None:
            raise TokenRefused("algorithm")
        if not isinstance(kid, str):
            raise TokenRefused("unknown_key")
        key = await self._public_keys.find(kid)
        if key is None:
            raise TokenRefused("unknown_key")
        if key.algorithm_name != algorithm:
            raise TokenRefused("algorithm")
        return algorithm, key


def _reason(error: jwt.PyJWTError) -> RefusalReason:
    match error:
        case jwt.ExpiredSignatureError():
            return "expired"
        case jwt.ImmatureSignatureError() | jwt.InvalidIssuedAtError():
            return "not_yet_valid"
        case jwt.InvalidAudienceError():
            return "audience"
        case jwt.exceptions.InvalidSubjectError():
            return "subject"
        case jwt.MissingRequiredClaimError(claim=claim):
            return "audience" if claim == "aud" else "subject" if claim == "sub" else "expired"
        case jwt.InvalidSignatureError():
            return "signature"
        case jwt.InvalidAlgorithmError() | jwt.InvalidKeyError():
            return "algorithm"
        case _:
            return "malformed"
