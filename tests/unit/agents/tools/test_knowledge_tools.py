"""What the book is about, through tools."""

from __future__ import annotations

import pytest

from tests.unit.agents.packs import MemoryBook
from tests.unit.agents.tools.desks import LivingBook, Turn, approved, refusal, told, with_book


@pytest.fixture
def book() -> MemoryBook:
    book = with_book(LivingBook())
    book.upload("note.md", b"# Note\n\nAcme supplies cans to the company. Acme had sales of $12.5 million in FY2024.\n")
    return book


async def acme(book: MemoryBook) -> str:
    settled = await Turn(book, "Add Acme as a supplier.").call(
        "create_entity",
        kind="company",
        name="Acme",
        description="Supplies cans. Sales were $12.5 million in FY2024.",
        attributes=[{"name": "Role", "value": "Supplier"}],
        refs=["P1"],
    )
    return str(told(settled)["entity_id"])


async def test_an_entity_is_kept_with_its_sources(book: MemoryBook) -> None:
    entity_id = await acme(book)
    [entity] = (await book.graph("")).entities
    assert (entity.id, entity.name, entity.attributes) == (entity_id, "Acme", {"Role": "Supplier"})
    assert {source.source_id for source in entity.sources} == {"note-md"}


async def test_figures_of_an_entity_are_held_against_the_documents(book: MemoryBook) -> None:
    turn = Turn(book, "Add Acme as a supplier.")
    settled = await turn.call("create_entity", kind="company", name="Acme", description="Sales were $99 million.")
    assert "$99 million is not in the documents" in refusal(settled)


async def test_an_entity_is_changed_in_part(book: MemoryBook) -> None:
    entity_id = await acme(book)
    turn = Turn(book, "Rename Acme to Acme Cans.")
    assert (await turn.call("update_entity", entity_id=entity_id, name="Acme Cans")).records[0].status == "done"
    [entity] = (await book.graph("")).entities
    assert (entity.name, entity.attributes) == ("Acme Cans", {"Role": "Supplier"})
    assert entity.sources
    other = Turn(book, "Hello.")
    [request] = (await other.call("update_entity", entity_id=entity_id, aliases=["AC"])).requests
    assert request.body.change == ({"field": "aliases", "before": None, "after": ["AC"]},)
    assert "no entity e9" in refusal(await turn.call("update_entity", entity_id="e9", name="X"))


async def test_entities_are_related_and_taken_out(book: MemoryBook) -> None:
    first = await acme(book)
    turn = Turn(book, "Add Bolt as a customer. Link the companies.")
    second = told(await turn.call("create_entity", kind="customer", name="Bolt"))["entity_id"]
    settled = await turn.call("create_relationship", call_id="2", from_id=first, to_id=second, kind="supplies")
    assert told(settled)["done"] == "The relationship is known now: Acme supplies Bolt."
    assert "no entity e9" in refusal(await turn.call("create_relationship", from_id="e9", to_id=second, kind="owns"))
    [request] = (await turn.call("remove_entity", call_id="3", entity_id=first)).requests
    assert request.body.hint == "1 of its relationships go with it."
    await turn.call("remove_entity", [approved(request.id)], call_id="3", entity_id=first)
    graph = await book.graph("")
    assert ([entity.name for entity in graph.entities], graph.relationships) == (["Bolt"], ())


async def test_a_decision_is_recorded_with_its_reason(book: MemoryBook) -> None:
    turn = Turn(book, "We decided to show FY2021 to FY2024 only. Record the decision.")
    settled = await turn.call(
        "commit_decision", text="Show FY2021 to FY2024", reason="Homecare is sold", affects=["s3"]
    )
    assert settled.records[0].status == "done"
    [decision] = (await book.graph("")).decisions
    assert (decision.text, decision.reason, decision.by.person_id) == (
        "Show FY2021 to FY2024",
        "Homecare is sold",
        "lea",
    )


async def test_the_page_shows_what_there_is(book: MemoryBook) -> None:
    entity_id = await acme(book)
    turn = Turn(book, "Show me.")
    await turn.call("focus_entity", entity_id=entity_id)
    await turn.call("focus_slide", slide_id="slide3")
    await turn.call("show_graph", kinds=["company"], highlight=[entity_id])
    assert turn.shown.actions == [
        ("focus_entity", {"entity_id": entity_id}),
        ("focus_slide", {"slide_id": "slide3", "section_id": "s3"}),
        ("show_graph", {"kinds": ["company"], "highlight": [entity_id]}),
    ]
    assert "no entity x9" in refusal(await turn.call("focus_entity", entity_id="x9"))
    assert "no slide x9" in refusal(await turn.call("focus_slide", slide_id="x9"))
    assert "x9" in refusal(await turn.call("show_graph", highlight=["x9"]))
    assert len(turn.shown.actions) == 3
