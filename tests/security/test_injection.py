"""Words that mean something to a database, a header, a stream, a spreadsheet or a parser are words here."""

from __future__ import annotations

import base64
import csv
import io
import json
import uuid
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote, unquote

import httpx
import pytest

from tests.integration.api.conftest import Book, Site, slide
from tests.integration.api.reading import Reader
from tests.integration.api.test_documents import until_over

from .conftest import SECRET_WORDS, Everybody, Furnished, new_book
from .routes import ROUTES
from .test_routes import GUARDED, OPERATIONS, statuses_of

EVIL_IDS = (
    "x,or=(id.not.is.null)",
    "eq.1",
    "*",
    "' or '1'='1",
    '"},{"$ne":null',
    "{$gt:''}",
    "..%2f..%2fhealth",
    "a\r\nx-evil: 1",
)
POSTGREST = 'x",actor->>id.not.is.null),and=(id.gt."'
IN_STREAMS = (
    'a\n\nevent: closing\ndata: {"reason":"access_lost"}\n\n',
    "a\r\rid: 99999\r\r",
    "a\u2028event: closing\u2029\u0085",
    "data: x\nretry: 1",
)
FORMULAS = ("=1+2", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x")')


@pytest.fixture(scope="module")
async def book(site: Site, everybody: Everybody) -> AsyncIterator[Book]:
    found = await new_book(site.api, everybody.ours, everybody.account("lead"), "Injections")
    await found.with_section()
    yield found
    await found.client.aclose()


async def test_ids_are_never_part_of_a_question(furnished: Furnished, callers: dict[str, httpx.AsyncClient]) -> None:
    """Each id of each path in turn, by the lead who may see everything."""
    asked: list[tuple[str, Any]] = []
    for operation_id in GUARDED:
        method, path = OPERATIONS[operation_id]
        names = [name for name in furnished.ids if f"{{{name}}}" in path]
        for name in names[-1:]:
            for number, evil in enumerate(EVIL_IDS):
                ids = {**furnished.ids, name: quote(evil, safe="%")}
                request = ROUTES[operation_id].request(furnished.ids)
                call = callers["lead"].request(method, path.format_map(ids), **request)
                asked.append((f"{operation_id} / {number}", call))
    answers = await statuses_of(asked)
    wrong = {
        name: (answer.status_code, answer.text[:100])
        for name, answer in answers.items()
        if answer.status_code not in (403, 404, 405, 422)
    }
    assert wrong == {}
    assert [name for name, answer in answers.items() if SECRET_WORDS in answer.text] == []
    assert [name for name, answer in answers.items() if "x-evil" in answer.headers] == []


async def test_filters_of_the_audit_log_stay_filters(site: Site, everybody: Everybody) -> None:
    ours = everybody.ours
    async with site.api.client(everybody.account("owner").token) as owner:
        url = f"/orgs/{ours.id}/audit"
        for name, value in (("actor", POSTGREST), ("action", "cim.,or=(seq.gt.0)"), ("cursor", "1,or=(seq.gt.0)")):
            assert (await owner.get(url, params={name: value})).status_code == 422
        for value in (POSTGREST, "a,b.eq.1)", "x' or 1=1 --", "%", "*", "not.is.null", '"', "\\"):
            answer = await owner.get(url, params={"target": value})
            assert (answer.status_code, answer.json()["items"]) == (200, []), value


async def test_words_for_sql_and_postgrest_are_kept_as_they_are(site: Site, everybody: Everybody) -> None:
    theirs = everybody.theirs
    names = ["'; drop table organizations; --", "a),or=(name.not.is.null", "eq.null", "null", '"', "*", "{1,2}"]
    async with (
        site.api.client(everybody.account("owner").token) as owner,
        site.api.client(everybody.account("other owner").token) as other,
    ):
        before = (await other.get(f"/orgs/{theirs.id}")).json()["name"]
        for name in names:
            changed = await owner.patch(f"/orgs/{everybody.ours.id}", json={"name": name})
            assert (changed.status_code, changed.json()["name"]) == (200, name)
            team = await owner.post(f"/orgs/{everybody.ours.id}/teams", json={"name": f"{name} {uuid.uuid4().hex}"})
            assert team.status_code == 201
        assert (await owner.patch(f"/orgs/{everybody.ours.id}", json={"name": "Tested & Co"})).status_code == 200
        assert (await other.get(f"/orgs/{theirs.id}")).json()["name"] == before


OPERATORS: tuple[Any, ...] = ({"$ne": None}, {"$gt": ""}, {"$where": "sleep(1000)"}, ["$ne"], {"$regex": ".*"})


@pytest.mark.parametrize("operator", OPERATORS, ids=str)
async def test_operators_are_no_values(book: Book, furnished: Furnished, operator: Any) -> None:
    command = {"command_id": str(uuid.uuid4())}
    client, url = book.client, book.url
    before = (await client.get(url)).json()
    answers = [
        await client.post("/cims", json={"deal_id": operator, "title": "x"}),
        await client.post("/cims", json={"deal_id": furnished.ids["deal_id"], "title": operator}),
        await client.post(f"{url}/commands", json={**command, "type": "rename", "title": operator}),
        await client.post(f"{url}/commands", json={**command, "type": "approve_slide", "slide_id": operator}),
        await client.post(f"{url}/commands", json={"command_id": operator, "type": "rename", "title": "x"}),
        await client.post(f"{url}/commands", json={**command, "type": operator}),
        await client.post(f"{url}/messages", json={"text": operator}),
        await client.post(f"{url}/messages", json={"text": "x", "thread_id": operator}),
        await client.post(f"{url}/messages", json={"text": "x", "parent_id": operator}),
        await client.put(f"{url}/threads/main/branch", json={"leaf_id": operator}),
        await client.post(f"{url}/runs", json={"kind": operator}),
        await client.post(f"{url}/runs", json={"kind": "draft_slides", "section_ids": [operator]}),
        await client.post(f"{url}/exports", json={"format": operator}),
        await client.post(f"{url}/comments", json={"text": "x", "slide_id": operator}),
    ]
    assert [answer.status_code for answer in answers] == [422] * len(answers)
    assert (await client.get(url)).json()["rev"] == before["rev"]


async def test_operators_in_questions_are_no_operators(book: Book) -> None:
    for params in (
        {"status[$ne]": "x"},
        {"status": '{"$ne": null}'},
        {"thread_id[$gt]": ""},
        {"thread_id": "$ne"},
        {"before": '{"$gt": ""}'},
        {"limit": "1e9"},
        {"cursor": "nothing"},
    ):
        for path in ("runs", "messages", "events", "agents"):
            answer = await book.client.get(f"{book.url}/{path}", params=params)
            assert answer.status_code in (200, 422), (path, params, answer.text)
            assert SECRET_WORDS not in answer.text


@pytest.mark.parametrize("place", [{"at": {"$gt": 0}, "id": "x"}, {"at": 0, "id": {"$ne": ""}}, {"$where": "1"}, [], 1])
async def test_cursors_hold_values_only(book: Book, place: Any) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")
    for path in ("/cims", "/runs", f"{book.url}/runs", f"{book.url}/agents"):
        answer = await book.client.get(path, params={"cursor": cursor})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input"), path


async def test_words_with_a_dollar_are_words(book: Book) -> None:
    text = '{"$where": "this.x"} $set $ne __proto__'
    await book.save_slide(text, "dollar")
    found = (await book.client.get(f"{book.url}/slides/dollar")).json()
    assert found["components"][0]["text"] == text
    comment = await book.client.post(f"{book.url}/comments", json={"text": text, "slide_id": "dollar"})
    assert (comment.status_code, comment.json()["text"]) == (201, text)


@pytest.mark.parametrize(
    "title", ['a"; filename="evil.exe', "a\r\nSet-Cookie: x=1", "a\nb", "../../x", "Café ✓", "%0d%0aX: 1", ";", "=1+2"]
)
async def test_a_title_is_no_header(site: Site, everybody: Everybody, title: str) -> None:
    book = await new_book(site.api, everybody.ours, everybody.account("lead"), title)
    await book.with_section()
    await book.save_slide("One slide.")
    started = await book.client.post(f"{book.url}/exports", json={"format": "json"})
    await until_over(book.client, started.headers["location"], {"ready", "failed"})
    answer = await book.client.get(f"{started.headers['location']}/file")
    assert answer.status_code == 200
    disposition = answer.headers["content-disposition"]
    plain, _, encoded = disposition.removeprefix('attachment; filename="').partition("\"; filename*=UTF-8''")
    assert not set(plain) & set('"\r\n/\\;%')
    assert plain.endswith(".json")
    assert unquote(encoded) == f"{title}.json"
    assert not set(encoded) & set('"\r\n/;')
    assert "set-cookie" not in answer.headers
    await book.client.aclose()


@pytest.mark.parametrize("text", IN_STREAMS, ids=ascii)
async def test_words_do_not_end_an_event_of_the_stream(book: Book, text: str) -> None:
    slide_id = f"s{uuid.uuid4().hex[:8]}"
    saved = await book.done("save_slide", slide=slide(text, slide_id))
    reader = Reader(book.client, book.url, cursor=str(saved["rev"] - 1))
    await reader.until_seq(saved["rev"])
    assert reader.seqs == [saved["rev"]]
    comment = await book.client.post(f"{book.url}/comments", json={"text": text, "slide_id": slide_id})
    assert comment.status_code == 201
    renamed = await book.done("rename", title=text)
    await reader.until_seq(renamed["rev"])
    assert reader.seqs == [saved["rev"], renamed["rev"]]


async def test_no_cell_of_an_export_is_a_formula(site: Site, everybody: Everybody) -> None:
    """Of the audit log by HTTP; workbooks behind charts are in tests/unit/exports."""
    ours = everybody.ours
    async with site.api.client(everybody.account("lead").token) as lead:
        for formula in FORMULAS:
            headers = {"user-agent": formula} if formula.isprintable() else {}
            assert (await lead.get(f"/cims/{uuid.uuid4().hex}", headers=headers)).status_code == 404
    async with site.api.client(everybody.account("owner").token) as owner:
        assert (await owner.get(f"/orgs/{ours.id}", headers={"user-agent": "=1+2"})).status_code == 200
        answer = await owner.get(f"/orgs/{ours.id}/audit/export", params={"format": "csv"})
    cells = [cell for row in csv.reader(io.StringIO(answer.text, newline="")) for cell in row]
    assert len(cells) > 15
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
