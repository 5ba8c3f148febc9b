"""The graph over HTTP, and findings that block completion until a person stands for them."""

from __future__ import annotations

from typing import Any

import httpx

from .conftest import Book, Site


async def graph(book: Book) -> dict[str, Any]:
    response = await book.client.get(f"{book.url}/graph")
    assert response.status_code == 200, response.text
    return response.json()


async def make_entity(book: Book, id_: str, name: str, kind: str = "company", **fields: Any) -> None:
    await book.done("create_entity", entity={"id": id_, "kind": kind, "name": name, **fields})


async def test_the_graph_is_read_as_it_was_written(book: Book) -> None:
    source = {"source_id": "s1", "locator": "p. 3", "quote": "Bluecan Ltd"}
    await make_entity(book, "bluecan", "Bluecan", attributes={"seat": "Graz"}, aliases=["BC"], sources=[source])
    await make_entity(book, "acme", "Acme", kind="customer")
    edge = {"id": "e1", "from_id": "bluecan", "to_id": "acme", "kind": "supplies", "strength": "strong"}
    await book.done("create_relationship", relationship=edge)
    await book.done("commit_decision", decision={"text": "Acme stays unnamed", "reason": "NDA", "affects": ["acme"]})
    read = await graph(book)
    assert [entity["name"] for entity in read["entities"]] == ["Acme", "Bluecan"]
    bluecan = read["entities"][1]
    assert (bluecan["attributes"], bluecan["aliases"]) == ({"seat": "Graz"}, ["BC"])
    assert bluecan["sources"][0]["quote"] == "Bluecan Ltd"
    assert [(each["id"], each["strength"]) for each in read["relationships"]] == [("e1", "strong")]
    assert [(each["text"], each["by"]["kind"]) for each in read["decisions"]] == [("Acme stays unnamed", "user")]


async def test_entities_are_updated_removed_and_brought_back(book: Book) -> None:
    await make_entity(book, "bluecan", "Bluecan")
    await make_entity(book, "acme", "Acme")
    await book.done("create_relationship", relationship={"from_id": "bluecan", "to_id": "acme", "kind": "sells_to"})
    again = await book.send("create_entity", entity={"kind": "company", "name": "ACME"})
    assert (again.status_code, again.json()["code"]) == (409, "duplicate_entity")
    await book.done("update_entity", entity_id="acme", entity={"kind": "company", "name": "Acme Group"})
    before = (await book.client.get(book.url)).json()["rev"]
    removed = await book.done("remove_entity", entity_id="acme")
    assert [event["type"] for event in removed["events"]] == ["relationship_removed", "entity_removed"]
    assert [entity["name"] for entity in (await graph(book))["entities"]] == ["Bluecan"]
    await book.done("restore", to_seq=before)
    read = await graph(book)
    assert [entity["name"] for entity in read["entities"]] == ["Acme Group", "Bluecan"]
    assert len(read["relationships"]) == 1
    changes = (await book.client.get(f"{book.url}/diff", params={"from": 1, "to": before})).json()
    assert {(each["kind"], each["name"], each["change"]) for each in changes["knowledge"]} == {
        ("entity", "Acme Group", "added"),
        ("entity", "Bluecan", "added"),
        ("relationship", "Bluecan sells to Acme Group", "added"),
    }


async def test_a_reviewer_reads_the_graph_and_changes_nothing(site: Site, book: Book) -> None:
    await make_entity(book, "bluecan", "Bluecan")
    async with site.client("reviewer") as reviewer, site.client("outsider") as outsider:
        theirs = Book(reviewer, {"id": book.id})
        assert len((await graph(theirs))["entities"]) == 1
        refused = await theirs.send("remove_entity", entity_id="bluecan")
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
        assert (await outsider.get(f"{book.url}/graph")).status_code == 404


async def findings(client: httpx.AsyncClient, book: Book) -> dict[str, Any]:
    response = await client.get(f"{book.url}/findings")
    assert response.status_code == 200, response.text
    return response.json()


async def test_a_figure_without_support_blocks_completion_until_a_person_accepts_it(book: Book) -> None:
    await book.done("save_buyer_persona", persona={"type": "strategic", "motivations": [], "concerns": []})
    thesis = {"asset": "the brand", "timing": "now", "opportunity": "growth"}
    await book.done("save_hero_context", hero={"selected_hero": "One can", "investment_thesis": thesis})
    await book.with_section()
    await book.save_slide("Revenue reached USD 987.6 million in 2023.", "s1")
    await book.done("approve_slide", slide_id="s1")
    found = await findings(book.client, book)
    [finding] = [item for item in found["items"] if item["kind"] == "unsupported_figure"]
    assert found["counts"]["blocking"] == 1
    assert finding["accepted"] is None
    refused = await book.send("complete", open_findings=[])
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_input")
    refused = await book.send("complete")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_ready")
    assert "1 figure is contradicted or not supported" in refused.json()["detail"]

    await book.done("accept_finding", finding_id=finding["id"], reason="The auditor confirmed it by letter.")
    found = await findings(book.client, book)
    assert (found["counts"]["blocking"], found["counts"]["accepted"]) == (0, 1)
    [accepted] = [item["accepted"] for item in found["items"] if item["id"] == finding["id"]]
    assert accepted["reason"] == "The auditor confirmed it by letter."
    await book.done("withdraw_acceptance", finding_id=finding["id"])
    assert (await book.send("complete")).status_code == 409
    await book.done("accept_finding", finding_id=finding["id"], reason="The auditor confirmed it by letter.")
    completed = await book.done("complete")
    assert completed["events"][-1]["type"] == "completed"
