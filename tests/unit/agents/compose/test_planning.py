"""The planner: what it plans from the documents, and how people change, deny and approve it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from agents.compose.outputs import DraftedPlan, PlannedByModel, SectionPlannedByModel
from agents.compose.planning import planned
from agents.state import Materials
from domain.plan import Plan, PlanItem, PlannedFigure
from domain.requests import ConfirmationAnswer
from tests.unit.agents.compose.crew import SECTIONS, Crew, outlined
from tests.unit.agents.packs import MemoryBook

APPROVED = ConfirmationAnswer(approved=True)


def changed(crew: Crew, plan: Plan | dict[str, Any]) -> ConfirmationAnswer:
    text = plan.model_dump_json() if isinstance(plan, Plan) else json.dumps(plan)
    return ConfirmationAnswer(approved=True, arguments_hash=crew.book.keep_instruction(text))


async def test_every_section_has_slides_that_rest_on_facts_and_no_slide_twice() -> None:
    crew = Crew(outlined(*SECTIONS))
    plan = await crew.make_plan()
    assert [section.title for section in plan.sections] == list(SECTIONS)
    titles = [item.title for section in plan.sections for item in section.items]
    assert len(titles) == len(set(titles)) >= 10
    known = {fact.id for fact in crew.book.kept_facts}
    shown = [figure.fact_id for section in plan.sections for item in section.items for figure in item.figures]
    assert len(shown) > 50
    assert set(shown) <= known
    assert crew.book.open_requests() == []


async def test_what_needs_formulas_is_planned_for_the_coder() -> None:
    crew = Crew(outlined(*SECTIONS))
    plan = await crew.make_plan()
    coded = {item.kind for section in plan.sections for item in section.for_coder}
    assert coded == {"chart", "financial_model"}
    assert [section.title for section in plan.sections if section.for_coder] == ["Financials"]
    assert crew.counts["to_code"] == [0, 0, 2, 0]


async def test_people_see_the_plan_before_anything_is_written() -> None:
    crew = Crew(outlined(*SECTIONS))
    plan = await crew.make_plan(APPROVED)
    [shown] = crew.book.open_requests()
    assert shown.kind == "plan"
    assert shown.text.startswith("Look over the plan: 4 sections, ")
    assert Plan.model_validate(shown.arguments) == plan
    assert crew.book.slide_heads() == []


async def test_a_denial_with_a_reason_leads_to_another_plan() -> None:
    crew = Crew(outlined(*SECTIONS))
    denial = ConfirmationAnswer(approved=False, reason="Drop the risks, and leave out the margins.")
    plan = await crew.make_plan(denial, APPROVED)
    first, second = (Plan.model_validate(body.arguments) for body in crew.book.open_requests())
    assert second == plan
    assert first.section("s3").items  # type: ignore[union-attr]
    assert plan.section("s3").items == ()  # type: ignore[union-attr]
    titles = [item.title.lower() for section in plan.sections for item in section.items]
    assert not any(item.topic == "margins by year" for section in plan.sections for item in section.items)
    assert titles


async def test_a_plan_that_is_denied_three_times_ends_with_the_reason() -> None:
    crew = Crew(outlined(*SECTIONS))
    with pytest.raises(ApplicationError, match=r"denied 3 times. The last reason: Too long\.") as failed:
        await crew.make_plan(*[ConfirmationAnswer(approved=False, reason="Too long.")] * 3)
    assert failed.value.non_retryable


async def test_a_changed_plan_takes_the_place_of_the_planners() -> None:
    crew = Crew(outlined(*SECTIONS))
    plan = await crew.make_plan()
    fact = crew.book.kept_facts[0]
    item = PlanItem(topic="reach", title="Where it sells", kind="figures", figures=(PlannedFigure(fact_id=fact.id),))
    own = plan.model_copy(update={"sections": (plan.sections[0].model_copy(update={"items": (item,)}),)})
    again = Crew(crew.book)
    assert await again.make_plan(changed(again, own)) == own
    assert again.counts == {
        "section_ids": ["s0"],
        "section_titles": ["Executive summary"],
        "to_write": [1],
        "to_code": [0],
    }


UNUSABLE: list[tuple[dict[str, Any], str]] = [
    ({"sections": []}, "sections: Tuple should have at least 1 item"),
    ({"sections": [{"section_id": "s9", "items": []}]}, "it is not for a section s9"),
    ({"sections": [{"section_id": "s0", "items": []}]}, "it has no slides"),
    (
        {
            "sections": [
                {
                    "section_id": "s0",
                    "items": [{"topic": "a", "title": "A", "kind": "table", "figures": [{"fact_id": "f1"}]}],
                }
            ]
        },
        "“A” names no fact f1",
    ),
    ({"sections": [{"section_id": "s0", "items": [{"topic": "a", "title": "A", "kind": "film"}]}]}, "kind: "),
]


@pytest.mark.parametrize(("change", "why"), UNUSABLE)
async def test_a_changed_plan_that_cannot_be_used_is_asked_about_again(change: dict[str, Any], why: str) -> None:
    crew = Crew(outlined(*SECTIONS))
    plan = await crew.make_plan(changed(crew, change), APPROVED)
    first, second = crew.book.open_requests()
    assert why in second.text
    assert "cannot be used" in second.text
    assert first.arguments == second.arguments == plan.model_dump(mode="json")


async def test_what_does_not_fit_is_left_out_of_a_models_plan() -> None:
    crew = Crew(outlined("Financials", "Risks"))
    await crew.make_plan()
    materials = Materials.model_validate_json(crew.book.texts[crew.plan["materials_hash"]])

    def slide(topic: str, title: str, facts: list[str]) -> PlannedByModel:
        return PlannedByModel(topic=topic, title=title, kind="table", facts=facts)

    sections = [
        SectionPlannedByModel(
            section_id="s0",
            messages=[" It grows. ", ""],
            slides=[
                slide("sales", "Sales", ["F1", "F1", "F99999", "P1", "nonsense"]),
                slide("SALES", "Sales again", []),
                slide("", "  ", []),
                *(slide(f"t{number}", f"Slide {number}", []) for number in range(40)),
            ],
        ),
        SectionPlannedByModel(section_id="s9", slides=[slide("x", "Elsewhere", [])]),
    ]
    plan = planned(DraftedPlan(sections=sections, notes=["Mind the gap."]), ("s0", "s1"), materials)
    first, second = plan.sections
    assert first.messages == ("It grows.",)
    assert len(first.items) == 12
    assert [figure.fact_id for figure in first.items[0].figures] == [materials.evidence.facts[0].id]
    assert second.items == ()
    assert plan.notes == ("Mind the gap.", "Nothing is planned for the section “Risks”.")
    with pytest.raises(ApplicationError, match="No slide could be planned"):
        planned(DraftedPlan(sections=[]), ("s0", "s1"), materials)


async def test_a_book_without_an_outline_cannot_be_planned() -> None:
    with pytest.raises(ApplicationError, match="There is no outline yet"):
        await Crew(MemoryBook().upload_wd40()).make_plan()
