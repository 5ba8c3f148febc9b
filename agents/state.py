"""What travels between the nodes of a draft graph: references and counts, never texts."""

from __future__ import annotations

from typing import TypedDict

from agents.brief import Evidence, KnownSlide
from agents.checking import Checked, CitedText
from agents.ports import CIMAddress
from agents.usage import Caller
from domain.model import BuyerPersona, HeroContext, OutlineSection
from domain.values import Actor, AgentType, Value
from workflows.contract import DraftKind


class RunScope(Value):
    """The run that a node works for; `agent_id` and `agent_type` where it is one of several agents of the run."""

    run_id: str
    cim_id: str
    org_id: str
    deal_id: str
    kind: DraftKind
    person_id: str
    agent_id: str = ""
    agent_type: AgentType | None = None
    slide_id: str = ""
    """The one slide of its section that is to be drafted again."""

    @property
    def actor(self) -> Actor:
        return Actor(kind="agent", id=self.agent_type or self.kind, on_behalf_of=self.person_id)

    def caller(self, step: int, attempt: int) -> Caller:
        """On whose account a call of a model is."""
        return Caller(
            org_id=self.org_id,
            cim_id=self.cim_id,
            run_id=self.run_id,
            agent_id=self.agent_id or self.run_id,
            agent_type=self.agent_type or "writer",
            person_id=self.person_id,
            step=step,
            attempt=attempt,
        )

    @property
    def address(self) -> CIMAddress:
        return CIMAddress(cim_id=self.cim_id, org_id=self.org_id, deal_id=self.deal_id)


class DraftState(TypedDict, total=False):
    """State of a draft graph. Hashes are keys of texts that are kept beside the book."""

    scope: dict[str, str]
    instruction_hash: str
    materials_hash: str
    section_ids: list[str]
    index: int
    draft_hash: str
    checked_hash: str
    faults: int
    attempt: int
    may_repair: bool
    report_hashes: list[str]
    saved: int


class Step(Value):
    """The state as a node reads it."""

    scope: RunScope
    instruction_hash: str = ""
    materials_hash: str = ""
    section_ids: tuple[str, ...] = ()
    index: int = 0
    draft_hash: str = ""
    checked_hash: str = ""
    faults: int = 0
    attempt: int = 0
    may_repair: bool = False
    report_hashes: tuple[str, ...] = ()
    saved: int = 0

    @property
    def section_id(self) -> str:
        return self.section_ids[self.index]


class Materials(Value):
    """Everything that one run goes by, read once."""

    book_title: str
    instruction: str
    buyer_persona: BuyerPersona | None
    hero_context: HeroContext | None
    sections: tuple[OutlineSection, ...]
    slides: tuple[KnownSlide, ...]
    evidence: Evidence


class SavedSlide(Value):
    slide_id: str
    title: str
    section_id: str


class StepReport(Value):
    """What one save did: slides saved, things left out, remarks (sentences for people), texts with their sources."""

    section_title: str = ""
    saved: tuple[SavedSlide, ...] = ()
    notes: tuple[str, ...] = ()
    cited: tuple[CitedText, ...] = ()


class SavePlan(Value):
    """A checked draft with the id that each slide is saved under, decided before anything is sent."""

    checked: Checked
    slide_ids: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
