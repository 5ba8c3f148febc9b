"""Supabase Auth as only the hosted one answers: anonymous people and addresses that must be confirmed."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest

from access.auth import AuthRefused, Identity, Session, SupabaseAuth
from access.person import AccessUnavailable

PERSON = "0b0c9a5e-2f0d-4f3c-9a64-5d3f6a1e0b11"
SESSION = {"access_token": "a", "refresh_token": "r", "expires_in": 3600, "user": {"id": PERSON, "is_anonymous": True}}


def auth(answer: Callable[[httpx.Request], httpx.Response]) -> SupabaseAuth:
    return SupabaseAuth(httpx.AsyncClient(base_url="http://supabase/auth/v1", transport=httpx.MockTransport(answer)))


async def test_anonymous_sign_in_is_taken_where_it_is_offered() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json=SESSION)

    session = await auth(answer).begin_anonymously()
    assert (str(session.user.id), session.user.is_anonymous) == (PERSON, True)
    assert [(request.url.path, "email" in json.loads(request.content)) for request in asked] == [
        ("/auth/v1/signup", False)
    ]


async def test_without_anonymous_sign_in_and_with_confirmed_addresses_there_is_no_trial() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if "email" in json.loads(request.content):
            return httpx.Response(200, json={"id": PERSON, "identities": [{}]})
        return httpx.Response(422, json={"error_code": "anonymous_provider_disabled", "msg": "disabled"})

    with pytest.raises(AuthRefused) as refusal:
        await auth(answer).begin_anonymously()
    assert refusal.value.failure == "not_available_here"


async def test_naming_an_anonymous_person_keeps_the_id() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert (request.method, request.headers["authorization"]) == ("PUT", "Bearer token")
        return httpx.Response(200, json={"id": PERSON, "email": json.loads(request.content)["email"]})

    named = await auth(answer).name_anonymous("token", "ann@x.example", "a long password", "Ann")
    assert (str(named.id), named.email) == (PERSON, "ann@x.example")


async def test_an_address_to_be_confirmed_gives_no_session() -> None:
    begun = await auth(lambda _: httpx.Response(200, json={"id": PERSON, "identities": [{}]})).sign_up("a@x", "p", "")
    assert isinstance(begun, Identity)
    assert not begun.is_nobody


async def test_that_an_address_is_taken_stays_hidden_as_hosted_supabase_hides_it() -> None:
    begun = await auth(lambda _: httpx.Response(200, json={"id": PERSON, "identities": []})).sign_up("a@x", "p", "")
    assert isinstance(begun, Identity)
    assert begun.is_nobody


@pytest.mark.parametrize(
    ("status", "body", "failure"),
    [
        (400, {"error_code": "invalid_credentials", "msg": "Invalid login credentials"}, "wrong_credentials"),
        (400, {"error": "invalid_grant", "error_description": "?"}, "wrong_credentials"),
        (400, {"error_code": "email_not_confirmed", "msg": "?"}, "not_confirmed"),
        (429, {"error_code": "over_request_rate_limit", "msg": "?"}, "too_many"),
        (404, {}, "not_available_here"),
    ],
)
async def test_refusals_are_told_apart(status: int, body: dict[str, str], failure: str) -> None:
    with pytest.raises(AuthRefused) as refusal:
        await auth(lambda _: httpx.Response(status, json=body)).sign_in("a@x.example", "p")
    assert refusal.value.failure == failure


@pytest.mark.parametrize("answer", [httpx.Response(502), httpx.Response(200, json={"odd": 1})])
async def test_no_sensible_answer_is_no_refusal(answer: httpx.Response) -> None:
    with pytest.raises(AccessUnavailable):
        await auth(lambda _: answer).sign_in("a@x.example", "p")


async def test_a_session_is_read_without_what_it_says_besides() -> None:
    session = await auth(lambda _: httpx.Response(200, json={**SESSION, "token_type": "bearer"})).sign_in("a@x", "p")
    assert isinstance(session, Session)
    assert (session.access_token, session.expires_in) == ("a", 3600)
