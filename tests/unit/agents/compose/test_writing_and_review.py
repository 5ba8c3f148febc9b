"""Writers go by the plan, reviewers hold their slides against it, the sources and the rest of the book."""

from __future__ import annotations

import uuid
from typing import Any

from agents.compose.state import Verdict
from agents.state import StepReport
from domain.commands import SaveSlide
from domain.model import SlideDraft, TextComponent
from domain.plan import Plan
from domain.requests import ConfirmationAnswer
from tests.unit.agents.compose.crew import SECTIONS, Crew, outlined
from tests.unit.agents.linked import unlinked

FINANCIALS = "s2"


async def planned(crew: Crew, plan: Plan) -> None:
    """The crew goes by this plan."""
    text = crew.book.keep_instruction(plan.model_dump_json())
    await crew.make_plan(ConfirmationAnswer(approved=True, arguments_hash=text))


async def write(crew: Crew, section_id: str, **given: Any) -> dict[str, Any]:
    return await crew.run("write", "writer", {"section_ids": [section_id], **given})


async def review(crew: Crew, section_id: str, written: dict[str, Any], earlier: str = "") -> tuple[Verdict, str]:
    end = await crew.run(
        "review",
        "reviewer",
        {
            "section_ids": [section_id],
            "draft_hash": written["draft_hash"],
            "written_hashes": written["report_hashes"],
            "earlier_verdict_hash": earlier,
        },
    )
    return Verdict.model_validate_json(crew.book.texts[end["verdict_hash"]]), end["verdict_hash"]


def titles(crew: Crew, section_id: str) -> list[str]:
    heads = [slide for slide in crew.book.slide_heads() if slide.section_id == section_id]
    return [slide.title for slide in sorted(heads, key=lambda slide: slide.position)]


async def test_a_section_is_written_as_planned_in_the_plans_order() -> None:
    crew = Crew(outlined(*SECTIONS))
    plan = await crew.make_plan()
    for section in plan.sections:
        await write(crew, section.section_id)
        assert titles(crew, section.section_id) == [item.title for item in section.for_writer]
    for body in crew.book.bodies().values():
        assert unlinked(body, crew.book.kept_facts) == []


async def test_what_people_change_in_the_plan_is_what_is_written() -> None:
    crew = Crew(outlined(*SECTIONS))
    plan = await crew.make_plan()
    section = plan.section(FINANCIALS)
    assert section is not None
    trend = next(item for item in section.items if item.topic.startswith("trend"))
    last_two = trend.model_copy(
        update={"title": "Sales of two years", "figures": trend.figures[-2:], "kind": "figures"}
    )
    changed = section.model_copy(update={"items": (last_two, section.items[0])})
    await planned(crew, plan.model_copy(update={"sections": (changed,)}))
    await write(crew, FINANCIALS)
    assert titles(crew, FINANCIALS) == ["Sales of two years", section.items[0].title]
    body = next(body for body in crew.book.bodies().values() if body.title == "Sales of two years")
    values = {component.value for component in body.components if component.type == "metric"}
    assert values == {537.3, 590.6}


async def test_slides_that_keep_to_plan_and_sources_are_accepted() -> None:
    crew = Crew(outlined(*SECTIONS))
    plan = await crew.make_plan()
    for section in plan.sections:
        written = await write(crew, section.section_id)
        verdict, _ = await review(crew, section.section_id, written)
        assert verdict.is_accepted, verdict


async def test_a_slide_that_an_earlier_section_has_goes_and_is_not_missed_afterwards() -> None:
    crew = Crew(outlined("Highlights", "Financials"))
    plan = await crew.make_plan()
    first, second = plan.sections
    doubled = first.model_copy(update={"items": (second.items[0],)})
    await planned(crew, plan.model_copy(update={"sections": (doubled, second)}))
    await write(crew, "s0")
    written = await write(crew, "s1")
    verdict, verdict_hash = await review(crew, "s1", written)
    assert not verdict.is_accepted
    assert [(reason.kind, reason.topic) for reason in verdict.reasons] == [("duplication", second.items[0].topic)]
    assert "of the section “Highlights”: leave it out." in verdict.reasons[0].text
    again = await write(
        crew,
        "s1",
        verdict_hash=verdict_hash,
        earlier_hashes=written["report_hashes"],
        earlier_draft_hash=written["draft_hash"],
    )
    assert titles(crew, "s1") == [item.title for item in second.for_writer[1:]]
    verdict, _ = await review(crew, "s1", again, verdict_hash)
    assert verdict.is_accepted, verdict


