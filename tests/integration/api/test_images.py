"""Pictures of uploaded documents, over HTTP."""

from __future__ import annotations

import hashlib
import io
import uuid
import zipfile

import httpx
import pytest
from PIL import Image

from tests.unit.evidence import pictured

from .conftest import Book
from .test_documents import until_over, uploaded


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


async def upload(book: Book, name: str, data: bytes) -> httpx.Response:
    return await book.client.post(f"{book.url}/images", files={"file": (name, data, "application/octet-stream")})


async def test_an_uploaded_picture_is_kept_once_and_exported(book: Book) -> None:
    answer = await upload(book, "../C:\\logo.png", pictured.drawing(3))
    assert answer.status_code == 201, answer.text
    image = answer.json()
    assert (image["source_id"], image["locator"], image["text"]) == ("", "uploaded", "logo.png")
    again = await upload(book, "other.png", pictured.drawing(3))
    assert (again.status_code, again.json()) == (200, image)
    assert (await book.client.get(f"{book.url}/images")).json()["items"] == [image]
    shown = await book.client.get(f"{book.url}/images/{image['id']}")
    assert hashlib.sha256(shown.content).hexdigest() == image["blob_sha256"]

    component = {"type": "image", "id": "logo", "blob_id": image["blob_sha256"], "alt": "The logo"}
    slide = {"section_id": "s1", "title": "Who we are", "layout_type": "image", "components": [component]}
    outline = {"type": "save_outline", "sections": [{"id": "s1", "title": "Company", "description": ""}]}
    commands = [outline, {"type": "save_slide", "slide": slide}]
    saved = await book.client.post(
        f"{book.url}/commands", json=[{**command, "command_id": str(uuid.uuid4())} for command in commands]
    )
    assert [one["status"] for one in saved.json()["results"]] == ["done", "done"], saved.text
    started = await book.client.post(f"{book.url}/exports", json={"format": "pptx"})
    export = await until_over(book.client, f"/exports/{started.json()['export_id']}", {"ready", "failed"})
    assert export["status"] == "ready", export
    file = await book.client.get(f"/exports/{export['id']}/file")
    with zipfile.ZipFile(io.BytesIO(file.content)) as deck:
        [media] = [name for name in deck.namelist() if name.startswith("ppt/media/")]
        assert Image.open(io.BytesIO(deck.read(media))).size == (320, 200)


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"", 422, "invalid_input"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", 415, "unsupported_picture"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), 415, "unsupported_picture"),
        (pictured.saved(Image.new("RGB", (200, 200), "white")), 415, "unsupported_picture"),
        (pictured.saved(pictured.drawn().resize((12, 200))), 415, "unsupported_picture"),
        (bytes(3 * 1024 * 1024), 413, "too_large"),
    ],
    ids=["empty", "vector", "broken", "blank", "too small", "too large"],
)
async def test_what_is_no_picture_is_refused_and_changes_nothing(
    book: Book, data: bytes, status: int, code: str
) -> None:
    answer = await upload(book, "picture.png", data)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["next_step"]
    assert (await book.client.get(f"{book.url}/images")).json()["items"] == []
