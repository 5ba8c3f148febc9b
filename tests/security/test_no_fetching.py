"""No address that somebody writes anywhere is ever called: a server of the test counts who knocks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.integration.api.conftest import Book, Site
from tests.integration.api.test_documents import until_over, uploaded
from tests.unit.evidence import samples

from .conftest import Everybody, new_book

WORD = samples.word([("Heading 1", "1. Company"), ("Normal", "Acme makes ladders, and sold 4,200 of them in 2024.")])
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OVER = {"completed", "failed", "cancelled"}


class Listener:
    def __init__(self) -> None:
        self.knocks = 0
        self.url = ""

    async def heard(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.knocks += 1
        writer.close()


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    found = Listener()
    server = await asyncio.start_server(found.heard, "127.0.0.1", 0)
    found.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield found
    server.close()
    await server.wait_closed()


@pytest.fixture
async def book(site: Site, everybody: Everybody) -> AsyncIterator[Book]:
    found = await new_book(site.api, everybody.ours, everybody.account("lead"), "Addresses")
    yield found
    await found.client.aclose()


def pointing_at(url: str) -> dict[str, bytes]:
    """Documents of each kind that name pictures, templates, schemas and pages elsewhere."""
    relations = samples.part(WORD, "word/_rels/document.xml.rels")
    kinds = ("image", "attachedTemplate", "oleObject", "frame", "subDocument", "hyperlink")
    external = "".join(
        f'<Relationship Id="rIdEvil{number}" TargetMode="External" Target="{url}/{kind}" Type="{RELATION}/{kind}"/>'
        for number, kind in enumerate(kinds)
    )
    more = relations.replace(b"</Relationships>", f"{external}</Relationships>".encode())
    word = samples.changed_parts(WORD, {"word/_rels/document.xml.rels": more})
    page = f'# Note\n\n![chart]({url}/a.png) <img src="{url}/b.png"> [link]({url}/c)\n\nSales were 4,200 in 2024.\n'
    table = f'Metric,FY2024\n=WEBSERVICE("{url}/d"),1\n=IMAGE("{url}/e"),2\nSales,4200\n'
    sheet = samples.workbook({"P&L": [[f'=WEBSERVICE("{url}/f")', "FY2024"], ["Sales", 4200]]})
    pdf = samples.pdf([(f"See {url}/g for 4,200 ladders.", 60, 60, 10)])
    return {"a.docx": word, "b.md": page.encode(), "c.csv": table.encode(), "d.xlsx": sheet, "e.pdf": pdf}


async def test_the_server_of_the_test_does_hear(listener: Listener) -> None:
    _, writer = await asyncio.open_connection(*listener.url.removeprefix("http://").split(":"))
    writer.close()
    async with asyncio.timeout(10):
        while listener.knocks == 0:
            await asyncio.sleep(0.01)


async def test_nothing_that_people_write_is_fetched(book: Book, listener: Listener) -> None:
    url, client = listener.url, book.client
    for name, data in pointing_at(url).items():
        assert (await uploaded(book, name, data))["status"] == "ready", name
    asked = f"Read {url}/page and {url}/deck.pptx, then tell me the sales of 2024. ![]({url}/seen.png)"
    said = await client.post(f"{book.url}/messages", json={"text": asked, "mode": "ask"})
    await until_over(client, said.headers["location"], OVER)
    brief = f"The buyer is described at {url}/buyer.html."
    started = await client.post(f"{book.url}/runs", json={"kind": "draft_buyer_persona", "instruction": brief})
    await until_over(client, started.headers["location"], OVER)
    await book.with_section()
    components = [
        {"type": "text", "text": f"![]({url}/in-a-slide.png) {url}/x"},
        {"type": "bullets", "items": [f'<img src="{url}/y">', f"[z]({url}/z)"]},
        {"type": "table", "columns": [url, "n"], "rows": [[f'=WEBSERVICE("{url}")', 1]]},
    ]
    slide = {
        "id": "s1",
        "section_id": "market",
        "title": f"{url}/title",
        "layout_type": "text",
        "components": components,
    }
    await book.done("save_slide", slide=slide)
    image = {"type": "image", "blob_id": f"{url}/picture.png"}
    refused = await book.send("save_slide", slide={**slide, "id": "s2", "components": [image]})
    assert refused.status_code == 422
    for kind in ("pptx", "pdf", "md", "json"):
        export = await client.post(f"{book.url}/exports", json={"format": kind})
        assert (await until_over(client, export.headers["location"], {"ready", "failed"}))["status"] == "ready", kind
    assert listener.knocks == 0
