"""The coder of one section: charts and financial models by specification, computed before they are saved."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from agents.brief import Evidence, PlannedSlide
from agents.checking import Checked, CheckedSlide
from agents.compose.briefs import CodeBrief
from agents.compose.building import InvalidSpec, build
from agents.compose.outputs import Specifications
from agents.compose.parts import ComposeParts
from agents.compose.planning import planned_slides
from agents.compose.prompts import code_messages
from agents.compose.state import Built, BuiltSlide, CodeState, CodeStep
from agents.desk import Desk
from agents.failures import run_failed
from agents.heartbeat import beating
from agents.nodes import DraftNodes
from agents.placing import place, slide_id
from agents.selection import relevant
from agents.state import DraftState, Materials, SavePlan
from domain.plan import Plan

MOST_TRIES = 2
MOST_ERRORS_TOLD = 12


class CodeNodes:
    def __init__(self, parts: ComposeParts, drafts: DraftNodes) -> None:
        self._parts = parts
        self._drafts = drafts

    async def specify(self, state: CodeState) -> CodeState:
        """One call of the model; the second time with what was wrong."""
        step, desk = self._open(state)
        async with beating():
            materials = await desk.load(Materials, step.materials_hash)
            section = next(one for one in materials.sections if one.id == step.section_id)
            planned = await self._planned(step, materials, desk)
            evidence = materials.evidence
            query = " ".join([section.title, *(slide.title for slide in planned)])
            named = {int(ref[1:]) - 1 for slide in planned for ref in slide.facts}
            facts = sorted({*relevant(evidence, query)[0], *named})
            errors = (await desk.load(Built, step.built_hash)).errors if step.built_hash else ()
            brief = CodeBrief(
                book_title=materials.book_title,
                section=section,
                planned=planned,
                facts=evidence.brief_facts([n for n in facts if evidence.facts[n].value is not None]),
                errors=errors,
                previous=await desk.text(step.spec_hash) if errors else "",
            )
            specs = await self._parts.ask(step.scope, "code", step.attempt, code_messages(brief), Specifications)
            return {"spec_hash": await desk.put(specs.model_dump_json()), "attempt": step.attempt + 1}

    async def build(self, state: CodeState) -> CodeState:
        """Computes every cell of what was specified, and says what cannot be."""
        step, desk = self._open(state)
        async with beating():
            materials = await desk.load(Materials, step.materials_hash)
            planned = await self._planned(step, materials, desk)
            specs = Specifications.model_validate_json(await desk.text(step.spec_hash))
            built = await asyncio.to_thread(_built, specs, planned, step.section_id, materials.evidence)
            return {"built_hash": await desk.keep(built), "faults": len(built.errors)}

    async def save(self, state: CodeState) -> CodeState:
        """Saves what could be built; what could not ends the session with the reasons."""
        step, desk = self._open(state)
        async with beating():
            built = await desk.load(Built, step.built_hash)
            materials = await desk.load(Materials, step.materials_hash)
            checked_hash = step.checked_hash or await desk.keep(await self._placed(step, built, materials, desk))
            given: DraftState = {
                "scope": state.get("scope", {}),
                "materials_hash": step.materials_hash,
                "section_ids": list(step.section_ids),
                "checked_hash": checked_hash,
            }
            saved = await self._drafts.save(given)
            if built.errors:
                raise run_failed(f"Not everything could be built. {' '.join(built.errors[:MOST_ERRORS_TOLD])}")
            return {
                "checked_hash": checked_hash,
                "report_hashes": saved.get("report_hashes", []),
                "saved": saved.get("saved", 0),
            }

    def _open(self, state: CodeState) -> tuple[CodeStep, Desk]:
        step = CodeStep.from_state(state)
        return step, self._parts.desk(step.scope)

    async def _planned(self, step: CodeStep, materials: Materials, desk: Desk) -> tuple[PlannedSlide, ...]:
        plan = (await desk.load(Plan, step.plan_hash)).section(step.section_id)
        return planned_slides(plan.for_coder, materials.evidence) if plan else ()

    async def _placed(self, step: CodeStep, built: Built, materials: Materials, desk: Desk) -> SavePlan:
        """Which slide of the book each becomes; other slides of the section are not the coder's."""
        cim_id, section_id = step.scope.cim_id, step.section_id
        own = {slide_id(cim_id, section_id, one.topic) for one in built.slides}
        titles = {one.slide.title.casefold() for one in built.slides}
        existing = [
            head
            for head in await self._parts.workspace.slides(cim_id)
            if head.section_id == section_id and (head.id in own or head.title.casefold() in titles)
        ]
        before = {head.content_hash for head in existing if await desk.was_drafted(head.content_hash)}
        slides = [CheckedSlide(topic=one.topic, slide=one.slide) for one in built.slides]
        placement = place(cim_id, section_id, slides, existing, before, materials.instruction)
        return SavePlan(checked=Checked(slides=placement.kept), slide_ids=placement.slide_ids, notes=placement.notes)


def _built(specs: Specifications, planned: Sequence[PlannedSlide], section_id: str, evidence: Evidence) -> Built:
    by_topic = {spec.topic.strip().casefold(): spec for spec in reversed(specs.items)}
    slides: list[BuiltSlide] = []
    errors: list[str] = []
    for item in planned:
        spec = by_topic.get(item.topic.casefold())
        if spec is None:
            errors.append(f"“{item.title}”: there is no specification with the topic “{item.topic}”.")
            continue
        try:
            slides.append(BuiltSlide(topic=item.topic, slide=build(spec, section_id, evidence)))
        except InvalidSpec as invalid:
            errors.extend(f"“{item.title}”: {error}" for error in invalid.errors[:MOST_ERRORS_TOLD])
    return Built(slides=tuple(slides), errors=tuple(errors[: 2 * MOST_ERRORS_TOLD]))
