"""Documents in, a book out: uploads, runs, exports and messages over HTTP."""

from __future__ import annotations

import asyncio
import io
import json
import time
import uuid
import zipfile
from typing import Any

import httpx
import pytest

from .conftest import Book, Site

CSV = b"Metric,FY2023,FY2024\nNet sales (USD million),900,1000\nEBITDA (USD million),90,120\n"
NOTES = b"# Bluecan\n\nNet sales were USD 1,000 million in FY2024.\n\nThe company has 4,200 people.\n"


async def upload(book: Book, name: str, data: bytes) -> httpx.Response:
    return await book.client.post(f"{book.url}/sources", files={"file": (name, data, "application/octet-stream")})


async def until_over(client: httpx.AsyncClient, url: str, over: set[str]) -> dict[str, Any]:
    ends = time.monotonic() + 60
    while True:
        found = (await client.get(url)).json()
        if found["status"] in over:
            return found
        assert time.monotonic() < ends, found
        await asyncio.sleep(0.1)


async def uploaded(book: Book, name: str, data: bytes) -> dict[str, Any]:
    response = await upload(book, name, data)
    assert response.status_code == 202, response.text
    return await until_over(book.client, response.headers["location"], {"ready", "refused"})


async def test_a_document_becomes_passages_and_facts(book: Book) -> None:
    source = await uploaded(book, "notes.md", NOTES)
    assert (source["status"], source["name"], source["size"]) == ("ready", "notes.md", len(NOTES))
    passages = (await book.client.get(f"/sources/{source['id']}/passages")).json()["items"]
    assert len(passages) == source["passages"] > 0
    assert any("4,200 people" in passage["text"] for passage in passages)
    facts = (await book.client.get(f"{book.url}/facts")).json()["items"]
    assert len(facts) == source["facts"]
    listed = (await book.client.get(f"{book.url}/sources")).json()["items"]
    assert [item["id"] for item in listed] == [source["id"]]


async def test_the_same_file_again_is_recognised(book: Book) -> None:
    first = await uploaded(book, "figures.csv", CSV)
    again = await upload(book, "renamed.csv", CSV)
    assert (again.status_code, again.json()["id"]) == (200, first["id"])
    assert len((await book.client.get(f"{book.url}/sources")).json()["items"]) == 1


def word_like() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/nothing.xml", "<x/>")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("damaged.docx", b"PK\x03\x04 and then nothing"),
        ("hollow.docx", word_like()),
        ("really-text.pdf", b"this is no PDF"),
        ("damaged.xlsx", b"\x00" * 500),
        ("image.pptx", b"\x89PNG\r\n\x1a\n" + b"\x00" * 100),
    ],
)
async def test_what_cannot_be_read_is_refused_with_a_sentence(book: Book, name: str, data: bytes) -> None:
    source = await uploaded(book, name, data)
    assert source["status"] == "refused"
    assert len(source["problem"]) > 10
    assert (await book.client.get(book.url)).json()["rev"] == 1


ODD_UPLOADS: dict[str, tuple[str, bytes, int]] = {
    "a program": ("run.exe", b"MZ", 415),
    "no kind": ("README", b"text", 415),
    "a hidden kind": ("book.pdf.exe", b"MZ", 415),
    "empty": ("empty.csv", b"", 422),
    "too large": ("large.txt", b"a" * (2 * 1024 * 1024 + 1), 413),
    "far too large": ("large.txt", b"a" * (3 * 1024 * 1024), 413),
}


@pytest.mark.parametrize("case", ODD_UPLOADS)
async def test_odd_uploads_change_nothing(book: Book, case: str) -> None:
    name, data, status = ODD_UPLOADS[case]
    response = await upload(book, name, data)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert (await book.client.get(f"{book.url}/sources")).json()["items"] == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\secret\\plan.md", "plan.md"),
        ("a\u202egnp.txt", "agnp.txt"),
        ("x" * 400 + ".csv", "x" * 196 + ".csv"),
        (".csv", "document.csv"),
    ],
)
async def test_names_are_made_harmless(book: Book, given: str, kept: str) -> None:
    response = await upload(book, given, uuid.uuid4().bytes)
    assert response.json()["name"] == kept


