"""Create, command, read: the main way of a book over HTTP."""

from __future__ import annotations

import uuid

import httpx

from .conftest import Book, Site, new_book, slide


async def test_create_command_read(site: Site, lead: httpx.AsyncClient) -> None:
    person = site.person("lead")
    response = await lead.post("/cims", json={"deal_id": person.deal_id, "title": "Bluecan"})
    assert response.status_code == 201
    head = response.json()
    assert (head["rev"], head["title"], head["owner_id"]) == (1, "Bluecan", person.user_id)
    assert response.headers["location"] == f"/cims/{head['id']}"

    book = Book(lead, head)
    assert (await lead.get(book.url)).json() == head
    await book.with_section()
    saved = await book.save_slide("Demand grows")
    assert saved["status"] == "done"
    assert [event["type"] for event in saved["events"]] == ["slide_saved"]

    slides = (await lead.get(f"{book.url}/slides")).json()["items"]
    assert [(item["title"], item["components"][0]["text"]) for item in slides] == [("Market size", "Demand grows")]
    one = await lead.get(f"{book.url}/slides/{slides[0]['id']}")
    assert one.json() == slides[0]

    read = await lead.get(book.url)
    assert read.json()["rev"] == saved["rev"]
    assert read.headers["etag"] == f'"{saved["rev"]}"'
    again = await lead.get(book.url, headers={"If-None-Match": read.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    log = (await lead.get(f"{book.url}/events")).json()["items"]
    assert [event["seq"] for event in log] == list(range(1, saved["rev"] + 1))


async def test_a_repeated_command_is_carried_out_once(book: Book) -> None:
    await book.with_section()
    command_id = str(uuid.uuid4())
    first = await book.done("save_slide", command_id=command_id, slide=slide("one"))
    second = await book.done("save_slide", command_id=command_id, slide=slide("one"))
    assert second["repeated"]
    assert second["events"] == first["events"]
    assert (await book.client.get(book.url)).json()["rev"] == first["rev"]


async def test_the_same_content_again_is_no_event(book: Book) -> None:
    await book.with_section()
    first = await book.save_slide("one", "s1")
    again = await book.save_slide("one", "s1")
    assert (again["events"], again["rev"]) == ([], first["rev"])


async def test_create_with_a_key_is_the_same_book(site: Site, lead: httpx.AsyncClient) -> None:
    body = {"deal_id": site.person("lead").deal_id, "title": "Keyed"}
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    first = await lead.post("/cims", json=body, headers=headers)
    second = await lead.post("/cims", json=body, headers=headers)
    assert first.status_code == second.status_code == 201
    assert first.json()["id"] == second.json()["id"]


async def test_list_of_books_shows_those_of_your_deals(site: Site, book: Book) -> None:
    async with site.client("viewer") as viewer, site.client("lead", 1) as other, site.client("owner") as owner:
        mine = (await viewer.get("/cims", params={"limit": 500})).json()
        assert book.id in [head["id"] for head in mine["items"]]
        assert book.id not in [head["id"] for head in (await other.get("/cims", params={"limit": 500})).json()["items"]]
        assert (await owner.get("/cims")).json() == {"items": [], "next_cursor": None}


async def test_books_are_asked_for_by_their_ids(site: Site, book: Book) -> None:
    wanted = {"ids": [book.id, "none"]}
    async with site.client("viewer") as viewer, site.client("lead", 1) as other:
        for path in ("/cims", "/books"):
            assert [one["id"] for one in (await viewer.get(path, params=wanted)).json()["items"]] == [book.id]
            assert (await other.get(path, params=wanted)).json()["items"] == []
            for wrong in (["no id!"], [f"b{n}" for n in range(101)]):
                assert (await viewer.get(path, params={"ids": wrong})).status_code == 422


async def test_pages_of_books(site: Site, lead: httpx.AsyncClient) -> None:
    made = {(await new_book(lead, site.person("lead"), f"Page {n}")).id for n in range(5)}
    seen: list[str] = []
    cursor = None
    while True:
        params = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await lead.get("/cims", params=params)).json()
        seen.extend(head["id"] for head in page["items"])
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen))
    assert made <= set(seen)
    bad = await lead.get("/cims", params={"cursor": "nonsense"})
    assert (bad.status_code, bad.json()["code"]) == (422, "invalid_input")


async def test_delete_leaves_nothing_to_read(site: Site, lead: httpx.AsyncClient) -> None:
    book = await new_book(lead, site.person("lead"))
    await book.with_section()
    await book.save_slide("secret")
    async with site.client("editor") as editor:
        assert (await editor.delete(book.url)).status_code == 403
    assert (await lead.delete(book.url)).status_code == 204
    assert (await lead.get(book.url)).status_code == 404
    assert (await lead.get(f"{book.url}/slides")).status_code == 404
    again = await book.send("rename", title="Ghost")
    assert (again.status_code, again.json()["code"]) == (404, "unknown_cim")


async def test_nothing_is_taken_for_a_book_that_another_api_has_just_deleted(
    site: Site, lead: httpx.AsyncClient
) -> None:
    book = await new_book(lead, site.person("lead"))
    await book.with_section()
    async with site.running_api() as other, other.client(site.person("lead").access_token) as elsewhere:
        for _ in range(2):
            assert (await elsewhere.get(book.url)).status_code == 200
        assert (await lead.delete(book.url)).status_code == 204
        answers = [
            await elsewhere.post(f"{book.url}/runs", json={"kind": "draft_buyer_persona"}),
            await elsewhere.post(f"{book.url}/messages", json={"text": "Hello"}),
            await elsewhere.post(f"{book.url}/exports", json={"format": "json"}),
            await elsewhere.post(f"{book.url}/sources", files={"file": ("a.md", b"# Sales")}),
            await elsewhere.post(f"{book.url}/comments", json={"slide_id": "s1", "text": "Why?"}),
        ]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "unknown_cim")] * 5
    assert (await site.store.runs.of_cim(book.id)).items == ()
