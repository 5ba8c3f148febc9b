"""The nodes of the draft graphs. Each may be repeated: what it did the first time is found again, not done twice."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import NAMESPACE_URL, UUID, uuid5

from agents.asking import ask
from agents.brief import Brief, Evidence, KnownSlide, Task, known_slides
from agents.checking import Checked, check
from agents.desk import Desk
from agents.drafted import Drafted, DraftedHero, DraftedOutline, DraftedPersona, DraftedSlides
from agents.failures import run_failed, waits_for_documents
from agents.heartbeat import attempt, beating
from agents.placing import Placement, place, redraft
from agents.ports import CIMAddress, CommandSender, Workspace
from agents.selection import kept, relevant
from agents.sending import outcomes_of
from agents.state import DraftState, Materials, RunScope, SavedSlide, SavePlan, Step, StepReport
from agents.usage import MeteredModel, Models
from domain.commands import Command, SaveBuyerPersona, SaveHeroContext, SaveOutline, SaveSlide, detach_bulk
from domain.refusals import Problem
from domain.spending import Work
from domain.values import CIMStatus
from workflows.contract import DraftKind

TASK_OF: dict[DraftKind, Task] = {
    "draft_buyer_persona": "buyer_persona",
    "draft_hero_context": "hero_context",
    "draft_outline": "outline",
    "draft_slides": "slides",
}
SCHEMA_OF: dict[Task, type[Drafted]] = {
    "buyer_persona": DraftedPersona,
    "hero_context": DraftedHero,
    "outline": DraftedOutline,
    "slides": DraftedSlides,
}
WORK_OF: dict[Task, Work] = {
    "buyer_persona": "write",
    "hero_context": "write",
    "outline": "plan",
    "slides": "write",
}
SKIPS_A_SECTION = frozenset({"unknown_section", "too_many_slides"})


class DraftNodes:
    """Gather, compose, check, repair, save. The built-in model is not asked to mend: it would write the same again."""

    def __init__(self, workspace: Workspace, sender: CommandSender, models: Models) -> None:
        self._workspace = workspace
        self._sender = sender
        self._models = models

    async def gather(self, state: DraftState) -> DraftState:
        """Reads the book and its evidence once, so that every later node goes by the same."""
        step, desk = self._open(state)
        scope = step.scope
        async with beating():
            head = await self._workspace.head(scope.cim_id)
            if head is None:
                raise run_failed("There is no such book (any more), so there is nothing to draft.")
            if head.status is CIMStatus.COMPLETE:
                raise run_failed("The book is complete. Reopen it before drafting.")
            if unread := await self._workspace.unread(scope.cim_id):
                raise waits_for_documents(unread)
            sections = head.artifacts.outline.value.sections if head.artifacts.outline else ()
            section_ids = _sections_to_write(scope, list(step.section_ids), [section.id for section in sections])
            facts, passages = kept(
                await self._workspace.facts(scope.cim_id), await self._workspace.passages(scope.cim_id)
            )
            persona, hero = head.artifacts.buyer_persona, head.artifacts.hero_context
            materials = Materials(
                book_title=head.title,
                instruction=await _instruction(step, desk),
                buyer_persona=persona.value if persona else None,
                hero_context=hero.value if hero else None,
                sections=sections,
                slides=known_slides(await self._workspace.slides(scope.cim_id)),
                evidence=Evidence(
                    facts=facts, passages=passages, sources=tuple(await self._workspace.sources(scope.cim_id))
                ),
            )
            return {
                "materials_hash": await desk.keep(materials),
                "section_ids": section_ids,
                "index": 0,
                "report_hashes": [],
                "saved": 0,
            }

    async def compose(self, state: DraftState) -> DraftState:
        """One call of the model."""
        step, desk = self._open(state)
        async with beating():
            materials = await desk.load(Materials, step.materials_hash)
            brief = await self._brief(step, materials, desk)
            return {"draft_hash": await desk.put(await self._ask(step, brief)), "attempt": 0}

    async def check(self, state: DraftState) -> DraftState:
        """Holds the draft against the evidence and decides where each slide goes."""
        step, desk = self._open(state)
        scope = step.scope
        async with beating():
            materials = await desk.load(Materials, step.materials_hash)
            schema = SCHEMA_OF[TASK_OF[scope.kind]]
            drafted = schema.model_validate_json(await desk.text(step.draft_hash))
            section_id = step.section_id
            checked = await asyncio.to_thread(check, drafted, materials.evidence, section_id)
            plan = SavePlan(checked=checked)
            if scope.kind == "draft_slides":
                plan = await self.placed(scope, section_id, checked, materials, desk)
            return {
                "checked_hash": await desk.keep(plan),
                "faults": len(checked.faults),
                "may_repair": not self._model(step).chosen.is_built_in,
            }

    async def repair(self, state: DraftState) -> DraftState:
        """The model once more, with what was wrong."""
        step, desk = self._open(state)
        async with beating():
            materials = await desk.load(Materials, step.materials_hash)
            plan = await desk.load(SavePlan, step.checked_hash)
            brief = await self._brief(step, materials, desk)
            corrected = brief.model_copy(
                update={
                    "corrections": (*brief.corrections, *plan.checked.faults),
                    "previous_draft": await desk.text(step.draft_hash),
                }
            )
            return {"draft_hash": await desk.put(await self._ask(step, corrected)), "attempt": step.attempt + 1}

    async def save(self, state: DraftState) -> DraftState:
        """Sends the commands. Their ids come from the run, so that sending them again changes nothing."""
        step, desk = self._open(state)
        scope = step.scope
        async with beating():
            materials = await desk.load(Materials, step.materials_hash)
            plan = await desk.load(SavePlan, step.checked_hash)
            commands = await self._commands(step, plan, desk)
            refused = await self._send(scope, commands, desk)
            section = next((section for section in materials.sections if section.id == step.section_id), None)
            slides = [] if refused else list(zip(plan.slide_ids, plan.checked.slides, strict=True))
            report = StepReport(
                section_title=section.title if section and scope.kind == "draft_slides" else "",
                saved=tuple(
                    SavedSlide(slide_id=slide_id, title=one.slide.title, section_id=one.slide.section_id)
                    for slide_id, one in slides
                ),
                notes=(
                    *(f"Left out. {fault}" for fault in plan.checked.faults),
                    *plan.checked.notes,
                    *plan.notes,
                    *(() if refused is None else (f"Not saved. {refused.message}",)),
                ),
                cited=() if refused else plan.checked.cited,
            )
            return {
                "report_hashes": [*step.report_hashes, await desk.keep(report)],
                "index": step.index + 1,
                "saved": step.saved + len(slides),
            }

    def _open(self, state: DraftState) -> tuple[Step, Desk]:
        step = Step.from_state(state)
        return step, Desk(self._workspace, step.scope.cim_id)

    async def _brief(self, step: Step, materials: Materials, desk: Desk) -> Brief:
        scope = step.scope
        section = next((section for section in materials.sections if section.id == step.section_id), None)
        reports = [await desk.load(StepReport, hash_) for hash_ in step.report_hashes]
        written = [
            KnownSlide(
                id=one.slide_id, section_id=one.section_id, title=one.title, layout_type="bullets", status="draft"
            )
            for report in reports
            for one in report.saved
        ]
        replaced = {one.id for one in written}
        query = " ".join(
            [
                materials.instruction,
                *([section.title, section.description] if section else [s.title for s in materials.sections]),
            ]
        )
        facts, passages = relevant(materials.evidence, query)
        return Brief(
            task=TASK_OF[scope.kind],
            book_title=materials.book_title,
            instruction=materials.instruction,
            buyer_persona=materials.buyer_persona,
            hero_context=materials.hero_context,
            sections=materials.sections,
            section=section if scope.kind == "draft_slides" else None,
            slides=(*(slide for slide in materials.slides if slide.id not in replaced), *written),
            facts=materials.evidence.brief_facts(facts),
            passages=materials.evidence.brief_passages(passages),
        )

    async def _commands(self, step: Step, plan: SavePlan, desk: Desk) -> list[Command]:
        return _commands(step.scope, step.index, plan)

    async def _ask(self, step: Step, brief: Brief) -> str:
        return (await ask(self._model(step), brief, SCHEMA_OF[brief.task])).model_dump_json()

    def _model(self, step: Step) -> MeteredModel:
        scope = step.scope
        return self._models.open(scope.caller(step.index, attempt()), WORK_OF[TASK_OF[scope.kind]])

    async def placed(
        self, scope: RunScope, section_id: str, checked: Checked, materials: Materials, desk: Desk
    ) -> SavePlan:
        """Which slide of the book each checked slide becomes."""
        existing = await self._workspace.slides(scope.cim_id)
        if scope.slide_id:
            placement = redraft(scope.cim_id, section_id, checked.slides, existing, scope.slide_id)
            return _planned(checked, placement)
        drafted_before = {
            head.content_hash
            for head in existing
            if head.section_id == section_id and await desk.was_drafted(head.content_hash)
        }
        placement = place(scope.cim_id, section_id, checked.slides, existing, drafted_before, materials.instruction)
        return _planned(checked, placement)

    async def _send(self, scope: RunScope, commands: Sequence[Command], desk: Desk) -> Problem | None:
        """The refusal that the team must know of, if there is one. Raises for those that end the run."""
        if not commands:
            return None
        for command in commands:
            for hash_ in detach_bulk(command)[1]:
                await desk.mark_drafted(hash_)
        address = CIMAddress(cim_id=scope.cim_id, org_id=scope.org_id, deal_id=scope.deal_id)
        outcomes = await outcomes_of(self._workspace, self._sender, address, scope.actor, commands)
        problems = [outcome.problem for outcome in outcomes if outcome.problem is not None]
        for problem in problems:
            if problem.code not in SKIPS_A_SECTION:
                raise run_failed(f"The draft could not be saved. {problem.message} {problem.next_step}".strip())
        return problems[0] if problems else None


def _planned(checked: Checked, placement: Placement) -> SavePlan:
    return SavePlan(
        checked=checked.model_copy(update={"slides": placement.kept}),
        slide_ids=placement.slide_ids,
        notes=placement.notes,
    )


async def _instruction(step: Step, desk: Desk) -> str:
    try:
        return await desk.instruction(step.instruction_hash)
    except LookupError as error:
        raise run_failed("The instruction of this run is not kept (any more). Start the run again.") from error


def _sections_to_write(scope: RunScope, asked: list[str], known: list[str]) -> list[str]:
    if scope.kind != "draft_slides":
        return [""]
    if not known:
        raise run_failed("There is no outline yet. Draft or write the outline before its slides.")
    unknown = [section_id for section_id in asked if section_id not in known]
    if unknown:
        raise run_failed(f"The outline has no section {', '.join(unknown)}. Choose sections of the outline.")
    return [section_id for section_id in known if not asked or section_id in asked]


def _commands(scope: RunScope, step: int, plan: SavePlan) -> list[Command]:
    """The same commands with the same ids, however often the node runs."""

    def id_of(ordinal: int) -> UUID:
        return uuid5(NAMESPACE_URL, f"bookrunner:run/{scope.agent_id or scope.run_id}/{step}/{ordinal}")

    checked = plan.checked
    if checked.persona is not None:
        return [SaveBuyerPersona(type="save_buyer_persona", command_id=id_of(0), persona=checked.persona)]
    if checked.hero is not None:
        return [SaveHeroContext(type="save_hero_context", command_id=id_of(0), hero=checked.hero)]
    if scope.kind == "draft_outline":
        if not checked.sections:
            raise run_failed("No section could be drafted from the documents. Name the sections in the instruction.")
        return [SaveOutline(type="save_outline", command_id=id_of(0), sections=checked.sections)]
    return [
        SaveSlide(type="save_slide", command_id=id_of(ordinal), slide=one.slide.model_copy(update={"id": slide_id}))
        for ordinal, (slide_id, one) in enumerate(zip(plan.slide_ids, checked.slides, strict=True))
    ]
