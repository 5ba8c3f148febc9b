"""Payloads of histories: sealed where Temporal keeps them, in clear for those who may read them."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from temporalio.api.common.v1 import Payload, WorkflowExecution
from temporalio.api.workflowservice.v1 import QueryWorkflowRequest
from temporalio.client import Client
from temporalio.worker import Replayer

from store import Store
from telemetry.requests import HEADER, request_in
from tests.sealed import headers_in, payloads_in
from vault import LocalMasterKeys, VaultError, key_id_of
from vault.payloads import CIM_ID, PayloadSeal, is_sealed_payload, opened
from workflows.cim import CIMWorkflow
from workflows.contract import cim_workflow_id
from workflows.converter import data_converter
from workflows.places import WorkflowPlaces
from workflows.sandbox import checking_runner

from .conftest import Book, Site, new_book

UI = "http://127.0.0.1:8233"
SECRET = "Project Tangerine"


async def payloads_of(site: Site, book: Book, team: int = 0) -> list[Payload]:
    client = await Client.connect(site.addresses.temporal_address or "")
    handle = client.get_workflow_handle(cim_workflow_id(site.person("lead", team).org_id or "", book.id))
    history = await handle.fetch_history()
    return [payload for event in history.events for payload in payloads_in(event)]


def as_json(*payloads: Payload) -> dict[str, Any]:
    """As Temporal's web UI sends them."""
    return {
        "payloads": [
            {
                "metadata": {name: base64.b64encode(value).decode() for name, value in payload.metadata.items()},
                "data": base64.b64encode(payload.data).decode(),
            }
            for payload in payloads
        ]
    }


