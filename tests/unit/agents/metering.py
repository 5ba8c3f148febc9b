"""Models for tests: any chat model of langchain, metered, with what it used kept in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from langchain_core.language_models import BaseChatModel

from agents.evidence_only.model import EvidenceOnlyChatModel
from agents.models import ChosenModel, ModelChooser, chat_model
from agents.usage import Caller, Hold, Meter, MeteredModel, Models, ModelUse, Spent
from domain.spending import DEFAULT_MAX_TOKENS, EVIDENCE_ONLY, Budget, Work

CALLER = Caller(
    org_id="org1", cim_id="cim1", run_id="run1", agent_id="agent1", agent_type="assistant", person_id="lea", step=1
)


@dataclass
class MemoryUsage:
    """A usage book that knows what it was told."""

    uses: dict[str, ModelUse] = field(default_factory=dict[str, ModelUse])
    holds: dict[str, Hold] = field(default_factory=dict[str, Hold])

    async def record(self, use: ModelUse) -> None:
        self.uses[use.id] = use

    async def hold(self, hold: Hold) -> None:
        self.holds[hold.id] = hold

    async def release(self, hold: Hold) -> None:
        self.holds.pop(hold.id, None)

    async def spent(self, org_id: str, person_id: str, since: datetime) -> Spent:
        of_org = [use for use in self.uses.values() if use.caller.org_id == org_id and use.at >= since]
        costs = [(use.caller.person_id, use.cost_usd) for use in of_org]
        costs += [(hold.person_id, hold.usd) for hold in self.holds.values() if hold.org_id == org_id]
        return Spent(by_org=sum(usd for _, usd in costs), by_person=sum(usd for who, usd in costs if who == person_id))


@dataclass
class OneModel(ModelChooser):
    """The same model for all work."""

    make: Callable[[], BaseChatModel] = chat_model

    def model_for(self, org_id: str, work: Work) -> ChosenModel:
        chat = self.make()
        name = EVIDENCE_ONLY if isinstance(chat, EvidenceOnlyChatModel) else "scripted:model"
        return ChosenModel(chat=chat, name=name, work=work, max_tokens=DEFAULT_MAX_TOKENS)


def models_of(make: Callable[[], BaseChatModel] = chat_model, usage: MemoryUsage | None = None) -> Models:
    return Models(OneModel(make=make), Meter(usage or MemoryUsage()))


def metered(
    chooser: ModelChooser,
    work: Work = "chat",
    usage: MemoryUsage | None = None,
    budgets: Mapping[str, Budget] | None = None,
    caller: Caller = CALLER,
) -> MeteredModel:
    return Models(chooser, Meter(usage or MemoryUsage(), budgets or {})).open(caller, work)
