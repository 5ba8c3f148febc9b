"""The planner: reads the book and its evidence, plans the slides, and lets people look the plan over."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from langgraph.types import interrupt
from pydantic import ValidationError

from agents.brief import Evidence, PlannedSlide
from agents.compose.briefs import PlanBrief
from agents.compose.outputs import DraftedPlan, PlannedByModel
from agents.compose.parts import ComposeParts
from agents.compose.prompts import plan_messages
from agents.compose.state import PlanState, PlanStep
from agents.desk import Desk
from agents.failures import run_failed
from agents.heartbeat import beating
from agents.nodes import DraftNodes
from agents.selection import relevant
from agents.sending import send
from agents.state import DraftState, Materials
from domain.commands import OpenRequest
from domain.plan import MAX_FIGURES, MAX_ITEMS, Plan, PlanItem, PlannedFigure, SectionPlan
from domain.requests import RequestBody, RequestDraft

MOST_DENIALS = 3
MOST_TIMES_ASKED = 10


class PlanNodes:
    def __init__(self, parts: ComposeParts, drafts: DraftNodes) -> None:
        self._parts = parts
        self._drafts = drafts

    async def gather(self, state: PlanState) -> PlanState:
        """Reads the book and its evidence once, for every agent of the run."""
        step, desk = self._open(state)
        wanted: DraftState = {
            "scope": state.get("scope", {}),
            "instruction_hash": step.instruction_hash,
            "section_ids": list(step.section_ids),
        }
        gathered = await self._drafts.gather(wanted)
        materials = await desk.load(Materials, gathered.get("materials_hash", ""))
        section_ids = gathered.get("section_ids", [])
        titles = {section.id: section.title for section in materials.sections}
        return {
            "materials_hash": gathered.get("materials_hash", ""),
            "section_ids": section_ids,
            "section_titles": [titles[section_id] for section_id in section_ids],
            "plans": 0,
            "asked": 0,
            "reason_hashes": [],
        }

    async def plan(self, state: PlanState) -> PlanState:
        """One call of the model; with what people said against the plan before."""
        step, desk = self._open(state)
        async with beating():
            materials = await desk.load(Materials, step.materials_hash)
            facts, passages = relevant(
                materials.evidence,
                " ".join([materials.instruction, *(section.title for section in materials.sections)]),
            )
            brief = PlanBrief(
                book_title=materials.book_title,
                instruction=materials.instruction,
                buyer_persona=materials.buyer_persona,
                hero_context=materials.hero_context,
                sections=materials.sections,
                to_plan=step.section_ids,
                slides=materials.slides,
                facts=materials.evidence.brief_facts(facts),
                passages=materials.evidence.brief_passages(passages),
                denials=tuple([await desk.text(hash_) for hash_ in step.reason_hashes]),
                previous_plan=await desk.text(step.plan_hash) if step.plan_hash else "",
            )
            drafted = await self._parts.ask(step.scope, "plan", step.plans, plan_messages(brief), DraftedPlan)
            plan = planned(drafted, step.section_ids, materials)
            return {"plan_hash": await desk.keep(plan), "plans": step.plans + 1, "fault_hash": ""}

    async def ask(self, state: PlanState) -> PlanState:
        """Puts the plan before people."""
        step, desk = self._open(state)
        async with beating():
            plan = await desk.load(Plan, step.plan_hash)
            fault = await desk.text(step.fault_hash) if step.fault_hash else ""
            request_id = uuid5(NAMESPACE_URL, f"bookrunner:plan/{step.scope.agent_id}/{step.asked}").hex
            body = RequestBody(
                kind="plan",
                text=f"{fault} {_summary(plan)}".strip()[:4_000],
                hint="The writers begin when it is approved. It can be changed before, or denied with a reason.",
                arguments=plan.model_dump(mode="json"),
            )
            await self._open_request(step, request_id, body)
            return {"waiting": [request_id], "asked": step.asked + 1, "answers": []}

    async def wait(self, state: PlanState) -> PlanState:
        """Waits until somebody has answered; costs nothing meanwhile."""
        answers: list[dict[str, Any]] = interrupt({"request_ids": list(state.get("waiting", []))})
        return {"answers": answers, "waiting": []}

    async def settle(self, state: PlanState) -> PlanState:
        """Goes by what people said: the plan as it is or as they changed it, another try, or the end."""
        step, desk = self._open(state)
        async with beating():
            materials = await desk.load(Materials, step.materials_hash)
            plan = await desk.load(Plan, step.plan_hash)
            if not step.asks_people:
                return await self._settled(plan, materials, desk)
            answer = step.answers[0] if step.answers else None
            said = answer.confirmation if answer else None
            if answer is None or answer.how != "answered" or said is None:
                how = answer.how if answer else "closed"
                raise run_failed(f"The plan was {how} before anybody approved it.")
            if not said.approved:
                return await self._denied(step, said.reason, desk)
            if not said.arguments_hash:
                return await self._settled(plan, materials, desk)
            changed, fault = await _changed(said.arguments_hash, step, materials, desk)
            if changed is not None:
                return await self._settled(changed, materials, desk)
            if step.asked >= MOST_TIMES_ASKED:
                raise run_failed(f"The plan was sent back {step.asked} times and cannot be used. {fault}")
            return {"fault_hash": await desk.put(fault), "is_settled": False}

    def _open(self, state: PlanState) -> tuple[PlanStep, Desk]:
        step = PlanStep.from_state(state)
        return step, self._parts.desk(step.scope)

    async def _open_request(self, step: PlanStep, request_id: str, body: RequestBody) -> None:
        scope = step.scope
        draft = RequestDraft(
            id=request_id, run_id=scope.run_id, agent_id=scope.agent_id, agent_type="planner", body=body
        )
        command_id = uuid5(NAMESPACE_URL, f"bookrunner:open-request/{request_id}")
        command = OpenRequest(type="open_request", command_id=command_id, request=draft)
        problem = await send(self._parts.workspace, self._parts.sender, scope.address, scope.actor, [command])
        if problem is not None:
            raise run_failed(f"Nobody could be asked to look over the plan. {problem.message}")

    async def _denied(self, step: PlanStep, reason: str, desk: Desk) -> PlanState:
        told = reason.strip() or "No reason was given."
        reasons = [*step.reason_hashes, await desk.put(told)]
        if len(reasons) >= MOST_DENIALS:
            raise run_failed(f"The plan was denied {len(reasons)} times. The last reason: {told}")
        return {"reason_hashes": reasons, "is_settled": False}

    async def _settled(self, plan: Plan, materials: Materials, desk: Desk) -> PlanState:
        order = {section.id: number for number, section in enumerate(materials.sections)}
        titles = {section.id: section.title for section in materials.sections}
        sections = sorted(plan.sections, key=lambda section: order[section.section_id])
        return {
            "plan_hash": await desk.keep(plan),
            "section_ids": [section.section_id for section in sections],
            "section_titles": [titles[section.section_id] for section in sections],
            "to_write": [len(section.for_writer) for section in sections],
            "to_code": [len(section.for_coder) for section in sections],
            "is_settled": True,
            "fault_hash": "",
        }


def planned(drafted: DraftedPlan, section_ids: tuple[str, ...], materials: Materials) -> Plan:
    """The plan that a model drafted, with facts by id; what does not fit is left out and noted."""
    notes = [note.strip()[:4_000] for note in drafted.notes if note.strip()]
    titles = {section.id: section.title for section in materials.sections}
    by_id = {section.section_id: section for section in reversed(drafted.sections)}
    sections: list[SectionPlan] = []
    for section_id in section_ids:
        found = by_id.get(section_id)
        items: dict[str, PlanItem] = {}
        for one in found.slides if found else []:
            item = _item(one, materials.evidence)
            if item is not None and len(items) < MAX_ITEMS:
                items.setdefault(item.topic.casefold(), item)
        if not items:
            notes.append(f"Nothing is planned for the section “{titles[section_id]}”.")
        messages = [text.strip()[:4_000] for text in found.messages if text.strip()] if found else []
        sections.append(
            SectionPlan(
                section_id=section_id,
                title=titles[section_id],
                messages=tuple(messages[:MAX_ITEMS]),
                items=tuple(items.values()),
            )
        )
    if not any(section.items for section in sections):
        raise run_failed("No slide could be planned from the documents. Say in the instruction what the book needs.")
    return Plan(sections=tuple(sections), notes=tuple(notes[:40]))


def planned_slides(items: tuple[PlanItem, ...], evidence: Evidence) -> tuple[PlannedSlide, ...]:
    """Items of a plan as briefs name them: facts by reference, as far as they are known."""
    refs = {fact.id: evidence.fact_ref(index) for index, fact in enumerate(evidence.facts)}
    return tuple(
        PlannedSlide(
            topic=item.topic,
            title=item.title,
            kind=item.kind,
            facts=tuple(refs[figure.fact_id] for figure in item.figures if figure.fact_id in refs),
        )
        for item in items
    )


def _item(one: PlannedByModel, evidence: Evidence) -> PlanItem | None:
    title = one.title.strip()[:300]
    topic = (one.topic.strip() or title)[:300]
    if not title:
        return None
    facts = [fact for ref in dict.fromkeys(one.facts) if (fact := evidence.fact(ref.strip())) is not None]
    figures = tuple(PlannedFigure(fact_id=fact.id, says=fact.statement[:300]) for fact in facts[:MAX_FIGURES])
    return PlanItem(topic=topic, title=title, kind=one.kind, figures=figures, needs_coder=one.needs_coder)


async def _changed(hash_: str, step: PlanStep, materials: Materials, desk: Desk) -> tuple[Plan | None, str]:
    """The plan as a person changed it, or why it cannot be used."""
    try:
        plan = Plan.model_validate_json(await desk.text(hash_))
    except LookupError:
        return None, "The changed plan is not kept (any more)."
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        return None, f"The changed plan cannot be used: {place or 'plan'}: {first['msg']}."
    wanted = {section.id: section.title for section in materials.sections if section.id in step.section_ids}
    known = {fact.id for fact in materials.evidence.facts}
    for section in plan.sections:
        if section.section_id not in wanted:
            return None, f"The changed plan cannot be used: it is not for a section {section.section_id}."
        for item in section.items:
            unknown = [figure.fact_id for figure in item.figures if figure.fact_id not in known]
            if unknown:
                return None, f"The changed plan cannot be used: “{item.title}” names no fact {unknown[0]}."
    if not any(section.items for section in plan.sections):
        return None, "The changed plan cannot be used: it has no slides."
    return plan, ""


def _summary(plan: Plan) -> str:
    slides = sum(len(section.items) for section in plan.sections)
    coded = sum(len(section.for_coder) for section in plan.sections)
    derived = f", {coded} of them with derived figures" if coded else ""
    return f"Look over the plan: {len(plan.sections)} sections, {slides} slides{derived}."