async def test_what_stands_in_the_section_already_is_not_said_again() -> None:
    crew = Crew(outlined(*SECTIONS))
    await crew.make_plan()
    written = await write(crew, FINANCIALS)
    id_, body = next((id_, one) for id_, one in crew.book.bodies().items() if one.layout_type == "table")
    fields = body.model_dump(include={"layout_type", "components", "sources"})
    own = SlideDraft(id="mine", section_id=FINANCIALS, title="Out of the conversation", **fields)
    crew.book.do(SaveSlide(type="save_slide", command_id=uuid.uuid4(), slide=own))
    verdict, verdict_hash = await review(crew, FINANCIALS, written)
    assert [(reason.kind, reason.slide_id) for reason in verdict.reasons] == [("duplication", id_)]
    await write(
        crew,
        FINANCIALS,
        verdict_hash=verdict_hash,
        earlier_hashes=written["report_hashes"],
        earlier_draft_hash=written["draft_hash"],
    )
    assert body.title not in titles(crew, FINANCIALS)
    assert "Out of the conversation" in titles(crew, FINANCIALS)


async def test_a_planned_slide_for_which_there_is_nothing_is_missed() -> None:
    crew = Crew(outlined(*SECTIONS))
    plan = await crew.make_plan()
    section = plan.sections[3]
    fable = section.items[0].model_copy(update={"topic": "unicorns", "title": "Unicorn stables of Ruritania"})
    await planned(
        crew, plan.model_copy(update={"sections": (section.model_copy(update={"items": (section.items[0], fable)}),)})
    )
    written = await write(crew, "s3")
    report = StepReport.model_validate_json(crew.book.texts[written["report_hashes"][0]])
    assert any("Unicorn stables of Ruritania" in note for note in report.notes)
    verdict, _ = await review(crew, "s3", written)
    assert [reason.kind for reason in verdict.reasons] == ["missing"]


async def test_a_slide_that_a_person_wrote_is_not_sent_back_and_not_taken_away() -> None:
    crew = Crew(outlined(*SECTIONS))
    plan = await crew.make_plan()
    written = await write(crew, "s3")
    own = SlideDraft(
        id="mine",
        section_id="s3",
        title="Sales will reach $900 million",
        layout_type="text",
        components=(TextComponent(type="text", text="Sales will reach $900 million in FY2031."),),
    )
    crew.book.do(SaveSlide(type="save_slide", command_id=uuid.uuid4(), slide=own))
    verdict, verdict_hash = await review(crew, "s3", written)
    assert verdict.is_accepted, verdict
    await write(
        crew,
        "s3",
        verdict_hash=verdict_hash,
        earlier_hashes=written["report_hashes"],
        earlier_draft_hash=written["draft_hash"],
    )
    assert "Sales will reach $900 million" in titles(crew, "s3")
    assert len(titles(crew, "s3")) == len(plan.sections[3].for_writer) + 1


async def test_a_figure_that_is_not_in_the_documents_is_sent_back() -> None:
    crew = Crew(outlined(*SECTIONS))
    await crew.make_plan()
    written = await write(crew, FINANCIALS)
    report = StepReport.model_validate_json(crew.book.texts[written["report_hashes"][0]])
    saved = report.saved[0]
    body = crew.book.bodies()[saved.slide_id]
    wrong = body.components[0].model_copy(update={"type": "text"})
    text = TextComponent(type="text", text="Net sales were $777.7 million in FY2024.", sources=wrong.sources[:1])
    draft = SlideDraft(
        id=saved.slide_id, section_id=FINANCIALS, title=body.title, layout_type="text", components=(text,)
    )
    crew.book.do(SaveSlide(type="save_slide", command_id=uuid.uuid4(), slide=draft))
    verdict, _ = await review(crew, FINANCIALS, written)
    assert not verdict.is_accepted
    assert any(reason.kind == "figure" and "777.7" in reason.text for reason in verdict.reasons)
