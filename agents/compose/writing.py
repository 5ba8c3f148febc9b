"""The writer of one section: the draft nodes, led by the plan and by what the reviewer sent back."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

from agents.brief import Brief, known_slides
from agents.compose.planning import planned_slides
from agents.compose.state import Verdict, WriteStep
from agents.desk import Desk
from agents.nodes import DraftNodes
from agents.state import DraftState, Materials, SavePlan, Step, StepReport
from domain.commands import Command, RemoveSlide
from domain.plan import Plan
from domain.values import SlideStatus


class WriteNodes(DraftNodes):
    """Compose, check, repair and save for one section. What was read once for the run is not read again."""

    def _open(self, state: DraftState) -> tuple[WriteStep, Desk]:
        step = WriteStep.from_state(state)
        return step, Desk(self._workspace, step.scope.cim_id)

    async def _brief(self, step: Step, materials: Materials, desk: Desk) -> Brief:
        assert isinstance(step, WriteStep)
        brief = await super()._brief(step, materials, desk)
        plan = (await desk.load(Plan, step.plan_hash)).section(step.section_id)
        verdict = await desk.load(Verdict, step.verdict_hash) if step.verdict_hash else Verdict(is_accepted=True)
        wanted = tuple(item for item in plan.for_writer if item.topic not in verdict.left_out) if plan else ()
        planned = planned_slides(wanted, materials.evidence)
        missing = {ref for slide in planned for ref in slide.facts} - {fact.ref for fact in brief.facts}
        facts = [*brief.facts, *materials.evidence.brief_facts(sorted(int(ref[1:]) - 1 for ref in missing))]
        return brief.model_copy(
            update={
                "planned": planned,
                "messages": plan.messages if plan else (),
                "slides": known_slides(await self._workspace.slides(step.scope.cim_id)),
                "facts": tuple(facts),
                "corrections": tuple(reason.text for reason in verdict.reasons),
                "previous_draft": await desk.text(step.earlier_draft_hash) if step.earlier_draft_hash else "",
            }
        )

    async def _commands(self, step: Step, plan: SavePlan, desk: Desk) -> list[Command]:
        """Saves the slides, and takes away those of the round before that have no place any more."""
        assert isinstance(step, WriteStep)
        commands = await super()._commands(step, plan, desk)
        reports = [await desk.load(StepReport, hash_) for hash_ in step.earlier_hashes]
        gone = {saved.slide_id for report in reports for saved in report.saved} - set(plan.slide_ids)
        for head in await self._workspace.slides(step.scope.cim_id):
            as_written = head.status is SlideStatus.DRAFT and await desk.was_drafted(head.content_hash)
            if head.id in gone and as_written:
                name = f"bookrunner:run/{step.scope.agent_id}/{step.index}/remove/{head.id}"
                commands.append(
                    RemoveSlide(type="remove_slide", command_id=uuid5(NAMESPACE_URL, name), slide_id=head.id)
                )
        return commands
