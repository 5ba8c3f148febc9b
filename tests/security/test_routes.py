"""Every route of the API, tried by everybody who should not get in, and by everybody who should."""

from __future__ import annotations

import asyncio
import base64
import json
import time
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import jwt
import pytest

from api.app import create_app
from tests.integration.api.conftest import Site

from .conftest import SECRET_WORDS, Everybody, Furnished, new_book
from .routes import ORG_ONLY, PROJECT, ROUTES, Access

STRANGERS = ("other owner", "other lead", "other editor", "other viewer", "outsider")
AT_ONCE = 8
TRIES_MORE = 5


def _operations() -> Iterator[tuple[str, str, str]]:
    """Id, method and path of every route."""
    for path, operations in create_app().openapi()["paths"].items():
        for method, operation in operations.items():
            yield operation["operationId"], method.upper(), path


OPERATIONS = {operation_id: (method, path) for operation_id, method, path in _operations()}


def test_every_route_is_written_down() -> None:
    assert set(OPERATIONS) == set(ROUTES)


def _path(operation_id: str, ids: dict[str, str]) -> str:
    access = ROUTES[operation_id]
    named = {**ids, **{name: ids[other] for name, other in access.ids.items()}}
    return OPERATIONS[operation_id][1].format_map(named)


async def call_route(
    client: httpx.AsyncClient, operation_id: str, ids: dict[str, str], **headers: str
) -> httpx.Response:
    """The answer; of a stream its beginning. While a part does not answer in time, it is asked again."""
    answer = await _called_once(client, operation_id, ids, headers)
    for _ in range(TRIES_MORE):
        if answer.status_code != 503:
            break
        await asyncio.sleep(float(answer.headers["retry-after"]))
        answer = await _called_once(client, operation_id, ids, headers)
    return answer


async def _called_once(
    client: httpx.AsyncClient, operation_id: str, ids: dict[str, str], headers: dict[str, str]
) -> httpx.Response:
    request: dict[str, Any] = ROUTES[operation_id].request(ids)
    method, path = OPERATIONS[operation_id][0], _path(operation_id, ids)
    async with client.stream(method, path, headers=headers, **request) as response:
        if response.headers.get("content-type", "").startswith("text/event-stream"):
            return response
        await response.aread()
        return response


