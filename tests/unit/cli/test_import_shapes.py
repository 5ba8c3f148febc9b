"""Rows of the old table in the shapes in which such products write them, and rows that cannot be taken."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from api.addresses import CIMAddress
from cli.import_supabase.book import OldBook, read_book
from cli.import_supabase.commands import commands_of
from cli.import_supabase.shape import Unreadable
from domain.decide import decide
from domain.evolve import fold
from domain.model import BulletsComponent, ChartComponent, MetricComponent, TableComponent, TextComponent
from domain.state import CIMState
from domain.values import Actor, Stage, StaleReason

DEAL, PERSON = str(uuid.uuid4()), str(uuid.uuid4())


def row(**columns: Any) -> dict[str, object]:
    return {"id": 7, "deal_id": DEAL, "project_id": None, "user_id": PERSON, "title": "Bluecan", **columns}


SNAKE: dict[str, Any] = {
    "workflow_state": {"current_stage": "building_sections", "completed_stages": ["outline"]},
    "buyer_persona": {"type": "Strategic", "motivations": ["growth", "brand"], "concerns": ["price"]},
    "hero_context": {
        "selected_hero": "The can",
        "investment_thesis": {"asset": "a brand", "timing": "now", "opportunity": "abroad"},
    },
    "outline": {"sections": [{"id": "market", "title": "Market", "description": "who buys"}]},
    "slides": [
        {
            "id": "one",
            "section_id": "market",
            "title": "Size",
            "layout_type": "text",
            "components": [{"type": "text", "text": "Large."}],
            "status": "approved",
        }
    ],
}
CAMEL: dict[str, Any] = {
    "workflow_state": json.dumps({"currentStage": "buildingSections"}),
    "buyer_persona": json.dumps({"personaType": "Strategic", "goals": "growth\n- brand", "objections": ["price"]}),
    "hero_context": {
        "selectedHero": {"title": "The can"},
        "investmentThesis": {"whyAsset": "a brand", "whyNow": "now", "upside": "abroad"},
    },
    "outline": json.dumps([{"id": "market", "name": "Market", "summary": "who buys"}]),
    "slides": json.dumps(
        {
            "one": {
                "sectionTitle": "market",
                "heading": "Size",
                "layoutType": "content",
                "content": "Large.",
                "isApproved": True,
            }
        }
    ),
}


def same(book: OldBook) -> OldBook:
    return book.model_copy(update={"left_out": ()})


def test_the_same_book_in_two_shapes() -> None:
    one, other = read_book(row(**SNAKE)), read_book(row(**CAMEL))
    assert same(one) == same(other)
    assert one.stage is Stage.BUILDING_SECTIONS
    assert one.persona is not None
    assert one.persona.motivations == ("growth", "brand")
    assert one.approved == {"one"}
    assert one.slides[0].section_id == "market"
    assert one.left_out == other.left_out == ()


@pytest.mark.parametrize(
    ("content", "kind", "holds"),
    [
        ("Plain words", TextComponent, "Plain words"),
        (["a", "b"], BulletsComponent, "b"),
        ({"text": "Words"}, TextComponent, "Words"),
        ([{"type": "paragraph", "content": "Words"}], TextComponent, "Words"),
        ([{"type": "heading", "data": {"text": "Head"}}], TextComponent, "Head"),
        ([{"type": "bulletPoints", "points": ["x", {"text": "y"}]}], BulletsComponent, "y"),
        ([{"kind": "list", "items": "- one\n- two"}], BulletsComponent, "two"),
        ([{"headers": ["Year", "Sales"], "rows": [["2023", 5], ["2024", None]]}], TableComponent, "Sales"),
        ([{"type": "table", "data": [{"FY Year": 2023, "Sales": 5}]}], TableComponent, "FY Year"),
        ([{"type": "bar_chart", "labels": ["a"], "datasets": [{"label": "s", "data": [1]}]}], ChartComponent, "s"),
        ({"chart": {"categories": ["a"], "series": [1.5], "name": "n"}}, ChartComponent, "n"),
        ([{"type": "kpi", "label": "Sales", "value": 12.5, "unit": "USD m"}], MetricComponent, "12.5"),
    ],
)
def test_contents_of_slides(content: object, kind: type[object], holds: str) -> None:
    book = read_book(row(slides=[{"title": "T", "content": content}]))
    (component,) = book.slides[0].components
    assert isinstance(component, kind)
    assert holds in component.model_dump_json()
    assert book.left_out == ()


def test_several_contents_of_one_slide_are_all_taken() -> None:
    book = read_book(row(slides=[{"title": "T", "text": "Words", "bullets": ["a"], "table": {"rows": [["x"], ["y"]]}}]))
    assert [component.type for component in book.slides[0].components] == ["text", "bullets", "table"]


def test_what_has_no_place_is_told() -> None:
    book = read_book(
        row(
            slides=[{"title": "T", "content": [{"type": "image", "url": "a.png"}], "animation": "fade"}],
            buyer_persona={"type": "Strategic", "budget": "USD 5 million"},
        )
    )
    assert book.left_out == (
        "buyer_persona.budget: not known",
        "slides[0].animation: not known",
        "slides[0].content[0]: a picture; upload it anew",
    )


def test_sections_that_only_slides_name() -> None:
    book = read_book(row(slides=[{"title": "A", "section": "Market"}, {"title": "B", "section": "Team"}]))
    assert [section.title for section in book.sections] == ["Market", "Team"]
    assert [slide.section_id for slide in book.slides] == ["s1", "s2"]


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"deal_id": "seven"}, "deal_id: is not a UUID"),
        ({"user_id": None}, "user_id: a text was expected"),
        ({"title": "x" * 400}, "title: String should have at most 300 characters"),
        ({"slides": "{not json"}, "slides: looks like JSON, but is none"),
        ({"slides": "plain words"}, "slides: an object was expected"),
        ({"slides": ["one"]}, "slides[0]: a slide was expected"),
        ({"slides": [{"title": "T", "content": [{"type": "video"}]}]}, "a component of the kind 'video' is not known"),
        ({"slides": [{"title": "T", "content": [{"type": "chart", "labels": ["a"]}]}]}, "a chart needs categories"),
        ({"slides": [{"title": "T", "content": [{"type": "text", "text": "x" * 30_000}]}]}, "at most 20000"),
        (
            {"outline": ["Market"], "slides": [{"title": "T", "section": "Team"}]},
            "slides[0]: the section 'Team' is not in the outline",
        ),
        ({"slides": [{"id": "a", "title": "T"}, {"id": "a", "title": "U"}]}, "another slide has the id 'a' too"),
        ({"outline": [{"description": "no title"}]}, "outline[0]: a section needs a title"),
        ({"outline": {"chapters": []}}, "outline: has no sections"),
        ({"workflow_state": {"stage": "negotiation"}}, "the stage 'negotiation' is not known"),
        ({"buyer_persona": {"motivations": ["x"]}}, "buyer_persona: says no type of buyer"),
        ({"hero_context": {"investment_thesis": "x"}}, "hero_context: says no hero"),
        ({"hero_context": {"hero": "x", "thesis": {"story": "y"}}}, "has neither asset, timing nor opportunity"),
        ({"slides": [{"title": "T", "content": [[["deep"]]]}]}, "a component was expected"),
    ],
)
def test_a_row_that_cannot_be_taken_says_why(columns: dict[str, Any], reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_book(row(**columns))
    assert reason in str(refused.value)


def test_the_commands_make_the_book() -> None:
    state = played(read_book(row(**SNAKE)))
    content = state.content
    assert (content.title, content.stage) == ("Bluecan", Stage.BUILDING_SECTIONS)
    assert content.slides["one"].approved
    assert state.owner_id == PERSON


def test_a_book_at_an_earlier_stage_has_its_rest_marked_for_review() -> None:
    state = played(read_book(row(**{**SNAKE, "workflow_state": "hero_concept"})))
    assert state.content.stage is Stage.HERO_CONCEPT
    assert state.content.outline is not None
    assert state.content.outline.stale_reason is StaleReason.HERO_CONCEPT_CHANGED
    assert state.content.slides["one"].approved


def test_the_same_row_gives_the_same_commands() -> None:
    address = CIMAddress(cim_id="c", org_id="o", deal_id=DEAL, project_id="p")
    one, again = commands_of(read_book(row(**SNAKE)), address), commands_of(read_book(row(**CAMEL)), address)
    assert [command.command_id for command in one] == [command.command_id for command in again]


def played(book: OldBook) -> CIMState:
    address = CIMAddress(cim_id="c", org_id="o", deal_id=DEAL, project_id="p")
    actor = Actor(kind="agent", id="import", on_behalf_of=PERSON)
    state: CIMState | None = None
    for command in commands_of(book, address):
        state = fold(decide(state, command, actor, datetime(2026, 1, 1, tzinfo=UTC), lambda: uuid.uuid4().hex), state)
    assert state is not None
    return state