async def test_no_form_at_all(book: Book) -> None:
    odd: list[dict[str, Any]] = [
        {"json": {}},
        {"content": b"x"},
        {"files": {"other": b"x"}},
        {"data": {"file": "text"}},
    ]
    for options in odd:
        response = await book.client.post(f"{book.url}/sources", **options)
        assert response.status_code == 422, (options, response.text)


async def test_only_editors_upload_run_and_write(site: Site, book: Book) -> None:
    async with site.client("viewer") as client:
        theirs = Book(client, {"id": book.id})
        assert (await upload(theirs, "a.csv", CSV)).status_code == 403
        assert (await client.post(f"{book.url}/runs", json={"kind": "draft_outline"})).status_code == 403
        assert (await client.post(f"{book.url}/messages", json={"text": "hello"})).status_code == 403


async def test_a_run_drafts_and_an_export_is_made(book: Book) -> None:
    await uploaded(book, "figures.csv", CSV)
    await uploaded(book, "notes.md", NOTES)
    headers = {"Idempotency-Key": "persona-1"}
    asked = {"kind": "draft_buyer_persona", "instruction": "Write for a private equity fund."}
    started = await book.client.post(f"{book.url}/runs", json=asked, headers=headers)
    again = await book.client.post(f"{book.url}/runs", json=asked, headers=headers)
    assert started.status_code == again.status_code == 202
    assert started.json() == again.json()
    run_id = started.json()["run_id"]
    run = await until_over(book.client, f"/runs/{run_id}", {"completed", "failed", "cancelled"})
    assert run["status"] == "completed", run
    assert run["instruction"] == asked["instruction"]
    head = (await book.client.get(book.url)).json()
    assert head["artifacts"]["buyer_persona"]["value"]["type"] == "Private equity fund"
    thesis = {"kind": "draft_hero_context", "instruction": "Timing: Net sales were USD 1,000 million in FY2024."}
    hero = await book.client.post(f"{book.url}/runs", json=thesis)
    drafted = await until_over(book.client, hero.headers["location"], {"completed", "failed", "cancelled"})
    assert drafted["status"] == "completed", drafted
    saved = (await book.client.get(book.url)).json()["artifacts"]["hero_context"]["value"]["investment_thesis"]
    cited = {one["text"]: one["sources"] for one in drafted["result"]["cited"]}
    assert set(cited) <= set(saved.values())
    assert "1,000 million" in saved["timing"]
    assert cited[saved["timing"]][0]["quote"]
    late = await book.client.post(f"/runs/{run_id}/cancel")
    assert (late.status_code, late.json()["code"]) == (409, "run_over")
    listed = (await book.client.get(f"{book.url}/runs")).json()["items"]
    assert [item["id"] for item in listed] == [drafted["id"], run_id]

    await book.with_section()
    await book.save_slide("Demand grows.", "s1")
    for format_, start in (("md", b"# "), ("pptx", b"PK"), ("pdf", b"%PDF"), ("json", b"{")):
        response = await book.client.post(f"{book.url}/exports", json={"format": format_})
        assert response.status_code == 202, response.text
        export = await until_over(book.client, response.headers["location"], {"ready", "failed"})
        assert export["status"] == "ready", export
        file = await book.client.get(f"/exports/{export['id']}/file")
        assert file.status_code == 200
        assert len(file.content) == export["size"]
        assert f'filename="Bluecan.{format_}"' in file.headers["content-disposition"]
        assert file.content.startswith(start)
        if format_ == "json":
            assert json.loads(file.content)["title"] == "Bluecan"


