"""What the words of documents and slides suggest to people, over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime

from domain.values import Actor
from store import Source, SourcePassage

from .conftest import Book, Site

TEXT = (
    "Nordlys Group is a company that sells Nordlys Cloud in Norway.",
    "Nordlys Group competes with Sunndal Software Ltd in Norway.",
    "Nordlys Group met Sunndal Software Ltd twice.",
)


async def with_passages(site: Site, book: Book) -> None:
    source = Source(
        id=f"{book.id}-note",
        cim_id=book.id,
        org_id=site.person("lead").org_id or "",
        name="note.txt",
        kind="txt",
        sha256="0" * 64,
        size=200,
        created_at=datetime.now(UTC),
        created_by=Actor(kind="user", id=site.person("lead").user_id),
        status="ready",
    )
    passages = [
        SourcePassage(source_id=source.id, passage_id=f"p{n}", ordinal=n, text=text, locator=f"page {n + 1}")
        for n, text in enumerate(TEXT)
    ]
    await site.store.sources.put(source)
    await site.store.passages.put(book.id, source.id, passages)


async def test_what_documents_name_and_the_graph_lacks_is_suggested(site: Site, book: Book) -> None:
    await with_passages(site, book)
    found = (await book.client.get(f"{book.url}/graph/suggestions")).json()
    named = {entity["name"]: entity for entity in found["entities"]}
    assert named["Nordlys Group"]["kind"] == "company"
    assert named["Nordlys Group"]["sources"][0]["locator"] == "page 1"
    assert found["relationships"] == []

    for id_, name in (("nordlys", "Nordlys Group"), ("sunndal", "Sunndal Software Ltd")):
        await book.done("create_entity", entity={"id": id_, "kind": "company", "name": name})
    found = (await book.client.get(f"{book.url}/graph/suggestions")).json()
    assert not {"Nordlys Group", "Sunndal Software Ltd"} & {entity["name"] for entity in found["entities"]}
    (missing,) = found["relationships"]
    assert {missing["from_id"], missing["to_id"]} == {"nordlys", "sunndal"}
    assert (missing["kind"], missing["together"], missing["strength"]) == ("competes_with", 2, "medium")
    assert [place["passage_id"] for place in missing["sources"]] == ["p1", "p2"]

    edge = {"from_id": "nordlys", "to_id": "sunndal", "kind": "competes_with"}
    await book.done("create_relationship", relationship=edge)
    assert (await book.client.get(f"{book.url}/graph/suggestions")).json()["relationships"] == []


async def test_slides_that_say_much_the_same_are_told(book: Book) -> None:
    await book.with_section()
    said = "The market for industrial sensors grows by nine percent a year in Norway and Sweden."
    await book.save_slide(said, "first")
    await book.save_slide(said, "second")
    await book.save_slide("Customers stay for eleven years on average because switching is costly.", "third")
    found = (await book.client.get(f"{book.url}/repetitions")).json()
    (pair,) = found["items"]
    assert set(pair["slide_ids"]) == {"first", "second"}
    assert pair["likeness"] == 1
    assert found["rev"] == (await book.client.get(book.url)).json()["rev"]


async def test_an_outsider_is_suggested_nothing(site: Site, book: Book) -> None:
    async with site.client("outsider") as outsider:
        for what in ("graph/suggestions", "repetitions"):
            assert (await outsider.get(f"{book.url}/{what}")).status_code == 404
