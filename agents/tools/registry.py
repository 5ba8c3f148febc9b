"""All tools that agents have, and which of them an agent has in which mode."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

from langchain_core.utils.json_schema import dereference_refs

from agents.tools import book, checks, documents, knowledge, pictures, proposals, reading, slides, talk
from agents.tools.tool import Tool
from domain.values import NO_NUL, AgentType, Mode

ALL_TOOLS: tuple[Tool[Any], ...] = tuple(
    tool
    for room in (talk, reading, book, slides, knowledge, documents, checks, pictures, proposals)
    for tool in room.TOOLS
)


def may_use(tool: Tool[Any], mode: Mode) -> bool:
    """`ask` reads only; `revise` changes what is named and writes nothing new; `draft` may do anything."""
    match mode:
        case "ask":
            return tool.permission == "read"
        case "revise":
            return tool.permission != "write" or tool.changes is not None
        case "draft":
            return True


def tools_for(agent_type: AgentType, mode: Mode) -> tuple[Tool[Any], ...]:
    return tuple(tool for tool in ALL_TOOLS if agent_type in tool.agents and may_use(tool, mode))


def describe(tools: Iterable[Tool[Any]]) -> list[dict[str, Any]]:
    """Definitions as chat models take them: name, description, and the JSON schema of the arguments."""
    return [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": tool.description,
                "parameters": _schema(tool),
            },
        }
        for tool in tools
    ]


def _schema(tool: Tool[Any]) -> dict[str, Any]:
    schema = dereference_refs(tool.arguments.model_json_schema(), skip_keys=[])
    schema.pop("$defs", None)
    plain = cast("dict[str, Any]", _plain(schema))
    plain.pop("description", None)
    return {"type": "object", "properties": {}, **plain}


_NAMED_BY_THE_MODEL = frozenset({"properties", "patternProperties"})
_DROPPED = frozenset({"title", "default", "discriminator"})


def _plain(schema: object) -> object:
    """The schema without titles and defaults, which providers that hold a model to its schema refuse, and without the
    pattern that every text has."""
    if isinstance(schema, dict):
        fields = cast("dict[str, Any]", schema)
        return {
            name: {field: _plain(inner) for field, inner in value.items()}
            if name in _NAMED_BY_THE_MODEL
            else _plain(value)
            for name, value in fields.items()
            if name not in _DROPPED and value != NO_NUL
        }
    if isinstance(schema, Sequence) and not isinstance(schema, str):
        return [_plain(item) for item in cast("Sequence[object]", schema)]
    return schema
