"""Pictures of uploaded documents, over HTTP."""

from __future__ import annotations

import hashlib
import io

from PIL import Image

from tests.unit.evidence import pictured

from .conftest import Book
from .test_documents import uploaded


async def test_the_pictures_of_a_document_can_be_listed_and_seen(book: Book) -> None:
    data = pictured.word(
        [(pictured.drawing(1), "Figure 1: the flagship"), (pictured.drawing(2), "Figure 2: the range")]
    )
    source = await uploaded(book, "overview.docx", data)
    assert source["status"] == "ready", source
    listed = (await book.client.get(f"{book.url}/images")).json()["items"]
    assert [(one["source_id"], one["locator"], one["text"]) for one in listed] == [
        (source["id"], "section 3, picture 1", "3. Products Figure 1: the flagship"),
        (source["id"], "section 3, picture 2", "3. Products Figure 2: the range"),
    ]
    url = f"{book.url}/images/{listed[0]['id']}"
    answer = await book.client.get(url)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert hashlib.sha256(answer.content).hexdigest() == listed[0]["blob_sha256"]
    assert Image.open(io.BytesIO(answer.content)).size == (listed[0]["width"], listed[0]["height"])
    again = await book.client.get(url, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = (await book.client.get(f"{book.url}/images", params={"source_id": "another"})).json()["items"]
    assert other == []


async def test_a_picture_that_is_not_there_is_a_plain_404(book: Book) -> None:
    answer = await book.client.get(f"{book.url}/images/nothing")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_image")
    assert (await book.client.get("/cims/nothing/images")).status_code == 404