def texts_in(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    return "\n".join(
        base64.b64decode(payload["data"]).decode(errors="replace") for payload in answer.json()["payloads"]
    )


@pytest.fixture
async def secret_book(site: Site, lead: httpx.AsyncClient) -> Book:
    book = await new_book(lead, site.person("lead"), SECRET)
    await book.with_section()
    return book


async def test_the_lead_reads_what_the_server_keeps_sealed(
    site: Site, lead: httpx.AsyncClient, secret_book: Book
) -> None:
    payloads = await payloads_of(site, secret_book)
    assert payloads
    clear = [json.loads(payload.data) for payload in payloads if not is_sealed_payload(payload)]
    assert all("deprecated" in each or "activity_type" in each for each in clear), "only marks of the SDK itself"
    assert not any(SECRET.encode() in payload.SerializeToString() for payload in payloads)
    answer = await lead.post("/codec/decode", json=as_json(*payloads), headers={"X-Namespace": "default"})
    assert SECRET in texts_in(answer)
    first = answer.json()["payloads"][0]
    assert base64.b64decode(first["metadata"]["encoding"]) == b"json/plain"
    assert json.loads(base64.b64decode(first["data"]))["cim_id"] == secret_book.id


async def test_headers_hold_the_ids_of_requests_alone(site: Site, secret_book: Book) -> None:
    """The server keeps them in the clear."""
    client = await Client.connect(site.addresses.temporal_address or "")
    handle = client.get_workflow_handle(cim_workflow_id(site.person("lead").org_id or "", secret_book.id))
    headers = [header for event in (await handle.fetch_history()).events for header in headers_in(event)]
    assert {name for header in headers for name in header.fields} == {HEADER}
    assert all(request_in(header.fields) for header in headers if header.fields)


async def test_what_a_workflow_says_of_itself_is_sealed_too(
    site: Site, lead: httpx.AsyncClient, secret_book: Book
) -> None:
    """Current details, which name the book, are the answer to a query; the server keeps no other copy."""
    client = await Client.connect(site.addresses.temporal_address or "")
    workflow_id = cim_workflow_id(site.person("lead").org_id or "", secret_book.id)
    question = QueryWorkflowRequest(namespace="default", execution=WorkflowExecution(workflow_id=workflow_id))
    question.query.query_type = "__temporal_workflow_metadata"
    raw = await client.workflow_service.query_workflow(question)
    described = await client.get_workflow_handle(workflow_id).describe()
    assert [is_sealed_payload(payload) for payload in raw.query_result.payloads] == [True]
    assert SECRET.encode() not in raw.SerializeToString() + described.raw_description.SerializeToString()
    answer = await lead.post("/codec/decode", json=as_json(*raw.query_result.payloads))
    assert SECRET in texts_in(answer)


@pytest.mark.parametrize("role", ["editor", "reviewer", "viewer", "outsider"])
async def test_others_do_not(site: Site, secret_book: Book, role: str) -> None:
    payloads = await payloads_of(site, secret_book)
    async with site.client(role) as client:
        answer = await client.post("/codec/decode", json=as_json(*payloads))
    assert answer.status_code == (404 if role == "outsider" else 403)
    assert SECRET not in answer.text


async def test_the_lead_of_another_tenant_does_not_hear_that_the_book_exists(site: Site, secret_book: Book) -> None:
    async with site.client("lead", team=1) as stranger:
        own = await new_book(stranger, site.person("lead", team=1), "Own")
        foreign, mine = (await payloads_of(site, secret_book))[0], (await payloads_of(site, own, team=1))[0]
        answer = await stranger.post("/codec/decode", json=as_json(mine, foreign))
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_cim")
        foreign.metadata[CIM_ID] = own.id.encode()
        answer = await stranger.post("/codec/decode", json=as_json(foreign))
        assert answer.status_code == 404, "the key is of another tenant, whatever the payload says"


async def test_a_payload_under_the_name_of_another_book_stays_closed(
    site: Site, lead: httpx.AsyncClient, secret_book: Book
) -> None:
    other = await new_book(lead, site.person("lead"), "Other")
    [*payloads] = await payloads_of(site, secret_book)
    for payload in payloads:
        payload.metadata[CIM_ID] = other.id.encode()
    answer = await lead.post("/codec/decode", json=as_json(*payloads))
    assert answer.json() == as_json(*payloads)


async def test_nobody_without_a_token(site: Site, secret_book: Book) -> None:
    payloads = await payloads_of(site, secret_book)
    async with site.api.client() as nobody:
        answer = await nobody.post("/codec/decode", json=as_json(*payloads))
        assert answer.status_code == 401
        nobody.cookies.set("bookrunner_codec", "forged")
        answer = await nobody.post("/codec/decode", json=as_json(*payloads))
        assert answer.status_code == 401
        assert (await nobody.post("/codec/session")).status_code == 401


async def test_what_was_never_sealed_comes_back_as_it_is(lead: httpx.AsyncClient) -> None:
    plain = Payload(metadata={"encoding": b"json/plain"}, data=b'"old"')
    junk = Payload(metadata={"encoding": b"binary/encrypted"}, data=b"junk")
    answer = await lead.post("/codec/decode", json=as_json(plain, junk))
    assert answer.json() == as_json(plain, junk)


@pytest.mark.parametrize(
    "body",
    [{}, {"payloads": [{"data": "no base64!"}]}, {"payloads": [{"data": "", "metadata": {"encoding": "é"}}]}],
)
async def test_malformed_payloads_are_refused(lead: httpx.AsyncClient, body: dict[str, Any]) -> None:
    assert (await lead.post("/codec/decode", json=body)).status_code == 422


async def test_the_web_ui_asks_with_the_cookie_of_a_session(site: Site, secret_book: Book) -> None:
    payloads = await payloads_of(site, secret_book)
    token = site.person("lead").access_token
    async with site.api.client() as browser:
        opened = await browser.post("/codec/session", headers={"Authorization": f"Bearer {token}"})
        assert opened.status_code == 204
        cookie = opened.headers["set-cookie"].lower()
        assert all(word in cookie for word in ("httponly", "samesite=strict", "path=/codec", "expires="))
        asked = await browser.options(
            "/codec/decode",
            headers={
                "Origin": UI,
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "content-type,x-namespace",
            },
        )
        assert asked.status_code == 200, asked.text
        answer = await browser.post("/codec/decode", json=as_json(*payloads), headers={"Origin": UI})
        assert SECRET in texts_in(answer)
        for each in (asked, answer):
            assert each.headers["access-control-allow-origin"] == UI
            assert each.headers["access-control-allow-credentials"] == "true"
        assert (await browser.get("/cims")).status_code == 401, "the cookie opens nothing else"
        assert (await browser.delete("/codec/session")).status_code == 204
        assert (await browser.post("/codec/decode", json=as_json(*payloads))).status_code == 401


async def test_pages_of_other_origins_are_not_answered(site: Site, lead: httpx.AsyncClient) -> None:
    for path in ("/codec/decode", "/cims"):
        origin = "http://evil.example" if path.startswith("/codec") else UI
        asked = await lead.options(path, headers={"Origin": origin, "Access-Control-Request-Method": "POST"})
        assert asked.headers.get("access-control-allow-origin") is None


async def test_sealed_histories_replay_also_when_the_key_was_rotated_on_the_way(site: Site, secret_book: Book) -> None:
    org_id = site.person("lead").org_id or ""
    before = await site.store.keys.current(org_id)
    after = await site.store.keys.rotate(org_id)
    # A process that has not heard of the rotation yet goes on with the older key for a while, which is as good.
    await secret_book.done("rename", title=f"{SECRET} again")
    client = await Client.connect(site.addresses.temporal_address or "")
    history = await client.get_workflow_handle(cim_workflow_id(org_id, secret_book.id)).fetch_history()
    payloads = [payload for event in history.events for payload in payloads_in(event) if is_sealed_payload(payload)]
    assert {key_id_of(payload.data) for payload in payloads} == {before.id, after}
    replayer = Replayer(workflows=[CIMWorkflow], data_converter=site.converter, workflow_runner=checking_runner())
    await replayer.replay_workflow(history)
    another = LocalMasterKeys.given({"other": SecretStr(base64.b64encode(bytes(32)).decode())})
    stranger = await Store.connect(
        site.settings.mongodb_url.get_secret_value(), site.settings.mongodb_database, another
    )
    try:
        sealed = data_converter(PayloadSeal(stranger.keys, WorkflowPlaces(stranger)))
        closed = Replayer(workflows=[CIMWorkflow], data_converter=sealed, workflow_runner=checking_runner())
        with pytest.raises(VaultError):
            await opened(stranger.keys, payloads[0])
        assert (await closed.replay_workflow(history, raise_on_replay_failure=False)).replay_failure is not None
    finally:
        await stranger.close()