async def test_one_slide_is_drafted_again_and_no_other(book: Book) -> None:
    await uploaded(book, "figures.csv", CSV)
    await book.done("save_outline", sections=[{"id": "figures", "title": "Financials"}])
    await book.save_slide("Words of the first draft.", "old", "figures")
    await book.save_slide("Others.", "other", "figures")
    before = {one["id"]: one for one in (await book.client.get(f"{book.url}/slides")).json()["items"]}
    started = await book.client.post(f"{book.url}/runs", json={"kind": "draft_slides", "slide_id": "old"})
    assert started.status_code == 202, started.text
    run = await until_over(book.client, started.headers["location"], {"completed", "failed"})
    assert (run["status"], run["section_ids"], run["slide_id"]) == ("completed", ["figures"], "old"), run
    after = {one["id"]: one for one in (await book.client.get(f"{book.url}/slides")).json()["items"]}
    assert after.keys() == before.keys()
    assert after["other"] == before["other"]
    assert after["old"]["components"] != before["old"]["components"]
    for wrong, told in (
        ({"kind": "draft_slides", "slide_id": "none"}, (404, "unknown_slide")),
        ({"kind": "draft_outline", "slide_id": "old"}, (422, "invalid_input")),
    ):
        refused = await book.client.post(f"{book.url}/runs", json=wrong)
        assert (refused.status_code, refused.json()["code"]) == told


async def test_strangers_see_nothing_of_it(site: Site, book: Book) -> None:
    source = await uploaded(book, "figures.csv", CSV)
    run_id = (await book.client.post(f"{book.url}/runs", json={"kind": "draft_outline"})).json()["run_id"]
    export_id = (await book.client.post(f"{book.url}/exports", json={"format": "md"})).json()["export_id"]
    urls = {
        f"/sources/{source['id']}": "unknown_source",
        f"/sources/{source['id']}/passages": "unknown_source",
        f"/runs/{run_id}": "unknown_run",
        f"/exports/{export_id}": "unknown_export",
        f"/exports/{export_id}/file": "unknown_export",
        **{f"{book.url}{rest}": "unknown_cim" for rest in ("", "/slides", "/facts", "/messages", "/events", "/stream")},
        **{f"{book.url}{rest}": "unknown_cim" for rest in ("/sources", "/runs", "/at/1", "/diff?from=1&to=1")},
    }
    async with site.client("lead", 1) as stranger, site.client("outsider") as outsider, site.client("owner") as owner:
        for url, code in urls.items():
            for client in (stranger, outsider):
                response = await client.get(url)
                assert (response.status_code, response.json()["code"]) == (404, code), url
            colleague = await owner.get(url)
            assert (colleague.status_code, colleague.json()["code"]) == (403, "forbidden"), url
        posts = {"/commands": {"type": "reopen", "command_id": str(uuid.uuid4())}, "/runs": {"kind": "draft_outline"}}
        for rest, body in posts.items():
            assert (await stranger.post(f"{book.url}{rest}", json=body)).status_code == 404
            assert (await owner.post(f"{book.url}{rest}", json=body)).status_code == 403
        assert (await stranger.delete(book.url)).status_code == 404
        theirs = site.person("lead").deal_id
        made = await stranger.post("/cims", json={"deal_id": theirs, "title": "Stolen"})
        assert (made.status_code, made.json()["code"]) == (404, "unknown_deal")
        assert (await owner.post("/cims", json={"deal_id": theirs, "title": "Mine"})).status_code == 403
    async with site.client("viewer") as viewer:
        assert (await viewer.post("/cims", json={"deal_id": theirs, "title": "Mine"})).status_code == 403


async def test_without_a_token_nothing(site: Site, book: Book) -> None:
    for headers in (
        {},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Basic abc"},
        {"Authorization": "Bearer"},
    ):
        async with site.api.client() as client:
            for url in ("/cims", book.url, f"{book.url}/stream"):
                response = await client.get(url, headers=headers)
                assert response.status_code == 401
                assert response.json()["code"] == "unauthorized"
                assert response.headers["www-authenticate"] == "Bearer"