async def statuses_of(calls: list[tuple[str, Any]]) -> dict[str, httpx.Response]:
    """The answers by name, some at a time."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(call: Any) -> httpx.Response:
        async with room:
            return await call

    answers = await asyncio.gather(*(one(call) for _, call in calls))
    return dict(zip((name for name, _ in calls), answers, strict=True))


async def _fresh_book(site: Site, everybody: Everybody) -> str:
    book = await new_book(site.api, everybody.ours, everybody.account("lead"))
    await book.client.aclose()
    return book.id


def _closed(access: Access) -> bool:
    return not access.open_to_the_world


GUARDED = [operation_id for operation_id, access in ROUTES.items() if _closed(access)]


def _bad_tokens(site: Site, everybody: Everybody) -> dict[str, str]:
    """Tokens of the lead, each wrong in one way."""
    secret = str(site.addresses.jwt_secret)
    lead = everybody.account("lead")
    now = int(time.time())
    claims = {"sub": lead.user_id, "aud": "authenticated", "role": "authenticated", "exp": now + 3_600}

    def part(fields: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")

    header, body, signature = lead.token.split(".")
    return {
        "expired": jwt.encode({**claims, "exp": now - 60}, secret, "HS256"),
        "wrong signature": jwt.encode(claims, "another secret of more than 32 bytes", "HS256"),
        "signature of another body": f"{header}.{part({**claims, 'sub': str(uuid.uuid4())})}.{signature}",
        "alg none": f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims)}.",
        "alg None": f"{part({'alg': 'None', 'typ': 'JWT'})}.{part(claims)}.{signature}",
        "no signature": f"{header}.{body}.",
        "wrong audience": jwt.encode({**claims, "aud": "anon"}, secret, "HS256"),
        "no expiry": jwt.encode({"sub": lead.user_id, "aud": "authenticated"}, secret, "HS256"),
        "not a person": jwt.encode({**claims, "sub": "service"}, secret, "HS256"),
        "assertion": site.api.parts.proofs.by_hand(lead.user_id, "any")[0],
        "key of the service": str(site.addresses.service_role_key),
        "nonsense": "nonsense",
    }


async def test_without_a_good_token_every_route_is_shut(site: Site, everybody: Everybody, furnished: Furnished) -> None:
    tokens = _bad_tokens(site, everybody)
    async with site.api.client() as client:
        calls = [(f"{one} / no token", call_route(client, one, furnished.ids)) for one in GUARDED]
        calls += [
            (f"{one} / {kind}", call_route(client, one, furnished.ids, Authorization=f"Bearer {token}"))
            for one in GUARDED
            for kind, token in tokens.items()
        ]
        calls += [
            (
                f"{one} / in the address",
                call_route(client, one, {**furnished.ids}, Cookie=f"token={everybody.account('lead').token}"),
            )
            for one in GUARDED
        ]
        answers = await statuses_of(calls)
    wrong = {name: answer.status_code for name, answer in answers.items() if answer.status_code != 401}
    assert wrong == {}
    assert [name for name, answer in answers.items() if SECRET_WORDS in answer.text] == []
    assert {answer.headers["www-authenticate"] for answer in answers.values()} == {"Bearer"}


async def test_strangers_are_told_that_there_is_nothing(
    furnished: Furnished, callers: dict[str, httpx.AsyncClient]
) -> None:
    asked = [one for one in GUARDED if not ROUTES[one].to_all]
    answers = await statuses_of(
        [(f"{one} / {who}", call_route(callers[who], one, furnished.ids)) for one in asked for who in STRANGERS]
    )
    wrong = {
        name: (answer.status_code, answer.text[:200])
        for name, answer in answers.items()
        if answer.status_code not in ROUTES[name.partition(" / ")[0]].unknown
    }
    assert wrong == {}
    assert [name for name, answer in answers.items() if SECRET_WORDS in answer.text] == []


async def test_what_is_not_there_and_what_is_not_yours_look_the_same(
    furnished: Furnished, callers: dict[str, httpx.AsyncClient]
) -> None:
    asked = [one for one in GUARDED if not ROUTES[one].to_all and "{" in OPERATIONS[one][1]]
    nowhere = {name: str(uuid.uuid4()) for name in furnished.ids} | {"step": "0", "seq": "1", "key": "nothing"}
    answers = await statuses_of(
        [(f"{one} / theirs", call_route(callers["other lead"], one, furnished.ids)) for one in asked]
        + [(f"{one} / nothing", call_route(callers["other lead"], one, nowhere)) for one in asked]
    )
    different = {
        one: (answers[f"{one} / theirs"].text, answers[f"{one} / nothing"].text)
        for one in asked
        if answers[f"{one} / theirs"].json() != answers[f"{one} / nothing"].json()
    }
    assert different == {}


async def test_lists_hold_only_what_is_yours(furnished: Furnished, callers: dict[str, httpx.AsyncClient]) -> None:
    asked = [one for one in GUARDED if ROUTES[one].to_all and not ROUTES[one].signs_out]
    answers = await statuses_of(
        [(f"{one} / {who}", call_route(client, one, furnished.ids)) for one in asked for who, client in callers.items()]
    )
    wrong = {
        name: (answer.status_code, answer.text[:200])
        for name, answer in answers.items()
        if answer.status_code not in ROUTES[name.partition(" / ")[0]].status
    }
    assert wrong == {}
    shown = {
        name for name, answer in answers.items() if SECRET_WORDS in answer.text or furnished.book.id in answer.text
    }
    assert {name.partition(" / ")[2] for name in shown} <= PROJECT
    assert {f"{one} / {who}" for one in ("list_cims", "list_books", "list_all_runs") for who in PROJECT} <= shown


@pytest.mark.parametrize("operation_id", [one for one in GUARDED if not ROUTES[one].to_all])
async def test_roles_may_do_what_the_table_says(
    site: Site,
    everybody: Everybody,
    furnished: Furnished,
    callers: dict[str, httpx.AsyncClient],
    operation_id: str,
) -> None:
    access = ROUTES[operation_id]
    wrong: dict[str, tuple[int, str]] = {}
    for who in sorted(PROJECT | ORG_ONLY):
        ids = furnished.ids
        if access.with_book:
            ids = {**ids, "cim_id": await _fresh_book(site, everybody)}
        answer = await call_route(callers[who], operation_id, ids)
        is_stream = answer.headers.get("content-type", "").startswith("text/event-stream")
        text = "" if is_stream else answer.text
        expected = access.status if who in access.may else {access.colleagues if who in ORG_ONLY else 403}
        if answer.status_code not in expected or (who in ORG_ONLY - access.may and SECRET_WORDS in text):
            wrong[who] = (answer.status_code, text[:300])
    assert wrong == {}
