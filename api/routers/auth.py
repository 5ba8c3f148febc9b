"""Signing in, through Supabase Auth, so that pages and scripts need one address only."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from fastapi.security import HTTPAuthorizationCredentials
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from access.auth import AuthFailure, AuthRefused, Identity, Session
from access.person import AccessUnavailable
from api.dependencies import Caller, PartsOf, bearer
from api.noting import note_org, note_orgs, note_target
from api.organisations import Email
from api.parts import Parts
from api.problems import ApiProblem, ProblemCode, problems
from api.trials import MESSAGES_A_DAY, TRIAL_DAYS
from domain.values import OptionalLine

router = APIRouter(prefix="/auth", tags=["auth"])

Password = Annotated[SecretStr, Field(min_length=1, max_length=200)]
NewPassword = Annotated[SecretStr, Field(min_length=10, max_length=72)]
Code = Annotated[SecretStr, Field(min_length=4, max_length=200)]
Token = Annotated[SecretStr, Field(min_length=1, max_length=8_192)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Credentials(_Body):
    email: Email
    password: Password


class NewAccount(_Body):
    email: Email
    password: NewPassword
    full_name: OptionalLine = ""


class Refreshing(_Body):
    refresh_token: Token


class ResetRequest(_Body):
    email: Email


class Reset(_Body):
    """`code` is in the mail."""

    email: Email
    code: Code
    password: NewPassword


class TrialRequest(_Body):
    org_id: UUID


class SignedIn(BaseModel):
    """`access_token` goes into `Authorization: Bearer ...` and lives for `expires_in` seconds; `refresh_token` gets the
    next one, once."""

    model_config = ConfigDict(frozen=True)

    person_id: UUID
    email: str | None
    access_token: str
    refresh_token: str
    expires_in: int


class SignedUp(BaseModel):
    """Without a `session` the address must be confirmed first: a mail is under way."""

    model_config = ConfigDict(frozen=True)

    person_id: UUID
    session: SignedIn | None


class TrialBegun(BaseModel):
    model_config = ConfigDict(frozen=True)

    session: SignedIn
    project_id: UUID
    deal_id: UUID
    messages_a_day: int
    expires_at: datetime


_PROBLEMS: dict[AuthFailure, tuple[ProblemCode, str, str]] = {
    "wrong_credentials": ("sign_in_refused", "Address or password are wrong.", "Try again, or reset the password."),
    "not_confirmed": ("sign_in_refused", "The address is not confirmed yet.", "Open the link of the mail first."),
    "session_over": ("sign_in_refused", "This session is over.", "Sign in again."),
    "link_expired": ("sign_in_refused", "This code is wrong or was valid until now.", "Ask for a new mail."),
    "exists_already": ("account_refused", "There is an account with this address.", "Sign in, or reset the password."),
    "weak_password": ("account_refused", "This password is too weak, or the one from before.", "Choose another one."),
    "too_many": ("too_many_requests", "That was too often.", "Wait a minute."),
    "not_available_here": ("not_available_here", "This installation does not offer that.", "Ask the operators."),
    "refused": ("account_refused", "Supabase refused it.", "Check what you sent."),
}


def _told(refusal: AuthRefused) -> ApiProblem:
    code, detail, next_step = _PROBLEMS[refusal.failure]
    return ApiProblem(code, detail, next_step)


@router.post("/sign-up", operation_id="sign_up", status_code=201, responses=problems(409, 501))
async def sign_up(parts: PartsOf, body: NewAccount) -> SignedUp:
    """Make an account. It belongs to no organisation until it begins one or accepts an invitation."""
    try:
        begun = await parts.directory.auth.sign_up(body.email, body.password.get_secret_value(), body.full_name)
    except AuthRefused as refusal:
        raise _told(refusal) from refusal
    return _signed_up(begun)


@router.post("/sign-in", operation_id="sign_in", responses=problems())
async def sign_in(parts: PartsOf, body: Credentials) -> SignedIn:
    """A session for an address and a password."""
    try:
        session = await parts.directory.auth.sign_in(body.email, body.password.get_secret_value())
    except AuthRefused as refusal:
        raise _told(refusal) from refusal
    await _note_sign_in(parts, str(session.user.id))
    return _signed_in(session)


@router.post("/refresh", operation_id="refresh_session", responses=problems())
async def refresh_session(parts: PartsOf, body: Refreshing) -> SignedIn:
    """The next access token of a session."""
    try:
        return _signed_in(await parts.directory.auth.refresh(body.refresh_token.get_secret_value()))
    except AuthRefused as refusal:
        raise _told(refusal) from refusal


@router.post("/sign-out", operation_id="sign_out", status_code=204, responses=problems(403))
async def sign_out(
    parts: PartsOf, person: Caller, given: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]
) -> Response:
    """End the session: it cannot be refreshed any more. Its access token is good until it expires by itself."""
    note_target("person", person.person_id)
    try:
        await parts.directory.auth.sign_out(given.credentials)
    except AuthRefused as refusal:
        raise _told(refusal) from refusal
    return Response(status_code=204)


@router.post(
    "/password-reset",
    operation_id="request_password_reset",
    status_code=202,
    response_class=Response,
    responses=problems(409, 429, 501),
)
async def request_password_reset(parts: PartsOf, body: ResetRequest) -> Response:
    """A mail with a code, where there is such an account; the answer does not tell whether there is."""
    try:
        await parts.directory.auth.ask_for_reset(body.email)
    except AuthRefused as refusal:
        raise _told(refusal) from refusal
    return Response(status_code=202)


@router.post("/password-reset/confirm", operation_id="confirm_password_reset", responses=problems(409))
async def confirm_password_reset(parts: PartsOf, body: Reset) -> SignedIn:
    """Set a new password with the code of the mail."""
    try:
        session = await parts.directory.auth.confirm_reset(
            body.email, body.code.get_secret_value(), body.password.get_secret_value()
        )
    except AuthRefused as refusal:
        raise _told(refusal) from refusal
    await _note_sign_in(parts, str(session.user.id))
    return _signed_in(session)


@router.post("/trial", operation_id="begin_trial", status_code=201, responses=problems(403, 501))
async def begin_trial(parts: PartsOf, body: TrialRequest) -> TrialBegun:
    """Try it without an account, in an organisation that allows it: one book, for 14 days."""
    trials, org_id = parts.directory.trials, str(body.org_id)
    if not await trials.are_allowed_in(org_id):
        raise _no_trial()
    try:
        session = await parts.directory.auth.begin_anonymously()
    except AuthRefused as refusal:
        raise _told(refusal) from refusal
    person_id = str(session.user.id)
    begun = await trials.begin(person_id, org_id, TRIAL_DAYS, MESSAGES_A_DAY)
    trial = await trials.find(person_id)
    if not begun or trial is None:
        raise _no_trial()
    note_org(org_id)
    note_target("person", person_id)
    return TrialBegun(
        session=_signed_in(session),
        project_id=trial.project_id,
        deal_id=trial.deal_id,
        messages_a_day=trial.messages_a_day,
        expires_at=trial.expires_at,
    )


@router.post("/trial/upgrade", operation_id="upgrade_trial", responses=problems(403, 409, 501))
async def upgrade_trial(
    parts: PartsOf,
    person: Caller,
    given: Annotated[HTTPAuthorizationCredentials, Depends(bearer)],
    body: NewAccount,
) -> SignedUp:
    """Make the trial an account, also when it has expired: you become a member and lead its project with all work."""
    trial = await parts.directory.trials.find(person.person_id)
    if trial is None or trial.upgraded_at is not None:
        raise ApiProblem("trial_refused", "You have no trial to upgrade.", "Sign up instead.")
    org_id = str(trial.org_id)
    note_org(org_id)
    if not await parts.directory.trials.are_allowed_in(org_id):
        raise _no_trial()
    try:
        account = await _named(parts, given.credentials, body)
    except AuthRefused as refusal:
        raise _told(refusal) from refusal
    await parts.directory.trials.end(person.person_id, str(account.person_id))
    parts.grants.forget(person.person_id)
    parts.grants.forget(str(account.person_id))
    note_target("person", str(account.person_id))
    return account


async def _named(parts: Parts, access_token: str, body: NewAccount) -> SignedUp:
    """The same person with a name where Supabase knows anonymous people; else a new account."""
    auth, password = parts.directory.auth, body.password.get_secret_value()
    if (await auth.identity(access_token)).is_anonymous:
        named = await auth.name_anonymous(access_token, body.email, password, body.full_name)
        return SignedUp(person_id=named.id, session=None)
    begun = await auth.sign_up(body.email, password, body.full_name)
    if isinstance(begun, Identity) and begun.is_nobody:
        raise AuthRefused("exists_already", "There is an account with this address.")
    return _signed_up(begun)


async def _note_sign_in(parts: Parts, person_id: str) -> None:
    """It is in the log of every organisation that the person belongs to."""
    note_target("person", person_id)
    with suppress(AccessUnavailable):
        note_orgs(str(found.org_id) for found in await parts.directory.organisations.of(person_id))


def _signed_up(begun: Session | Identity) -> SignedUp:
    if isinstance(begun, Identity):
        return SignedUp(person_id=begun.id, session=None)
    return SignedUp(person_id=begun.user.id, session=_signed_in(begun))


def _signed_in(session: Session) -> SignedIn:
    return SignedIn(
        person_id=session.user.id,
        email=session.user.email,
        access_token=session.access_token,
        refresh_token=session.refresh_token,
        expires_in=session.expires_in,
    )


def _no_trial() -> ApiProblem:
    return ApiProblem("trial_refused", "This organisation offers no trial.", "Sign up, or ask for an invitation.")
