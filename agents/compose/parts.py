"""What the nodes of a compose run work with, and how they ask a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from langchain_core.messages import BaseMessage
from pydantic import BaseModel

from agents.asking import ask_with
from agents.desk import Desk
from agents.heartbeat import attempt
from agents.ports import CommandSender, Workspace
from agents.state import RunScope
from agents.usage import Models
from domain.spending import Work

Answer = TypeVar("Answer", bound=BaseModel)


@dataclass(frozen=True)
class ComposeParts:
    workspace: Workspace
    sender: CommandSender
    models: Models

    def desk(self, scope: RunScope) -> Desk:
        return Desk(self.workspace, scope.cim_id)

    async def ask(
        self, scope: RunScope, work: Work, step: int, messages: Sequence[BaseMessage], schema: type[Answer]
    ) -> Answer:
        """One structured answer of the model for this work, metered. `step` numbers the calls of a session."""
        return await ask_with(self.models.open(scope.caller(step, attempt()), work), messages, schema)
