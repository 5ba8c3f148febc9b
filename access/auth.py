"""Supabase Auth over HTTP: sign-up, sign-in, refresh, sign-out, password reset, and signing in without an account."""

from __future__ import annotations

import secrets
from typing import Literal, Self, TypeVar
from uuid import UUID, uuid4

import httpx
from pydantic import BaseModel, Field, ValidationError

from access.connection import Row
from access.person import AccessUnavailable
from access.wire import WireClient

PATIENCE_SECONDS = 10.0
NOBODYS_DOMAIN = "trial.invalid"

AuthFailure = Literal[
    "wrong_credentials",
    "exists_already",
    "weak_password",
    "link_expired",
    "not_confirmed",
    "session_over",
    "not_available_here",
    "too_many",
    "refused",
]

_FAILURES: dict[str, AuthFailure] = {
    "invalid_credentials": "wrong_credentials",
    "invalid_grant": "wrong_credentials",
    "user_already_exists": "exists_already",
    "email_exists": "exists_already",
    "weak_password": "weak_password",
    "same_password": "weak_password",
    "otp_expired": "link_expired",
    "email_not_confirmed": "not_confirmed",
    "session_not_found": "session_over",
    "refresh_token_not_found": "session_over",
    "refresh_token_already_used": "session_over",
    "anonymous_provider_disabled": "not_available_here",
    "email_provider_disabled": "not_available_here",
    "signup_disabled": "not_available_here",
    "over_request_rate_limit": "too_many",
    "over_email_send_rate_limit": "too_many",
}


_Model = TypeVar("_Model", bound=BaseModel)


class AuthRefused(Exception):
    """Supabase Auth said no. Carries its sentence, which names no secrets."""

    def __init__(self, failure: AuthFailure, message: str) -> None:
        super().__init__(message)
        self.failure: AuthFailure = failure


class Identity(Row):
    """Somebody that Supabase Auth knows. No `email` for people who are anonymous."""

    id: UUID
    email: str | None = None
    is_anonymous: bool = False
    identities: list[Row] | None = None

    @property
    def is_nobody(self) -> bool:
        """What hosted Supabase answers to a sign-up with an address that is taken, so that nobody learns of it."""
        return self.identities == []


class Session(Row):
    """A sign-in. `expires_in` is the life of the access token in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int
    user: Identity


class _Refusal(BaseModel):
    error_code: str = ""
    error: str = ""
    msg: str = ""
    error_description: str = Field(default="")


class SupabaseAuth:
    """Every method raises AuthRefused, or AccessUnavailable when Supabase does not answer."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    @classmethod
    def connect(cls, supabase_url: str, anon_key: str, timeout_seconds: float = PATIENCE_SECONDS) -> Self:
        address = f"{supabase_url.rstrip('/')}/auth/v1"
        return cls(WireClient(base_url=address, headers={"apikey": anon_key}, timeout=timeout_seconds))

    async def close(self) -> None:
        await self._http.aclose()

    async def sign_up(self, email: str, password: str, full_name: str) -> Session | Identity:
        """A session; or only who it is, where the address must be confirmed first."""
        body = {"email": email, "password": password, "data": {"full_name": full_name}}
        answer = await self._send("POST", "/signup", body)
        session = _read(Session, answer) if b'"access_token"' in answer else None
        if session is not None:
            return session
        return _read(Identity, answer)

    async def sign_in(self, email: str, password: str) -> Session:
        return _read(
            Session, await self._send("POST", "/token?grant_type=password", {"email": email, "password": password})
        )

    async def refresh(self, refresh_token: str) -> Session:
        try:
            answer = await self._send("POST", "/token?grant_type=refresh_token", {"refresh_token": refresh_token})
        except AuthRefused as refusal:
            if refusal.failure in ("refused", "wrong_credentials"):
                raise AuthRefused("session_over", str(refusal)) from None
            raise
        return _read(Session, answer)

    async def sign_out(self, access_token: str) -> None:
        """Ends the session of this token, with its refresh token; one that is over already stays so."""
        try:
            await self._send("POST", "/logout?scope=local", None, access_token)
        except AuthRefused as refusal:
            if refusal.failure != "session_over":
                raise

    async def ask_for_reset(self, email: str) -> None:
        """Sends a mail with a link and a code, if there is such an account; the answer does not tell."""
        await self._send("POST", "/recover", {"email": email})

    async def confirm_reset(self, email: str, code: str, password: str) -> Session:
        """Takes the code of the mail and sets the password."""
        answer = await self._send("POST", "/verify", {"type": "recovery", "email": email, "token": code})
        session = _read(Session, answer)
        await self._send("PUT", "/user", {"password": password}, session.access_token)
        return session

    async def begin_anonymously(self) -> Session:
        """Supabase's anonymous sign-in; where it is missing, an account with an address and a password of nobody."""
        try:
            return _read(Session, await self._send("POST", "/signup", {"data": {}}))
        except AuthRefused as refusal:
            if refusal.failure != "not_available_here":
                raise
        email = f"{uuid4().hex}@{NOBODYS_DOMAIN}"
        begun = await self.sign_up(email, secrets.token_urlsafe(32), "")
        if isinstance(begun, Identity):
            raise AuthRefused("not_available_here", "Trials need anonymous sign-ins, which are switched off.")
        return begun

    async def name_anonymous(self, access_token: str, email: str, password: str, full_name: str) -> Identity:
        """Give somebody who signed in anonymously an address and a password; the id stays."""
        body = {"email": email, "password": password, "data": {"full_name": full_name}}
        return _read(Identity, await self._send("PUT", "/user", body, access_token))

    async def identity(self, access_token: str) -> Identity:
        return _read(Identity, await self._send("GET", "/user", None, access_token))

    async def _send(self, method: str, path: str, body: object, access_token: str | None = None) -> bytes:
        headers = {"Authorization": f"Bearer {access_token}"} if access_token else {}
        try:
            answer = await self._http.request(method, path, json=body, headers=headers)
        except httpx.HTTPError as error:
            raise AccessUnavailable(f"Supabase Auth did not answer: {type(error).__name__}") from error
        if answer.is_success:
            return answer.content
        if answer.status_code >= 500 and answer.status_code != 501:
            raise AccessUnavailable(f"Supabase Auth answered {answer.status_code}")
        raise _refusal(answer)


def _refusal(answer: httpx.Response) -> AuthRefused:
    try:
        said = _Refusal.model_validate_json(answer.content)
    except ValidationError:
        said = _Refusal()
    message = said.msg or said.error_description or "Supabase refused it."
    if answer.status_code in (404, 405, 501) and not said.error_code:
        return AuthRefused("not_available_here", "This Supabase does not offer that.")
    if answer.status_code == 429:
        return AuthRefused("too_many", message)
    return AuthRefused(_FAILURES.get(said.error_code or said.error, "refused"), message)


def _read(model: type[_Model], content: bytes) -> _Model:
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        raise AccessUnavailable("Supabase Auth answered with something else than expected") from error
