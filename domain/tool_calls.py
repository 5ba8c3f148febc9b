"""What agents did with their tools, as the log tells it."""

from __future__ import annotations

from typing import Literal

from pydantic import JsonValue

from domain.values import AgentType, ContentHash, Id, OptionalLine, Value, content_hash

ToolCallStatus = Literal["done", "failed", "denied", "refused"]
"""`denied` by a person; `refused` by the rules (mode, permission, arguments); `failed` while it was carried out."""


class ToolCallBody(Value):
    """Arguments and result in full. Kept once under its hash."""

    arguments: JsonValue = None
    result: JsonValue = None

    @property
    def hash(self) -> str:
        return content_hash(self)


class ToolCall(Value):
    """One call of a tool. `summary` is a line for people; `confirmed_by` who allowed it, where somebody was asked."""

    id: Id
    run_id: Id
    agent_id: Id
    agent_type: AgentType
    tool: OptionalLine
    status: ToolCallStatus
    summary: OptionalLine = ""
    confirmed_by: str = ""
    content_hash: ContentHash
